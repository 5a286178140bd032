"""One child process that can be taken away: how it starts, works, is watched and dies.

Hostile pages stop inside C code, where no signal handler and no thread gets control back. So the
child is killed from outside; should its parent be killed first, the kernel ends the child.
Parent and child share one pipe and nothing else: no lock that a dying child could keep.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing import connection, resource_tracker, spawn
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, Literal, NamedTuple

import psutil

from transforms.plain import one_line

Cause = Literal["time", "memory", "crash", "error"]

#: Loaded once by the fork server, so that a fresh child starts in about 20 ms.
_PRELOADED = ["flows.warm"]
#: A child that needs this many times its CPU limit by the clock does not work but wait.
_WALL_FACTOR = 6
#: A child that has come this near to its memory limit is replaced before its next chunk, which
#: would else be blamed for what its predecessors left behind.
_WORN_SHARE = 0.6
_DETAIL_CHARS = 200
_MEGABYTE = 1024 * 1024
_BEFORE_ITEMS = -1
_REPLYING = -2
#: From the end of a child's pipe to the end of the child.
_DYING_SECONDS = 5.0


class Limits(NamedTuple):
    """What one chunk may use: CPU seconds (base + items) and resident memory of its child."""

    base_seconds: float
    seconds_per_item: float
    memory_mb: int

    def seconds(self, items: int) -> float:
        """Return the CPU seconds that a chunk of so many items may take."""
        return self.base_seconds + items * self.seconds_per_item


class Failure(NamedTuple):
    """How a chunk ended: why, and at which of its items, where that was seen."""

    cause: Cause
    detail: str
    suspect: int | None


class Unloadable(NamedTuple):
    """The child could not import the work: nothing is wrong with the items."""

    detail: str


class Result(NamedTuple):
    """What the work returned."""

    value: Any


class Child:
    """A child process of the parent that made it; one chunk at a time.

    `send` and `receive` belong to one thread, `inspect` to another: the watch.
    """

    def __init__(self, limits: Limits) -> None:
        context = _context()
        self._limits = limits
        self._progress = context.RawValue("q", _BEFORE_ITEMS)
        self.connection, theirs = context.Pipe()
        self._process = context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._progress), name="khabar-guard", daemon=True
        )
        with _parent_left_out():
            self._process.start()
        theirs.close()
        self._watched = _ps(self._process.pid)
        self._lock = threading.Lock()
        self._task: _Task | None = None
        self._killed_for: tuple[Cause, str] | None = None

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return int(self._process.pid)

    def send(self, work: bytes, items: bytes, count: int) -> bool:
        """Give the child a chunk; False where it is dead and has to be replaced."""
        seconds = self._limits.seconds(count)
        self._progress.value = _BEFORE_ITEMS
        with self._lock:
            if self._killed_for or self._watched is None:
                return False
            self._task = _Task(count, seconds, self._cpu_seconds(), time.monotonic())
        try:
            self.connection.send_bytes(pickle.dumps((work, items), 5))
        except OSError:
            return False
        return True

    def receive(self) -> Result | Failure | Unloadable:
        """Return how the chunk ended; blocks until it has, so call it when there is news."""
        try:
            reply: Result | Failure | Unloadable = pickle.loads(self.connection.recv_bytes())  # noqa: S301
        except (EOFError, OSError):
            reply = self._death()
        with self._lock:
            self._task = None
        return reply

    def is_worn(self) -> bool:
        """Return whether the child is to be replaced before its next chunk."""
        if self._killed_for or self._watched is None or not self._process.is_alive():
            return True
        try:
            used = self._watched.memory_info().rss
        except psutil.Error:
            return True
        return bool(used > _WORN_SHARE * self._limits.memory_mb * _MEGABYTE)

    def inspect(self) -> None:
        """Kill the child if what it works on breaks a limit."""
        with self._lock:
            task, watched = self._task, self._watched
            if task is None or watched is None or self._killed_for:
                return
            if self._progress.value == _REPLYING:
                return  # it is done, and waits for a parent that has other things to do
            try:
                used = watched.memory_info().rss / _MEGABYTE
                broken = self._broken_limit(task, used)
                if broken:
                    self._killed_for = broken
                    watched.kill()
            except psutil.Error:
                return  # dead already: `receive` finds out how

    def kill(self) -> None:
        """End the process now, whatever it does, and wait for it to be gone."""
        self.connection.close()
        if self._watched is not None:
            with suppress(psutil.Error):
                self._watched.kill()
        self._process.join()
        self._process.close()

    def _broken_limit(self, task: _Task, used_mb: float) -> tuple[Cause, str] | None:
        if used_mb > self._limits.memory_mb:
            return "memory", f"{used_mb:.0f} MB of at most {self._limits.memory_mb} MB"
        cpu = self._cpu_seconds()
        seconds = task.over(self._progress.value, cpu, self._limits.seconds(1))
        if seconds is not None:
            return "time", f"{seconds:.1f} s of computing without an end"
        waited = time.monotonic() - task.started
        if waited > _WALL_FACTOR * task.seconds:
            return "time", f"{waited:.1f} s by the clock without an end"
        return None

    def _cpu_seconds(self) -> float:
        if self._watched is None:
            return 0.0
        try:
            times = self._watched.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def _death(self) -> Failure:
        self._process.join(_DYING_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        cause, detail = self._killed_for or _cause_of_death(self._process.exitcode or 0)
        suspect = self._progress.value
        return Failure(cause, detail, suspect if suspect >= 0 else None)


class _Task:
    """The chunk that a child works on, as the watch sees it."""

    def __init__(self, count: int, seconds: float, cpu: float, started: float) -> None:
        self.count, self.seconds, self.started = count, seconds, started
        self._cpu_at_start = self._cpu_at_item = cpu
        self._item = _BEFORE_ITEMS

    def over(self, item: int, cpu: float, seconds_of_one: float) -> float | None:
        """Return the CPU seconds used where they are too many, of the chunk or of its item.

        An item that has used what it may use alone would be killed alone too: there is no use
        in waiting for the limit of the whole chunk.
        """
        if item != self._item:
            self._item, self._cpu_at_item = item, cpu
        on_item = cpu - self._cpu_at_item
        if 0 <= item < self.count and on_item > seconds_of_one:
            return on_item
        on_chunk = cpu - self._cpu_at_start
        return on_chunk if on_chunk > self.seconds else None


class _Items(list[Any]):
    """The items of a chunk; says on each iteration how far it has come."""

    def __init__(self, items: Sequence[Any], progress: Any) -> None:
        super().__init__(items)
        self._progress = progress

    def __iter__(self) -> Iterator[Any]:
        for index, item in enumerate(super().__iter__()):
            self._progress.value = index
            yield item
        self._progress.value = len(self)


def told(error: BaseException) -> str:
    """Return an exception in one line of at most 200 characters, without control characters.

    It begins with the kind and the place of the error; what follows may be a page's words.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return one_line(f"{type(error).__name__}{place}: {error}", _DETAIL_CHARS)


