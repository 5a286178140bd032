"""Tag: the dates and names of the articles that passed the clean gate."""

from __future__ import annotations

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.crew import Crew, killed, now, quarantine_rows
from transforms.refusal import Refusal
from warehouse.staging import Batch
from warehouse.tables import (
    Alias,
    Article,
    DateMention,
    Entity,
    Mention,
    Page,
    Quarantine,
    Row,
    Segment,
)  # fmt: skip
from warehouse.tables.arrow import concat, from_arrow

_WRITTEN: tuple[type[Row], ...] = (DateMention, Mention, Entity, Alias)
#: Every chunk names the entities that it mentions; of a batch each is kept once.
_NAMED_ONCE = {Entity.table: "entity_id", Alias.table: "alias_id"}


def tag_batch(batch: Batch, crew: Crew) -> Batch:
    """Tag the standing articles of a batch in guarded children; stage what was found.

    An article at which a child had to be killed is refused; another one on its page is not.
    """
    from flows.guard import Killed
    from flows.work import tag_chunk, tag_items

    pages = _standing_pages(batch)
    texts = {page.page_id: page.text for page in pages}
    refused = batch.refused("article")
    articles = [
        article
        for article in batch.rows("clean", Article)
        if article.article_id not in refused and article.page_id in texts
    ]
    items = tag_items(articles, _named_segments(batch), texts)
    work = partial(tag_chunk, source=crew.source(batch), stamp=crew.stamp)
    tables: dict[str, list[pa.Table]] = {model.table: [] for model in _WRITTEN}
    refusals: list[Refusal] = []
    locators = {page.page_id: page.locator for page in pages}
    for outcome in crew.guard.map(work, items):
        if isinstance(outcome, Killed):
            article = outcome.item.article
            refusals.append(
                killed(outcome, batch.source_id, article.page_id, locators[article.page_id],
                       article.url, article_id=article.article_id)
            )  # fmt: skip
        else:
            for name, table in outcome.result.items():
                tables[name].append(table)
    batch.write("tag", Quarantine, quarantine_rows(refusals, "tag", crew.stamp, now()))
    for model in _WRITTEN:
        batch.write("tag", model, _once(model, concat(model, tables[model.table])))
    return batch


def _standing_pages(batch: Batch) -> list[Page]:
    """Return the pages that stand, without their markup, which no one needs any more."""
    path = batch.path("ingest", Page.table)
    refused = batch.refused("page")
    columns = [field.name for field in Page.fields() if field.name != "markup"]
    table = pq.read_table(path, columns=columns)
    bare = table.append_column("markup", pa.nulls(table.num_rows, pa.string()))
    return [page for page in from_arrow(Page, bare) if page.page_id not in refused]


def _named_segments(batch: Batch) -> list[Segment]:
    """Return the segments that give a title or a body; a page has many more of other kinds."""
    kinds = pa.array(["title", "body"])
    path = batch.path("clean", Segment.table)
    table = pq.read_table(path, filters=pc.field("kind").isin(kinds))
    return from_arrow(Segment, table)


def _once(model: type[Row], table: pa.Table) -> pa.Table:
    key = _NAMED_ONCE.get(model.table)
    if key is None or not table.num_rows:
        return table
    first: dict[object, int] = {}
    for position, value in enumerate(table.column(key).to_pylist()):
        first.setdefault(value, position)
    return table.take(pa.array(list(first.values()), pa.int64()))
