"""Ingest: which files belong to which source, which records are new, and new records as pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from flows.counts import landing_row
from flows.crew import Crew, killed, now, quarantine_rows
from flows.leftovers import HeldBefore
from flows.outlet import Outlet
from flows.settings import Settings, UsageError, check_contact, whole
from flows.sources.base import is_spool
from flows.sources.kinds import ENDINGS, namesake
from transforms.ingest.record import RawRecord
from transforms.refusal import Refusal
from warehouse.home import Home
from warehouse.staging import Batch
from warehouse.tables import Page, Quarantine, RunStage
from warehouse.tables.arrow import columns, concat
from warehouse.tables.identity import sha256_hex

_MEGABYTE = 1_000_000
_FORGOTTEN = (
    "ingest.forgotten", "everything at its address was forgotten (khabar forget --list)", "",
)  # fmt: skip


class Reading(NamedTuple):
    """One source and what is to be read for it, in order: files, journals of what was fetched."""

    outlet: Outlet
    files: tuple[Path, ...]
    journals: tuple[Path, ...] = ()


class Plan(NamedTuple):
    """What a run is to read; what a person may not expect of it, as sentences.

    `web`: the sources that are to be fetched first. `asked`: the ids of all that are to give
    pages, whether or not they do. `skipped`: files that were found and are not
    read; `merged`: folders that are one source.
    """

    readings: list[Reading]
    skipped: list[str]
    merged: list[str]
    web: list[Outlet]
    asked: list[str]


class Tally:
    """How many records were read, how many were known, and how many of these as refused.

    `forgotten` of the known ones were forgotten: the tombstone is the row that says so.
    """

    def __init__(self) -> None:
        self.read = self.duplicate = self.refused_before = self.forgotten = 0

    def count(self, found: _Read) -> None:
        """Count one record."""
        self.read += 1
        self.duplicate += found.known
        self.refused_before += found.refused_before
        self.forgotten += found.forgotten


class Landing:
    """The new records of one batch, and the tally of all that were read for it.

    A plain class on purpose, like `Crew`: Prefect walks through what is handed to a task.
    """

    def __init__(self, batch: Batch, records: Sequence[RawRecord], tally: Tally) -> None:
        self.batch = batch
        self.records = records
        self.tally = tally


def plan_reading(
    settings: Settings,
    paths: Sequence[Path] = (),
    source: str | None = None,
    group: str | None = None,
) -> Plan:
    """Return what is to be read, a source at a time, in the order of first appearance.

    A file belongs to `source` where it is named; else to the configured source whose path is
    nearest above it; else to one that is named after the path given. Each file is read once,
    and none that this or another home keeps for itself. A path that is named gives something to
    read; a configured folder may be empty still. Without paths the configured sources are read,
    all or those of `group`.

    Raises:
        UsageError: There is no such path, nothing is named, or nothing there can be read.
    """
    from flows.sources.files import discover

    is_owned = cache(Home.at(settings.home).is_owned)
    web = [] if paths else _on_the_web(settings, source, group)
    wanted = [(whole(path), source) for path in paths] or _configured(settings, source, group)
    if not wanted and not web:
        raise _nothing_configured(settings, source)
    if web:
        check_contact(settings)
    by_outlet: dict[str, tuple[Outlet, dict[Path, None]]] = {}
    namesakes: dict[str, dict[Path, None]] = {}
    skipped: list[str] = []
    for path, named in wanted:
        found = discover([path])
        skipped += [f"{each.path}: {each.reason}" for each in found.skipped]
        real = path.resolve()
        files = [
            f for f in found.files
            if is_spool(f) or not is_owned((real / f.relative_to(path)).parent)
        ]  # fmt: skip
        for file in files:
            outlet = _outlet_of(settings, file, path, named)
            by_outlet.setdefault(outlet.id, (outlet, {}))[1][file] = None
            if named is None and outlet not in settings.sources:
                namesakes.setdefault(outlet.id, {})[namesake(path)] = None
        if paths and not files:
            raise _nothing_read(path, skipped=[str(each.path) for each in found.skipped])
    if skipped and not by_outlet and not web:
        raise _nothing_read(*(path for path, _ in wanted), skipped=skipped)
    readings = [Reading(outlet, tuple(files)) for outlet, files in by_outlet.values()]
    merged = [_merged(*each) for each in namesakes.items() if len(each[1]) > 1]
    asked = [*by_outlet] if paths else [each.id for each in _wanted(settings, source, group)]
    return Plan(readings, skipped, merged, web, asked)


def _merged(source_id: str, namesakes: Iterable[Path]) -> str:
    return (
        f"{source_id}: one source of {' and '.join(map(str, namesakes))}, since their names give "
        "the same id; tell them apart with --source or in khabar.toml"
    )


def _nothing_read(*paths: Path, skipped: Sequence[str]) -> UsageError:
    seen = f"; for example {skipped[0]}" if skipped else ""
    named = ", ".join(map(str, paths))
    endings = ", ".join(ENDINGS)
    return UsageError(f"{named}: no file of a kind that is read ({endings}, also .gz){seen}")


def _configured(
    settings: Settings, source: str | None, group: str | None
) -> list[tuple[Path, str | None]]:
    return [
        (outlet.path, outlet.id)
        for outlet in _wanted(settings, source, group)
        if outlet.path and not outlet.on_the_web
    ]


def _on_the_web(settings: Settings, source: str | None, group: str | None) -> list[Outlet]:
    return [outlet for outlet in _wanted(settings, source, group) if outlet.on_the_web]


def _wanted(settings: Settings, source: str | None, group: str | None) -> list[Outlet]:
    return [o for o in settings.sources_of(group) if o.enabled and source in (None, o.id)]


def _nothing_configured(settings: Settings, source: str | None) -> UsageError:
    if any(outlet.id == source and not outlet.enabled for outlet in settings.sources):
        return UsageError(f"{source} is not enabled in khabar.toml")
    return UsageError(
        "nothing to read: name a file or a folder, or give khabar.toml a [[sources]] entry "
        + (f"{source!r} with a path" if source else "with a path (khabar init writes one)")
        + " or an address"
    )


def _outlet_of(settings: Settings, file: Path, given: Path, named: str | None) -> Outlet:
    if named is not None:
        return settings.source_for(file, named)
    if any(o.path and file.is_relative_to(o.path) for o in settings.sources):
        return settings.source_for(file)
    return settings.source_for(given)


def landings(reading: Reading, crew: Crew) -> Iterator[Landing]:
    """Yield the new records of a source in batches; one without records where none is new.

    A record is known when its page is published, when it stood before in the same run, when the
    same transforms and rules refused it already under the same settings, or when it was forgotten:
    a page that may not come back is no fault of the batch that brings it. The batch after which no
    new record comes counts the known ones that follow it.
    """
    settings, number, size = crew.settings, 1, 0
    pending: list[RawRecord] = []
    tally = Tally()
    for found in _with_known(_records(reading, settings), reading.outlet.id, crew):
        full = len(pending) >= settings.batch_pages or size >= settings.batch_mb * _MEGABYTE
        if full and not found.known:
            yield Landing(crew.batch(reading.outlet.id, number), pending, tally)
            pending, tally, size, number = [], Tally(), 0, number + 1
        tally.count(found)
        if not found.known:
            pending.append(found.record)
            size += len(found.record.payload)
    if pending:
        yield Landing(crew.batch(reading.outlet.id, number), pending, tally)
    elif tally.read:
        yield Landing(crew.batch(reading.outlet.id, 0), (), tally)


def _records(reading: Reading, settings: Settings) -> Iterator[RawRecord]:
    from flows.sources.files import read
    from flows.sources.landed import read_landed
    from warehouse.raw import Raw

    outlet, columns = reading.outlet, settings.columns_of(reading.outlet.id)
    files = (read(file, outlet.id, columns, outlet.languages) for file in reading.files)
    raw = Raw(settings.home)
    landed = (read_landed(journal, raw) for journal in reading.journals)
    return chain(chain.from_iterable(files), chain.from_iterable(landed))


class _Read(NamedTuple):
    """A record; whether it is known, and whether that is because it was refused or forgotten."""

    record: RawRecord
    known: bool
    refused_before: bool
    forgotten: bool


def _with_known(records: Iterator[RawRecord], source_id: str, crew: Crew) -> Iterator[_Read]:
    """Say of each record whether it is known; the store is asked about many at a time."""
    from expectations.catalogue import rules_sha256
    from transforms.ingest.land import page_id_of
    from warehouse.store import Means

    seen: set[bytes] = set()
    before = HeldBefore(crew.settings.home, source_id)
    crew.held_before.append(before)
    means = Means(crew.stamp.transform_version, crew.settings.config_sha256, rules_sha256())
    for slab in slabs(records, crew.settings.batch_pages, crew.settings.batch_mb):
        ids = [page_id_of(record) for record in slab]
        published = crew.store.known_pages(source_id, ids)
        refused = crew.store.refused_pages(source_id, ids, means)
        refused -= before.refused | published
        for record, page_id in zip(slab, ids, strict=True):
            short = bytes.fromhex(page_id)
            forgotten = crew.forgotten.page(page_id, source_id, record.payload)
            if forgotten:
                crew.unwelcome.add(sha256_hex(record.payload))
            known = forgotten or page_id in published or page_id in refused or short in seen
            yield _Read(record, known, page_id in refused, forgotten)
            seen.add(short)
            before.meet(page_id)


def slabs(records: Iterable[RawRecord], most: int, megabytes: int) -> Iterator[list[RawRecord]]:
    """Cut records into lists by number and by weight: none holds much more than either."""
    slab: list[RawRecord] = []
    size = 0
    for record in records:
        slab.append(record)
        size += len(record.payload)
        if len(slab) >= most or size >= megabytes * _MEGABYTE:
            yield slab
            slab, size = [], 0
    if slab:
        yield slab


def ingest_batch(batch: Batch, landing: Landing, crew: Crew) -> Batch:
    """Decode and render the records of a batch in guarded children; stage pages and refusals.

    The bytes of each page are in raw before its batch can be published.
    """
    from flows.guard import Killed
    from flows.work import land_chunk
    from transforms.ingest.land import page_id_of

    pages: list[pa.Table] = []
    refusals: list[Refusal] = []
    for outcome in crew.guard.map(partial(land_chunk, stamp=crew.stamp), landing.records):
        if isinstance(outcome, Killed):
            record, page_id = outcome.item, page_id_of(outcome.item)
            refusals.append(killed(outcome, record.source_id, page_id, record.locator, record.url))
        else:
            pages.append(outcome.result.pages)
            refusals += outcome.result.refusals
    landed = concat(Page, pages)
    if crew.forgotten.addresses:
        landed, refusals = _without_forgotten(landed, refusals, landing.records, crew)
    if crew.settings.keeps_raw:
        _keep_raw(landing, refusals, crew)
    batch.write(
        "ingest", RunStage, [landing_row(batch, landing.tally.read, landing.tally.duplicate)]
    )
    batch.write("ingest", Quarantine, quarantine_rows(refusals, "ingest", crew.stamp, now()))
    batch.write("ingest", Page, landed)
    return batch


def _without_forgotten(
    pages: pa.Table, refusals: Sequence[Refusal], records: Sequence[RawRecord], crew: Crew
) -> tuple[pa.Table, list[Refusal]]:
    """Return the pages but those at a forgotten address, and the refusals with these among them.

    Their bytes are new, so that they are no known records. Their refusal has neither their words
    nor their address; where they were read stands in it, unless that is an address too. Of what
    was refused for another reason at such an address no more is said.
    """
    forgotten = crew.forgotten.address
    crew.unwelcome |= {sha256_hex(r.payload) for r in records if forgotten(r.url)}
    told = [_withheld(r.page_id, r.source_id, r.locator) if forgotten(r.url) else r
            for r in refusals]  # fmt: skip
    stays = []
    named = ("page_id", "source_id", "locator", "url", "payload_sha256")
    for page_id, source_id, locator, url, payload in columns(pages, *named):
        stays.append(not forgotten(url))
        if not stays[-1]:
            told.append(_withheld(page_id, source_id, locator))
            crew.unwelcome.add(payload)
    return pages.filter(pa.array(stays, pa.bool_())), told


def _withheld(page_id: str, source_id: str, locator: str) -> Refusal:
    where = "address withheld" if "://" in locator else locator
    return Refusal(page_id, "page", page_id, source_id, where, None, *_FORGOTTEN)


def _keep_raw(landing: Landing, refusals: Sequence[Refusal], crew: Crew) -> None:
    """Keep the bytes of the records that are pages, durably, before anything is staged of them.

    What could not become a page is not kept: its file is there to be run again.
    """
    from transforms.ingest.land import page_id_of
    from warehouse.raw import Raw

    refused = {refusal.page_id for refusal in refusals}
    Raw(crew.settings.home).put(
        record.payload
        for record in landing.records
        if not refused or page_id_of(record) not in refused
    )
