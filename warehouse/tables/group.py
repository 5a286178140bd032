"""Tables over many articles: whose text is whose, and which articles tell one event."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from warehouse.tables.base import Column, ReplacedWith, Row
from warehouse.tables.ingest import HEX32

Relation = Literal["identical", "copy", "edited copy", "excerpt", "extended"]
FirstRule = Literal["time", "day", "stated_source", "dateline"]
StoryRule = Literal["copy", "told alike"]

_RUN = "Run that wrote the row"
_TRANSFORMS = "Version of the transforms"
_SHINGLES = "shingles of five words"
_RELATION = (
    "What the body is beside the other one: identical (the same words), copy (nearly so), excerpt "
    "(it stands in the other), extended (the other stands in it), edited copy"
)
_FIRST_RULE = (
    "What tells who was first: time (publication times to the minute), day (publication days), "
    "stated_source, dateline (the one names the other as its source); null where nothing does"
)


class CopyPair(Row):
    """Two articles whose bodies share text, compared word by word. The smaller id stands first."""

    table: ClassVar[str] = "copy_pairs"
    key: ClassVar[tuple[str, ...]] = ("article_id", "other_id")
    replaced_with: ClassVar[ReplacedWith] = "key"

    article_id: Annotated[str, Column("One article", pattern=HEX32)]
    other_id: Annotated[str, Column("The other article", pattern=HEX32)]
    jaccard: Annotated[
        float, Column("Shingles that both have, over all that either has", ge=0, le=1)
    ]
    contained: Annotated[float, Column("Share of the article's in the other", ge=0, le=1)]
    contains: Annotated[float, Column("Share of the other's in the article", ge=0, le=1)]
    shared: Annotated[int, Column("Different ones that both have", unit=_SHINGLES, ge=1)]
    same_words: Annotated[bool, Column("Whether the bodies have the same words in the same order")]
    run_id: Annotated[str, Column(_RUN, min_chars=1)]
    transform_version: Annotated[str, Column(_TRANSFORMS, min_chars=1)]


class Copy(Row):
    """One article that shares its body with others: of which it is the copy, as far as is known.

    The articles of a group hang together by copies. Copies are not confirmation: a group is one
    report, whoever was first. The one that others were copied from has a row without `relation`.
    """

    table: ClassVar[str] = "copies"
    key: ClassVar[tuple[str, ...]] = ("article_id",)
    replaced_with: ClassVar[ReplacedWith] = "key"

    article_id: Annotated[str, Column("Article", pattern=HEX32)]
    group_id: Annotated[
        str, Column("Group of copies: the smallest id of its articles", pattern=HEX32)
    ]
    copy_of: Annotated[
        str | None,
        Column("Article that it was copied from; null where nobody is known to be earlier"),
    ] = None
    nearest_id: Annotated[
        str, Column("Article that it is compared with: copy_of, else the most alike", pattern=HEX32)
    ]
    relation: Annotated[Relation | None, Column(_RELATION)] = None
    jaccard: Annotated[float, Column("Jaccard index of the two bodies' shingles", ge=0, le=1)]
    contained: Annotated[float, Column("Share of its shingles in the nearest", ge=0, le=1)]
    contains: Annotated[float, Column("Share of the nearest's shingles in it", ge=0, le=1)]
    first_rule: Annotated[FirstRule | None, Column(_FIRST_RULE)] = None
    lag_minutes: Annotated[
        int | None,
        Column("How much later than copy_of, where both say the minute", unit="minutes", ge=0),
    ] = None
    lag_days: Annotated[
        int | None, Column("How much later, where both say the day", unit="days", ge=0)
    ] = None
    run_id: Annotated[str, Column(_RUN, min_chars=1)]
    transform_version: Annotated[str, Column(_TRANSFORMS, min_chars=1)]


class CopySpan(Row):
    """One run of words that an article shares with its nearest; offsets are in their bodies."""

    table: ClassVar[str] = "copy_spans"
    key: ClassVar[tuple[str, ...]] = ("article_id", "seq")
    replaced_with: ClassVar[ReplacedWith] = "key"

    article_id: Annotated[str, Column("Article", pattern=HEX32)]
    seq: Annotated[int, Column("Position among the article's runs, from 0", ge=0)]
    start: Annotated[int, Column("First code point in its body", unit="code points", ge=0)]
    end: Annotated[int, Column("One past the last code point", unit="code points", ge=1)]
    other_id: Annotated[str, Column("Article that has the same words", pattern=HEX32)]
    other_start: Annotated[int, Column("First code point there", unit="code points", ge=0)]
    other_end: Annotated[int, Column("One past the last code point", unit="code points", ge=1)]
    run_id: Annotated[str, Column(_RUN, min_chars=1)]
    transform_version: Annotated[str, Column(_TRANSFORMS, min_chars=1)]


class Story(Row):
    """One event that two articles or more tell. A follow-up of another day is another story."""

    table: ClassVar[str] = "stories"
    key: ClassVar[tuple[str, ...]] = ("story_id",)
    replaced_with: ClassVar[ReplacedWith] = "key"

    story_id: Annotated[str, Column("Smallest id of its articles", pattern=HEX32)]
    title: Annotated[str | None, Column("Headline of the first, else of the most central")] = None
    first_id: Annotated[
        str | None, Column("Article that was first; null where nothing tells who was")
    ] = None
    first_rule: Annotated[FirstRule | None, Column(_FIRST_RULE)] = None
    articles: Annotated[int, Column("Articles that tell it", unit="articles", ge=2)]
    sources: Annotated[int, Column("Sources that tell it", unit="sources", ge=1)]
    independent: Annotated[
        int, Column("Reports that are not copies of each other", unit="reports", ge=1)
    ]
    earliest: Annotated[date | None, Column("First day that its dates allow")] = None
    latest: Annotated[date | None, Column("Last day that its dates allow")] = None
    run_id: Annotated[str, Column(_RUN, min_chars=1)]
    transform_version: Annotated[str, Column(_TRANSFORMS, min_chars=1)]


class StoryArticle(Row):
    """One article that tells an event others tell too, and why it was counted among them."""

    table: ClassVar[str] = "story_articles"
    key: ClassVar[tuple[str, ...]] = ("article_id",)
    replaced_with: ClassVar[ReplacedWith] = "key"

    article_id: Annotated[str, Column("Article", pattern=HEX32)]
    story_id: Annotated[str, Column("Story", pattern=HEX32)]
    nearest_id: Annotated[str, Column("Article of the story most alike", pattern=HEX32)]
    rule: Annotated[
        StoryRule, Column("copy: their bodies are copies; told alike: words and names agree")
    ]
    score: Annotated[float, Column("How alike the two are told, 1 for copies", ge=0, le=1)]
    run_id: Annotated[str, Column(_RUN, min_chars=1)]
    transform_version: Annotated[str, Column(_TRANSFORMS, min_chars=1)]
