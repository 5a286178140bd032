"""One record taken through ingest, clean and tag on its own: what `khabar explain` shows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

import pyarrow as pa

from flows.commands.replay import Replay, known_of
from flows.commands.shapes import (
    ArticleShape,
    DateShape,
    EvidenceShape,
    ExplainShape,
    MentionShape,
    QuarantineShape,
    SegmentShape,
)
from transforms.refusal import Refusal
from warehouse.tables import Article, DateMention, Evidence, Mention, Page, Segment

#: Where a record can be refused before any gate is asked.
ReadStage = Literal["ingest", "clean"]


class Explained(NamedTuple):
    """Every row that one record gives, before any gate.

    `refusal` says why there is none, `refused_at` by which stage; `untagged` why an article has
    no dates and mentions, where its child had to be killed. Of a page from the warehouse also the
    snapshot of `line_index` that its rows name, and what reading it again by that came to.
    """

    page_id: str
    locator: str
    page: Page | None
    refusal: Refusal | None
    segments: list[Segment]
    articles: list[Article]
    evidence: list[Evidence]
    dates: list[DateMention]
    mentions: list[Mention]
    names: dict[str, str]
    refused_at: ReadStage = "ingest"
    untagged: Mapping[str, Refusal] = MappingProxyType({})
    lines: pa.Table | None = None
    replay: Replay | None = None


def refused(refusal: Refusal, stage: ReadStage = "ingest") -> Explained:
    """Return what is to be shown of a record that a stage could make nothing of."""
    return Explained(
        refusal.page_id, refusal.locator, None, refusal, [], [], [], [], [], {}, refused_at=stage
    )


def shape(
    explained: Explained, *, file: str | None, with_text: bool, quarantine: QuarantineShape | None
) -> ExplainShape:
    """Return the printed form of one record."""
    order = {article.article_id: index for index, article in enumerate(explained.articles)}
    return ExplainShape(
        file=file,
        record=record_of(explained.locator),
        page_id=explained.page_id,
        text_length=len(explained.page.text) if explained.page else 0,
        text=(explained.page.text if explained.page else "") if with_text else None,
        segments=[
            SegmentShape(
                start=s.start,
                end=s.end,
                kind=s.kind,
                rule=s.rule,
                article=order.get(s.article_id) if s.article_id else None,
                language=s.language,
                known=known_of(explained.page.text, s, explained.lines) if explained.page else [],
            )
            for s in explained.segments
        ],
        articles=[_article(article, explained) for article in explained.articles],
        quarantine=quarantine,
        replay=explained.replay,
    )


def record_of(locator: str) -> int | None:
    """Return which record of its file a locator names; None where the file is one page."""
    _, mark, record = locator.rpartition("#")
    return int(record) if mark and record.isdecimal() else None


def _article(article: Article, explained: Explained) -> ArticleShape:
    own = article.article_id
    evidence = [e for e in explained.evidence if e.article_id == own]
    return ArticleShape(
        article_id=own,
        role=article.role,
        title=article.title,
        body=article.body,
        language=article.language,
        published_at=article.published_at,
        published_precision=article.published_precision,
        published_reason=article.published_reason,
        publisher=article.publisher,
        stated_source=article.stated_source,
        keywords=[e.value for e in evidence if e.field == "keyword" and e.chosen],
        evidence=[
            EvidenceShape(
                field=e.field,
                value=e.value,
                start=e.page_start,
                end=e.page_end,
                rule=e.rule,
                chosen=e.chosen,
                reason=e.reason,
            )
            for e in evidence
        ],
        dates=[_date(d) for d in explained.dates if d.article_id == own],
        mentions=[_mention(m, explained.names) for m in explained.mentions if m.article_id == own],
        attributions=[],
        meetings=[],
    )


def _date(found: DateMention) -> DateShape:
    return DateShape(**{name: getattr(found, name) for name in DateShape.model_fields})


def _mention(found: Mention, names: dict[str, str]) -> MentionShape:
    values = {n: getattr(found, n) for n in MentionShape.model_fields if n != "name"}
    return MentionShape(**values, name=names.get(found.entity_id or ""))
