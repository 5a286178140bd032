"""The gate after a stage, as a step of the flow: frames of the staged batch, then the verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.crew import now
from transforms.accepts import Accepts
from warehouse.staging import Batch
from warehouse.tables import Quarantine
from warehouse.tables.publish import Stage

if TYPE_CHECKING:
    from expectations.gate import Verdict


def judge_batch(stage: Stage, batch: Batch, accepts: Accepts | None = None) -> Verdict:
    """Judge what a stage made of a batch; what the gate refuses is staged as quarantine.

    `accepts` is what analysts let in against a rule. Fails closed: where the frames cannot even be
    made, the batch is held and the verdict says why.
    """
    from expectations.gate import judge
    from warehouse.frames import frames

    at = now()
    try:
        narrow = frames(batch, stage)
    except Exception as problem:
        verdict = judge(stage, {}, batch=batch, at=at)
        reason = f"the {stage} gate had nothing to judge: {type(problem).__name__}: {problem}"
        return replace(verdict, held=True, message=reason)
    verdict = judge(stage, narrow, batch=batch, at=at, accepts=accepts)
    add_quarantine(batch, stage, verdict.quarantine)
    return verdict


def add_quarantine(batch: Batch, stage: str, rows: list[Quarantine]) -> None:
    """Stage a gate's rows beside those that the stage has already; each record stands once."""
    if not rows:
        return
    before = batch.rows(stage, Quarantine)
    known = {row.record_id for row in before}
    batch.write(stage, Quarantine, before + [row for row in rows if row.record_id not in known])


def warm_up() -> None:
    """Import what the gates need, several seconds of it, by judging a batch of nothing."""
    import pyarrow as pa

    from expectations.catalogue import rules_of
    from expectations.suite import judge_frame

    rules = rules_of("ingest", "batch")
    judge_frame(rules, pa.table({rule.column: pa.array([1]) for rule in rules}))
