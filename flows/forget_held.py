"""What held batches hold of pages that are to be forgotten: found, and taken out of their files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from flows.leftovers import HELD, held_batches
from warehouse.staging import STAGES, Batch
from warehouse.tables import TABLES, Alias, Entity, Mention, Quarantine, Row
from warehouse.tables import Page as Landed
from warehouse.tables.arrow import columns
from warehouse.traces import WORDS, Page

if TYPE_CHECKING:
    from warehouse.quoting import Quoted

_OF_PAGE = ("page_id", "source_id", "locator", "url")


def held_pages(home: Path) -> Iterator[Page]:
    """Yield the pages of held batches: those that were staged, and those that were refused."""
    for batch in held_batches(home):
        landed = batch.read("ingest", Landed)
        for values in columns(landed, *_OF_PAGE, "document_id", "payload_sha256"):
            yield Page(*values)
        for stage in STAGES:
            for values in columns(batch.read(stage, Quarantine), *_OF_PAGE):
                yield Page(*values)


def held_words(home: Path, page_ids: Collection[str]) -> Iterator[str | None]:
    """Yield the words of pages in held batches, as far as they were read."""
    for batch in held_batches(home):
        for page_id, *words in columns(batch.read("ingest", Landed), "page_id", *WORDS):
            if page_id in page_ids:
                yield from words
        for stage in STAGES:
            for page_id, evidence in columns(batch.read(stage, Quarantine), "page_id", "evidence"):
                if page_id in page_ids:
                    yield evidence


def take_out_of_held(home: Path, page_ids: Collection[str], quotes: Quoted) -> None:
    """Write the files of held batches anew without the rows of pages; the rest stays held.

    The last stage first: the pages themselves go when nothing is left of them, so that whoever is
    killed in between finds them again.
    """
    gone = pa.array(page_ids, pa.string())
    for batch in held_batches(home):
        _leave_out_lines(batch, quotes)
        for stage in reversed(STAGES):
            for model in reversed(TABLES):
                if batch.has(stage, model) and "page_id" in model.model_fields:
                    _leave_out(batch, stage, model, "page_id", gone)
            if batch.has(stage, Mention):
                _leave_out_names(batch, stage)


def _leave_out_lines(batch: Batch, quotes: Quoted) -> None:
    told = batch.folder / HELD
    lines = told.read_text("utf-8").splitlines()
    kept = [line for line in lines if not quotes.by(line)]
    if kept != lines:
        told.write_text("\n".join(kept) + "\n", "utf-8")


def _leave_out_names(batch: Batch, stage: str) -> None:
    """Leave out entities and aliases that no staged mention names any more."""
    named = pc.unique(batch.read(stage, Mention).column("entity_id")).to_pylist()
    for model in (Entity, Alias):
        if batch.has(stage, model):
            staged = batch.read(stage, model).column("entity_id").to_pylist()
            unnamed = pa.array(set(staged) - set(named), pa.string())
            _leave_out(batch, stage, model, "entity_id", unnamed)


def _leave_out(
    batch: Batch, stage: str, model: type[Row], column: str, values: pa.StringArray
) -> None:
    table = batch.read(stage, model)
    left = table.filter(pc.invert(pc.is_in(table.column(column), value_set=values)))
    if left.num_rows != table.num_rows:
        batch.write(stage, model, left)
