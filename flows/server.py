"""The Prefect server that watches a run: the configured one, else a temporary one of its own.

Where `khabar serve` serves the home, its server is used: two of them on one database would each
plan what is due.

The temporary server is what Prefect calls ephemeral: its own process, loopback only, gone with
the run. Khabar starts it itself, before Prefect is imported, for two reasons: it boots on one
core while the imports use the other (half the start-up time), and it dies with its parent even
after `kill -9` (Prefect's own is orphaned), since it watches a pipe that the parent holds.

    python -m flows.server FD        the child: serves on the inherited socket FD
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from flows.prefect_db import keep, seed
from flows.service import url_of
from flows.settings import Settings, server_environment, set_environment

#: A first start creates the server's database; on a busy machine that was seen to take 73 s.
START_SECONDS = 180
STOP_SECONDS = 5
_POLL_SECONDS = 0.05
_LOG = "server.log"

#: No telemetry, whatever is installed; never changed by the environment.
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
#: Of the temporary server only: task runs are entered many at a time (each by itself costs 20 ms of
#: CPU; the last are entered when it is stopped), and nothing waits for triggers.
LIGHT = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}
#: Of the server that stays: finished runs are forgotten after 90 days (the table `runs` keeps its
#: own), or an hourly cron would fill the disk of a small machine in the end.
LASTING = {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true"}
DEFAULTS = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(START_SECONDS),
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
}


class ServerError(Exception):
    """No Prefect server could be had; the message says what was seen."""


class Stay(NamedTuple):
    """A server that stays: on which port (0: a free one), with Prefect's pages or without."""

    port: int
    ui: bool


class Server:
    """The server of one run; a context manager that sets what Prefect reads at import.

    `start` returns at once, `wait` when the server answers. Where `prefect_api_url` is set,
    or the home is served, nothing is started and that server is used; one that is to `stay` is
    always started.
    """

    def __init__(self, settings: Settings, stay: Stay | None = None) -> None:
        self.url = None if stay else settings.prefect_api_url or url_of(settings.home)
        self.temporary = self.url is None
        self._stay = stay
        self._home = settings.home / "prefect"
        self._child: subprocess.Popen[bytes] | None = None
        self._makes_database = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Prepare the environment and start the temporary server; call before importing Prefect."""
        set_environment(QUIET, defaults=DEFAULTS)
        if not self.temporary:
            set_environment({"PREFECT_API_URL": str(self.url)}, defaults={})
            return
        self._home.mkdir(parents=True, exist_ok=True)
        self._makes_database = seed(self._home)
        set_environment({"PREFECT_HOME": str(self._home)}, defaults={})
        with socket.socket() as bound:
            self._bind(bound)
            self.url = f"http://127.0.0.1:{bound.getsockname()[1]}/api"
            self._child = self._spawn(bound.fileno())
        set_environment({"PREFECT_API_URL": self.url}, defaults={})
        _keep_off_proxies()

    def move(self, port: int) -> None:
        """Take another port at the next start; 0 takes any that is free."""
        if self._stay:
            self._stay = self._stay._replace(port=port)

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Return when the server answers; raises ServerError where it ends or stays silent."""
        if self._child is None:
            if not _is_there(str(self.url)):
                raise ServerError(
                    f"no Prefect server answers at {self.url}; start it, or unset PREFECT_API_URL "
                    "to have one started for the run"
                )
            return
        until = time.monotonic() + seconds
        while not _answers(f"{self.url}/health"):
            if self._child.poll() is not None:
                raise ServerError(f"the Prefect server ended at once: {self._last_words()}")
            if time.monotonic() > until:
                raise ServerError(
                    f"the Prefect server did not answer within {seconds:.0f} s; "
                    f"its log is {self._home / _LOG}"
                )
            time.sleep(_POLL_SECONDS)
        if self._makes_database:
            keep(self._home)

    def stop(self) -> None:
        """End the server that was started here; a configured one is left alone."""
        if self._child is None:
            return
        child, self._child = self._child, None
        if child.stdin is not None:
            child.stdin.close()
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _bind(self, bound: socket.socket) -> None:
        """Take the port; of the loopback only, whoever may ask."""
        if self._stay and self._stay.port:
            # Else the port of a server that has just ended could not be had for a minute.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", self._stay.port if self._stay else 0))
        except OSError as problem:
            raise ServerError(f"no port for Prefect's server: {problem.strerror}") from None

    def _spawn(self, bound: int) -> subprocess.Popen[bytes]:
        environment = server_environment()
        environment.pop("PREFECT_API_URL", None)
        environment = LIGHT | environment | {"PREFECT__SERVER_FINAL": "1"}
        if self._stay:
            environment = LASTING | environment
            environment |= {
                "PREFECT_UI_ENABLED": str(int(self._stay.ui)),
                "PREFECT_UI_API_URL": str(self.url),
            }
        else:
            environment |= {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1"}
        with (self._home / _LOG).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "flows.server", str(bound)],
                stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment,
                pass_fds=(bound,), start_new_session=True,
            )  # fmt: skip

    @property
    def is_alive(self) -> bool:
        """Return whether the server that was started here still runs."""
        return self._child is not None and self._child.poll() is None

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = (self._home / _LOG).read_text("utf-8", "replace").strip().splitlines()
            if lines:
                return lines[-1]
        free = shutil.disk_usage(self._home).free
        return f"it left no word in its log ({free:,} bytes are free on the disk of {self._home})"


def _answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _is_there(address: str) -> bool:
    """Return whether a server that someone else runs answers at all, by proxy or not."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=10):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True  # it wants a key, which Prefect's client has
    except (OSError, ValueError):
        return False


def _keep_off_proxies() -> None:
    """A proxy cannot reach this machine's loopback."""
    for name in ("NO_PROXY", "no_proxy"):
        known = server_environment().get(name)
        set_environment({name: f"{known},127.0.0.1" if known else "127.0.0.1"}, defaults={})


def _end_with_parent() -> None:
    """End this process when the parent's end of standard input is gone, however it went."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)


def serve(bound: int) -> None:
    """Serve Prefect's API on an inherited, bound socket until the parent is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn

    config = uvicorn.Config(
        "prefect.server.api.server:create_app",
        factory=True, lifespan="on", log_level="error", access_log=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=bound)])


def log_file(home: Path) -> Path:
    """Return where the temporary server of a home writes its log."""
    return home / "prefect" / _LOG


if __name__ == "__main__":
    serve(int(sys.argv[1]))
