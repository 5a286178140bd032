"""Clean: the pages that passed the ingest gate, cut into segments and articles."""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from flows.crew import Crew, killed, now, quarantine_rows
from transforms.refusal import Refusal
from warehouse.staging import Batch
from warehouse.tables import Article, Evidence, Page, Quarantine, Row, Segment
from warehouse.tables.arrow import concat

_WRITTEN: tuple[type[Row], ...] = (Segment, Article, Evidence)


def clean_batch(batch: Batch, crew: Crew) -> Batch:
    """Clean the standing pages of a batch in guarded children; stage what was found."""
    from flows.guard import Killed
    from flows.work import clean_chunk

    refused = batch.refused("page")
    pages = [page for page in batch.rows("ingest", Page) if page.page_id not in refused]
    known = crew.known_lines(batch.source_id)
    work = partial(clean_chunk, source=crew.source(batch), stamp=crew.stamp, known=known)
    tables: dict[str, list[pa.Table]] = {model.table: [] for model in _WRITTEN}
    refusals: list[Refusal] = []
    for outcome in crew.guard.map(work, pages):
        if isinstance(outcome, Killed):
            page = outcome.item
            refusals.append(killed(outcome, page.source_id, page.page_id, page.locator, page.url))
        else:
            for name, table in outcome.result.items():
                tables[name].append(table)
    batch.write("clean", Quarantine, quarantine_rows(refusals, "clean", crew.stamp, now()))
    for model in _WRITTEN:
        batch.write("clean", model, concat(model, tables[model.table]))
    return batch
