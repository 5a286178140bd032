"""`khabar explain` of a page that has to be killed: it names the stage that a run would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.commands.explain import run as explain
from flows.run import run_pipeline
from flows.settings import load_settings
from tests.run_pages import ask, page_text, write_pages
from tests.run_work import (
    KILLS,
    incomplete_land_chunk,
    poisoned_clean_chunk,
    poisoned_land_chunk,
    poisoned_tag_chunk,
)

POISONED = {
    "ingest": ("land_chunk", poisoned_land_chunk),
    "clean": ("clean_chunk", poisoned_clean_chunk),
    "tag": ("tag_chunk", poisoned_tag_chunk),
}


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pages, of which the second one is poison in its body."""
    monkeypatch.chdir(tmp_path)
    folder = write_pages(tmp_path / "pages", 3)
    poison = page_text(2).replace("وقال المنظمون", f"وقال المنظمون عن {KILLS}")
    (folder / "00002.txt").write_text(poison, "utf-8")
    return folder


def explained(capsys: pytest.CaptureFixture[str], *files: Path) -> list[dict[str, Any]]:
    capsys.readouterr()
    options = dict.fromkeys(("html", "source", "home", "config"))
    status = explain(
        [str(file) for file in files], as_json=True, with_text=False, **options  # type: ignore[arg-type]
    )  # fmt: skip
    assert status == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("stage", POISONED)
def test_the_stage_is_the_one_at_which_a_run_refuses_the_page(
    pages: Path,
    tmp_path: Path,
    stage: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, poisoned = POISONED[stage]
    monkeypatch.setattr(f"flows.work.{name}", poisoned)
    files = sorted(pages.iterdir())
    first, killed, last = explained(capsys, *files)
    assert first["quarantine"] is None
    assert last["quarantine"] is None
    assert first["articles"][0]["mentions"]
    assert last["articles"][0]["mentions"]
    assert (killed["quarantine"]["stage"], killed["quarantine"]["rule"]) == (stage, "guard.crash")
    at = 0
    for segment in killed["segments"]:
        assert segment["start"] == at
        at = segment["end"]
    assert at == killed["text_length"]
    assert [article["mentions"] for article in killed["articles"]] == ([[]] * (stage == "tag"))

    run_pipeline(load_settings(home=tmp_path / "home", workers=1), [pages])
    refused = ask(tmp_path / "home", "SELECT DISTINCT stage, rule, page_id FROM quarantine")
    assert refused == [(stage, "guard.crash", killed["page_id"])]


def test_the_same_text_twice_and_two_sources_are_each_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    barq, sahel = (write_pages(tmp_path / name, 1) / "00001.txt" for name in ("barq", "sahel"))
    again = barq.with_name("again.txt")
    again.write_bytes(barq.read_bytes())
    empty = barq.with_name("empty.txt")
    empty.touch()
    shown = explained(capsys, barq, sahel, again, empty, barq)
    assert [each["file"] for each in shown] == [str(f) for f in (barq, sahel, again, empty, barq)]
    assert shown[0]["page_id"] == shown[2]["page_id"] == shown[4]["page_id"] != shown[1]["page_id"]
    assert shown[0] | {"file": ""} == shown[2] | {"file": ""} == shown[4] | {"file": ""}
    assert shown[1]["articles"][0]["body"] == shown[0]["articles"][0]["body"]
    assert shown[3]["quarantine"]["rule"] == "ingest.empty"


def test_a_broken_installation_is_said_and_not_blamed_on_the_page(
    pages: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flows.work.land_chunk", incomplete_land_chunk)
    options = dict.fromkeys(("html", "source", "home", "config"))
    status = explain(
        [str(pages / "00001.txt")], as_json=True, with_text=False, **options  # type: ignore[arg-type]
    )  # fmt: skip
    printed = capsys.readouterr()
    assert (status, printed.out) == (1, "")
    assert "No module named 'lxml'" in printed.err
