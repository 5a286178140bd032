"""Tag: the dates and names of the articles that passed the clean gate."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

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

if TYPE_CHECKING:
    from flows.work import TagItem

_WRITTEN: tuple[type[Row], ...] = (DateMention, Mention, Entity, Alias)
#: Every chunk names the entities that it mentions; of a batch each is kept once.
_NAMED_ONCE = {Entity.table: "entity_id", Alias.table: "alias_id"}


class _Standing(NamedTuple):
    """What is needed of a page that stands."""

    text: str
    locator: str


def tag_batch(batch: Batch, crew: Crew) -> Batch:
    """Tag the standing articles of a batch in guarded children; stage what was found.

    An article at which a child had to be killed is refused; another one on its page is not.
    """
    from flows.guard import Killed
    from flows.work import tag_chunk

    pages = _standing_pages(batch)
    work = partial(tag_chunk, source=crew.source(batch), stamp=crew.stamp)
    tables: dict[str, list[pa.Table]] = {model.table: [] for model in _WRITTEN}
    refusals: list[Refusal] = []
    for outcome in crew.guard.map(work, _items(batch, pages)):
        if isinstance(outcome, Killed):
            article = outcome.item.article
            refusals.append(
                killed(
                    outcome, batch.source_id, article.page_id, pages[article.page_id].locator,
                    article.url, article_id=article.article_id,
                )
            )  # fmt: skip
        else:
            for name, table in outcome.result.items():
                tables[name].append(table)
    batch.write("tag", Quarantine, quarantine_rows(refusals, "tag", crew.stamp, now()))
    for model in _WRITTEN:
        batch.write("tag", model, _once(model, concat(model, tables[model.table])))
    return batch


def _standing_pages(batch: Batch) -> dict[str, _Standing]:
    refused = batch.refused("page")
    path = batch.path("ingest", Page.table)
    columns = pq.read_table(path, columns=["page_id", "text", "locator"]).to_pydict()
    return {
        page_id: _Standing(text, locator)
        for page_id, text, locator in zip(*columns.values(), strict=True)
        if page_id not in refused
    }


def _items(batch: Batch, pages: dict[str, _Standing]) -> list[TagItem]:
    """Return the standing articles, each with the spans that its title and body come from."""
    from flows.work import tag_items

    refused = batch.refused("article")
    articles = [
        article
        for article in batch.rows("clean", Article)
        if article.article_id not in refused and article.page_id in pages
    ]
    texts = {page_id: page.text for page_id, page in pages.items()}
    return tag_items(articles, _named_segments(batch), texts)


def _named_segments(batch: Batch) -> list[Segment]:
    """Return the segments that give a title or a body; a page has many more of other kinds."""
    wanted = pc.field("kind").isin(pa.array(["title", "body"])) & pc.field("article_id").is_valid()
    return from_arrow(Segment, pq.read_table(batch.path("clean", Segment.table), filters=wanted))


def _once(model: type[Row], table: pa.Table) -> pa.Table:
    key = _NAMED_ONCE.get(model.table)
    if key is None or not table.num_rows:
        return table
    first: dict[object, int] = {}
    for position, value in enumerate(table.column(key).to_pylist()):
        first.setdefault(value, position)
    return table.take(pa.array(list(first.values()), pa.int64()))
