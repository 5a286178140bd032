"""One writer at a time: an flock on a file that says who holds it.

The kernel drops the lock when its holder dies, however it dies, so no lock is ever stale. The
file is opened close-on-exec: a child that outlives the writer does not keep the lock.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warehouse.errors import StoreLocked

#: Half of what a person notices; a waiting process costs nothing at this rate.
_POLL_SECONDS = 0.05

#: Even who does not want to wait outlasts a look at the lock by `lock_holder`.
_LEAST_WAIT_SECONDS = 0.2


@contextmanager
def writer_lock(path: Path, wait_seconds: float, run_id: str | None = None) -> Iterator[None]:
    """Hold the lock at `path`; raises StoreLocked when it is not to be had in `wait_seconds`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait(descriptor, path, wait_seconds)
        _sign(descriptor, run_id)
        yield
    finally:
        os.close(descriptor)


def lock_holder(path: Path) -> str | None:
    """Return who holds the lock at `path`, in words; None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _signature(path)
    finally:
        os.close(descriptor)
    return None


def _wait(descriptor: int, path: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + max(wait_seconds, _LEAST_WAIT_SECONDS)
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StoreLocked(_who(path, wait_seconds)) from None
            time.sleep(_POLL_SECONDS)


def _sign(descriptor: int, run_id: str | None) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "run_id": run_id,
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _who(path: Path, wait_seconds: float) -> str:
    return (
        f"The warehouse is being written by {_signature(path)} "
        f"(lock {path}; waited {wait_seconds:g} s). Wait until it is done, or end that process; "
        "the lock goes with it. Reading goes on."
    )


def _signature(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "a process that has not signed the lock yet"
    run = f", run {holder['run_id']}" if holder.get("run_id") else ""
    return f"process {holder['pid']} on {holder['host']}{run}, since {holder['since']}"
