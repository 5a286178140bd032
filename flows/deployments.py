"""The deployments, declared once: `khabar serve` applies them, prefect.yaml is written from here.

One a group of sources, then one each for what keeps the home well. All of them write under the
home's lock, so that they wait for each other; of one deployment no two run at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flows.schedule import MAIN, Schedule

POOL = "khabar"
TAG = "khabar"
#: How long a run waits for another one that writes: a first run of a large crawl takes its time,
#: and a run that gives up has done nothing.
LOCK_WAIT_SECONDS = 3600


class Deployment(NamedTuple):
    """One deployment; `name` is Prefect's, unique within its flow."""

    flow: str
    name: str
    description: str
    cron: str
    timezone: str
    parameters: Mapping[str, str] = {}

    @property
    def entrypoint(self) -> str:
        """Return the dotted entrypoint: the project is installed where the worker runs."""
        return f"flows.{self.flow}.{self.flow}"

    @property
    def title(self) -> str:
        """Return how people call it: `maintain`, `pipeline main`."""
        return title_of(self.flow, self.name)

    @property
    def full_name(self) -> str:
        """Return Prefect's name: flow/deployment."""
        return f"{self.flow}/{self.name}"


def title_of(flow: str, name: str) -> str:
    """Return how people call a deployment of a flow."""
    return flow if name == flow else f"{flow} {name}"


def deployments(
    schedule: Schedule, groups: Iterable[str] = (MAIN,), idle: Iterable[str] = ()
) -> list[Deployment]:
    """Return all deployments of a schedule; groups that are `idle` have none.

    Raises:
        ScheduleError: A cron is given for a group that no source is in.
    """
    zone = schedule.timezone
    pipelines = [
        Deployment(
            "pipeline", group,
            f"The sources of group {group} through ingest, clean, tag and publish, with a gate "
            "after every stage.",
            cron, zone, {"group": group},
        )
        for group, cron in schedule.of_groups(groups, idle).items()
    ]  # fmt: skip
    return [
        *pipelines,
        Deployment(
            "reprocess", "reprocess",
            "Published pages again, where what other pages of their source show may let them read "
            "better.",
            schedule.reprocess, zone,
        ),
        Deployment(
            "maintain", "maintain",
            "Every file checked, small files merged, what no reader can still be reading removed.",
            schedule.maintain, zone,
        ),
        Deployment(
            "report", "report",
            "The last seven days on one page: runs, gates, quarantine, sources.",
            schedule.report, zone,
        ),
    ]  # fmt: skip


def environment_of_runs(home: str, config: str) -> dict[str, str]:
    """Return what every run is told: both paths absolute, since a worker runs elsewhere."""
    return {
        "KHABAR_HOME": home,
        "KHABAR_CONFIG": config,
        "KHABAR_LOCK_WAIT_SECONDS": str(LOCK_WAIT_SECONDS),
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
    }


_HEAD = """\
# Deployments for a Prefect server of your own. `khabar serve` needs none of this: it starts a
# server, a worker and these deployments, with the crons of khabar.toml (docs/schedule.md).
#
#   export PREFECT_API_URL=http://127.0.0.1:4200/api
#   export KHABAR_HOME=/srv/khabar/data KHABAR_CONFIG=/srv/khabar/khabar.toml   # absolute
#   prefect work-pool create khabar --type process
#   prefect deploy --all
#   prefect worker start --pool khabar
#
# The project must be installed where the worker runs: entrypoints are dotted, nothing is pulled.
# A process worker runs a flow in a temporary directory, so both paths must be absolute; they are
# read from the environment of `prefect deploy` and handed to every run. Other groups of sources
# than main take a deployment more each, with their group among the parameters.
#
# Written by `make docs` from flows/deployments.py.
name: khabar
prefect-version: 3.8.8

build: null
push: null
pull: []

deployments:
"""
_ONE = """\
  - name: {name}
    description: {description}
    entrypoint: {entrypoint}
    tags: [{tag}]
    schedules:
      - cron: {cron}
        timezone: {timezone}
        active: true
    # No two at once: a run that comes too early waits for the one before it.
    concurrency_limit:
      limit: 1
      collision_strategy: ENQUEUE
    parameters: {parameters}
    work_pool:
      name: {pool}
      job_variables:
        env:
{env}
"""


def prefect_yaml() -> str:
    """Return prefect.yaml: the deployments of a khabar.toml that says nothing of schedules."""
    env = environment_of_runs("{{ $KHABAR_HOME }}", "{{ $KHABAR_CONFIG }}")
    told = "\n".join(f"          {key}: {json.dumps(value)}" for key, value in env.items())
    return _HEAD + "".join(
        _ONE.format(
            name=each.name, description=json.dumps(each.description), entrypoint=each.entrypoint,
            tag=TAG, cron=json.dumps(each.cron), timezone=each.timezone,
            parameters=json.dumps(dict(each.parameters)), pool=POOL, env=told,
        )
        for each in deployments(Schedule())
    )  # fmt: skip
