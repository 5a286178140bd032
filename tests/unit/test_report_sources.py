"""What a report says of sources is what the gate on sources said, beside what they usually bring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from expectations.report.data import Finding, Measured, SourceLine
from expectations.report.files import write_csv
from expectations.report.sources import source_lines
from tests.report_rows import gate, report
from warehouse.tables import GateResult

NOW = datetime(2026, 3, 20, 6, tzinfo=UTC)
RUN = "run-8"


def runs(pages: int, before: int = 8) -> list[Measured]:
    """Return daily runs of a source that usually brings fifty pages, the newest of them now."""
    counts = [50] * before + [pages]
    return [
        Measured(f"run-{at}", NOW - timedelta(days=before - at), count, 0.9, 0.2, 800)
        for at, count in enumerate(counts)
    ]


def result(measure: str, action: str = "pass", source: str = "barq", **more: Any) -> GateResult:
    values: dict[str, Any] = {
        "scope": "source", "source_id": source, "batch_id": f"{source}/all", "judged": 1,
    }  # fmt: skip
    return gate(f"publish.source.{measure}", action, **values | more)


def lines(pages: int, *gates: GateResult, before: int = 8) -> list[SourceLine]:
    run_id = f"run-{before}"
    return source_lines({"barq": runs(pages, before)}, gates, run_id, {"barq": "برق"})


@pytest.mark.parametrize(
    ("pages", "gates", "wanted"),
    [
        (50, [result("pages"), result("silent")], "usual"),
        (9, [result("pages", "warn"), result("silent")], "less"),
        (150, [result("pages", "hold"), result("body_chars", "warn")], "more"),
        (0, [result("pages", "warn"), result("silent", "warn")], "silent"),
        (50, [result("pages"), result("dated_share", "warn")], "changed"),
        (0, [result("pages", judged=0)], "young"),
    ],
)
def test_the_gate_is_the_only_judge(pages: int, gates: list[GateResult], wanted: str) -> None:
    [line] = lines(pages, *gates)
    assert line.change == wanted
    assert [each.rule for each in line.found] == [g.rule for g in gates if not g.success]
    assert (line.name, line.now and line.now.pages) == ("برق", pages)


def test_a_source_that_was_not_judged_in_this_run_is_not_told() -> None:
    assert lines(9) == []
    of_a_batch = gate("clean.batch.dated_share", "hold", source_id="barq", scope="batch")
    of_the_run = result("pages", "warn", "*")
    assert lines(9, of_a_batch, of_the_run) == []


def test_the_usual_needs_five_runs_that_brought_something() -> None:
    [line] = lines(50, result("pages"), before=5)
    assert line.usual is not None
    assert (line.usual.pages, line.usual.dated, line.usual.chars) == (50, 0.9, 800)
    [line] = lines(50, result("pages"), before=4)
    assert line.usual is None
    [line] = lines(0, result("pages", "warn"))
    assert line.last_at == NOW - timedelta(days=1)


def test_what_changed_comes_first(tmp_path: Path) -> None:
    both = {"a": runs(50), "b": runs(9)}
    gates = [result("pages", source="a"), result("pages", "warn", "b", observed="9, usually 50")]
    told = source_lines(both, gates, RUN, {"a": None})
    assert [(line.source_id, line.change) for line in told] == [("b", "less"), ("a", "usual")]
    assert told[0].found == [Finding("publish.source.pages", "9, usually 50")]
    write_csv(tmp_path, "x", report(sources=told))
    assert "publish.source.pages: 9, usually 50" in (tmp_path / "x.sources.csv").read_text("utf-8")
