"""What is done of the runs that were missed: by sleep, by a stop, by a clock that was set.

Prefect keeps a run that is due until a worker takes it; after a night's sleep all of the night's
runs would be done one after another, each with nothing new. So every run that is due and has not
begun is looked at before anything is started: the newest is done (`latest`) or none (`none`), the
others are marked as skipped, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flows.schedule import CatchUp

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun, StateType

#: What starts later than this missed its time. A run may wait so long for one before it.
GRACE = timedelta(minutes=10)
#: Name of the state of a run that was not done; its type is CANCELLED.
SKIPPED = "Skipped"
_PAGE = 200


class Due(NamedTuple):
    """One run that a cron planned: of which deployment, for when."""

    run_id: UUID
    deployment_id: UUID
    time: datetime


def to_skip(
    waiting: Iterable[Due], begun: Iterable[Due], now: datetime, catch_up: CatchUp
) -> Mapping[UUID, str]:
    """Return the runs that are not to be done, each with the reason.

    Of `waiting` runs only those count that are due. One for whose time another run has `begun` is
    not done again: a clock that was set back plans the same time twice.
    """
    due = [run for run in waiting if run.time <= now]
    done = {(run.deployment_id, run.time) for run in begun}
    newest: dict[UUID, Due] = {}
    for run in due:
        best = newest.get(run.deployment_id)
        if best is None or (run.time, str(run.run_id)) > (best.time, str(best.run_id)):
            newest[run.deployment_id] = run
    return {
        run.run_id: reason
        for run in due
        if (reason := _reason(run, newest[run.deployment_id], done, now, catch_up))
    }


def _reason(
    run: Due, newest: Due, done: set[tuple[UUID, datetime]], now: datetime, catch_up: CatchUp
) -> str | None:
    if (run.deployment_id, run.time) in done:
        return f"the run of {run.time:%Y-%m-%d %H:%M} UTC has been done"
    if run is not newest:
        return f"missed; the run of {newest.time:%Y-%m-%d %H:%M} UTC does its work"
    if catch_up == "none" and now - run.time > GRACE:
        return f"missed by {str(now - run.time).partition('.')[0]}; catch_up is none"
    return None


async def skip_missed(client: PrefectClient, catch_up: CatchUp) -> frozenset[UUID]:
    """Mark the runs that are not to be done; return their ids. Called before any is started."""
    from prefect.client.schemas.objects import State, StateType

    now = datetime.now(UTC)
    found = await runs_of(client, [StateType.SCHEDULED], before=now)
    waiting = [_due(run) for run in found if run.auto_scheduled and not run.run_count]
    if not waiting:
        return frozenset()
    times = [run.time for run in waiting]
    others = [kind for kind in StateType if kind != StateType.SCHEDULED]
    begun = await runs_of(client, others, before=max(times), after=min(times))
    done = [_due(run) for run in begun if run.auto_scheduled and run.state_name != SKIPPED]
    skipped = to_skip(waiting, done, now, catch_up)
    for run_id, reason in skipped.items():
        state: State[Any] = State(type=StateType.CANCELLED, name=SKIPPED, message=reason)
        await client.set_flow_run_state(run_id, state)
    return frozenset(skipped)


async def runs_of(
    client: PrefectClient,
    kinds: Sequence[StateType],
    before: datetime | None = None,
    after: datetime | None = None,
) -> list[FlowRun]:
    """Return the runs of deployments whose states are of these kinds, planned in that time."""
    from prefect.client.schemas import filters

    wanted = filters.FlowRunFilter(
        state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=list(kinds))),
        deployment_id=filters.FlowRunFilterDeploymentId(is_null_=False),
        expected_start_time=filters.FlowRunFilterExpectedStartTime.model_validate(
            {"before_": before, "after_": after}
        ),
    )
    found: list[FlowRun] = []
    while True:
        page = await client.read_flow_runs(flow_run_filter=wanted, limit=_PAGE, offset=len(found))
        found += page
        if len(page) < _PAGE:
            return found


def _due(run: FlowRun) -> Due:
    """Return a planned run: a deployment's, so that it has both."""
    if run.deployment_id is None or run.expected_start_time is None:
        raise ValueError(f"run {run.id} is of no deployment, or of no time")
    return Due(run.id, run.deployment_id, run.expected_start_time)
