"""Records that could not become a page, found again: in the file that they stood in, or in raw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.ingest.land import page_id_of
from transforms.ingest.record import RawRecord
from warehouse.tables.identity import page_id, sha256_hex

if TYPE_CHECKING:
    from flows.crew import Crew

#: Id of the page, source, locator and address of a record, as its row in quarantine has them.
Refused = tuple[str, str, str, str | None]

_FETCHED = """
SELECT source_id, url, coalesce(final_url, url), payload_sha256, media_type, charset, requested_at
FROM lake.fetches
WHERE what = 'page' AND payload_sha256 IS NOT NULL AND url IN (SELECT unnest($urls))
"""


def read_refused(crew: Crew, refused: Sequence[Refused]) -> list[RawRecord]:
    """Return the records as a reader finds them today, each once; the bytes are still the same.

    A record that its file has no more, or with other bytes, is not among them: that is a new one,
    and no replay. Nor is one that was forgotten since.
    """
    found: dict[str, RawRecord] = {}
    web = [each for each in refused if "://" in each[2]]
    files = [each for each in refused if "://" not in each[2]]
    for own_id, record in (*_from_files(crew, files), *_from_raw(crew, web)):
        if not crew.forgotten.page(own_id, record.source_id, record.payload):
            found.setdefault(own_id, record)
    return list(found.values())


def _from_files(crew: Crew, refused: Iterable[Refused]) -> Iterator[tuple[str, RawRecord]]:
    from flows.sources.files import read

    by_file: dict[tuple[str, Path], dict[str, set[str]]] = {}
    for own_id, source_id, locator, _ in refused:
        if (file := file_of(locator)) is not None:
            by_file.setdefault((source_id, file), {}).setdefault(locator, set()).add(own_id)
    for (source_id, file), wanted in by_file.items():
        outlet = crew.settings.source_for(file, source_id)
        columns = crew.settings.columns_of(source_id)
        for record in read(file, source_id, columns, outlet.languages):
            for own_id in wanted.get(record.locator, ()):
                if _is(own_id, record):
                    yield own_id, record


def file_of(locator: str) -> Path | None:
    """Return the file that a locator leads into: itself, or what it is a record or member of."""
    named = Path(locator)
    for place in (named, Path(locator.rpartition("#")[0]), *named.parents):
        try:
            if place.is_file():
                return place
        except OSError:  # longer than any name of a file: no path at all
            continue
    return None


def _is(own_id: str, record: RawRecord) -> bool:
    """Return whether a record has the bytes that were refused; its address may be known since."""
    payload = sha256_hex(record.payload)
    return own_id in (page_id_of(record), page_id(payload, record.source_id, None))


def _from_raw(crew: Crew, refused: Sequence[Refused]) -> Iterator[tuple[str, RawRecord]]:
    from warehouse.errors import RawDamaged, RawMissing
    from warehouse.raw import Raw

    raw = Raw(crew.settings.home)
    ids = {own_id for own_id, *_ in refused}
    urls = sorted({locator for _, _, locator, _ in refused})
    with crew.store.reading() as connection:
        rows = connection.execute(_FETCHED, {"urls": urls}).fetchall() if urls else []
    for source_id, url, final, payload_sha256, media_type, charset, at in rows:
        own_id = page_id(payload_sha256, source_id, final)
        if own_id in ids and raw.has(payload_sha256):
            try:
                payload = raw.read(payload_sha256)
            except (RawMissing, RawDamaged):  # others can be tried; khabar verify tells of damage
                continue
            yield (
                own_id,
                RawRecord(
                    source_id, url, payload, media_type, url=final, charset=charset, fetched_at=at
                ),
            )
