"""`khabar status` and who serves a home, without a Prefect server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import psutil
import pytest

from flows import service
from flows.commands.serve import run as serve
from flows.commands.status import run as status
from flows.server import Server
from flows.settings import UsageError, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KHABAR_HOME", "KHABAR_CONFIG", "PREFECT_API_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


DEPLOYMENT, FLOW = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
PLANNED = (datetime.now(UTC) + timedelta(days=3)).isoformat()


class _Prefect(BaseHTTPRequestHandler):
    """Answers what Prefect's server would of one deployment that is planned, one run each kind."""

    def do_GET(self) -> None:
        self._say(True)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "deployments" in self.path:
            self._say([{"id": DEPLOYMENT, "flow_id": FLOW, "name": "main"}])
        elif "flows" in self.path:
            self._say([{"id": FLOW, "name": "pipeline"}])
        else:
            kind = asked["flow_runs"]["state"]["type"]["any_"][0]
            times = dict.fromkeys(("expected_start_time", "start_time", "end_time"), PLANNED)
            state = {"name": kind.title(), "message": "\x1b[31mred"}
            self._say([{"deployment_id": DEPLOYMENT, "state": state} | times])

    def _say(self, what: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Prefect) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()
        thread.join()


def told(home: Path, capsys: pytest.CaptureFixture[str], root: Path) -> dict[str, Any]:
    assert status(home=home, config=None, as_json=True, check=False) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    schema = json.loads((root / "docs" / "schemas" / "status.schema.json").read_text("utf-8"))
    jsonschema.validate(found, schema)
    return found


def test_an_empty_home_is_left_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    home = tmp_path / "home"
    found = told(home, capsys, root)
    assert found["serve"] == {"alive": False, "answers": False, "holder": None, "url": None}
    assert (found["running"], found["ran"], found["writer"]) == ([], [], None)
    first = found["due"][0]
    assert (first["deployment"], first["planned"]) == ("pipeline main", False)
    assert datetime.fromisoformat(first["at"]) - datetime.now(UTC) < timedelta(hours=1)
    assert status(home=home, config=None, as_json=False, check=True) == 1
    assert "nobody serves" in capsys.readouterr().out
    assert not home.exists()


def test_what_ran_is_shown_without_a_server(
    store: Any, rows: Any, home: Path, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    rows.some_runs(home, store, runs=6)
    ran = told(home, capsys, root)["ran"]
    assert len(ran) == 5
    assert ran[0]["started_at"] >= ran[-1]["started_at"]
    assert status(home=home, config=None, as_json=False, check=False) == 0
    assert f"{ran[0]['pages_landed']} pages in" in capsys.readouterr().out


def test_who_serves_is_believed_while_it_holds_the_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    home = tmp_path / "home"
    with answering() as url, service.held(home):
        service.announce(home, url)
        found = told(home, capsys, root)
        assert found["serve"]["answers"] is True
        assert f"process {os.getpid()}" in found["serve"]["holder"]
        assert [run["deployment"] for run in found["running"]] == ["pipeline main"]
        due = next(due for due in found["due"] if due["deployment"] == "pipeline main")
        assert due["planned"] is True
        assert datetime.fromisoformat(due["at"]) == datetime.fromisoformat(PLANNED)
        assert status(home=home, config=None, as_json=False, check=True) == 0
        assert "\x1b" not in capsys.readouterr().out
        with pytest.raises(UsageError, match=f"process {os.getpid()}"), service.held(home):
            pytest.fail("held twice")
        assert Server(load_settings(home=home)).url == url  # and `khabar run` starts no other one
    service_file = home / "prefect" / "serve.json"
    assert not service_file.exists()
    service_file.write_text(json.dumps({"pid": 1, "url": "http://127.0.0.1:9", "since": ""}))
    assert service.service_of(home) is None  # what a crash left is not believed
    assert Server(load_settings(home=home)).temporary


def test_a_server_that_hangs_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], root: Path
) -> None:
    with service.held(tmp_path):
        service.announce(tmp_path, "http://127.0.0.1:9/api")
        found = told(tmp_path, capsys, root)
        assert (found["serve"]["alive"], found["serve"]["answers"]) == (True, False)
        assert "does not answer at http://127.0.0.1:9/api" in found["problems"][0]
        assert status(home=tmp_path, config=None, as_json=False, check=True) == 1
        assert Server(load_settings(home=tmp_path)).temporary


@pytest.mark.parametrize(
    ("text", "env", "said"),
    [
        ("", {}, "nothing to serve"),
        ('[[sources]]\nid = "a"\n[schedule.groups]\nsport = "0 * * * *"', {}, "sport: no source"),
        ('[[sources]]\nid = "a"\n[schedule]\npipeline = "hourly"', {}, "five fields"),
        ('[[sources]]\nid = "a"', {"PREFECT_API_URL": "http://127.0.0.1:9/api"}, "is configured"),
    ],
)
def test_wrong_use_of_serve_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    text: str, env: dict[str, str], said: str,
) -> None:  # fmt: skip
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    config = tmp_path / "khabar.toml"
    config.write_text(text, "utf-8")
    home = tmp_path / "home"
    assert serve(home=home, config=config, port=None, ui=False) == 2
    assert said in capsys.readouterr().err
    assert not home.exists()


def test_a_port_that_is_taken_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "khabar.toml"
    config.write_text('[[sources]]\nid = "a"', "utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve(home=tmp_path / "home", config=config, port=port, ui=False) == 1
    assert "no port for Prefect's server: Address already in use" in capsys.readouterr().err
    assert service.holder(tmp_path / "home") is None


def test_a_run_ends_when_its_worker_is_killed(tmp_path: Path) -> None:
    child = (
        "import os, sys, time; from flows.flow_process import end_with;"
        "end_with(int(sys.argv[1])); print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = (
        "import os, subprocess, sys;"
        f"subprocess.run([sys.executable, '-c', {child!r}, str(os.getpid())])"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, encoding="utf-8"
    )
    with worker:
        assert worker.stdout is not None
        run = psutil.Process(int(worker.stdout.readline()))
        assert run.is_running()
        worker.kill()
    _gone, alive = psutil.wait_procs([run], timeout=15)
    assert not alive
