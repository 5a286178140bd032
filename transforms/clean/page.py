"""One page cleaned: its segments, its articles, and the evidence for what the articles say."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import NamedTuple

from transforms.clean.blocks import find_blocks
from transforms.clean.body import LINE_BREAK, assemble
from transforms.clean.bounds import with_bounds
from transforms.clean.given import segment_record, with_given
from transforms.clean.html import find_region, is_aligned
from transforms.clean.known_lines import RULES, KnownLines, decide_known, set_mastheads_aside
from transforms.clean.language import (
    IN_ARABIC_SCRIPT,
    count_letters,
    language,
    language_of_span,
)
from transforms.clean.letters import plain_forms
from transforms.clean.lines import cut
from transforms.clean.markup import Seen, see
from transforms.clean.measures import confidence, measure
from transforms.clean.metadata import Found, read_metadata
from transforms.clean.segment import decide, segment
from transforms.clean.sheet import Decided, Span
from transforms.clean.standfirst import mark_standfirst
from transforms.clean.stated_title import headline
from transforms.clean.structured import of_page, with_facts
from transforms.clean.when import is_date_line
from transforms.stamp import Stamp
from warehouse.tables import identity
from warehouse.tables.clean import Article, Evidence, Segment
from warehouse.tables.ingest import Page, Source


class Cleaned(NamedTuple):
    """The rows of one page; `articles[0]` is the main one, the list empty where there is none."""

    segments: list[Segment]
    articles: list[Article]
    evidence: list[Evidence]


def clean_page(
    page: Page, source: Source, stamp: Stamp, known: KnownLines | None = None
) -> Cleaned:
    """Return what each span of the page is, the articles that stand on it and their evidence.

    `known` is what other pages of the source say of its lines, one snapshot of it.
    """
    page = _with_plain_letters(page)
    seen = see(page.markup) if page.markup is not None else None
    decided = _decide(page, source, seen, known)
    if known is not None:
        decided = decide_known(decided, page.text, known)
    evidence_id = _relied_on(decided.spans, known)
    ids = [
        identity.article_id(page.document_id, *_role(number)) for number in range(decided.articles)
    ]
    version = identity.version(page.payload_sha256, stamp.transform_version, evidence_id)
    boilerplate = _boilerplate_share(decided.spans)
    articles: list[Article] = []
    evidence: list[Evidence] = []
    for number, article_id in enumerate(ids):
        found = read_metadata(page.text, decided.spans, number, country=source.country)
        if number == 0:
            found = with_facts(found, seen.facts, page, source.country) if seen else found
            found = with_given(found, page, source)
        found = with_bounds(found, page, decided.spans, number, country=source.country)
        article = _article(
            page,
            source,
            decided,
            number,
            article_id,
            version,
            found,
            boilerplate,
            evidence_id,
            stamp,
        )
        if article is None:
            return Cleaned(_segments(page, decided.spans, [], "ar", evidence_id, stamp), [], [])
        if number == 0 and seen:
            stated = of_page(seen.facts, page, article.language)
            found = found._replace(candidates=[*found.candidates, *stated])
        articles.append(article)
        evidence += _evidence(article, found, stamp)
    spoken = articles[0].language if articles else "ar"
    default = spoken if spoken in IN_ARABIC_SCRIPT else "ar"
    segments = _segments(page, decided.spans, ids, default, evidence_id, stamp)
    return Cleaned(segments, articles, evidence)


def _with_plain_letters(page: Page) -> Page:
    """Return the page as the rules read it: of U+FB50 to U+FEFC one letter each, offsets as landed.

    No mark, date or word is written in contextual forms, so none would be found among them.
    """
    text = plain_forms(page.text)
    if text is page.text:
        return page
    markup = page.markup and plain_forms(page.markup)
    return page.model_copy(update={"text": text, "markup": markup})


def _relied_on(spans: list[Span], known: KnownLines | None) -> int | None:
    """Return the snapshot that decided a span of the page; None where none did."""
    if known is None or not any(span.rule.startswith(RULES) for span in spans):
        return None
    return known.evidence_id


def _decide(page: Page, source: Source, seen: Seen | None, known: KnownLines | None) -> Decided:
    is_date = partial(is_date_line, country=source.country)
    if page.media_type == "record":
        return segment_record(page)
    if seen is None or page.markup is None:
        return segment(page.text, is_date, known)
    pieces = cut(page.text)
    if known is not None:
        set_mastheads_aside(pieces, known)
    region = find_region(page.text, pieces, page.markup, seen)
    span = (region.first, region.last) if region else None
    is_exact = region is not None and region.by == "boxes"
    blocks = find_blocks(pieces, span, exact=is_exact)
    names = [name for name in (source.name_ar, source.name_en) if name]
    if blocks and (named := headline(pieces, seen.facts, blocks[0], names)):
        blocks[0] = blocks[0]._replace(title=named[0], title_rule=named[1])
        if is_aligned(page.text, seen):
            mark_standfirst(seen.lines, pieces, named[0], blocks[0].first, is_date)
    return decide(page.text, pieces, blocks, is_date)


def _role(number: int) -> tuple[str, int]:
    return ("main", 0) if number == 0 else ("embedded", number - 1)


def _article(
    page: Page,
    source: Source,
    decided: Decided,
    number: int,
    article_id: str,
    version: str,
    found: Found,
    boilerplate: float,
    evidence_id: int | None,
    stamp: Stamp,
) -> Article | None:
    """Return the row of one article, None where its body shows nothing."""
    spans = [(s.start, s.stop) for s in decided.spans if s.kind == "body" and s.article == number]
    body = assemble(page.text, spans).text
    if not body:
        return None
    letters = count_letters(body)
    measures = measure(body, letters)
    spoken = language(body, letters)
    role, ordinal = _role(number)
    published = found.published
    return Article(
        article_id=article_id,
        version=version,
        document_id=page.document_id,
        page_id=page.page_id,
        source_id=page.source_id,
        url=page.url,
        role=role,  # type: ignore[arg-type]
        ordinal=ordinal,
        title=found.value("title"),
        body=body,
        summary=found.value("summary"),
        language=spoken,
        language_asked=spoken in (source.languages or "ar").split(),
        published_at=published.iso,
        published_precision=published.precision,  # type: ignore[arg-type]
        published_rule=published.rule,
        published_reason=published.reason,
        published_earliest=published.earliest,
        published_latest=published.latest,
        published_not_before=published.not_before,
        published_not_after=published.not_after,
        modified_at=found.modified,
        publisher=found.value("publisher"),
        aggregator=found.value("aggregator"),
        stated_source=found.value("stated_source"),
        byline=found.value("byline"),
        dateline=found.value("dateline"),
        section=found.value("section"),
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
        boilerplate_share=boilerplate,
        confidence=confidence(
            prose_share=decided.prose_shares[number],
            has_title=found.value("title") is not None,
            body_chars=measures.body_chars,
            boilerplate_share=boilerplate,
        ),
        evidence_id=evidence_id,
        **measures._asdict(),
        **stamp._asdict(),
    )


def _evidence(article: Article, found: Found, stamp: Stamp) -> list[Evidence]:
    return [
        Evidence(
            article_id=article.article_id,
            version=article.version,
            page_id=article.page_id,
            seq=seq,
            field=candidate.field,  # type: ignore[arg-type]
            value=candidate.value,
            page_start=candidate.start,
            page_end=candidate.end,
            rule=candidate.rule,
            chosen=candidate.chosen,
            reason=candidate.reason,
            **stamp._asdict(),
        )
        for seq, candidate in enumerate(found.candidates)
    ]


def _segments(
    page: Page,
    spans: list[Span],
    ids: list[str],
    main_language: str,
    evidence_id: int | None,
    stamp: Stamp,
) -> list[Segment]:
    """Return the spans as rows; neighbours of one kind, article, rule and language are one."""
    merged: list[tuple[Span, int, str | None]] = []
    for span in spans:
        told = language_of_span(page.text[span.shown : span.end], main_language)
        if merged and _goes_on(*merged[-1], span, told, page.text):
            first, _, known = merged[-1]
            merged[-1] = (first, span.stop, known or told)
        else:
            merged.append((span, span.stop, told))
    return [
        Segment(
            page_id=page.page_id,
            seq=seq,
            start=span.start,
            end=end,
            kind=span.kind,  # type: ignore[arg-type]
            article_id=ids[span.article] if span.article is not None and ids else None,
            language=told,
            rule=span.rule,
            evidence_id=evidence_id if span.rule.startswith(RULES) else None,
            **stamp._asdict(),
        )
        for seq, (span, end, told) in enumerate(merged)
    ]


def _goes_on(
    first: Span, end: int, known: str | None, span: Span, told: str | None, text: str
) -> bool:
    """Return whether a span goes on with a segment; one too short to tell has any language.

    Two parts of one line of a body are two paragraphs of it, so they stay two segments: the body
    is what its segments give.
    """
    same = (first.kind, first.article, first.rule) == (span.kind, span.article, span.rule)
    parted = first.kind == "body" and LINE_BREAK.fullmatch(text, end - 1, end) is None
    return same and not parted and (known is None or told is None or known == told)


def _boilerplate_share(spans: list[Span]) -> float:
    """Return the share of the visible characters that belong to no article."""
    shown = sum(span.end - span.shown for span in spans)
    without = sum(span.end - span.shown for span in spans if span.article is None)
    return round(without / shown, 4) if shown else 0.0
