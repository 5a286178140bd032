"""The report of the last days: it says what the tables say, and a value in it is only text."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from expectations.report.data import RunLine
from expectations.report.latest import GateLine, ReasonLine, SourceLine, Week, write_latest
from flows.commands.report import run as command
from flows.week import markdown, told, week_of, write_week
from tests.hostile import Seen

UNTIL = datetime(2026, 11, 30, 6, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=7)
HOSTILE = "</style><script>alert(1)</script> | `x` [a](javascript:b) <img src=x> \u202e\x1b[31m"


def a_run(state: str = "published", message: str | None = None) -> RunLine:
    return RunLine("20261130T0515-a1", "pipeline", state, UNTIL, 12.5, 1234, 1200, 30, 4, message)


def a_week(words: str) -> Week:
    return Week(
        SINCE, UNTIL,
        runs=[a_run("held", words)],
        gates=[GateLine("clean", words, words, 9, 2, 1, 1000, 30, UNTIL)],
        reasons=[ReasonLine("clean", "page", words, words, 30, 2, UNTIL)],
        sources=[SourceLine(words, words, 10, 12, UNTIL, None, 0.125, "failing", words)],
    )  # fmt: skip


def test_hostile_values_are_only_text_in_the_artifact() -> None:
    text = markdown(a_week(HOSTILE))
    assert not re.search(r"[<>\x1b\u202e`]|\]\(", text)
    rows = [line.count("|") for line in text.splitlines() if "alert" in line]
    assert rows == [4, 3, 6]  # no value makes a cell more


def test_it_says_what_held_and_where_the_sources_stand(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    (tmp_path / "index.en.html").touch()
    (tmp_path / "20261130T0515-a1.en.html").touch()
    page = write_latest(tmp_path, a_week("دفعة لم يُعرف تاريخها"))
    assert "علّقت البوابة دفعة" in Seen(page).text and "متعثر" in Seen(page).text
    seen = Seen(page.with_suffix(".en.html"))
    for said in (
        "A gate held a batch", "failing", "دفعة لم يُعرف تاريخها", "1,234", "12.5 %", "2 / 9", "30 / 1,000",
        "2026-11-23 06:00 to 2026-11-30 06:00 UTC",
    ):  # fmt: skip
        assert said in seen.text
    assert seen.links == {"index.en.html", "latest.html", "20261130T0515-a1.en.html"}


def test_an_empty_home_gives_a_page_that_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command(None, language="ar", show=False, home=tmp_path / "home", config=None) == 0
    assert "nothing has been published yet" in capsys.readouterr().out
    text = Seen(tmp_path / "home" / "reports" / "latest.en.html").text
    assert "Nothing has been published yet." in text
    assert "Every rule held" not in text
    assert markdown(week_of(tmp_path / "home")) == "**nothing has been published yet**\n"


def test_it_reads_the_published_tables(store: Any, rows: Any, home: Path) -> None:
    rows.some_runs(home, store, runs=3)
    newest = rows.NOON + timedelta(hours=2)
    week = week_of(home, newest + timedelta(hours=1))
    assert [run.run_id for run in week.runs] == ["run-2", "run-1", "run-0"]
    assert sum(line.records for line in week.reasons) >= 1
    [source] = [line for line in week.sources if line.source_id == rows.SOURCE]
    assert [(source.pages,)] == rows.read(home, "pages", "count(*)")
    assert source.last_published_at is not None
    assert "runs in 7 days: 3" in told(week)
    later = week_of(home, newest + timedelta(days=8))
    assert (later.runs, later.gates) == ([], [])
    assert told(later) == "no run in 7 days"
    assert "لم يجرِ أي تشغيل في هذه الأيام." in Seen(write_week(home, later)).text


def test_a_long_week_is_counted_in_full_and_shown_in_part(
    store: Any, rows: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.some_runs(home, store, runs=3)
    monkeypatch.setattr("expectations.report.latest.LINES", 2)
    week = week_of(home, rows.NOON + timedelta(hours=3))
    seen = Seen(write_week(home, week).with_suffix(".en.html")).text
    assert "run-2" in seen and "run-0" not in seen
    assert "And other runs: 1" in seen and "runs: 3" in seen


def test_pages_that_were_read_again_are_no_new_ones() -> None:
    again = a_run()._replace(kind="reprocess", pages_published=50)
    week = Week(SINCE, UNTIL, runs=[a_run(), again])
    assert told(week).endswith("pages published: 1,200; published again: 50")
    assert week.quarantined == 30


def test_a_home_that_was_moved_is_said(
    store: Any, rows: Any, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows.some_runs(home, store, runs=1)
    moved = tmp_path / "moved"
    shutil.copytree(home, moved)
    assert command(None, language="ar", show=False, home=moved, config=None) == 2
    assert "khabar relocate" in capsys.readouterr().err
