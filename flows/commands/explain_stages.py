"""Records taken through ingest, clean and tag as a run takes them, but for the store and the gates.

Each stage is a map of its own over the killable children, so that of a page that had to be killed
it is known where: in a run, too, it would be refused by that stage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from flows.commands.explained import Explained, ReadStage, refused
from flows.crew import killed
from transforms.ingest.land import page_id_of
from transforms.ingest.record import RawRecord
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.tables import (
    Article,
    DateMention,
    Entity,
    Evidence,
    Mention,
    Page,
    Row,
    Segment,
    Source,
)
from warehouse.tables.arrow import from_arrow, to_arrow

if TYPE_CHECKING:
    import pyarrow as pa

    from flows.guard import Guard

R = TypeVar("R", Segment, Article, Evidence, DateMention, Mention)
_STAMP = Stamp("explain")


@dataclass(slots=True)
class _Found:
    """What the stages made of some records: rows by page, refusals by page and by article."""

    pages: dict[tuple[str, str], Page] = field(default_factory=dict)
    refused: dict[str, tuple[ReadStage, Refusal]] = field(default_factory=dict)
    untagged: dict[tuple[str, str], Refusal] = field(default_factory=dict)
    rows: dict[tuple[type[Row], str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, str] = field(default_factory=dict)

    def add(self, model: type[R], table: pa.Table) -> None:
        """Keep the rows of a table by the page that they stand on."""
        for row in from_arrow(model, table):
            self.rows[model, row.page_id].append(row)

    def of(self, model: type[R], page_id: str) -> list[R]:
        """Return the rows of a page."""
        return self.rows.get((model, page_id), [])  # type: ignore[return-value]


def explain_records(
    guard: Guard, records: Sequence[RawRecord], source: Source, tagger: str
) -> Iterator[Explained]:
    """Yield the records of one source, explained, in their order; `tagger` as in `tag_chunk`.

    Raises:
        BrokenProgramError: The children could not import what a stage needs.
    """
    found = _Found()
    _land(guard, records, found)
    _clean(guard, {page.page_id: page for page in found.pages.values()}, source, found)
    _tag(guard, source, tagger, found)
    for record in records:
        yield _explained(record, found)


def _land(guard: Guard, records: Sequence[RawRecord], found: _Found) -> None:
    from flows.guard import Killed
    from flows.work import land_chunk

    for outcome in guard.map(partial(land_chunk, stamp=_STAMP), records):
        if isinstance(outcome, Killed):
            record, page_id = outcome.item, page_id_of(outcome.item)
            refusal = killed(outcome, record.source_id, page_id, record.locator, record.url)
            found.refused[page_id] = "ingest", refusal
            continue
        for page in from_arrow(Page, outcome.result.pages):
            found.pages[page.page_id, page.locator] = page
        for refusal in outcome.result.refusals:
            found.refused[refusal.page_id] = "ingest", refusal


def _clean(guard: Guard, pages: dict[str, Page], source: Source, found: _Found) -> None:
    from flows.guard import Killed
    from flows.work import clean_chunk

    work = partial(clean_chunk, source=source, stamp=_STAMP)
    for outcome in guard.map(work, list(pages.values())):
        if isinstance(outcome, Killed):
            page = outcome.item
            refusal = killed(outcome, page.source_id, page.page_id, page.locator, page.url)
            found.refused[page.page_id] = "clean", refusal
            continue
        found.add(Segment, outcome.result[Segment.table])
        found.add(Article, outcome.result[Article.table])
        found.add(Evidence, outcome.result[Evidence.table])


def _tag(guard: Guard, source: Source, tagger: str, found: _Found) -> None:
    from flows.guard import Killed
    from flows.work import tag_chunk, tag_items

    texts = {page.page_id: page.text for page in found.pages.values()}
    standing = {page.page_id: page for page in found.pages.values()}
    # As in a run: names and dates are read in Arabic only.
    articles = [article for article in _every(found, Article) if article.language == "ar"]
    segments = list(_every(found, Segment))
    items = tag_items(to_arrow(Article, articles), to_arrow(Segment, segments), texts)
    work = partial(tag_chunk, source=source, stamp=_STAMP, tagger=tagger)
    for outcome in guard.map(work, items):
        if isinstance(outcome, Killed):
            page, article_id = standing[outcome.item.page_id], outcome.item.article_id
            found.untagged[page.page_id, article_id] = killed(
                outcome, page.source_id, page.page_id, page.locator, page.url, article_id=article_id
            )  # fmt: skip
            continue
        found.add(DateMention, outcome.result[DateMention.table])
        found.add(Mention, outcome.result[Mention.table])
        for entity in from_arrow(Entity, outcome.result[Entity.table]):
            found.names[entity.entity_id] = entity.name_ar


def _every(found: _Found, model: type[R]) -> Iterable[R]:
    for kind, page_id in list(found.rows):
        if kind is model:
            yield from found.of(model, page_id)


def _explained(record: RawRecord, found: _Found) -> Explained:
    page_id = page_id_of(record)
    if page_id in found.refused:
        stage, refusal = found.refused[page_id]
        return refused(refusal._replace(locator=record.locator), stage)
    page = found.pages[page_id, record.locator]
    return Explained(
        page_id, page.locator, page, None,
        found.of(Segment, page_id), found.of(Article, page_id), found.of(Evidence, page_id),
        found.of(DateMention, page_id), found.of(Mention, page_id), found.names,
        untagged={
            article: refusal for (own, article), refusal in found.untagged.items() if own == page_id
        },
    )  # fmt: skip
