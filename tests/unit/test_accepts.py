"""What an analyst lets in: its file, whom it counts for, and what is no such decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from transforms.accepts import COLUMNS, Accepts, accept, read_accepts, write_accepts
from transforms.decision_lines import DecisionError
from warehouse.accepts import accepts_of, change_accepts
from warehouse.errors import DecisionsRefused
from warehouse.home import Home
from warehouse.tables import Decision

PAGE, OTHER, ARTICLE = "a" * 64, "b" * 64, "c" * 32
RULE = "clean.article.body_chars"


def of(record: str = ARTICLE, **over: str | None) -> Decision:
    values: dict[str, str | None] = {
        "decided_on": "2026-11-30", "action": "accept", "record_id": record, "on_page": PAGE,
        "rule": RULE, "note": "نشرة قصيرة",
    }  # fmt: skip
    return accept(**values | over)


def test_it_counts_for_one_rule_one_record_and_these_bytes() -> None:
    row = of()
    accepts = Accepts([row])
    assert accepts.deciding(RULE, ARTICLE, PAGE) == row.decision_id
    assert accepts.deciding("clean.article.other", ARTICLE, PAGE) is None
    assert accepts.deciding(RULE, ARTICLE, OTHER) is None
    assert accepts.deciding(RULE, "d" * 32, PAGE) is None
    assert accepts.deciding(RULE, PAGE, PAGE) is None
    assert accepts.pages == {PAGE}


def test_of_a_page_it_counts_for_the_articles_on_it() -> None:
    row = of(PAGE)
    assert Accepts([row]).deciding(RULE, ARTICLE, PAGE) == row.decision_id
    assert Accepts([row]).deciding(RULE, ARTICLE, OTHER) is None


def test_its_id_is_of_what_is_decided_and_not_of_who_or_when() -> None:
    assert of().decision_id == of(decided_on="2027-01-01", note="أخرى").decision_id
    ids = {of().decision_id, of(PAGE).decision_id, of(on_page=OTHER).decision_id}
    assert len(ids | {of(rule="clean.article.x").decision_id}) == 4


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"note": " "}, "needs note"),
        ({"rule": None}, "needs rule"),
        ({"on_page": "kein"}, "on_page"),
        ({"action": "merge"}, "action"),
        ({"decided_on": "yesterday"}, "decided_on"),
    ],
)
def test_what_lacks_something_is_none(over: dict[str, str | None], said: str) -> None:
    with pytest.raises(DecisionError, match=said):
        of(**over)


def test_the_file_gives_what_was_written_and_names_the_line_that_is_wrong() -> None:
    rows = [of(note="سطر\x1b[31m\tأول\nثان\u202e"), of(PAGE)]
    text = write_accepts(rows)
    assert read_accepts(text.replace("\n", "\r\n")) == rows
    assert "\x1b" not in text and "\u202e" not in text
    assert len(text.splitlines()) == 3
    with pytest.raises(DecisionError, match="line 3: an accept needs rule"):
        read_accepts(text.replace(f"{PAGE}\t{PAGE}\t{RULE}", f"{PAGE}\t{PAGE}\t"))
    with pytest.raises(DecisionError, match="line 1"):
        read_accepts("decided_on\taction\n")


def test_the_file_of_a_home_is_changed_whole(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    home.warehouse.mkdir()
    first = of()
    change_accepts(home, [first, of(PAGE)])
    kept = change_accepts(home, [of(decided_on="2027-01-01")], [of(PAGE).decision_id])
    assert kept.rows == accepts_of(home).rows == [first]  # keeps its first day
    assert home.accepts.read_text("utf-8").startswith("\t".join(COLUMNS))
    home.accepts.write_bytes(b"\xff")
    with pytest.raises(DecisionsRefused, match="UTF-8"):
        accepts_of(home)
