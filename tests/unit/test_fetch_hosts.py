"""Hosts and sources in their turns: one request at a time, with pauses, and places left to others."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.fetch.answers import Answer, Ask
from flows.fetch.client import Client
from flows.fetch.hosts import Hosts
from flows.outlet import FetchChoice
from tests.bad_server import BadServer, redirect, whole

CHOICE = FetchChoice(contact="tests@khabar.example", delay_seconds=0, timeout_seconds=1.5, tries=1)


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as server:
        yield server


def test_one_request_at_a_time_with_a_pause(server: BadServer, tmp_path: Path) -> None:
    under_way = most = 0
    moments: list[float] = []

    async def slowly(writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        moments.append(time.monotonic())
        await asyncio.sleep(0.05)
        writer.write(whole())
        await writer.drain()
        under_way -= 1

    server.answers |= {f"/{n}": slowly for n in range(4)}
    choice = CHOICE.model_copy(update={"delay_seconds": 0.2})

    async def go() -> None:
        async with Client(choice, "0", tmp_path / "robots") as client:
            await asyncio.gather(
                *(client.ask(Ask("naba", "page", f"{server.site}/{n}", True)) for n in range(4))
            )

    asyncio.run(go())
    assert most == 1
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(moments))


def test_slow_hosts_of_one_source_leave_places_to_others() -> None:
    async def go() -> list[str]:
        hosts, began, over = Hosts(0, concurrency=4), [], asyncio.Event()

        async def ask(host: str, source_id: str) -> None:
            async with hosts.turn(host, source_id):
                began.append(source_id)
                if source_id == "slow":
                    await over.wait()

        slow = [asyncio.create_task(ask(f"{n}.example", "slow")) for n in range(9)]
        async with asyncio.timeout(1):
            await ask("naba.example", "naba")
        over.set()
        await asyncio.gather(*slow)
        return began

    assert sorted(asyncio.run(go())[:3]) == ["naba", "slow", "slow"]


def test_who_is_asked_to_wait_waits_with_everything_there(
    server: BadServer, tmp_path: Path
) -> None:
    """Also where the page that was told so is not tried again, and where a redirect led to it."""
    moments: list[float] = []

    async def busy(writer: asyncio.StreamWriter) -> None:
        moments.append(time.monotonic())
        writer.write(whole(b"", "429 Too Many", "Retry-After: 1"))
        await writer.drain()

    async def there(writer: asyncio.StreamWriter) -> None:
        moments.append(time.monotonic())
        writer.write(whole())
        await writer.drain()

    with BadServer("127.0.9.3") as other:
        other.answers |= {"/busy": busy, "/there": there}
        server.answers["/led"] = redirect(f"{other.site}/busy")

        async def go() -> list[Answer]:
            async with Client(CHOICE, "0", tmp_path / "robots") as client:
                asks = [f"{server.site}/led", f"{other.site}/there"]
                return [await client.ask(Ask("naba", "page", url, True)) for url in asks]

        assert [a.outcome for a in asyncio.run(go())] == ["failed", "fetched"]
    assert moments[1] - moments[0] >= 1
