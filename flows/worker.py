"""The worker of `khabar serve`: starts the runs that are due, each in a process of its own.

    python -m flows.worker CATCH_UP SECONDS

It ends in two ways. SIGTERM: it starts nothing more, and what runs has SECONDS to end. The end
of its standard input: `khabar serve` is gone, and with it every run ends at once.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, cast

import psutil
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker, ProcessWorkerResult

from flows.catch_up import skip_missed
from flows.deployments import POOL
from flows.schedule import CatchUp

NAME = "khabar serve"
#: From SIGTERM to the end of a run, which tells Prefect so, and from there to SIGKILL.
DYING_SECONDS = 10
#: A run that was taken just before is in its process after this.
_SETTLING_SECONDS = 1.0
_POLL_SECONDS = 0.2


class _Job(ProcessJobConfiguration):
    """Starts a run in a process that ends with this one."""

    def prepare_for_flow_run(self, *args: Any, **kwargs: Any) -> None:
        self.command = shlex.join([sys.executable, "-m", "flows.flow_process", str(os.getpid())])
        super().prepare_for_flow_run(*args, **kwargs)


class Worker(ProcessWorker):
    """Prefect's process worker, which skips what was missed and can be told to take no more."""

    job_configuration = _Job

    @classmethod
    def __dispatch_key__(cls) -> str:
        """Return a name of its own: of the same type as Prefect's, it is no second one of those."""
        return NAME

    def __init__(self, catch_up: CatchUp) -> None:
        super().__init__(work_pool_name=POOL, name=NAME)
        self._catch_up = catch_up
        self.takes_no_more = False
        self.running = 0

    async def get_and_submit_flow_runs(self) -> list[Any]:
        """Start what is due; nothing more once that is told."""
        return [] if self.takes_no_more else await super().get_and_submit_flow_runs()

    async def _get_scheduled_flow_runs(self) -> list[Any]:
        """Return what is due, without what was missed and is marked as skipped.

        First found, then judged: a machine that wakes between the two has nothing in its hands
        that was not looked at.
        """
        found = await super()._get_scheduled_flow_runs()
        skipped = await skip_missed(self.client, self._catch_up) if found else frozenset()
        return [each for each in found if each.flow_run.id not in skipped]

    async def run(self, *args: Any, **kwargs: Any) -> ProcessWorkerResult:
        """Run one flow run to its end."""
        self.running += 1
        try:
            return await super().run(*args, **kwargs)
        finally:
            self.running -= 1


async def work(worker: Worker, stop_seconds: float) -> None:
    """Work until SIGTERM, then let what runs come to its end within `stop_seconds`."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    working = asyncio.create_task(worker.start(printer=_silent))
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        worker.takes_no_more = True
        await asyncio.sleep(min(_SETTLING_SECONDS, stop_seconds))
        await _ended(worker, stop_seconds)
        for signal_ in (signal.SIGTERM, signal.SIGKILL):
            if worker.running:
                _tell_runs(signal_)
                await _ended(worker, DYING_SECONDS)
        working.cancel()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def _ended(worker: Worker, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while worker.running:
                await asyncio.sleep(_POLL_SECONDS)


def _tell_runs(signal_: signal.Signals) -> None:
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            child.send_signal(signal_)


def _silent(*_: object) -> None:
    """Print nothing: `khabar serve` says what runs."""


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.kill()
    os._exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(work(Worker(cast("CatchUp", sys.argv[1])), float(sys.argv[2])))
