"""What a report reads of sources from the tables: measures of sources, not of the run as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from flows.report_data import _MEASURED, _TRENDS, stored_report
from tests.report_rows import RUN_ID, gate, refusal, run
from warehouse.tables import Fetch, GateResult, Quarantine, Row, Run, RunStage
from warehouse.tables.arrow import to_arrow

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
PAGES = "publish.source.pages"


@pytest.fixture
def tables() -> duckdb.DuckDBPyConnection:
    """Return two runs of two sources; the second is followed by one that read pages again."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        "CREATE TABLE run_history (run_id TEXT, kind TEXT, started_at TIMESTAMPTZ);"
        "CREATE TABLE gate_results (run_id TEXT, rule TEXT, source_id TEXT, scope TEXT, "
        "judged BIGINT, failed BIGINT, value DOUBLE, observed TEXT)"
    )
    kinds = ("pipeline", "pipeline", "reprocess")
    runs = [(f"r{n}", kind, START + timedelta(days=n)) for n, kind in enumerate(kinds)]
    connection.executemany("INSERT INTO run_history VALUES (?, ?, ?)", runs)
    rows: list[tuple[Any, ...]] = []
    for run_id, barq, naba in (("r0", 10, 30), ("r1", 20, 40)):
        brought = {"barq": barq, "naba": naba, "*": barq + naba}
        rows += [(run_id, PAGES, who, "source", 1, 0, n, "") for who, n in brought.items()]
        rows.append((run_id, "publish.source.dated_share", "naba", "source", 0, 0, 0.5, ""))
    connection.executemany("INSERT INTO gate_results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return connection


def test_a_trend_is_the_mean_over_sources_without_their_sum(tables: Any) -> None:
    asked = {"at": START + timedelta(days=2), "run": "r2", "n": 12}
    assert tables.execute(_TRENDS, asked).fetchall() == [(PAGES, [20.0, 30.0])]


def test_a_sources_measures_are_those_of_its_gate(tables: Any) -> None:
    at = START + timedelta(days=1)
    assert tables.execute(_MEASURED, {"at": at}).fetchall() == [
        ("barq", "r0", START, 10, None, None, None), ("barq", "r1", at, 20, None, None, None),
        ("naba", "r0", START, 30, 0.5, None, None), ("naba", "r1", at, 40, 0.5, None, None),
    ]  # fmt: skip


def test_a_run_built_again_has_its_own_requests_and_what_is_still_refused() -> None:
    asked = [
        Fetch(
            fetch_id=f"{n:032x}", source_id=source, what="page", url=f"https://{source}.example/",
            requested_at=START + timedelta(seconds=n), seconds=0.1, tries=1, outcome="fetched",
        )
        for n, source in enumerate(("barq", "naba"))
    ]  # fmt: skip
    again = run(run_id="again", kind="reprocess", finished_at=START + timedelta(hours=1))
    of_batch = {"run_id": "again", "scope": "batch", "source_id": "naba", "batch_id": "naba-00001"}
    rows: dict[type[Row], list[Any]] = {
        Run: [run(finished_at=START + timedelta(hours=1)), again],
        RunStage: [],
        GateResult: [
            gate("publish.source.pages", "pass", scope="source", source_id="barq"),
            gate("clean.batch.dated_share", "pass", **of_batch),
        ],
        Quarantine: [
            refusal(n, state=state)
            for n, state in enumerate(("quarantined", "released", "accepted"))
        ],
        Fetch: asked,
    }
    connection: Any = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    for model, own in rows.items():
        connection.register(model.table, to_arrow(model, own))
    told = stored_report(connection, RUN_ID)
    assert [(line.source_id, line.fetched) for line in told.asked] == [("barq", 1)]
    assert [row.state for row in told.quarantine] == ["quarantined"]
    assert stored_report(connection, "again").asked == []
