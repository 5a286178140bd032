"""The log of JSON lines: one object an event, with the ids that a search needs."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.json_log import JsonWatch, watch_of
from flows.progress import Silent
from flows.settings import load_settings
from tests.unit.test_notify import outcome


def lines(to: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in to.getvalue().splitlines()]


def test_every_event_is_one_object_with_its_ids() -> None:
    to = io.StringIO()
    watch = JsonWatch(to)
    watch.note("starting")
    watch.started("20260301T080000-a1")
    watch.begin("dar-alanba-00002", "clean")
    watch.stage("dar-alanba-00002", "clean", "3 pages in, 3 out")
    watch.held("dar-alanba-00002", "dates are gone\n\x1b[31mforged line")
    watch.publishing("20260301T080000-a1")
    watch.finished(outcome("held", "why"))
    told = lines(to)
    assert [each["event"] for each in told] == [
        "note", "started", "stage_begun", "stage_done", "held", "publishing", "finished",
    ]  # fmt: skip
    assert "run_id" not in told[0]
    assert {each["run_id"] for each in told[1:]} == {"20260301T080000-a1"}
    assert told[3] | {"time": ""} == {
        "time": "", "level": "info", "event": "stage_done", "message": "3 pages in, 3 out",
        "run_id": "20260301T080000-a1", "source_id": "dar-alanba", "batch_id": "dar-alanba-00002",
        "stage": "clean",
    }  # fmt: skip
    assert told[4]["level"] == "error"
    assert "\x1b" not in told[4]["message"]
    assert "\n" not in told[4]["message"]
    end = told[6]
    assert (end["level"], end["state"], end["exit_code"]) == ("error", "held", 1)
    assert (end["pages_landed"], end["pages_published"], end["pages_quarantined"]) == (60, 50, 10)
    for each in told:
        assert datetime.fromisoformat(each["time"]).utcoffset() is not None
    assert watch.outcome is not None


def test_a_run_that_publishes_nothing_says_so() -> None:
    to = io.StringIO()
    watch = JsonWatch(to)
    watch.publishing("r")
    watch.unpublished()
    assert [each["event"] for each in lines(to)] == ["publishing", "unpublished"]
    assert watch.uncertain is None


def test_a_log_that_nobody_reads_any_more_ends_no_run() -> None:
    class Gone(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError("the reader is gone")

    watch = JsonWatch(Gone())
    watch.started("r")
    watch.finished(outcome())
    assert watch.outcome is not None


def test_the_setting_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = load_settings(home=tmp_path)
    assert type(watch_of(text, quiet=True)) is Silent
    monkeypatch.setenv("KHABAR_LOG_FORMAT", "json")
    told = load_settings(home=tmp_path)
    assert type(watch_of(told, quiet=True)) is JsonWatch
    assert told.config_sha256 == text.config_sha256
