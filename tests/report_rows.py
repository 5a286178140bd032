"""Rows and reports for the tests of the report: every value can be said otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from expectations.report.data import (
    AskedLine,
    BoilerplateLine,
    CutLine,
    DateLine,
    EntityLine,
    Finding,
    Mark,
    Measured,
    Passage,
    RunLine,
    RunReport,
    Sample,
    SourceLine,
    StoryLine,
)
from warehouse.tables import GateResult, Quarantine, Run, RunStage

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
RUN_ID = "20260301T080000-a1"


def run(**changes: Any) -> Run:
    values: dict[str, Any] = {
        "run_id": RUN_ID, "state": "published", "started_at": START, "finished_at": START,
        "seconds": 12.5, "pages_landed": 1234, "pages_published": 1200, "pages_duplicate": 4,
        "pages_quarantined": 30, "pages_held": 0, "articles_landed": 1300, "articles_published": 1260,
        "articles_duplicate": 0, "articles_quarantined": 40, "articles_held": 0, "code_version": "0.1.0",
        "transform_version": "1", "config_sha256": "f" * 64,
    }  # fmt: skip
    return Run(**values | changes)


def stage(name: str, unit: str, batch: int = 0, **counts: Any) -> RunStage:
    values: dict[str, Any] = {
        "run_id": RUN_ID, "batch_id": f"akhbar-{batch:05d}", "source_id": "akhbar",
        "stage": name, "unit": unit, "rows_in": 10, "rows_out": 8, "duplicate": 1, "quarantined": 1, "held": 0,
        "checks": 12, "seconds": 1.5,
    }  # fmt: skip
    return RunStage(**values | counts)


def gate(rule: str, action: str, batch: int = 0, **changes: Any) -> GateResult:
    values: dict[str, Any] = {
        "run_id": RUN_ID, "gate": "clean", "rule": rule, "rule_version": "1",
        "batch_id": f"akhbar-{batch:05d}", "source_id": "akhbar", "scope": "row", "severity": "critical",
        "expectation": "expect_column_values_to_be_between", "success": action == "pass", "observed": None,
        "threshold": "body_chars >= 100", "judged": 100, "failed": 0 if action == "pass" else 3,
        "action": action, "judged_on": date(2026, 3, 1),
    }  # fmt: skip
    return GateResult(**values | changes)


def refusal(n: int = 0, **changes: Any) -> Quarantine:
    values: dict[str, Any] = {
        "record_id": f"{n:064x}", "stage": "clean", "unit": "page", "source_id": "akhbar",
        "page_id": f"{n:064x}", "locator": f"pages/{n}.txt", "url": f"https://akhbar.example/{n}",
        "reason": "The body is under 100 characters", "rule": "clean.article.body_chars",
        "rule_version": "1", "evidence": "body_chars = 12, expected >= 100", "attempts": 1,
        "first_seen": START, "last_seen": START, "state": "quarantined", "run_id": RUN_ID,
        "transform_version": "1",
    }  # fmt: skip
    return Quarantine(**values | changes)


def report(row: Run | None = None, **parts: Any) -> RunReport:
    nothing: dict[str, Any] = {"stages": (), "gates": (), "quarantine": ()}
    return RunReport(run=row or run(), **nothing | parts)


def line(row: Run | None = None, **changes: Any) -> RunLine:
    row = row or run()
    values: dict[str, Any] = {
        "run_id": row.run_id, "kind": "pipeline", "state": row.state, "started_at": row.started_at,
        "seconds": row.seconds, "pages_landed": row.pages_landed,
        "pages_published": row.pages_published, "pages_quarantined": row.pages_quarantined,
        "pages_held": row.pages_held, "message": row.message,
    }  # fmt: skip
    return RunLine(**values | changes)


def full(words: str) -> RunReport:
    """Return a report with every part, in which everything that is text is `words`."""
    now = Measured(RUN_ID, START, 12, 0.5, 0.25, 180)
    usual = Measured("", START, 40, 0.9, 0.2, 200)
    marks = [Mark(0, max(len(words) // 2, 1), "PER"), Mark(0, 99_999, "LOC")]
    return report(
        run(
            run_id=words, state="held", message=words, code_version=words, transform_version=words
        ),
        stages=[stage("ingest", "page")],
        gates=[
            gate("clean.article.body_chars", "hold", observed=words, threshold=words, batch_id=words),
            gate(words, "warn", scope="batch", observed=words), gate("b", "pass"),
        ],
        quarantine=[
            refusal(
                locator=words, url=words, evidence=words, reason=words, rule=words, record_id=words
            )
        ],
        asked=[AskedLine(words, 1, 2, 3, 4, 5, None, words)],
        history=[line(run_id=words), line(run_id=words, message=words)],
        trends={"clean.article.body_chars": [0.1, 0.2], words: [1.0, 2.0]},
        sources=[
            SourceLine(
                words, words, "silent", now, usual, START, [1, 2], [Finding(words, words)]
            )
        ],
        dates=[DateLine(words, 9, 5, 1, 1, 2, 1, words, words)],
        boilerplate=[
            BoilerplateLine(words, 100, 20, {"ad": 20}, 150, [CutLine("ad", words, 40)])
        ],
        entities=[EntityLine("PER", words, words, words, 9, 2)],
        stories=[StoryLine(words, 9, 3, 2, words), StoryLine(None, 2, 2, 2, None)],
        copied=7,
        samples=[
            Sample(words, words, words, words, [Passage("body", words, marks)], [Passage("ad", words)])
        ],
        unread=words,
    )  # fmt: skip
