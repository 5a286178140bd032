"""Tell a Prefect server what is to run: the work pool, the deployments, and what a crash left open.

With them our type of notification block, so that one can be made in Prefect's pages.

A deployment that is as declared is left alone: its schedule keeps its id, and with it Prefect
knows the times that it has planned already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flows.catch_up import runs_of, skip_missed
from flows.deployments import POOL, TAG, Deployment
from flows.schedule import CatchUp

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.responses import DeploymentResponse

_LEFT = "its `khabar serve` ended while this ran; nothing of it was published after that"
_ENOUGH = 200


class Registered(NamedTuple):
    """What was found and done: runs marked as crashed, runs skipped, deployments removed."""

    crashed: int
    skipped: int
    removed: tuple[str, ...]


async def register(
    wanted: Sequence[Deployment], env: dict[str, str], catch_up: CatchUp
) -> Registered:
    """Apply the deployments; the server's are these afterwards and no others of ours.

    Whoever calls holds the home, so that no worker lives: what is not ended has crashed.
    """
    from prefect.client.orchestration import get_client

    from flows.blocks import Email

    async with get_client() as client:
        await Email.register_type_and_schema(client=client)
        await _make_pool(client)
        crashed = await _mark_crashed(client)
        before = {d.id: d for d in await _ours(client)}
        kept = [await _apply(client, deployment, env) for deployment in wanted]
        gone = [before[each] for each in before if each not in kept]
        for deployment in gone:
            await client.delete_deployment(deployment.id)
        for each in kept:
            await _free(client, each)
        skipped = await skip_missed(client, catch_up)
    return Registered(crashed, len(skipped), tuple(d.name for d in gone))


async def _make_pool(client: PrefectClient) -> None:
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    pool = WorkPoolCreate(
        name=POOL,
        type=ProcessWorker.type,
        base_job_template=ProcessWorker.get_default_base_job_template(),
    )
    try:
        await client.create_work_pool(pool)
    except ObjectAlreadyExists:
        return


async def _mark_crashed(client: PrefectClient) -> int:
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    open_ = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    left = await runs_of(client, open_)
    for run in left:
        await client.set_flow_run_state(run.id, Crashed(message=_LEFT), force=True)
    return len(left)


async def _ours(client: PrefectClient) -> list[DeploymentResponse]:
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    tagged = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    return await client.read_deployments(deployment_filter=tagged, limit=_ENOUGH)


async def _apply(client: PrefectClient, wanted: Deployment, env: dict[str, str]) -> UUID:
    """Return the id of the deployment, which is as wanted afterwards."""
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.exceptions import ObjectNotFound

    version = _fingerprint(wanted, env)
    try:
        found = await client.read_deployment_by_name(wanted.full_name)
    except ObjectNotFound:
        pass
    else:
        if found.version == version:
            return found.id
    return await client.create_deployment(
        flow_id=await client.create_flow_from_name(wanted.flow),
        name=wanted.name,
        version=version,
        description=wanted.description,
        schedules=[
            DeploymentScheduleCreate(
                schedule=CronSchedule(cron=wanted.cron, timezone=wanted.timezone), active=True
            )
        ],
        concurrency_limit=1,
        concurrency_options=ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
        parameters=dict(wanted.parameters),
        # Of the flow's own signature; without it Prefect would refuse every parameter.
        enforce_parameter_schema=False,
        work_pool_name=POOL,
        tags=[TAG],
        entrypoint=wanted.entrypoint,
        pull_steps=[],
        job_variables={"env": env},
    )


def _fingerprint(wanted: Deployment, env: dict[str, str]) -> str:
    told: dict[str, Any] = wanted._asdict() | {"parameters": dict(wanted.parameters), "env": env}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


async def _free(client: PrefectClient, deployment_id: UUID) -> None:
    """Give the deployment its slot back, whoever held it: nobody is left who could.

    A run that is marked as crashed gives it back. But who holds a slot is kept in the server's
    memory and the count of the taken in its database: one that was lost otherwise (its run deleted
    by hand) would be taken for ever, and the deployment never run again.
    """
    from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate

    await client.update_global_concurrency_limit(
        f"deployment:{deployment_id}", GlobalConcurrencyLimitUpdate(active_slots=0)
    )
