"""Serve a home: a loopback Prefect server, a worker and all deployments, until told to stop.

Three processes: this one, the server, the worker, and one more each run. Only this one hears
Ctrl+C; the others end with it, however it ends: server and worker watch a pipe that it holds,
each run watches the worker.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flows import service
from flows.deployments import Deployment, deployments, environment_of_runs
from flows.home import make_home
from flows.schedule import ScheduleError
from flows.serve_lines import Lines, due_lines
from flows.server import Server, ServerError, Stay
from flows.settings import Settings, UsageError, server_environment

#: Prefect's own default, so that its command line finds the server without being told.
PORT = 4200
#: How often the worker asks what is due; half of it is how late a run begins on average.
_QUERY_SECONDS = "5"
_TICK_SECONDS = 0.5
_LOOK_SECONDS = 3.0
#: Beyond what runs are given to end: the worker's own end, and that of runs that do not end.
WORKER_SECONDS = 30
_LOG = "worker.log"
_KEPT_LOG = 10_000_000

Say = Callable[[str], None]


class StoppedError(BaseException):
    """SIGINT or SIGTERM: not an Exception, so that nothing on the way takes it for a fault."""


class _Stop:
    """Whether a signal was heard: code in C may turn the exception into another, or lose it."""

    heard = False


def planned(settings: Settings) -> list[Deployment]:
    """Return the deployments of a khabar.toml.

    Raises:
        UsageError: There is nothing to serve, a schedule is wrong, or a server is configured.
    """
    if settings.prefect_api_url:
        raise UsageError(
            f"a Prefect server is configured ({settings.prefect_api_url}), and khabar serve starts "
            "one of its own: unset PREFECT_API_URL and prefect_api_url, or deploy to that server "
            "with prefect.yaml (docs/schedule.md)"
        )
    groups, idle = settings.groups
    if not groups:
        raise UsageError(
            "nothing to serve: khabar.toml has no [[sources]] that is enabled (khabar init)"
        )
    try:
        return deployments(settings.schedule, groups, idle)
    except ScheduleError as problem:
        raise UsageError(str(problem)) from None


def serve(settings: Settings, port: int | None, *, ui: bool, say: Say) -> int:
    """Serve until SIGINT or SIGTERM; return 0 then, and 1 where server or worker ended.

    Raises:
        UsageError: The home is served already, or the settings are wrong; nothing has been started.
        ServerError: No server could be started.
    """
    wanted = planned(settings)
    make_home(settings.home)
    with service.held(settings.home), _heard() as stop:
        server = Server(settings, Stay(PORT if port is None else port, ui))
        worker: subprocess.Popen[bytes] | None = None
        try:
            _start(server, settings, anyhow=port is None, say=say)
            _register(settings, wanted, say)
            worker = _start_worker(settings)
            service.announce(settings.home, str(server.url))
            _tell(server, settings, wanted, ui=ui, say=say)
            return _stay(server, worker, stop, settings.home, say)
        except BaseException:
            if not stop.heard:
                raise
            return 0
        finally:
            _end(worker, server, settings.schedule.stop_seconds, say)
            if worker is not None:
                say("stopped")


@contextmanager
def _heard() -> Iterator[_Stop]:
    """Raise StoppedError in this thread on the first signal; KeyboardInterrupt on Ctrl+C after it.

    A terminal that is closed is one too, unless it was started with nohup.
    """
    heard = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        heard.append(signal.SIGHUP)

    told = _Stop()

    def stop(_signal: int, _frame: object) -> None:
        told.heard = True
        for each in heard:
            signal.signal(each, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        raise StoppedError

    before = {each: signal.signal(each, stop) for each in heard}
    try:
        yield told
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _start(server: Server, settings: Settings, *, anyhow: bool, say: Say) -> None:
    """Start the server; on another port where the usual one is taken and none was asked for."""
    say(f"starting Prefect's server for {settings.home}")
    try:
        server.start()
    except ServerError:
        if not anyhow:
            raise
        say(f"port {PORT} is taken; another one is used")
        server.move(0)
        server.start()
    import prefect.workers.process  # noqa: F401  (while the server boots on the other core)

    server.wait()


def _register(settings: Settings, wanted: Sequence[Deployment], say: Say) -> None:
    from flows.register import register

    config = str(settings.config_file or "")
    env = environment_of_runs(str(settings.home), config)
    done = asyncio.run(register(wanted, env, settings.schedule.catch_up))
    if done.crashed:
        say(f"{done.crashed} run(s) that were left open are marked as crashed")
    if done.skipped:
        say(f"{done.skipped} run(s) were missed and are skipped (khabar status)")
    for name in done.removed:
        say(f"deployment {name} is gone: khabar.toml has it no more")


def _start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    schedule = settings.schedule
    environment = {"PREFECT_WORKER_QUERY_SECONDS": _QUERY_SECONDS} | server_environment()
    # What a run has to say beyond its state, for whoever looks why it failed.
    environment["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "WARNING"
    command = [sys.executable, "-m", "flows.worker", schedule.catch_up, str(schedule.stop_seconds)]
    file = log_file(settings.home)
    if file.exists() and file.stat().st_size > _KEPT_LOG:
        file.replace(file.with_suffix(".1.log"))
    with file.open("ab") as log:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment,
            start_new_session=True,
        )  # fmt: skip


def _tell(
    server: Server, settings: Settings, wanted: Sequence[Deployment], *, ui: bool, say: Say
) -> None:
    pages = str(server.url).removesuffix("/api")
    say(
        f"API {server.url}, of this machine only; "
        + (f"pages {pages}" if ui else "no pages (--ui)")
    )
    for line in due_lines(wanted):
        say(line)
    say(
        "Ctrl+C or SIGTERM stops: what runs then has "
        f"{settings.schedule.stop_seconds} s to end, Ctrl+C again ends it at once"
    )


def _stay(
    server: Server, worker: subprocess.Popen[bytes], stop: _Stop, home: Path, say: Say
) -> int:
    """Say what runs until told to stop: 0; return 1 where server or worker is no more."""
    lines, looked = Lines(str(server.url)), 0.0
    while not stop.heard:
        time.sleep(_TICK_SECONDS)
        if not server.is_alive:
            say(f"the server ended by itself; its log is {home / 'prefect' / 'server.log'}")
            return 1
        if worker.poll() is not None:
            say(f"the worker ended by itself; its log is {log_file(home)}")
            return 1
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            for line in lines.news():
                say(line)
    return 0


def _end(
    worker: subprocess.Popen[bytes] | None, server: Server, stop_seconds: float, say: Say
) -> None:
    """End worker and server, whatever comes; nothing that they started is left."""
    try:
        if worker is not None and worker.poll() is None:
            say(f"stopping; what runs has {stop_seconds:g} s to end")
            worker.send_signal(signal.SIGTERM)
            worker.wait(stop_seconds + WORKER_SECONDS)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        say("ended at once")
    finally:
        if worker is not None:
            _sweep(worker)
        server.stop()


def _sweep(worker: subprocess.Popen[bytes]) -> None:
    """Close the worker's pipe: it kills what it started and ends; then see to it."""
    import psutil

    family: list[Any] = []
    with suppress(psutil.Error):
        family = psutil.Process(worker.pid).children(recursive=True)
    if worker.stdin is not None:
        worker.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        worker.wait(2)
    worker.kill()
    worker.wait()
    for member in family:
        with suppress(psutil.Error):
            member.kill()


def log_file(home: Path) -> Path:
    """Return where the worker of a home and its runs write what they have to say."""
    return home / "prefect" / _LOG
