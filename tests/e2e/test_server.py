"""A real Prefect server: deployments of prefect.yaml run on samples, and tell who is to be told.

One test, since a server of its own costs what ten others do.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.prefect_db import seed
from tests.bad_server import BadServer, whole
from tests.conftest import ROOT
from tests.mail_server import MailServer
from tests.run_pages import ask, write_broken, write_pages

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(1500)]

#: A first start creates the server's database; 73 s were seen on a busy machine with 2 cores.
PATIENCE = 400


class Server:
    """A Prefect server of its own: loopback, a free port, its home, and what must be ended."""

    def __init__(self, root: Path, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.home = folder / "data"
        self._root = root
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        (folder / "prefect").mkdir()
        seed(folder / "prefect")  # its tables, where they were made here before
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KHABAR_", "PREFECT_"))}
        self._env = kept | {
            "PREFECT_API_URL": self.url,
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_UI_ENABLED": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "DO_NOT_TRACK": "1",
            "NO_PROXY": "127.0.0.1",
            "KHABAR_HOME": str(self.home),
            "KHABAR_CONFIG": str(root / "samples" / "khabar.toml"),
        }

    def prefect(self, *args: str) -> str:
        """Run a `prefect` command to its end; return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *args],
            cwd=self._root, env=self._env, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def khabar_run(self, home: Path, pages: Path, *more: str) -> subprocess.CompletedProcess[str]:
        """Run pages from the command line, with this server configured."""
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", "run", str(pages), "--home", str(home), "--json",
             *more],
            cwd=self._folder, env=self._env, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip

    def start(self, *args: str) -> None:
        """Start a `prefect` command that stays, in a group of its own, away from the checkout."""
        log = (self._folder / f"{args[0]}.log").open("wb")
        self._started.append(
            subprocess.Popen(
                [sys.executable, "-m", "prefect", *args], cwd=self._folder, env=self._env,
                stdout=log, stderr=log, start_new_session=True,
            )
        )  # fmt: skip
        log.close()

    def api(self, path: str, **body: Any) -> Any:
        """Return what the server answers to a POST, or to a GET where there is no body."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with opener.open(request, timeout=30) as response:
                    return json.load(response)
            except urllib.error.HTTPError as problem:
                # SQLite behind the server is locked for a moment; the server says try again.
                if problem.code != 503 or time.monotonic() > until:
                    raise
            time.sleep(0.5)

    def block(self, kind: str, **data: Any) -> str:
        """Make a block called desk; return its id."""
        type_id = self.api(f"/block_types/slug/{kind}")["id"]
        schemas = {"block_type_id": {"any_": [type_id]}}
        [schema] = self.api("/block_schemas/filter", block_schemas=schemas)
        made = self.api(
            "/block_documents/", name="desk", data=data, block_type_id=type_id,
            block_schema_id=schema["id"],
        )  # fmt: skip
        return str(made["id"])

    def logs(self) -> str:
        """Return the ends of what server and worker wrote."""
        files = sorted(self._folder.glob("*.log"))
        return "\n".join(f"--- {f.name}\n{f.read_text('utf-8', 'replace')[-3000:]}" for f in files)

    def stop(self) -> None:
        """End everything that was started, and everything that this started, last one first."""
        for process in reversed(self._started):
            family = [psutil.Process(process.pid)] if process.poll() is None else []
            family += [child for parent in family for child in parent.children(recursive=True)]
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            for member in family:
                with suppress(psutil.Error):
                    member.kill()
            process.wait(60)


@pytest.fixture
def server(root: Path, tmp_path: Path) -> Iterator[Server]:
    started = Server(root, tmp_path)
    try:
        started.start("server", "start", "--host", "127.0.0.1", "--port", str(started.port))
        wait_for(lambda: started.api("/health") is True, "the server's health", started)
        yield started
    finally:
        started.stop()


def wait_for(seen: Callable[[], Any], what: str, server: Server) -> Any:
    """Return the first true value of `seen`; a server that does not answer yet is waited for."""
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError):
            if value := seen():
                return value
        assert time.monotonic() < until, f"not seen: {what}\n{server.logs()}"
        time.sleep(0.2)


def run_to_its_end(server: Server, deployment_id: str, **how: Any) -> dict[str, Any]:
    """Trigger a deployment; return the state of its run, which must be Completed."""
    run = server.api(
        f"/deployments/{deployment_id}/create_flow_run", state={"type": "SCHEDULED"}, **how
    )

    def ended() -> Any:
        state = server.api(f"/flow_runs/{run['id']}")["state"]
        return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    state: dict[str, Any] = wait_for(ended, "the end of the run", server)
    assert state["type"] == "COMPLETED", f"{state['message']}\n{server.logs()}"
    return state


def test_deployments_command_line_and_notifications(server: Server, tmp_path: Path) -> None:
    server.prefect("work-pool", "create", "khabar", "--type", "process")
    server.prefect("deploy", "--all")
    deployment = server.api("/deployments/name/pipeline/main")
    assert deployment["entrypoint"] == "flows.pipeline.pipeline"
    assert not deployment["pull_steps"]
    assert deployment["job_variables"]["env"]["KHABAR_HOME"] == str(server.home)

    server.start("worker", "start", "--pool", "khabar")
    mine = {"deployments": {"id": {"any_": [deployment["id"]]}}}
    state = run_to_its_end(server, deployment["id"])
    assert ask(server.home, "SELECT count(DISTINCT source_id) >= 8 FROM articles") == [(True,)]
    counted = ask(server.home, "SELECT state, pages_published, articles_published FROM runs")
    [(told, pages, articles)] = counted
    assert told == "published"
    assert state["message"] == f"{pages} pages and {articles} articles published"

    def scheduled() -> Any:
        runs = server.api("/flow_runs/filter", sort="EXPECTED_START_TIME_ASC", **mine)
        return [each["expected_start_time"] for each in runs if each["auto_scheduled"]]

    times = wait_for(scheduled, "runs that cron scheduled", server)
    assert len(times) >= 3
    assert all(each[14:16] == "15" for each in times)

    again = server.api("/deployments/name/reprocess/reprocess")
    run_to_its_end(server, again["id"], parameters={"everything": True})
    kinds = ask(server.home, "SELECT kind, pages_duplicate FROM runs ORDER BY started_at")
    assert kinds == [("pipeline", 0), ("reprocess", pages)]

    upkeep = server.api("/deployments/name/maintain/maintain")
    assert upkeep["schedules"][0]["schedule"]["cron"] == "40 3 * * *"
    done = run_to_its_end(server, upkeep["id"])
    assert re.match(r"\d+ files became \d+;", done["message"])
    assert ask(server.home, "SELECT count(*) FROM pages") == [(pages,)]

    written = run_to_its_end(server, server.api("/deployments/name/report/report")["id"])
    assert written["message"].startswith("runs in 7 days: 2;")
    assert "مرصد الأخبار" in (server.home / "reports" / "latest.html").read_text("utf-8")
    latest = {"key": {"any_": ["khabar-latest"]}}
    [artifact] = server.api("/artifacts/filter", artifacts=latest)
    assert "| mirsad |" in artifact["data"]

    command_line_uses_it_and_who_is_to_be_told_is_told(server, tmp_path)


def run_by_hand(server: Server) -> dict[str, Any]:
    """Return the newest run that no deployment started."""
    by_hand = {"deployment_id": {"is_null_": True}}
    runs = server.api("/flow_runs/filter", flow_runs=by_hand, sort="START_TIME_DESC", limit=1)
    newest: dict[str, Any] = runs[0]
    return newest


def command_line_uses_it_and_who_is_to_be_told_is_told(server: Server, folder: Path) -> None:
    """A run that is held tells by a web hook and by mail; one that is killed, by an automation."""
    config = folder / "notify.toml"
    blocks = ["custom-webhook/desk", "khabar-email/desk", "custom-webhook/nobody"]
    config.write_text(f"[notify]\nblocks = {json.dumps(blocks)}\n", "utf-8")
    server.prefect("block", "register", "--module", "flows.blocks")
    with BadServer("127.0.9.61") as hook, MailServer() as mail:
        hook.answers["/hook"] = whole(b"{}")
        desk = server.block(
            "custom-webhook", name="desk told", url=f"{hook.site}/hook", method="POST",
            json_data={"subject": "{{subject}}", "text": "{{body}}"},
        )  # fmt: skip
        server.block("khabar-email", url=mail.address)
        home = folder / "by-hand"
        bad, good = write_broken(folder / "bad", 60), write_pages(folder / "good", 2)
        held = server.khabar_run(home, bad, str(good), "--config", str(config))
        assert held.returncode == 1, held.stderr
        told = json.loads(held.stdout)
        assert (told["state"], told["pages_published"], told["pages_quarantined"]) == (
            "held",
            2,
            60,
        )
        assert ask(home, "SELECT DISTINCT source_id FROM pages") == [("good",)]
        assert not (home / "prefect").exists()
        assert server.api("/health") is True
        assert hook.asked == ["/hook"]
        [sent] = mail.mails
        assert sent["Subject"].startswith("Khabar: held, run ")
        assert "ingest.batch.pages_refused_share" in sent.get_content()
        # A block that is not there is logged, and neither stops the others nor changes the run.
        run = run_by_hand(server)
        assert "held: bad-00001" in run["state"]["message"]
        mine = {"flow_run_id": {"any_": [run["id"]]}}
        logged = server.api("/logs/filter", logs=mine, sort="TIMESTAMP_DESC")
        assert any("custom-webhook/nobody failed" in line["message"] for line in logged)

        example = (ROOT / "deploy" / "automation.yaml").read_text("utf-8")
        automation = folder / "automation.yaml"
        automation.write_text(
            example.replace("0" * 8 + "-0000-0000-0000-" + "0" * 12, desk), "utf-8"
        )
        server.prefect("automation", "create", "--from-file", str(automation))
        made = server.api("/automations/filter", sort="NAME_ASC")
        assert [each["name"] for each in made] == ["khabar-crashed", "khabar-silent"]
        [flow] = server.api("/flows/filter", flows={"name": {"any_": ["pipeline"]}})
        killed = server.api("/flow_runs/", flow_id=flow["id"], tags=["khabar"])
        state = {"type": "CRASHED", "name": "Crashed", "message": "killed"}
        server.api(f"/flow_runs/{killed['id']}/set_state", state=state, force=True)
        wait_for(lambda: len(hook.asked) == 2, "what the automation tells", server)
