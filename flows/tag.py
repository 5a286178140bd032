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
from warehouse.tables.arrow import columns, concat

if TYPE_CHECKING:
    from flows.work import TagItem

_WRITTEN: tuple[type[Row], ...] = (DateMention, Mention, Entity, Alias)
#: Every chunk names the entities that it mentions; of a batch each is kept once.
_NAMED_ONCE = {Entity.table: "entity_id", Alias.table: "alias_id"}


class _Standing(NamedTuple):
    """What is needed of a page that stands."""

    text: str
    locator: str
    url: str | None


def tag_batch(batch: Batch, crew: Crew) -> Batch:
    """Tag the standing articles of a batch in guarded children; stage what was found.

    An article at which a child had to be killed is refused; another one on its page is not.
    """
    from flows.guard import Killed
    from flows.work import tag_chunk

    pages = _standing_pages(batch)
    work = partial(
        tag_chunk,
        source=crew.source(batch),
        stamp=crew.stamp,
        tagger=crew.settings.tagger.name,
        decisions=crew.decisions.rows,
    )
    tables: dict[str, list[pa.Table]] = {model.table: [] for model in _WRITTEN}
    refusals: list[Refusal] = []
    for outcome in crew.guard.map(work, _items(batch, pages)):
        if isinstance(outcome, Killed):
            item = outcome.item
            page = pages[item.page_id]
            refusals.append(
                killed(
                    outcome, batch.source_id, item.page_id, page.locator, page.url,
                    article_id=item.article_id,
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
    names = ("page_id", *_Standing._fields)
    table = pq.read_table(batch.path("ingest", Page.table), columns=list(names))
    return {
        page_id: _Standing(*of_page)
        for page_id, *of_page in columns(table, *names)
        if page_id not in refused
    }


def _items(batch: Batch, pages: dict[str, _Standing]) -> list[TagItem]:
    """Return the standing articles in Arabic, each with the spans of its title and its body.

    Of the segments only those that give a title or a body are read; a page has many more.
    """
    from flows.work import OF_ARTICLE, OF_SEGMENT, tag_items

    refused = pa.array([*batch.refused("article")], pa.string())
    standing = pa.array([*pages], pa.string())
    stands = ~pc.field("article_id").isin(refused) & pc.field("page_id").isin(standing)
    stands &= pc.field("language") == "ar"
    named = pc.field("kind").isin(pa.array(["title", "body"])) & pc.field("article_id").is_valid()
    articles = _read(batch, Article, OF_ARTICLE, stands)
    segments = _read(batch, Segment, OF_SEGMENT, named)
    return tag_items(articles, segments, {page_id: page.text for page_id, page in pages.items()})


def _read(batch: Batch, model: type[Row], names: tuple[str, ...], rows: pc.Expression) -> pa.Table:
    """Return some columns of the rows of a table of the clean stage that an expression chooses."""
    return pq.read_table(batch.path("clean", model.table), columns=list(names), filters=rows)


def _once(model: type[Row], table: pa.Table) -> pa.Table:
    key = _NAMED_ONCE.get(model.table)
    if key is None or not table.num_rows:
        return table
    first: dict[object, int] = {}
    for position, value in enumerate(table.column(key).to_pylist()):
        first.setdefault(value, position)
    return table.take(pa.array(list(first.values()), pa.int64()))