def prepare() -> None:
    """Start loading what the children need, in the background; called early, it costs nothing."""
    if _context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        with _parent_left_out():
            forkserver.ensure_running()


@cache
def _context() -> BaseContext:
    """Return forkserver on Linux, spawn elsewhere; never fork: the parent has threads."""
    if not sys.platform.startswith("linux"):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


_PREPARING = threading.Lock()


@contextmanager
def _parent_left_out() -> Iterator[None]:
    """Start children of this thread without the parent's `__main__`, and deaf to Ctrl+C.

    multiprocessing imports the parent's main module again in each child, so that it finds what
    is defined there. The work of a guard is never defined there, and the main module may be
    `prefect.flow_engine`, which would run the flow once more. A blocked signal stays blocked in
    what is started here: else Ctrl+C, which reaches the whole group, would end the fork server
    with a stack trace while it loads.
    """
    original, thread = spawn.get_preparation_data, threading.get_ident()

    def without_main(name: str) -> dict[str, Any]:
        data = original(name)
        if threading.get_ident() == thread:
            data = {k: v for k, v in data.items() if not k.startswith("init_main")}
        return data

    resource_tracker.ensure_running()  # before the signal is blocked: starting it unblocks it
    with _PREPARING:
        spawn.get_preparation_data = without_main
        heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, heard)
            spawn.get_preparation_data = original


def _ps(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _cause_of_death(exitcode: int) -> tuple[Cause, str]:
    if exitcode >= 0:
        return "crash", f"the process ended with status {exitcode}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = f"signal {-exitcode}"
    return "crash", f"the process was ended by {name}"


# What follows runs in the child.


def _serve(pipe: connection.Connection, progress: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent()
    loaded: tuple[bytes, Callable[[Sequence[Any]], Any] | None] = (b"", None)
    while True:
        try:
            work, items = pickle.loads(pipe.recv_bytes())  # noqa: S301
        except (EOFError, OSError):
            return
        try:
            if loaded[0] != work:
                loaded = (work, pickle.loads(work))  # noqa: S301
        except BaseException as error:
            pipe.send_bytes(pickle.dumps(Unloadable(told(error)), 5))
            continue
        try:
            reply = _run(loaded[1], items, progress)
            progress.value = _REPLYING
            pipe.send_bytes(reply)
        except OSError:
            return


def _run(work: Any, items: bytes, progress: Any) -> bytes:
    try:
        result = work(_Items(pickle.loads(items), progress))  # noqa: S301
        return pickle.dumps(Result(result), 5)
    except BaseException as error:
        cause: Cause = "memory" if isinstance(error, MemoryError) else "error"
        suspect = progress.value
        return pickle.dumps(Failure(cause, told(error), suspect if suspect >= 0 else None), 5)


def _die_with_parent() -> None:
    """Have the kernel send SIGIO, which ends this process, when the parent is no more.

    The sentinel is the end of a pipe that nobody writes to; it becomes readable, and so raises
    the signal, when the parent's end is closed. This works within C code, as no thread would.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
