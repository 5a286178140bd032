"""What a report says, as plain numbers and words; how it looks is the templates' matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from expectations.report.words import STAGES, UNITS, Words
from warehouse.tables import GateResult, Quarantine, Run, RunStage

#: Enough of a reason's records to see what it is about; all of them are in the table quarantine.
SAMPLES = 5
#: Reasons beyond these are counted in the table of gates and in quarantine itself.
REASONS = 40


class Account(NamedTuple):
    """The law of the pipeline for one unit: landed is the sum of the other four."""

    unit: Words
    landed: int
    published: int
    duplicate: int
    quarantined: int
    held: int

    @property
    def adds_up(self) -> bool:
        """Return whether the law holds."""
        return self.landed == self.published + self.duplicate + self.quarantined + self.held


class StageLine(NamedTuple):
    """One stage over all batches of a run."""

    stage: Words
    unit: Words
    rows_in: int
    rows_out: int
    duplicate: int
    quarantined: int
    held: int
    checks: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One rule over all batches of a run; `observed` is what its first failing batch showed.

    `by_row`: it judges single rows, and its trend is the share of them that failed.
    """

    rule: str
    severity: str
    batches: int
    batches_failed: int
    judged: int
    failed: int
    action: str
    observed: str | None
    where: str | None
    threshold: str
    by_row: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Records that were refused for one reason, with a few of them."""

    stage: Words
    unit: Words
    rule: str
    reason: str
    count: int
    share: float
    samples: Sequence[Quarantine]


def accounts(run: Run) -> list[Account]:
    """Return the account of pages and of articles."""
    return [
        Account(
            UNITS[unit],
            *(
                getattr(run, f"{unit}s_{column}")
                for column in ("landed", "published", "duplicate", "quarantined", "held")
            ),
        )
        for unit in ("page", "article")
    ]


def stage_lines(stages: Iterable[RunStage]) -> list[StageLine]:
    """Return the stages in their order, pages before articles, summed over the batches."""
    by_stage: dict[tuple[str, str], list[RunStage]] = {}
    for row in stages:
        by_stage.setdefault((row.stage, row.unit), []).append(row)
    order = [(stage, unit) for stage in STAGES for unit in UNITS]
    columns = ("rows_in", "rows_out", "duplicate", "quarantined", "held", "checks", "seconds")
    return [
        StageLine(
            STAGES[stage], UNITS[unit],
            *(
                round(sum(getattr(row, column) for row in by_stage[stage, unit]), 3)
                for column in columns
            ),
        )
        for stage, unit in order
        if (stage, unit) in by_stage
    ]  # fmt: skip


def check_lines(gates: Iterable[GateResult]) -> list[CheckLine]:
    """Return a line a rule: those that held a batch first, then what refused, warned, passed."""
    order = ("hold", "quarantine", "warn", "pass")
    by_rule: dict[str, list[GateResult]] = {}
    for result in gates:
        by_rule.setdefault(result.rule, []).append(result)
    lines = [_check(rule, results, order) for rule, results in by_rule.items()]
    stages = list(STAGES)

    def place(line: CheckLine) -> tuple[int, int, str]:
        stage = line.rule.split(".")[0]
        at = stages.index(stage) if stage in stages else len(stages)
        return order.index(line.action), at, line.rule

    return sorted(lines, key=place)


def _check(rule: str, results: list[GateResult], order: Sequence[str]) -> CheckLine:
    worst = min(results, key=lambda result: (order.index(result.action), result.batch_id))
    return CheckLine(
        rule=rule,
        severity=worst.severity,
        batches=len(results),
        batches_failed=sum(not result.success for result in results),
        judged=sum(result.judged for result in results),
        failed=sum(result.failed for result in results),
        action=worst.action,
        observed=worst.observed,
        where=worst.batch_id if not worst.success else None,
        threshold=worst.threshold,
        by_row=worst.scope == "row",
    )


def reasons(quarantine: Sequence[Quarantine], run: Run) -> list[Reason]:
    """Return the reasons of refusal, the most frequent first, at most `REASONS` of them.

    The share is of the records of that unit that landed in the run.
    """
    landed: Mapping[str, int] = {"page": run.pages_landed, "article": run.articles_landed}
    by_reason: dict[tuple[str, str, str, str], list[Quarantine]] = {}
    for row in sorted(quarantine, key=lambda row: row.record_id):
        by_reason.setdefault((row.stage, row.unit, row.rule, row.reason), []).append(row)
    found = [
        Reason(
            STAGES[stage], UNITS[unit], rule, reason, len(rows),
            len(rows) / max(landed[unit], 1), rows[:SAMPLES],
        )
        for (stage, unit, rule, reason), rows in by_reason.items()
    ]  # fmt: skip
    return sorted(found, key=lambda reason: (-reason.count, reason.rule, reason.reason))[:REASONS]
