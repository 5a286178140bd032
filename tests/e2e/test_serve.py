"""`khabar serve` as a user has it: what is due runs once, one at a time, and nothing is left over."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.run_pages import ask
from tests.serving import Serving
from warehouse.home import Home
from warehouse.lock import writer_lock

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with Serving(tmp_path) as serving:
        yield serving


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Serving]:
    """A home whose runs have a second to end."""
    with Serving(tmp_path, stop_seconds=1) as serving:
        yield serving


def told(serving: Serving, root: Path) -> dict[str, Any]:
    """Return what `khabar status` says, held against its schema."""
    done = serving.khabar("status", "--json")
    assert done.returncode == 0, done.stderr
    status: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((root / "docs" / "schemas" / "status.schema.json").read_text("utf-8"))
    jsonschema.validate(status, schema)
    return status


def test_runs_follow_each_other_until_it_is_told_to_stop(serving: Serving, root: Path) -> None:
    serving.start()
    env = serving.deployment("pipeline/agencies")["job_variables"]["env"]
    assert env["KHABAR_HOME"] == str(serving.home)
    assert env["KHABAR_CONFIG"] == str(serving.config)

    def states(ids: list[str]) -> list[str]:
        return [serving.run(each)["state"]["type"] for each in ids]

    # Two of one deployment and one of another, that all write: one after another.
    names = ("reprocess/reprocess", "reprocess/reprocess", "pipeline/agencies")
    with writer_lock(Home.at(serving.home).lock, 10):
        ids = [serving.trigger(name) for name in names]
        serving.wait(lambda: states(ids[2:]) == ["RUNNING"], "the run of the pipeline")
        serving.wait(
            lambda: sorted(states(ids[:2])) == ["RUNNING", "SCHEDULED"], "one that waits its turn"
        )
        running = told(serving, root)["running"]
        assert sorted(each["deployment"] for each in running) == ["pipeline agencies", "reprocess"]
    runs = [serving.ended(each) for each in ids]
    assert [run["state"]["type"] for run in runs] == ["COMPLETED"] * 3, serving.words()
    first, second = sorted(runs[:2], key=lambda run: str(run["start_time"]))
    assert first["end_time"] <= second["start_time"], "two runs of one deployment at once"
    assert ask(serving.home, "SELECT DISTINCT source_id FROM pages") == [("wakala",)]

    another = serving.khabar("serve")
    assert another.returncode == 2
    assert f"process {serving.process.pid}" in another.stderr  # type: ignore[union-attr]

    status = told(serving, root)
    assert status["serve"]["answers"] is True
    assert [(each["deployment"], each["planned"]) for each in status["due"]] == [
        (name, True)
        for name in ("pipeline agencies", "pipeline main", "reprocess", "maintain", "report")
    ]
    ended = [each["deployment"] for each in status["ended"]]
    assert sorted(ended) == ["pipeline agencies", "reprocess", "reprocess"]
    assert [each["pages_published"] for each in status["ran"]] == [2]

    assert serving.end(signal.SIGTERM) == 0
    assert serving.alive() == []
    assert "stopped" in serving.said[-1]
    assert any("pipeline agencies done: 2 pages" in line for line in serving.said)
    checked = serving.khabar("status", "--check")
    assert checked.returncode == 1
    assert "nobody serves" in checked.stdout


def move_into_the_past(serving: Serving, flow: str, now: datetime) -> int:
    """Make the planned runs of a flow due, an hour apart, as a night's sleep does."""
    database = serving.home / "prefect" / "prefect.db"
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        planned = connection.execute(
            "SELECT r.id FROM flow_run r JOIN flow f ON f.id = r.flow_id "
            "WHERE f.name = ? AND r.state_type = 'SCHEDULED' AND r.auto_scheduled ORDER BY 1",
            (flow,),
        ).fetchall()
        for hours, (run,) in enumerate(planned, 1):
            at = (now - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.%f")
            connection.execute(
                "UPDATE flow_run SET expected_start_time = ?, next_scheduled_start_time = ? "
                "WHERE id = ?",
                (at, at, run),
            )
            # As Prefect says it in the state too, where the engine would wait for it.
            connection.execute(
                "UPDATE flow_run_state SET state_details = "
                "json_set(state_details, '$.scheduled_time', ?) WHERE flow_run_id = ?",
                (at.replace(" ", "T") + "Z", run),
            )
    return len(planned)


def states_of(serving: Serving, name: str) -> list[str]:
    """Return the states of the runs of a deployment that were due, the newest first."""
    deployment = serving.deployment(name)["id"]
    now = datetime.now(UTC).isoformat()
    runs = serving.ask(
        "/flow_runs/filter", sort="EXPECTED_START_TIME_DESC",
        flow_runs={
            "deployment_id": {"any_": [deployment]}, "expected_start_time": {"before_": now},
        },
    )  # fmt: skip
    return [run["state"]["name"] for run in runs]


def left_open(serving: Serving) -> list[str]:
    """Return the states of runs that are not over, as the database has them."""
    database = serving.home / "prefect" / "prefect.db"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT state_name FROM flow_run WHERE state_type IN ('RUNNING', 'PENDING', 'CANCELLING')"
        )
        return [name for (name,) in rows]


def test_after_a_kill_and_after_sleep_nothing_runs_twice(impatient: Serving) -> None:
    serving = impatient
    serving.start()
    schedule = serving.deployment("maintain/maintain")["schedules"][0]["id"]
    with writer_lock(Home.at(serving.home).lock, 10):
        run_id = serving.trigger("reprocess/reprocess")
        serving.wait(lambda: serving.run(run_id)["state"]["type"] == "RUNNING", "a run that waits")
        serving.wait(lambda: any("flow_process" in each for each in serving.alive()), "its process")
        assert serving.end(signal.SIGKILL) == -signal.SIGKILL
        until = time.monotonic() + 15
        while serving.alive():
            assert time.monotonic() < until, serving.alive()
            time.sleep(0.2)
    assert left_open(serving) == ["Running"]
    planned = move_into_the_past(serving, "maintain", datetime.now(UTC))
    assert planned >= 3

    serving.start()
    # The same schedule: by its id Prefect knows which times it has planned.
    assert serving.deployment("maintain/maintain")["schedules"][0]["id"] == schedule
    assert any("1 run(s) that were left open" in line for line in serving.said)
    assert any(f"{planned - 1} run(s) were missed" in line for line in serving.said)
    assert serving.run(run_id)["state"]["name"] == "Crashed"
    again = serving.ended(serving.trigger("reprocess/reprocess"))  # its slot is free again
    assert again["state"]["type"] == "COMPLETED", serving.words()
    serving.wait(lambda: "Completed" in states_of(serving, "maintain/maintain"), "the late run")
    assert states_of(serving, "maintain/maintain") == ["Completed", *["Skipped"] * (planned - 1)]

    # Asleep while it serves: the runs are due all at once, under the worker's eyes.
    with writer_lock(Home.at(serving.home).lock, 10):
        planned = move_into_the_past(serving, "reprocess", datetime.now(UTC))
        assert planned >= 3
        serving.wait(lambda: states_of(serving, "reprocess/reprocess").count("Running"), "the late")
        assert states_of(serving, "reprocess/reprocess") == [
            "Completed", "Crashed", "Running", *["Skipped"] * (planned - 1),
        ]  # fmt: skip
        serving.wait(
            lambda: any("missed run(s) skipped" in line for line in serving.said), "a line"
        )
        # The run waits for the lock: it is broken off after its second, and nobody is left.
        assert serving.end(signal.SIGTERM) == 0
        assert left_open(serving) == []
    assert serving.alive() == []
