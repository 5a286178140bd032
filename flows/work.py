"""What the guard's children do: one chunk of one stage, to the tables of its results.

These functions are imported in the children, so nothing here may lead to Prefect. Results cross
the pipe as Arrow tables in the schema of the contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from transforms.ingest.land import land
from transforms.ingest.record import RawRecord
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.tables import (
    Alias,
    Article,
    DateMention,
    Decision,
    Entity,
    Evidence,
    Mention,
    Page,
    Segment,
    Source,
)
from warehouse.tables.arrow import columns, from_arrow, to_arrow

Span = tuple[int, int]

#: The columns that `tag_items` reads.
OF_ARTICLE = ("article_id", "version", "page_id", "published_at", "language")
OF_SEGMENT = ("page_id", "article_id", "kind", "start", "end")


class LandedChunk(NamedTuple):
    """The pages of a chunk and what could not become one, together as many as its records."""

    pages: pa.Table
    refusals: list[Refusal]


class TagItem(NamedTuple):
    """What tagging asks of an article, and the spans of its page that body and title come from.

    The body is not among it: the spans give it again, with the way back to the page.
    """

    article_id: str
    version: str
    page_id: str
    published_at: str | None
    page_text: str
    body_spans: list[Span]
    title_span: Span | None


def land_chunk(records: Sequence[RawRecord], stamp: Stamp) -> LandedChunk:
    """Return the records as pages."""
    pages: list[Page] = []
    refusals: list[Refusal] = []
    for record in records:
        landed = land(record, stamp)
        if isinstance(landed, Refusal):
            refusals.append(landed)
        else:
            pages.append(landed)
    return LandedChunk(to_arrow(Page, pages), refusals)


def land_again_chunk(
    items: Sequence[tuple[Page, bytes]], columns: Mapping[str, str], stamp: Stamp
) -> LandedChunk:
    """Return pages made of their bytes by the transforms of today, and refusals."""
    from transforms.ingest.again import land_again

    pages: list[Page] = []
    refusals: list[Refusal] = []
    for page, payload in items:
        landed = land_again(page, payload, columns, stamp)
        if isinstance(landed, Refusal):
            refusals.append(landed)
        else:
            pages.append(landed)
    return LandedChunk(to_arrow(Page, pages), refusals)


def clean_chunk(
    pages: Sequence[Page], source: Source, stamp: Stamp, known: Path | None = None
) -> dict[str, pa.Table]:
    """Return segments, articles and evidence of the pages, by table name.

    `known` is the file of the source's snapshot of `line_index` (`flows.known`).
    """
    from flows.known import known_lines_of
    from transforms.clean.page import clean_page

    lines = known_lines_of(known) if known else None
    segments: list[Segment] = []
    articles: list[Article] = []
    evidence: list[Evidence] = []
    for page in pages:
        cleaned = clean_page(page, source, stamp, lines)
        segments += cleaned.segments
        articles += cleaned.articles
        evidence += cleaned.evidence
    return {
        Segment.table: to_arrow(Segment, segments),
        Article.table: to_arrow(Article, articles),
        Evidence.table: to_arrow(Evidence, evidence),
    }


def tag_chunk(
    items: Sequence[TagItem],
    source: Source,
    stamp: Stamp,
    tagger: str = "none",
    decisions: Sequence[Decision] = (),
) -> dict[str, pa.Table]:
    """Return dates, mentions, entities and aliases of the articles, by table name.

    `tagger` is the name of one (`transforms.tag.tagger`). An entity or alias that several
    articles of the chunk mention is there once.
    """
    from transforms.clean.body import assemble
    from transforms.tag.article import tag_article
    from transforms.tag.decisions import Decisions
    from transforms.tag.tagger import tagger_named

    finder = tagger_named(tagger)
    decided = Decisions(decisions) if decisions else None
    dates: list[DateMention] = []
    mentions: list[Mention] = []
    entities: dict[str, Entity] = {}
    aliases: dict[str, Alias] = {}
    for item in items:
        body = assemble(item.page_text, item.body_spans)
        tagged = tag_article(
            item, item.page_text, body, item.title_span, source, stamp, finder, decided
        )
        dates += tagged.dates
        mentions += tagged.mentions
        entities |= {entity.entity_id: entity for entity in tagged.entities}
        aliases |= {alias.alias_id: alias for alias in tagged.aliases}
    return {
        DateMention.table: to_arrow(DateMention, dates),
        Mention.table: to_arrow(Mention, mentions),
        Entity.table: to_arrow(Entity, list(entities.values())),
        Alias.table: to_arrow(Alias, list(aliases.values())),
    }


def tag_items(articles: pa.Table, segments: pa.Table, texts: dict[str, str]) -> list[TagItem]:
    """Return what `tag_chunk` needs of each Arabic article; `texts` holds page texts by page_id.

    Two pages of a batch may show the same article in two versions: spans belong to their page.
    """
    bodies: dict[tuple[str, str], list[Span]] = {}
    titles: dict[tuple[str, str], Span] = {}
    for page_id, article_id, kind, start, end in columns(segments, *OF_SEGMENT):
        if article_id is None:
            continue
        if kind == "body":
            bodies.setdefault((page_id, article_id), []).append((start, end))
        elif kind == "title":
            titles.setdefault((page_id, article_id), (start, end))
    items = []
    for article_id, version, page_id, published_at, spoken in columns(articles, *OF_ARTICLE):
        if spoken != "ar":
            continue
        own = (page_id, article_id)
        spans = bodies.get(own, []), titles.get(own)
        items.append(TagItem(article_id, version, page_id, published_at, texts[page_id], *spans))
    return items


def rehearse() -> None:
    """Take one page of our own through all stages, so that everything they load is loaded.

    The second witness on HTML is asked for itself: this page leaves no doubt.
    """
    from transforms.clean.html import main_text
    from transforms.tag.choice import STUDENT

    stamp, source = Stamp("rehearsal"), Source(source_id="rehearsal")
    title, body = (
        "وزير الخارجية يزور القاهرة",
        "قال الوزير في القاهرة يوم 5 مايو 2020 إن العمل مستمر. " * 5,
    )
    markup = f"<html><body><h1>{title}</h1><p>{body}</p></body></html>".encode()
    records = (
        RawRecord(source.source_id, "rehearsal.html", markup, "text/html"),
        RawRecord(source.source_id, "rehearsal.txt", f"{title}\n{body}".encode(), "text/plain"),
    )
    pages = from_arrow(Page, land_chunk(records, stamp).pages)
    cleaned = clean_chunk(pages, source, stamp)
    main_text(markup.decode())
    texts = {page.page_id: page.text for page in pages}
    items = tag_items(cleaned[Article.table], cleaned[Segment.table], texts)
    tag_chunk(items, source, stamp, STUDENT)
