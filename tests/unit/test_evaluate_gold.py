"""A malformed gold is wrong use, said in words; nothing is scored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from flows.commands.evaluate import run
from flows.commands.evaluate_gold import (
    GoldDate,
    GoldMention,
    GoldPage,
    Label,
    check_lines,
    read_dates,
    read_pages,
)
from flows.settings import UsageError

TEXT = "افتتاح جسر جديد في بغداد\nافتتح الجسر أمس. اقرأ أيضا: طرق المدينة\n"
LINES = [{"line": 1, "label": "title"}, {"line": 2, "label": "body"}]


def write(folder: Path, gold: Any, text: str = TEXT) -> Path:
    (folder / "page.txt").write_text(text, "utf-8")
    file = folder / "gold.json"
    file.write_text(gold if isinstance(gold, str) else json.dumps(gold), "utf-8")
    return file


def page(**changes: Any) -> dict[str, Any]:
    return {"docs": [{"id": "one", "file": "page.txt", "lines": LINES} | changes]}


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ("{", "is no JSON"),
        ([], "not in the form of a gold"),
        ([1], "the whole: found [1]: an object {...} belongs here"),
        ({"docs": []}, "docs is empty"),
        ({"docs": 5}, "docs: found 5: a list [...] belongs here"),
        ({"docs": [{"lines": LINES}]}, "docs.0.file"),
        ({"docs": [*page()["docs"], *page()["docs"]]}, "two pages have the id one"),
        (page(lines=[{"line": 1, "label": "tittle"}]), "docs.0.lines.0.label: found 'tittle': no such label"),
        (page(lines=[{"line": 0, "label": "body"}]), "docs.0.lines.0.line"),
        (page(lines=[]), "no entry has labelled lines"),
        (page(lines=[{"line": 1, "label": "body", "spans": [
            {"start": 4, "end": 4, "label": "body"}]}]), "a span ends after it starts"),
        (page(file="elsewhere.txt"), "no such file under ROOT"),
    ],
)  # fmt: skip
def test_what_is_wrong_before_a_page_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], gold: Any, said: str
) -> None:
    file = write(tmp_path, gold)
    code = run("segments", file, None, as_json=True, source=None, config=None)
    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert said in captured.err and "Traceback" not in captured.err


def test_a_gold_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.json cannot be read"):
        read_pages(tmp_path / "nowhere.json")
    (tmp_path / "gold.json").write_bytes("{'نص'".encode("cp1256"))
    with pytest.raises(UsageError, match="cannot be read"):
        read_pages(tmp_path / "gold.json")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (LINES[:1], "line 2 has no label"),
        ([*LINES, LINES[0]], "line 1 is labelled twice"),
        ([*LINES, {"line": 9, "label": "blank"}], "line 9: the text has 3 lines"),
        ([LINES[0], {"line": 2, "label": "body", "spans": [
            {"start": 17, "end": 400, "label": "related_inline"}]}], "line 2: the span 17-400"),
        ([LINES[0], {"line": 2, "label": "body", "spans": [
            {"start": 0, "end": 17, "label": "body"},
            {"start": 16, "end": 20, "label": "ad"}]}], "line 2: the span 16-20 overlaps"),
    ],
)  # fmt: skip
def test_labels_that_do_not_fit_the_text(tmp_path: Path, lines: list[Any], said: str) -> None:
    (entry,) = read_pages(write(tmp_path, page(lines=lines)))
    with pytest.raises(UsageError, match=f"one: {said}"):
        check_lines(entry, TEXT)


def test_labels_that_fit(tmp_path: Path) -> None:
    (entry,) = read_pages(write(tmp_path, page(unknown="kept out")))
    check_lines(entry, TEXT)  # the empty last line needs no label
    assert entry.name == "one" and not hasattr(entry, "unknown")


def test_mistakes_are_named_and_the_many_counted(tmp_path: Path) -> None:
    gold = page(lines=[{"line": n, "label": "x"} for n in range(1, 10)])
    with pytest.raises(UsageError, match=r"\.\.\. and 4 more"):
        read_pages(write(tmp_path, gold))


def test_dates_by_either_name_in_either_form(tmp_path: Path) -> None:
    rows = [
        {"raw": "14 فيفري 2014", "iso": "2014-02-14", "set": "own"},
        {"text": "أوت 2014", "gregorian": "2014-08", "published": "2016-07", "country": "TN"},
        {"raw": "بلا تاريخ", "iso": None},
        {"comment": "no text: left out"},
    ]
    as_list, as_lines = tmp_path / "dates.json", tmp_path / "dates.jsonl"
    as_list.write_text(json.dumps(rows), "utf-8")
    as_lines.write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    read = read_dates(as_list)
    assert read == read_dates(as_lines)
    assert [(each.raw, each.iso) for each in read] == [
        ("14 فيفري 2014", "2014-02-14"), ("أوت 2014", "2014-08"), ("بلا تاريخ", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "a list of objects"),
        ("[]", "no entry has a text"),
        ('["14 فيفري"]', "entry 1 is not in the form"),
        ('[{"raw": "أوت 2014", "iso": "2014-08", "published": "صيف"}]', "entry 1.*published"),
        ('[{"raw": "أوت 2014", "iso": "2014-13"}]', "entry 1.*iso.*1..12"),
        ('[{"raw": "أوت 2014", "iso": "أوت 2014"}]', "entry 1.*iso"),
    ],
)
def test_malformed_dates(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "dates.json"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=f"(?s){said}"):
        read_dates(file)


def test_an_unknown_task_and_a_root_too_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = write(tmp_path, page())
    for task, root in (("lines", None), ("dates", tmp_path)):
        code = run(task, gold, root, as_json=False, source=None, config=None)
        assert code == 2 and capsys.readouterr().err


def test_the_guide_shows_what_is_read(tmp_path: Path, root: Path) -> None:
    guide = (root / "docs" / "gold.md").read_text("utf-8")
    pages, dates, names = (block.split("```")[0] for block in guide.split("```json\n")[1:])
    (tmp_path / "gold.json").write_text(pages, "utf-8")
    (tmp_path / "dates.json").write_text(dates, "utf-8")
    (entry,) = read_pages(tmp_path / "gold.json")
    check_lines(entry, TEXT)
    assert read_dates(tmp_path / "dates.json")[0].iso == "2025-05-09"
    for label in get_args(Label):
        assert f"`{label}`" in guide
    (tmp_path / "gold.json").write_text(names, "utf-8")
    assert len(read_pages(tmp_path / "gold.json")[0].mentions) == 2
    fields = (*GoldPage.model_fields, *GoldDate.model_fields, *GoldMention.model_fields)
    for field in fields:
        assert f"`{field}`" in guide
