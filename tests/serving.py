"""A `khabar serve` of a test: its process, what it says, its API, and what must be ended."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.run_pages import write_pages

#: A first start creates the server's database; on a busy machine with 2 cores that takes long.
PATIENCE = 240
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


class Serving:
    """One home that is served, and served again; used as a context, leaves no process behind."""

    def __init__(self, folder: Path, stop_seconds: int = 30) -> None:
        self.home = folder / "home"
        self.folder = folder
        write_pages(folder / "barq", 2)
        write_pages(folder / "wakala", 2, first=10)
        self.config = folder / "khabar.toml"
        self.config.write_text(
            f"[schedule]\nstop_seconds = {stop_seconds}\n"
            # Daily, half a day from now, so that nothing runs but what a test starts.
            + "".join(
                f'{flow} = "0 {(time.gmtime().tm_hour + 12) % 24} * * *"\n'
                for flow in ("pipeline", "reprocess", "maintain", "report")
            )
            + '[[sources]]\nid = "barq"\npath = "barq"\n'
            '[[sources]]\nid = "wakala"\npath = "wakala"\ngroup = "agencies"\n',
            "utf-8",
        )
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self.said: list[str] = []
        self._family: list[psutil.Process] = []

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.family():
            with suppress(psutil.Error):
                member.kill()
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)
            self._listener.join(30)

    def khabar(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the home to its end."""
        return subprocess.run(
            [*self._command(*args)], cwd=self.folder, env=self._env() | env,
            capture_output=True, encoding="utf-8", timeout=PATIENCE,
        )  # fmt: skip

    def start(self) -> None:
        """Serve; return when everything is ready."""
        self.said = []
        self.process = subprocess.Popen(
            self._command("serve", "--port", str(_free_port())), cwd=self.folder, env=self._env(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", start_new_session=True,
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._listener.start()
        self.wait(lambda: any("SIGTERM stops" in line for line in self.said), "the start")
        [self.url] = re.findall(r"API (http://127\.0\.0\.1:\d+/api)", "\n".join(self.said))
        self.family()

    def family(self) -> list[psutil.Process]:
        """Return every process that was seen below this serve, and itself."""
        if self.process is not None and self.process.poll() is None:
            with suppress(psutil.Error):
                serve = psutil.Process(self.process.pid)
                found = [serve, *serve.children(recursive=True)]
                self._family += [each for each in found if each not in self._family]
        return self._family

    def alive(self) -> list[str]:
        """Return the commands of the processes of the family that live still."""
        alive = []
        for member in self._family:
            with suppress(psutil.Error):
                if member.status() != psutil.STATUS_ZOMBIE:
                    alive.append(" ".join(member.cmdline()))
        return alive

    def end(self, how: signal.Signals) -> int:
        """Send a signal to the serve alone; return its exit status."""
        assert self.process is not None
        self.family()
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        self._listener.join(30)
        return status

    def ask(self, path: str, **body: Any) -> Any:
        """Return what the server answers to a POST, or to a GET where there is no body.

        SQLite behind the server is locked for a moment now and then: it is asked again.
        """
        request = urllib.request.Request(
            f"{self.url}{path}",
            data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(60):
            try:
                with opener.open(request, timeout=30) as response:
                    return json.load(response)
            except urllib.error.HTTPError as problem:
                if problem.code != 503:
                    raise
            time.sleep(0.5)
        raise AssertionError(f"{path}: busy for half a minute")

    def deployment(self, name: str) -> dict[str, Any]:
        """Return a deployment by flow/name."""
        found: dict[str, Any] = self.ask(f"/deployments/name/{name}")
        return found

    def trigger(self, name: str) -> str:
        """Have a deployment run now; return the id of the run."""
        path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return str(self.ask(path, state={"type": "SCHEDULED"})["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        """Return a run as the server has it."""
        found: dict[str, Any] = self.ask(f"/flow_runs/{run_id}")
        return found

    def ended(self, run_id: str) -> dict[str, Any]:
        """Return a run once it has ended."""
        self.wait(lambda: self.run(run_id)["state"]["type"] in ENDED, f"the end of run {run_id}")
        return self.run(run_id)

    def wait(self, seen: Callable[[], Any], what: str) -> Any:
        """Return the first true value of `seen`; a server that is busy is asked again."""
        until = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError):
                if value := seen():
                    return value
            gone = self.process is not None and self.process.poll() is not None
            assert not gone and time.monotonic() < until, f"not seen: {what}\n{self.words()}"
            self.family()
            time.sleep(0.2)

    def words(self) -> str:
        """Return what serve said, and what its worker wrote."""
        log = self.home / "prefect" / "worker.log"
        written = log.read_text("utf-8", "replace")[-3000:] if log.exists() else ""
        return "".join(self.said) + f"--- worker.log\n{written}"

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                self.said.append(line)

    def _command(self, command: str, *args: str) -> list[str]:
        where = ["--home", str(self.home), "--config", str(self.config)]
        return [sys.executable, "-m", "flows.cli", command, *where, *args]

    def _env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KHABAR_", "PREFECT_"))}
        return kept | {"PREFECT_WORKER_QUERY_SECONDS": "1"}


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
