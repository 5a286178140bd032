"""Words of a forgotten page go from every form that a report has, and no others."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.report import write_report
from expectations.report.data import Mark, Passage
from expectations.report.mask import mask_reports
from tests.hostile import Seen
from tests.report_rows import full, line, refusal
from warehouse.quoting import TAKEN_OUT, Quoted

PAGE = "أعلنت اللجنة المنظمة في مدينة صفاقس أن المعرض سيفتح أبوابه للزوار يوم الأحد المقبل"
OTHER = "وصل القطار السريع إلى محطة الشمال متأخرا ساعة كاملة عن موعده المعتاد"
URL = "https://nakheel.example/forgotten/1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Reports of a run with words of both pages, split by names, in sheets and in JSON."""
    monkeypatch.setattr(
        "expectations.report.charts._pictures", lambda looks: ["<svg><g/></svg>"] * len(looks)
    )
    told = full(PAGE)
    at = PAGE.index("صفاقس")
    other = OTHER.index("محطة الشمال")
    kept = [
        Passage("title", PAGE[:40], [Mark(0, 6, "ORG")]),
        Passage("body", PAGE, [Mark(at, at + 5, "LOC")]),
        Passage("body", OTHER, [Mark(other, other + 11, "LOC")]),
    ]
    told = replace(
        told, run=told.run.model_copy(update={"run_id": "run-1", "message": None}),
        quarantine=[refusal(1, evidence=f"={PAGE}", url=URL), refusal(2, evidence=f"={OTHER}")],
        samples=[replace(told.samples[0], kept=kept)],
    )  # fmt: skip
    write_report(tmp_path, told, [line(message=PAGE)])
    return tmp_path


def test_they_go_from_every_form_and_place(folder: Path) -> None:
    assert mask_reports(folder, Quoted([PAGE], [URL]).by, TAKEN_OUT) >= 5
    for file in folder.iterdir():
        text = file.read_text("utf-8")
        shown = Seen(file).text if file.suffix == ".html" else text
        for words in (PAGE, PAGE[:25], "صفاقس", URL):
            assert words not in text and words not in shown, (file.name, words)
    for name in ("run-1.html", "run-1.en.html"):
        assert OTHER in Seen(folder / name).text
        assert f'aria-label="{TAKEN_OUT}"' in (folder / name).read_text("utf-8")
    told = json.loads((folder / "run-1.json").read_text("utf-8"))
    assert [p["text"] for p in told["samples"][0]["kept"]] == [TAKEN_OUT, TAKEN_OUT, OTHER]
    with (folder / "run-1.quarantine.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["evidence"] for row in rows] == [TAKEN_OUT, f"'={OTHER}"]
    assert rows[1]["url"] == "https://akhbar.example/2"


def test_a_second_time_nothing_changes(folder: Path) -> None:
    quotes = Quoted([PAGE], [URL]).by
    mask_reports(folder, quotes, TAKEN_OUT)
    files = {file: file.read_bytes() for file in folder.iterdir()}
    assert mask_reports(folder, quotes, TAKEN_OUT) == 0
    assert {file: file.read_bytes() for file in folder.iterdir()} == files


def test_a_json_that_cannot_be_read_keeps_nothing(folder: Path) -> None:
    (folder / "torn.json").write_text(f'{{"run": "{PAGE}', "utf-8")
    mask_reports(folder, Quoted([PAGE], []).by, TAKEN_OUT)
    assert PAGE[:25] not in (folder / "torn.json").read_text("utf-8")
