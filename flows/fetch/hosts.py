"""Politeness: one request to a host at a time, with a pause after each; a host that is down rests.

A host is what follows `//` in an address, with its port. Times are seconds of a monotonic clock.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

#: Requests in a row that found nobody, or a site that has too many: then the host is left alone
#: for the rest of the run.
_DOWN_AFTER = 4
#: Nobody waits longer between two requests, whatever a robots.txt asks for: the run would end
#: before the second one.
MAX_DELAY_SECONDS = 120.0


class HostLeftError(Exception):
    """The host is left alone for the rest of the run; it was not asked."""


def host_of(url: str) -> str:
    """Return the host of an address, in lower case, with its port; "" of one that has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


class Hosts:
    """What is known of the hosts that a run has asked."""

    def __init__(self, delay_seconds: float, concurrency: int) -> None:
        self._delay = delay_seconds
        self._under_way = asyncio.Semaphore(concurrency)
        # Slow hosts of one source's list, however many, leave places to the other sources.
        half = max(1, concurrency // 2)
        self._of_source: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(half)
        )
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._free_at: dict[str, float] = {}
        self._delays: dict[str, float] = {}
        self._failures: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def turn(self, host: str, source_id: str) -> AsyncIterator[None]:
        """Wait for the host's turn, and leave the pause behind it that the host wants.

        Raises:
            HostLeftError: Meanwhile the host turned out to be down, or asked to be left alone.
        """
        async with self._turns[host]:
            if self._failures[host] >= _DOWN_AFTER:
                raise HostLeftError("it did not answer before, or asked to be left alone")
            clock = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._free_at.get(host, 0.0) - clock.time()))
            try:
                async with self._of_source[source_id], self._under_way:
                    yield
            finally:
                self.rest(host, self._delays.get(host, self._delay))

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep at least so many seconds between two requests to the host."""
        wanted = max(seconds, self._delay)
        self._delays[host] = min(wanted, MAX_DELAY_SECONDS)

    def rest(self, host: str, seconds: float) -> None:
        """Ask the host nothing for so many seconds."""
        now = asyncio.get_running_loop().time()
        self._free_at[host] = max(self._free_at.get(host, 0.0), now + seconds)

    def note(self, host: str, *, there: bool) -> None:
        """Note whether the host answered at all; one that is left alone stays so."""
        if self._failures[host] < _DOWN_AFTER:
            self._failures[host] = 0 if there else self._failures[host] + 1

    def leave(self, host: str) -> None:
        """Ask the host nothing more in this run."""
        self._failures[host] = _DOWN_AFTER
