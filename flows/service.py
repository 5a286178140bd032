"""Who serves a home, and what its Prefect server says: without Prefect, over plain HTTP.

`khabar serve` holds a lock in the home while it lives, however it ends, and writes beside it where
its server is. What is written is believed only while the lock is held.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from flows.deployments import title_of
from flows.settings import UsageError
from warehouse.errors import StoreLocked
from warehouse.home import Home
from warehouse.lock import lock_holder, writer_lock

_LOCK, _STATE = "serve.lock", "serve.json"
#: A server on the same machine answers in milliseconds; one that hangs must not hang the asker.
_TIMEOUT = 3.0
_BUSY, _ATTEMPTS, _PAUSE = 503, 5, 0.3


class Service(NamedTuple):
    """A `khabar serve` that lives: its process and its server's API."""

    pid: int
    url: str
    since: str


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold a home for serving.

    Raises:
        UsageError: Another `khabar serve` holds it; the message names the process.
    """
    folder = Home.at(home).prefect
    try:
        with writer_lock(folder / _LOCK, 0):
            (folder / _STATE).unlink(missing_ok=True)
            yield
            (folder / _STATE).unlink(missing_ok=True)
    except StoreLocked:
        raise UsageError(
            f"{home} is served already, by {holder(home)}; khabar status says what it does"
        ) from None


def announce(home: Path, url: str) -> None:
    """Write down where the server of the home is; whoever calls holds the home."""
    file = Home.at(home).prefect / _STATE
    service = Service(os.getpid(), url, datetime.now(UTC).isoformat(timespec="seconds"))
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(service._asdict()), "utf-8")
    partial.replace(file)


def holder(home: Path) -> str | None:
    """Return in words who serves a home; None where nobody does."""
    return lock_holder(Home.at(home).prefect / _LOCK)


def service_of(home: Path) -> Service | None:
    """Return who serves a home; None where nobody does, or who does is not ready yet."""
    if holder(home) is None:
        return None
    with suppress(OSError, ValueError, TypeError):
        return Service(**json.loads((Home.at(home).prefect / _STATE).read_text("utf-8")))
    return None


def url_of(home: Path) -> str | None:
    """Return the API of the server that `khabar serve` runs for a home, where it answers."""
    service = service_of(home)
    return service.url if service and answers(service.url) else None


def answers(url: str) -> bool:
    """Return whether a server answers, and is well."""
    with suppress(OSError, ValueError):
        return ask(url, "/health") is True
    return False


def ask(url: str, path: str, **body: Any) -> Any:
    """Return what a server of this machine answers to a POST; without a body, to a GET.

    Raises:
        OSError: It does not answer, or refuses; ValueError: what it says is no JSON.
    """
    request = urllib.request.Request(  # noqa: S310
        f"{url}{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json"},
    )
    # A proxy cannot reach this machine's loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for more in reversed(range(_ATTEMPTS)):
        try:
            with opener.open(request, timeout=_TIMEOUT) as response:
                return json.load(response)
        except urllib.error.HTTPError as problem:
            # SQLite behind the server is locked for a moment; the server says try again.
            if problem.code != _BUSY or not more:
                raise
            time.sleep(_PAUSE)
    return None


def titles(url: str) -> dict[str, str]:
    """Return what people call the deployments of a server, by id; empty where it is busy."""
    with suppress(OSError, ValueError):
        flows = {flow["id"]: flow["name"] for flow in ask(url, "/flows/filter", limit=200)}
        return {
            each["id"]: title_of(flows.get(each["flow_id"], "?"), each["name"])
            for each in ask(url, "/deployments/filter", limit=200)
        }
    return {}
