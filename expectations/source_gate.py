"""The gate on sources: judges what each source brought in a run against what it usually brings.

It refuses no row. It warns, or holds the batches of a source that is set to stop.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import pyarrow as pa

from expectations.catalogue import source_rules
from expectations.drift import Drift
from expectations.rules import SHARES_FROM, Rule
from expectations.suite import Outcome, judge_frame
from warehouse.tables import GateResult


class Seen(NamedTuple):
    """One measure of a source: its value in this run, the articles behind it, and its drift."""

    source_id: str
    series: str
    rule: str
    value: float | None
    sample: int | None
    drift: Drift


@dataclass(frozen=True, slots=True)
class SourcesVerdict:
    """Results a source and measure; `held` says by source why it stops, `warned` what is odd."""

    results: list[GateResult]
    held: dict[str, str]
    warned: list[str]


def judge_sources(
    seen: Sequence[Seen], *, run_id: str, at: datetime, stops: Collection[str] = ()
) -> SourcesVerdict:
    """Return the verdict on the sources of a run; `stops` are those that a drift holds.

    Raises:
        NotJudgedError: Great Expectations gave no result: nothing of these sources may pass.
    """
    from expectations.gate import NotJudgedError

    outcomes = _outcomes(seen)
    if error := next((each.error for each in outcomes.values() if each.error), None):
        raise NotJudgedError(error)
    rows = _rows(seen)
    failed = {(rule, row) for rule, each in outcomes.items() for row, _ in each.failed}
    rules = {rule.id: rule for rule in source_rules()}
    results: list[GateResult] = []
    held: dict[str, str] = {}
    warned: list[str] = []
    for each in seen:
        rule = rules[each.rule]
        bad = (each.rule, rows[each.source_id]) in failed
        stopped = bad and each.source_id in stops
        results.append(_result(rule, each, run_id, at, bad=bad, stopped=stopped))
        if bad:
            words = f"{rule.reason} ({_observed(rule, each)})"
            warned.append(f"{each.source_id}: {words}. {rule.advice}")
        if stopped:
            # What to do comes before the advice: of a long line the run keeps the beginning.
            held.setdefault(
                each.source_id,
                f'{rule.id}: {words}; drift = "stop" holds it, "warn" lets it through where the '
                f"change is right (docs/sources.md). {rule.advice}",
            )
    return SourcesVerdict(results, held, warned)


def _rows(seen: Sequence[Seen]) -> dict[str, int]:
    return {source: n for n, source in enumerate(dict.fromkeys(s.source_id for s in seen))}


def _outcomes(seen: Sequence[Seen]) -> dict[str, Outcome]:
    """Judge the frame of sources: a row each, a column a rule, null where it is not judged."""
    if not seen:
        return {}
    rows = _rows(seen)
    columns: dict[str, list[float | None]] = {
        rule.column: [None] * len(rows) for rule in source_rules()
    }
    for rule in source_rules():
        for each in seen:
            if each.rule == rule.id and _too_few(rule, each.drift) is None:
                columns[rule.column][rows[each.source_id]] = each.drift.far
    frame = pa.table({name: pa.array(column, pa.float64()) for name, column in columns.items()})
    return judge_frame(source_rules(), frame)


def _too_few(rule: Rule, drift: Drift) -> str | None:
    """Return in words why a measure is not judged; None where it is."""
    if drift.rows is not None and drift.rows < SHARES_FROM:
        return f"{drift.rows} < {SHARES_FROM} articles"
    if drift.windows < rule.from_rows:
        return f"{drift.windows} < {rule.from_rows} earlier windows"
    return "it usually brings none" if drift.far is None else None


def _observed(rule: Rule, seen: Seen) -> str:
    drift = seen.drift
    if few := _too_few(rule, drift):
        return f"not judged: {few}"
    if rule.column == "pages_missed":
        return f"{drift.now or 0:.0f} pages missed, usually {drift.usual or 0:.3g} a day"
    side = "below" if (drift.far or 0) < 0 else "above"
    far = f", {abs(drift.far or 0):.1f} spreads {side}" if drift.far else ""
    return f"{drift.now:.4g}, usually {drift.usual:.4g}{far}"


def _result(
    rule: Rule, seen: Seen, run_id: str, at: datetime, *, bad: bool, stopped: bool
) -> GateResult:
    action: Literal["pass", "warn", "hold"] = "hold" if stopped else "warn" if bad else "pass"
    return GateResult(
        run_id=run_id,
        gate="publish",
        rule=rule.id,
        rule_version=rule.version,
        batch_id=seen.series,
        source_id=seen.source_id,
        scope="source",
        severity="critical" if stopped else rule.severity,
        expectation=rule.expectation,
        success=not bad,
        observed=_observed(rule, seen),
        threshold=rule.threshold,
        judged=int(_too_few(rule, seen.drift) is None),
        failed=int(bad),
        action=action,
        judged_on=at.date(),
        value=seen.value,
        sample=seen.sample,
    )
