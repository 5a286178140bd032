"""The account of a run: its counts, how it ends, what is fit for a log, and what is printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.counts import StageCounts, landing_row, stage_row, stage_rows
from flows.crew import new_run_id
from flows.outcome import Outcome, run_row, unaccounted
from flows.settings import Settings, load_settings
from flows.summary import account_lines, as_json, next_lines, stage_lines
from warehouse.staging import Batch
from warehouse.tables import Quarantine, RunStage

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    return Batch("run-1", "nakheel", 1, tmp_path)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(home=tmp_path / "home")


def refused(batch: Batch, stage: str, record_id: str) -> None:
    row = Quarantine(
        record_id=record_id, stage=stage, unit="page", source_id="nakheel",  # type: ignore[arg-type]
        page_id=record_id, locator="x", reason="r", rule="r", rule_version="1", evidence="",
        attempts=1, first_seen=NOON, last_seen=NOON, state="quarantined", run_id="run-1",
        transform_version="1",
    )  # fmt: skip
    batch.write(stage, Quarantine, [row])


def outcome(
    stages: list[RunStage], state: str = "published", message: str | None = None
) -> Outcome:
    run = run_row(
        "run-1", stages, state=state, message=message, started=NOON, finished=NOON,  # type: ignore[arg-type]
        transform_version="1", config_sha256="a" * 64,
    )  # fmt: skip
    return Outcome(run, tuple(stages))


def test_a_batch_that_fails_before_it_stages_anything_is_held_whole(batch: Batch) -> None:
    counts = StageCounts(read=10, duplicate=3)
    [row] = stage_rows(batch, "ingest", counts, held=True, checks=0, seconds=1.0)
    assert (row.rows_in, row.duplicate, row.held, row.rows_out) == (10, 3, 7, 0)


def test_what_ingest_refused_is_not_counted_again_by_clean(batch: Batch) -> None:
    refused(batch, "ingest", "a" * 64)
    counts = StageCounts(read=1, duplicate=0)
    [row] = stage_rows(batch, "ingest", counts, held=False, checks=5, seconds=1.0)
    assert (row.quarantined, row.rows_out, counts.pages) == (1, 0, 0)
    page, article = stage_rows(batch, "clean", counts, held=False, checks=5, seconds=1.0)
    assert (page.rows_in, page.quarantined, article.rows_in) == (0, 0, 0)
    assert (page.checks, article.checks) == (5, 0)


def test_the_law_is_missed_by_what_was_lost(batch: Batch) -> None:
    rows = [
        stage_row(batch, "ingest", "page", rows_in=10, rows_out=8, duplicate=1, quarantined=1),
        stage_row(batch, "publish", "page", rows_in=8, rows_out=7),
    ]
    assert unaccounted(outcome(rows).run) == {"page": 1, "article": 0}
    whole = [rows[0], stage_row(batch, "publish", "page", rows_in=8, rows_out=7, held=1)]
    assert unaccounted(outcome(whole).run) == {"page": 0, "article": 0}


@pytest.mark.parametrize(
    ("state", "code"),
    [("published", 0), ("nothing_new", 0), ("refused", 1), ("held", 1), ("failed", 1)],
)
def test_the_exit_status_follows_the_state(batch: Batch, state: str, code: int) -> None:
    assert outcome([landing_row(batch, 1, 1)], state).exit_code == code


def test_run_ids_sort_by_time_and_differ() -> None:
    early, late = new_run_id(NOON), new_run_id(NOON.replace(microsecond=5000))
    assert early < late
    assert new_run_id(NOON) != early


def test_the_closing_table_adds_up_batches(batch: Batch, settings: Settings) -> None:
    other = Batch("run-1", "sahel", 1, batch.root)
    rows = [
        stage_row(
            batch, "ingest", "page", rows_in=5, rows_out=4, quarantined=1, checks=3, seconds=1
        ),
        stage_row(other, "ingest", "page", rows_in=2, rows_out=2, checks=3, seconds=0.5),
        stage_row(batch, "tag", "page", rows_in=4, rows_out=4, checks=7, seconds=2),
        stage_row(batch, "tag", "article", rows_in=6, rows_out=6),
    ]
    lines = {(line.stage, line.unit): line for line in stage_lines(rows)}
    ingest = lines["ingest", "page"]
    assert (ingest.rows_in, ingest.rows_out, ingest.quarantined) == (7, 6, 1)
    assert (ingest.checks, ingest.seconds) == (6, 1.5)
    assert (lines["tag", "article"].rows_in, lines["tag", "article"].checks) == (6, 7)
    told = as_json(outcome(rows), settings)
    assert told["schema"] == "khabar.run/1"
    assert told["stages"][0]["rows_in"] == 7


def test_the_end_says_the_law_the_reason_and_where_to_go_next(
    batch: Batch, settings: Settings
) -> None:
    rows = [stage_row(batch, "ingest", "page", rows_in=3, held=3)]
    held = outcome(rows, "held", "nakheel-00001: more than half was refused")
    told = "\n".join(account_lines(held))
    assert "3 pages = 0 published + 0 known + 0 quarantined + 3 held" in told
    assert "HELD: nakheel-00001: more than half was refused" in told
    assert "staging/run-1" in told
    assert "Nothing new" in account_lines(outcome([landing_row(batch, 3, 3)], "nothing_new"))[0]
    assert "no record" in account_lines(outcome([landing_row(batch, 0, 0)], "nothing_new"))[0]
    report, query, own = next_lines(held, settings)
    assert report.startswith("Report:")
    assert "khabar sql --home home" in query
    assert "khabar run --home home FOLDER" in own
    written = replace(held, report=settings.home / "reports" / "run-1.html")
    assert next_lines(written, settings)[0].split() == ["Report:", "home/reports/run-1.html"]
    away = replace(held, report=Path("/elsewhere/run-1.html"))
    assert next_lines(away, settings)[0].split() == ["Report:", "/elsewhere/run-1.html"]
    lost = replace(held, report_problem="could not be written: OSError")
    assert "could not be written" in next_lines(lost, settings)[0]


def test_a_run_that_read_nothing_again_is_not_told(batch: Batch) -> None:
    whole = [
        stage_row(batch, "ingest", "page", rows_in=2, rows_out=2),
        stage_row(batch, "publish", "page", rows_in=2, rows_out=2),
    ]
    for after, told in ((outcome([]), 0), (outcome(whole), 1), (outcome([], "held", "why"), 1)):
        lines = account_lines(replace(outcome(whole), reprocessed=after))
        assert sum(line.startswith("Read again") for line in lines) == told
