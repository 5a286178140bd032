"""A run that publishes nothing says so loudly, with the reasons and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.outcome import Outcome, run_row
from flows.refusals import in_words, reasons
from flows.settings import Settings, load_settings
from flows.summary import account_lines, as_json, nothing_lines
from warehouse.tables import Quarantine

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NO_TEXT = "no column is known to hold the text"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(home=tmp_path / "home")


def refusal(number: int, rule: str, reason: str, unit: str = "page") -> Quarantine:
    return Quarantine(
        record_id=f"{number:064d}", stage="ingest", unit=unit, source_id="nakheel",  # type: ignore[arg-type]
        page_id=f"{number:064d}", locator=f"a.csv#{number}", reason=reason, rule=rule,
        rule_version="1", evidence="columns: id,\x1b[2J kind", attempts=1, first_seen=NOON,
        last_seen=NOON, state="quarantined", run_id="run-1", transform_version="1",
    )  # fmt: skip


REFUSED = [
    refusal(1, "ingest.empty", "nothing in it"),
    refusal(2, "ingest.no-text-column", NO_TEXT),
    refusal(3, "ingest.no-text-column", NO_TEXT),
    refusal(4, "clean.article.language", "The article is not in Arabic"),
    refusal(5, "guard.time", "Reading the page took too long"),
    refusal(6, "clean.article.language", "The article is not in Arabic", unit="article"),
]


def an_outcome(state: str, message: str | None, refused: list[Quarantine]) -> Outcome:
    run = run_row(
        "run-1", [], state=state, message=message, started=NOON, finished=NOON,  # type: ignore[arg-type]
        transform_version="1", config_sha256="a" * 64,
    )  # fmt: skip
    counts = {"pages_landed": 9, "pages_quarantined": sum(r.unit == "page" for r in refused)}
    return Outcome(run.model_copy(update=counts), refused_for=reasons(refused))


def test_the_most_frequent_reason_is_told_first_and_none_is_left_out() -> None:
    found = reasons(REFUSED)
    assert [(each.rule, each.records) for each in found] == [
        ("ingest.no-text-column", 2), ("ingest.empty", 1), ("clean.article.language", 1),
        ("guard.time", 1),
    ]  # fmt: skip
    assert found[0].locator == "a.csv#2"
    assert in_words(found) == (
        f"2 by ingest.no-text-column ({NO_TEXT}); 1 by ingest.empty (nothing in it); "
        "1 by clean.article.language (The article is not in Arabic); 1 for other reasons"
    )
    assert in_words(reasons(REFUSED, "article")) == (
        "1 by clean.article.language (The article is not in Arabic)"
    )


def test_nothing_published_is_said_with_reasons_advice_and_the_next_step(
    settings: Settings,
) -> None:
    outcome = an_outcome("refused", "all 5 new pages were refused: ...", REFUSED)
    lines = nothing_lines(outcome, settings)
    assert lines[0] == "NOTHING PUBLISHED. 5 of 9 pages were refused:"
    told = "\n".join(lines)
    assert f"2 by ingest.no-text-column (ingest): {NO_TEXT}" in told
    assert "such as a.csv#2: columns: id,\ufffd[2J kind" in told
    assert (
        "Leave such pages out of the source, or name their language in its `languages`." in told
    ), "the rule's own advice"
    assert "1 for other reasons" in told
    assert "khabar sql --home home \"FROM quarantine WHERE run_id = 'run-1'\"" in told
    assert outcome.headline == "NOTHING PUBLISHED: all 5 new pages were refused: ..."
    printed = as_json(outcome, settings)
    assert (printed["state"], printed["exit_code"]) == ("refused", 1)
    assert printed["headline"] == outcome.headline
    assert printed["refused_for"][0]["records"] == 2


def test_a_held_run_that_published_nothing_says_both(settings: Settings) -> None:
    outcome = an_outcome("held", "nakheel-00001: too much was refused", REFUSED[:1])
    assert outcome.headline == "NOTHING PUBLISHED: held: nakheel-00001: too much was refused"
    assert "HELD: nakheel-00001: too much was refused" in account_lines(outcome)
    assert nothing_lines(outcome, settings)[0].startswith("NOTHING PUBLISHED. 1 of 9")
    assert nothing_lines(an_outcome("failed", "x", []), settings) == ["NOTHING PUBLISHED."]


def test_what_was_published_or_is_not_new_is_not_called_nothing(settings: Settings) -> None:
    new = an_outcome("published", None, REFUSED)
    new = Outcome(new.run.model_copy(update={"pages_published": 1}), refused_for=new.refused_for)
    for outcome in (new, an_outcome("nothing_new", None, [])):
        assert nothing_lines(outcome, settings) == []
        assert "NOTHING PUBLISHED" not in outcome.headline
        assert outcome.exit_code == 0
