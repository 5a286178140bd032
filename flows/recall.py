"""Read published pages again: with newer evidence of their source, or by newer transforms.

The raw of a page never changes, so nothing is fetched: pages come from the warehouse, pass the
same stages and the same gates, and replace what was read before in one transaction. What comes
out the same is known, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.counts import landing_row
from flows.crew import Crew
from flows.ingest import Tally
from flows.refresh import Refreshed
from warehouse.staging import Batch
from warehouse.tables import Page, Quarantine, RunStage


class Recall:
    """Published pages of one batch that are to be read again. Plain, as what tasks take must be."""

    def __init__(self, batch: Batch, page_ids: Sequence[str]) -> None:
        self.batch = batch
        self.page_ids = page_ids
        self.tally = Tally()
        self.tally.read = len(page_ids)


def recalls(refreshed: Refreshed, crew: Crew) -> Iterator[Recall]:
    """Yield the pages of a source that are to be read again, a batch at a time."""
    size = crew.settings.batch_pages
    for number, start in enumerate(range(0, len(refreshed.page_ids), size), 1):
        batch = crew.batch(refreshed.source_id, number)
        yield Recall(batch, refreshed.page_ids[start : start + size])


def recall_batch(batch: Batch, recall: Recall, crew: Crew) -> Batch:
    """Stage published pages as they landed, in place of the ingest stage."""
    from warehouse.line_index import stored_pages

    with crew.store.reading() as connection:
        pages = stored_pages(connection, recall.page_ids)
    batch.write("ingest", RunStage, [landing_row(batch, recall.tally.read, recall.tally.duplicate)])
    batch.write("ingest", Quarantine, [])
    batch.write("ingest", Page, pages)
    return batch
