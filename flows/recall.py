"""Read pages again: with newer evidence of their source, by newer transforms, or by newer rules.

Pages that are published, and those that a gate refused, which the warehouse keeps beside them. The
raw of a page never changes, so nothing is fetched: pages come from the warehouse, or with
`from_raw` from their bytes, pass the same stages and the same gates, and replace what was read
before in one transaction. What comes out the same is known, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa

from flows.counts import landing_row
from flows.crew import Crew, killed, now, quarantine_rows
from flows.ingest import Tally
from flows.refresh import Refreshed
from transforms.refusal import Refusal
from warehouse.staging import Batch
from warehouse.tables import Page, Quarantine, RunStage
from warehouse.tables.arrow import concat, from_arrow


class Recall:
    """Pages of one batch that are to be read again. Plain, as what tasks take must be."""

    def __init__(self, batch: Batch, page_ids: Sequence[str], *, from_raw: bool = False) -> None:
        self.batch = batch
        self.from_raw = from_raw
        self.page_ids = page_ids
        self.tally = Tally()
        self.tally.read = len(page_ids)


def recalls(refreshed: Refreshed, crew: Crew, *, from_raw: bool = False) -> Iterator[Recall]:
    """Yield the pages of a source that are to be read again, a batch at a time."""
    size = crew.settings.batch_pages
    for start in range(0, len(refreshed.page_ids), size):
        batch = crew.next_batch(refreshed.source_id, picked=refreshed.picked)
        yield Recall(batch, refreshed.page_ids[start : start + size], from_raw=from_raw)


def recall_batch(batch: Batch, recall: Recall, crew: Crew) -> Batch:
    """Stage pages as they landed, or as they land today, in place of the ingest stage.

    Raises RawDamaged where bytes are not those that landed: what is wrong is not read.
    """
    from warehouse.line_index import stored_pages

    with crew.store.reading() as connection:
        pages = stored_pages(connection, recall.page_ids)
    refusals: list[Refusal] = []
    if recall.from_raw:
        pages, refusals = _landed_again(pages, batch, crew)
    batch.write("ingest", RunStage, [landing_row(batch, recall.tally.read, recall.tally.duplicate)])
    batch.write("ingest", Quarantine, quarantine_rows(refusals, "ingest", crew.stamp, now()))
    batch.write("ingest", Page, pages)
    return batch


def with_raw(page_ids: Sequence[str], crew: Crew) -> list[str]:
    """Return those of the pages whose bytes are kept."""
    from warehouse.line_index import payloads_of
    from warehouse.raw import Raw

    raw = Raw(crew.settings.home)
    with crew.store.reading() as connection:
        payloads = payloads_of(connection, page_ids)
    return [page_id for page_id in page_ids if raw.has(payloads[page_id])]


def _landed_again(pages: pa.Table, batch: Batch, crew: Crew) -> tuple[pa.Table, list[Refusal]]:
    from flows.guard import Killed
    from flows.work import land_again_chunk
    from warehouse.raw import Raw

    raw = Raw(crew.settings.home)
    items = ((page, raw.read(page.payload_sha256)) for page in from_arrow(Page, pages))
    columns = crew.settings.columns_of(batch.source_id)
    landed: list[pa.Table] = []
    refusals: list[Refusal] = []
    for outcome in crew.guard.map(
        partial(land_again_chunk, columns=columns, stamp=crew.stamp), items
    ):
        if isinstance(outcome, Killed):
            page, _ = outcome.item
            refusals.append(killed(outcome, page.source_id, page.page_id, page.locator, page.url))
        else:
            landed.append(outcome.result.pages)
            refusals += outcome.result.refusals
    return concat(Page, landed), refusals
