"""The gate after a stage: judges the frames of one batch, refuses rows, or holds the batch.

A gate never mends. It fails closed: what could not be judged holds the batch, whatever the
reason, and says so in words. Great Expectations is imported when the first frame is judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import pyarrow as pa

from expectations.catalogue import batch_rules, rules_of
from expectations.clock import with_clock
from expectations.refuse import Refused, once, quarantine_row, refused_rows, with_fallen, worded
from expectations.rules import Rule, Stage, Value
from expectations.suite import Outcome, judge_frame
from transforms.accepts import Accepts
from warehouse.staging import Batch
from warehouse.tables import GateResult, Quarantine

Frames = dict[str, pa.Table]
Action = Literal["pass", "warn", "quarantine", "hold"]
#: The units of a stage whose refused share is a measure of its batch.
_UNITS: tuple[Literal["page", "article"], ...] = ("page", "article")
#: As many different values of failing rows as a person reads before looking at the rows.
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate said of one batch.

    `results` has one row a declared rule of the stage. `quarantine` has one row a refused page or
    article, each once, and one for each that a decision lets in (state `accepted`). `held` stops
    the batch; `message` then says why and what to do.
    """

    results: list[GateResult]
    quarantine: list[Quarantine]
    held: bool
    message: str | None


class NotJudgedError(Exception):
    """The frames of a batch do not allow a judgement: one is missing, narrower or emptier."""


