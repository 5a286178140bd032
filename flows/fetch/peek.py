"""A source looked at without a run: what its lists name, and how its newest page reads.

As polite as a crawl, by the same client; nothing is written to the home.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.fetch.answers import Answer, Ask
from flows.outcome import code_version
from flows.outlet import FetchChoice, Outlet
from flows.sources.listing import Entry, Listed, Listing, read_listings
from flows.sources.url_lists import read_local_list
from transforms.ingest.record import Given, RawRecord

if TYPE_CHECKING:
    from flows.fetch.client import Client
    from flows.guard import Guard

#: Sitemaps of an index that are looked into: the newest has the newest pages.
_FURTHER = 1


class ListSeen(NamedTuple):
    """One list of a source; `problem` is why nothing, or not all, could be read of it."""

    url: str
    entries: list[Entry]
    more: list[Entry]
    problem: str | None


class PageSeen(NamedTuple):
    """The page that a source names first; `record` is there where it was had."""

    url: str
    record: RawRecord | None
    problem: str | None


class Peek(NamedTuple):
    """What was seen of one source."""

    outlet: Outlet
    lists: list[ListSeen]
    page: PageSeen | None


class Asking:
    """Rounds of questions by one client: robots.txt is asked once, and pauses lie between all."""

    def __init__(self, client: Client, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def all(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return what each address answers, in order."""

        async def together() -> list[Answer]:
            return list(await asyncio.gather(*(self._client.ask(ask) for ask in asks)))

        return self._runner.run(together())

    def once(self, url: str, *, private: bool = False) -> Answer:
        """Return what an address answers, as a list would be asked for: up to 50 MB of any kind."""
        return self.all([Ask("peek", "listing", url, private)])[0]


@contextmanager
def asking(choice: FetchChoice) -> Iterator[Asking]:
    """Give what asks; nothing is kept of it."""
    from flows.fetch.client import Client

    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        client = Client(choice, code_version(), Path(folder) / "robots")
        try:
            yield Asking(client, runner)
        finally:
            runner.run(client.__aexit__(None, None, None))


def peek(outlets: Sequence[Outlet], choice: FetchChoice, guard: Guard) -> list[Peek]:
    """Return what each source's lists name, with the first page that they name."""
    with asking(choice) as ask:
        seen = _seen(outlets, ask.all([a for o in outlets for a in _asks(o)]), guard)
        further = _seen(outlets, ask.all(_further(outlets, seen)), guard)
        for outlet, found, more in zip(outlets, seen, further, strict=True):
            found += more + _local_list(outlet)
        firsts = [next((e for each in found for e in each.entries), None) for found in seen]
        pages = ask.all(
            [
                Ask(outlet.id, "page", first.url, outlet.private_network)
                for outlet, first in zip(outlets, firsts, strict=True)
                if first
            ]
        )
    by_source = {answer.ask.source_id: answer for answer in pages}
    return [
        Peek(outlet, found, _page(by_source.get(outlet.id), first))
        for outlet, found, first in zip(outlets, seen, firsts, strict=True)
    ]


def _asks(outlet: Outlet) -> list[Ask]:
    return [Ask(outlet.id, "listing", url, outlet.private_network) for url in outlet.address]


def _local_list(outlet: Outlet) -> list[ListSeen]:
    if outlet.path is None:
        return []
    listing = read_local_list(outlet.path)
    return [ListSeen(str(outlet.path), listing.entries, [], listing.problem)]


def _further(outlets: Sequence[Outlet], seen: Sequence[Sequence[ListSeen]]) -> list[Ask]:
    asks = []
    for outlet, found in zip(outlets, seen, strict=True):
        if not any(each.entries for each in found):
            more = [entry for each in found for entry in each.more]
            asks += [
                Ask(outlet.id, "listing", entry.url, outlet.private_network)
                for entry in more[:_FURTHER]
            ]
    return asks


def _seen(
    outlets: Sequence[Outlet], answers: Sequence[Answer], guard: Guard
) -> list[list[ListSeen]]:
    """Return by source what its lists name; they are read in killable children."""
    from flows.guard import Killed

    kinds = {outlet.id: outlet.kind for outlet in outlets}
    came = [answer for answer in answers if answer.content is not None]
    items = [
        Listed(kinds[a.ask.source_id], a.content.final_url, a.content.payload, a.content.charset)
        for a in came
        if a.content is not None
    ]
    read: list[Listing] = []
    for outcome in guard.map(read_listings, items):
        if isinstance(outcome, Killed):
            read.append(Listing([], [], problem=f"{outcome.cause}: {outcome.detail}"))
        else:
            read += outcome.result
    named = {id(answer): listing for answer, listing in zip(came, read, strict=True)}
    return [
        [
            _list_seen(answer, named.get(id(answer)))
            for answer in answers
            if answer.ask.source_id == outlet.id
        ]
        for outlet in outlets
    ]


def _list_seen(answer: Answer, listing: Listing | None) -> ListSeen:
    if listing is None:
        return ListSeen(answer.ask.url, [], [], f"{answer.rule}: {answer.detail}")
    return ListSeen(answer.ask.url, listing.entries, listing.more, listing.problem)


def _page(answer: Answer | None, entry: Entry | None) -> PageSeen | None:
    if answer is None or entry is None:
        return None
    content = answer.content
    if content is None:
        return PageSeen(answer.ask.url, None, f"{answer.rule}: {answer.detail}")
    record = RawRecord(
        answer.ask.source_id, answer.ask.url, content.payload,
        "text/plain" if content.media_type == "text/plain" else "text/html",
        url=content.final_url, charset=content.charset, fetched_at=answer.requested_at,
        given=Given(title=entry.title, published=entry.published),
    )  # fmt: skip
    return PageSeen(answer.ask.url, record, None)
