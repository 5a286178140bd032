"""Forget pages for good, as plain Python: what it would be, and doing it.

What lies beside the tables goes first (raw, held batches, journals, reports), then the rows in one
transaction, then their history: a forgetting that is broken off leaves the rows, and is asked for
again, or leaves the mark by which the next writer ends it (`warehouse.purge`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.crew import now
from flows.forget_held import held_pages, held_words, take_out_of_held
from flows.leftovers import sweep
from flows.settings import Settings, UsageError
from warehouse.errors import NothingPublished
from warehouse.home import Home
from warehouse.tables import Tombstone

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.quoting import Quoted
    from warehouse.store import Store
    from warehouse.traces import Found, Page

_ID = re.compile(r"[0-9a-f]{8,64}")


class ForgottenAlreadyError(UsageError):
    """Nothing is left of what was to be forgotten; the message says since when."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What is to be forgotten: pages and rows, their bytes, and where else they have left some.

    `payloads` are those that no other page has; `held` are pages in batches that a gate held.
    """

    found: Found
    payloads: frozenset[str]
    held: int
    journal_lines: int
    quotes: Quoted


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Open the home for forgetting; what killed runs left behind is gone then.

    Raises NothingPublished where there is no warehouse, StoreLocked as `Store.open` does.
    """
    from warehouse.store import Store

    home = Home.at(settings.home)
    if not home.catalog.exists():
        raise NothingPublished(f"There is no warehouse in {home.root}")
    with Store.open(home, settings.lock_wait_seconds, run_id="forget") as store:
        sweep(settings.home)
        yield store


def traces_of(store: Store, target: str) -> Traces:
    """Return what forgetting an address, or a page by its id or an article's, would remove.

    Raises UsageError where nothing of it is in the home, or the beginning of an id is of several,
    ForgottenAlreadyError where it was.
    """
    from warehouse import traces
    from warehouse.journals import journal_lines

    is_address = "://" in target
    if not is_address and not _ID.fullmatch(target):
        raise UsageError(
            f"no address and no page or article id (8 to 64 hexadecimal digits): {target}"
        )
    held = list(held_pages(store.home.root))
    with store.reading() as connection:
        ids = [] if is_address else traces.resolve(connection, target)
        ids += [p.page_id for p in held if not is_address and p.page_id.startswith(target)]
        if len(set(ids)) > 1:
            raise UsageError(f"several pages or articles begin with {target}: give more digits")
        found = traces.find(connection, ids, target if is_address else None, held)
        if not found.pages:
            raise _not_there(connection, found, target)
        quotes = traces.quoted(connection, found, held_words(store.home.root, set(found.page_ids)))
    found = replace(found, pages=_with_payloads(store.home, found.pages))
    gone = {page.page_id for page in found.pages}
    return Traces(
        found, _payloads(store, found, held), sum(page.page_id in gone for page in held),
        sum(1 for _ in journal_lines(store.home, _own(found), found.address)), quotes,
    )  # fmt: skip


def forget_pages(store: Store, traces: Traces, reason: str | None) -> list[Tombstone]:
    """Remove everything that `traces` names, and its history; return what stays: tombstones.

    Raises, before anything is removed, FilesDamaged (a file written anew would have a sound sum)
    and UsageError where a source is being fetched whose journal has to be written anew.
    """
    from expectations.report.mask import mask_reports
    from warehouse import forget
    from warehouse.journals import take_out_of_journals
    from warehouse.quoting import TAKEN_OUT
    from warehouse.raw import Raw
    from warehouse.traces import counts_by_page
    from warehouse.verify import refuse_damaged

    refuse_damaged(store.home)
    at = now()
    found, quotes = traces.found, traces.quotes
    with store.reading() as connection:
        counts = counts_by_page(connection, found)
    with _nothing_fetched(store.home, traces):
        take_out_of_journals(store.home, _own(found), found.address)
    Raw(store.home).remove(traces.payloads)
    take_out_of_held(store.home.root, set(found.page_ids), quotes)
    mask_reports(store.home.reports, quotes.by, TAKEN_OUT)
    rows = forget.tombstones_of(found, counts, reason, at, traces.payloads)
    store.forget(lambda connection: forget.write(connection, found, quotes, rows, at))
    return rows


@contextmanager
def _nothing_fetched(home: Home, traces: Traces) -> Iterator[None]:
    """Hold the sources whose journals name the pages, so that no line is written meanwhile."""
    from flows.fetch.journal import fetching
    from warehouse.journals import journal_lines

    lines = journal_lines(home, _own(traces.found), traces.found.address)
    sources = {journal.parent.name for journal, _ in lines if journal.parent != home.landing}
    with ExitStack() as held:
        for source_id in sorted(sources):
            if not held.enter_context(fetching(home.root, source_id)):
                raise UsageError(f"{source_id} is being fetched; forget when that has ended")
        yield


def tombstones_in(settings: Settings) -> list[Tombstone]:
    """Return all that was forgotten in a home, the newest first."""
    from warehouse.reader import connect
    from warehouse.tables.arrow import from_arrow

    with connect(settings.home) as reader:
        query = "SELECT * FROM tombstones ORDER BY forgotten_at DESC, page_id"
        return from_arrow(Tombstone, reader.execute(query).to_arrow_table())


def _not_there(connection: DuckDBPyConnection, found: Found, target: str) -> UsageError:
    """Return why nothing can be forgotten: it was, or it was never there."""
    from warehouse import forget
    from warehouse.forgotten import address_sha256

    mine = address_sha256(found.address) if found.address else None
    for tombstone in forget.tombstones(connection):
        by_id = not mine and tombstone.page_id.startswith(target)
        if by_id or (mine and tombstone.address_sha256 == mine):
            return ForgottenAlreadyError(
                f"{target} was forgotten already, on {tombstone.forgotten_at:%Y-%m-%d}"
            )
    return UsageError(f"there is no page of {target} in this home")


def _with_payloads(home: Home, pages: Sequence[Page]) -> tuple[Page, ...]:
    """Return the pages with their payload also where they were refused, and no row names it."""
    from warehouse.raw import Raw

    raw = Raw(home)
    return tuple(
        page if page.payload_sha256 else page._replace(
            payload_sha256=raw.payload_of(page.page_id, page.source_id, page.url)
        )
        for page in pages
    )  # fmt: skip


def _own(found: Found) -> set[tuple[str, str]]:
    return {(page.source_id, page.payload_sha256) for page in found.pages if page.payload_sha256}


def _payloads(store: Store, found: Found, held: Sequence[Page]) -> frozenset[str]:
    """Return the payloads of the pages that no other page has: published, held, or fetched."""
    from warehouse import traces
    from warehouse.journals import named_beside

    gone = set(found.page_ids)
    payloads = {payload for _, payload in _own(found)}
    payloads -= {page.payload_sha256 for page in held if page.page_id not in gone}
    payloads -= named_beside(store.home, _own(found), found.address)
    with store.reading() as connection:
        return frozenset(payloads - traces.payloads_of_others(connection, found, payloads))