def judge(
    stage: Stage, frames: Frames, *, batch: Batch, at: datetime, accepts: Accepts | None = None
) -> Verdict:
    """Return the gate's verdict on the frames of a stage (`warehouse.frames.frames`).

    `at` is the moment of the judgement, aware and in UTC; dates are judged against its day.
    `accepts` is what analysts let in against a rule. Of a batch that was picked (`Batch.picked`) no
    share is judged. Whatever goes wrong with the frames holds the batch.

    Raises:
        KeyError: There is no such stage.
    """
    try:
        judged = _judge(stage, frames, at, accepts or Accepts(), picked=batch.picked)
    except Exception as error:  # the gate fails closed, whatever the fault
        judged = _not_judged(stage, f"{type(error).__name__}: {error}")
    message = _message(stage, judged)
    return Verdict(
        results=[_result(rule, judged, batch, at) for rule in batch_rules(stage)],
        quarantine=[
            quarantine_row(each, stage=stage, batch=batch, at=at)
            for each in (*judged.refused, *judged.let_in)
        ],
        held=message is not None,
        message=message,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """Outcomes by rule, the refused records, and the batch's measures by column."""

    outcomes: dict[str, Outcome]
    refused: list[Refused]
    measures: dict[str, Value]
    let_in: list[Refused] = field(default_factory=list)
    picked: bool = False

    def not_judged(self, rule: Rule) -> str | None:
        """Return why a share is not judged: too few rows, or rows that somebody picked."""
        rows = self.measures.get(rule.sample) if rule.sample else None
        if not isinstance(rows, int):
            return None
        if rows < rule.from_rows:
            return f"{rows} < {rule.from_rows}"
        share = rule.column.endswith("_share")
        return "these records were picked" if self.picked and share else None

    def all_let_in(self, rule: Rule) -> bool:
        """Return whether every row that fails a rule is let in by a decision."""
        failed = len(self.outcomes[rule.id].failed)
        return 0 < failed == sum(rule.id in each.overruled for each in self.let_in)


def _judge(
    stage: Stage, frames: Frames, at: datetime, accepts: Accepts, *, picked: bool
) -> _Judged:
    _require_complete(stage, frames)
    outcomes: dict[str, Outcome] = {}
    found: list[Refused] = []
    for unit in _UNITS:
        if rules := rules_of(stage, unit):
            frame = with_clock(frames[unit], at.date())
            outcomes |= _judge_unit(rules, frame)
            found += refused_rows(unit, frame, rules, outcomes, accepts)
    refused = [each for each in found if not each.decision_id]
    refused = with_fallen(refused, frames["links"]) if "links" in frames else once(refused)
    measured = _with_shares(frames["batch"], refused)
    outcomes |= judge_frame(rules_of(stage, "batch"), measured)
    let_in = once([each for each in found if each.decision_id])
    return _Judged(outcomes, refused, measured.to_pylist()[0], let_in, picked)


def _require_complete(stage: Stage, frames: Frames) -> None:
    """Raise NotJudgedError where a frame is missing, or has other rows than the batch counts."""
    needed = {rule.unit for rule in batch_rules(stage)}
    if missing := needed - frames.keys():
        raise NotJudgedError(f"no frame of {', '.join(sorted(missing))}")
    if frames["batch"].num_rows != 1:
        raise NotJudgedError(f"the batch has {frames['batch'].num_rows} rows of measures, not one")
    counted = frames["batch"].to_pylist()[0]
    for unit in _UNITS:
        if unit in needed and frames[unit].num_rows != counted[f"{unit}s"]:
            staged = counted[f"{unit}s"]
            raise NotJudgedError(
                f"{frames[unit].num_rows} {unit}s to judge where the batch has {staged}"
            )


def _judge_unit(rules: tuple[Rule, ...], frame: pa.Table) -> dict[str, Outcome]:
    """Return the outcomes on a frame; without a row, which the batch agrees to, nothing failed.

    Great Expectations would call an empty frame a success as well, expected or not.
    """
    return judge_frame(rules, frame) if frame.num_rows else {rule.id: Outcome(0) for rule in rules}


def _with_shares(measures: pa.Table, refused: list[Refused]) -> pa.Table:
    """Return the batch's measures with the share of records that the stage refused, by unit.

    What the stage itself refused before the gate counts; `<unit>s_judged` is the share's base.
    """
    counted = measures.to_pylist()[0]
    for unit in _UNITS:
        if (before := counted.get(f"{unit}s_refused_before")) is None:
            continue
        rows = counted[f"{unit}s"] + before
        share = (before + sum(each.unit == unit for each in refused)) / max(rows, 1)
        measures = measures.append_column(f"{unit}s_judged", pa.array([rows], pa.int64()))
        measures = measures.append_column(f"{unit}s_refused_share", pa.array([share]))
    return measures


def _not_judged(stage: Stage, reason: str) -> _Judged:
    return _Judged({rule.id: Outcome(0, error=reason) for rule in batch_rules(stage)}, [], {})


def _action(rule: Rule, judged: _Judged) -> Action:
    outcome = judged.outcomes[rule.id]
    if judged.not_judged(rule) is not None:
        return "pass"
    if outcome.error is not None:
        return "hold"
    if outcome.success:
        return "pass"
    if rule.severity == "warning":
        return "warn"
    if rule.refuses:
        return "warn" if judged.all_let_in(rule) else "quarantine"
    return "hold"


def _result(rule: Rule, judged: _Judged, batch: Batch, at: datetime) -> GateResult:
    outcome = judged.outcomes[rule.id]
    why_not = judged.not_judged(rule)
    return GateResult(
        run_id=batch.run_id,
        gate=rule.stage,
        rule=rule.id,
        rule_version=rule.version,
        batch_id=batch.batch_id,
        source_id=batch.source_id,
        scope=rule.scope,
        severity=rule.severity,
        expectation=rule.expectation,
        success=why_not is not None or outcome.success,
        observed=f"not judged: {why_not}" if why_not else _observed(rule, outcome),
        threshold=rule.threshold,
        judged=0 if why_not else outcome.judged,
        failed=0 if why_not else len(outcome.failed),
        action=_action(rule, judged),
        judged_on=at.date(),
        value=_number(judged.measures.get(rule.column)) if rule.unit == "batch" else None,
        sample=_sample(rule, judged),
    )


def _number(measure: Value) -> float | None:
    """Return a measure as a number; not-a-number is none."""
    if not isinstance(measure, (int, float)) or measure != measure:
        return None
    return float(measure)


def _sample(rule: Rule, judged: _Judged) -> int | None:
    rows = judged.measures.get(rule.sample) if rule.sample else None
    return rows if isinstance(rows, int) else None


def _observed(rule: Rule, outcome: Outcome) -> str | None:
    """Return what was seen: a measure's value, or a few values of the rows that failed."""
    if outcome.error is not None:
        return f"not judged: {outcome.error}"[:500]
    if rule.unit == "batch":
        return worded(outcome.observed)
    if not outcome.failed:
        return None
    seen = dict.fromkeys(worded(value)[:60] for _, value in outcome.failed)
    return ", ".join([*seen][:_EXAMPLES]) + (", ..." if len(seen) > _EXAMPLES else "")


def _message(stage: Stage, judged: _Judged) -> str | None:
    """Return a line for a person for each cause that holds the batch; None where none does."""
    unjudged: dict[str, list[str]] = {}
    lines: list[str] = []
    for rule in batch_rules(stage):
        outcome = judged.outcomes[rule.id]
        if _action(rule, judged) != "hold":
            continue
        if outcome.error is not None:
            unjudged.setdefault(outcome.error, []).append(rule.id)
            continue
        lines.append(
            f"{rule.id}: {rule.reason} (observed {_observed(rule, outcome)}, "
            f"expected {rule.threshold}). {rule.advice}"
        )
    for error, ids in unjudged.items():
        more = f" and {len(ids) - 1} more rules" if len(ids) > 1 else ""
        lines.append(f"{ids[0]}{more} could not be judged, so the batch is held: {error}")
    return "\n".join(lines) or None
