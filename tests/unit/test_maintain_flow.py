"""The flow `maintain` and its deployment: daily, one at a time, waiting for who writes."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.logging import disable_run_logger

from flows.maintain import maintain
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.store import Store

pytestmark = pytest.mark.slow


def ended(**how: Any) -> tuple[str, str]:
    with disable_run_logger():
        state = maintain.fn(**how)
    return state.name, str(state.message)


def test_it_merges_and_says_so(rows: ModuleType, home: Path) -> None:
    with Store.open(home) as store:
        rows.some_runs(home, store)
    name, said = ended(home=str(home))
    assert name == "Completed"
    assert re.fullmatch(r"\d+ files became \d+; 0 old snapshots and 0 old files removed", said)


def test_an_empty_home_is_no_failure_and_damage_is(rows: ModuleType, home: Path) -> None:
    name, said = ended(home=str(home))
    assert (name, "no warehouse" in said) == ("Completed", True)
    assert not home.exists()
    with Store.open(home) as store:
        rows.some_runs(home, store)
    next((home / "warehouse" / "data").rglob("*.parquet")).unlink()
    name, said = ended(home=str(home))
    assert (name, "khabar verify" in said) == ("Failed", True)
    with writer_lock(Home.at(home).lock, 1, "run-9"), pytest.MonkeyPatch.context() as patched:
        patched.setenv("KHABAR_LOCK_WAIT_SECONDS", "0")
        name, said = ended(home=str(home))
    assert (name, "run run-9" in said) == ("Failed", True)


def deployments(root: Path) -> list[dict[str, Any]]:
    found = yaml.safe_load((root / "prefect.yaml").read_text("utf-8"))["deployments"]
    return found  # type: ignore[no-any-return]


def test_every_deployment_is_a_flow_with_a_schedule_and_one_run_at_a_time(root: Path) -> None:
    for each in deployments(root):
        module, _, name = each["entrypoint"].rpartition(".")
        flow = getattr(import_module(module), name)
        assert isinstance(flow, Flow)
        assert flow.name == name  # a deployment of the pipeline has its group's name
        assert set(each["parameters"]) <= set(flow.parameters.properties)
        assert each["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
        assert [schedule["active"] for schedule in each["schedules"]] == [True]
        variables = each["work_pool"]["job_variables"]["env"]
        assert variables["KHABAR_HOME"] == "{{ $KHABAR_HOME }}"
        assert float(variables["KHABAR_LOCK_WAIT_SECONDS"]) >= 600


def test_maintenance_is_daily_and_no_two_deployments_start_together(root: Path) -> None:
    crons = {each["name"]: each["schedules"][0]["cron"] for each in deployments(root)}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", crons["maintain"])
    minutes = [cron.split()[0] for cron in crons.values()]
    assert len(set(minutes)) == len(minutes) == 4
