"""Records: an article whose headline, abstract and metadata are given beside its text.

The text of a record was extracted before it came here, so everything is the article's body but
what is certainly not: another story's headline behind a related mark, contact and share lines.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from transforms.clean.bylines import may_be_name, no_author
from transforms.clean.letters import fold, tidy
from transforms.clean.lines import Piece, cut
from transforms.clean.metadata import Candidate, Found, Published, origin_of
from transforms.clean.sheet import Decided, Span, split_body
from transforms.clean.teasers import count_leads
from transforms.clean.titles import is_name_and_place, may_be_unfinished
from transforms.clean.when import days_of, resolve
from warehouse.tables.ingest import Page, Source

_GIVEN = (
    ("publisher", "given_publisher"),
    ("byline", "given_byline"),
    ("section", "given_section"),
)
#: Seconds or milliseconds since 1970, as exports count them (2001 and later).
_EPOCH = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
#: The locator of a page that was fetched is its address.
_FETCHED = ("http://", "https://")
_1970 = datetime(1970, 1, 1)
#: What a mark may cut from extracted text. A date, a name or a copyright line may be quoted there.
_CUT = frozenset({"related_inline", "related_list", "keywords", "source", "other", "ad"})
_CUT_FORMS = frozenset({"words.share", "form.shortcode", "form.tweet_signature", "form.contact"})


def segment_record(page: Page) -> Decided:
    """Return the spans of a record's text: the given headline and abstract, then the body."""
    pieces = cut(page.text)
    title_end, summary_end = _given_ends(page)
    kinds = _kinds(pieces, title_end, summary_end)
    spans = [
        Span(p.start, p.stop, p.shown, p.end, kind, _owner(kind), rule, _content(p), p.effect)
        for p, (kind, rule) in zip(pieces, kinds, strict=True)
    ]
    if not any(span.kind == "body" for span in spans):
        return Decided([span._replace(article=None) for span in spans], 0, [])
    return Decided(split_body(page.text, spans, 1), 1, [1.0])


def _kinds(pieces: list[Piece], title_end: int, summary_end: int) -> list[tuple[str, str]]:
    """Return kind and rule of each piece of a record."""
    headline = _opening_headline(pieces) if title_end == 0 else None
    last_prose = max((i for i, piece in enumerate(pieces) if piece.prose), default=-1)
    kinds: list[tuple[str, str]] = []
    opened = after_end = related = False
    for index, piece in enumerate(pieces):
        if piece.blank:
            kind = ("blank", "blank")
        elif piece.start < title_end:
            kind = ("title", "given.title")
        elif piece.start < summary_end:
            kind = ("summary", "given.summary")
        elif index == headline:
            kind = ("title", "title.first_line")
        else:
            kind = _in_body(piece, related=related, after_end=after_end)
            if kind[0] == "body" and not opened:
                opened = index > last_prose or not _is_credit(piece)
                kind = kind if opened else ("byline", "byline.name_and_place")
            after_end = piece.effect == "end" or (after_end and kind[0] != "body")
            related = _stands_alone(piece)
        kinds.append(kind)
    _drop_leads(pieces, kinds)
    return kinds


def with_given(found: Found, page: Page, source: Source) -> Found:
    """Return what was found with the values given beside the text put first.

    Of a page that was fetched, a list said them: there they stand in for what the page lacks.
    """
    given = [
        Candidate(field, value, None, None, f"given.{field}", reason is None, reason)
        for field, column in _GIVEN
        if (value := tidy(getattr(page, column) or ""))
        for reason in [no_author(value) if field != "section" else None]
    ]
    given += _keywords(page.given_keywords)
    published = found.published
    seen: list[Candidate] = []
    if page.given_published:
        published, seen = _published(page.given_published, source.country)
    if page.locator.startswith(_FETCHED):
        return _after_the_page(found, published, [*given, *seen], source)
    fields = {candidate.field for candidate in [*given, *seen] if candidate.chosen}
    rest = [c._replace(chosen=c.chosen and c.field not in fields) for c in found.candidates]
    if page.given_published:
        rest = [c._replace(chosen=c.chosen and c.field != "published_at") for c in rest]
    named = _named_by_source(source, [*given, *rest])
    return Found([*given, *seen, *rest, *named], published, found.modified)


def _after_the_page(
    found: Found, published: Published, listed: list[Candidate], source: Source
) -> Found:
    """Return what a page says of itself, with what its list says for the fields that it lacks."""
    has = {candidate.field for candidate in found.candidates if candidate.chosen}
    rest = [c._replace(chosen=c.chosen and c.field not in has) for c in listed]
    named = _named_by_source(source, [*found.candidates, *rest])
    dated = found.published if "published_at" in has or published.iso is None else published
    return Found([*found.candidates, *rest, *named], dated, found.modified)


def _given_ends(page: Page) -> tuple[int, int]:
    """Return where the given headline and the given abstract end in the page's text."""
    at = title_end = 0
    if page.given_title and page.text.startswith(page.given_title):
        at = title_end = len(page.given_title)
    summary = page.given_summary
    if summary and page.text.startswith(summary, at + (at > 0)):
        at = at + (at > 0) + len(summary)
    return title_end, at


def _opening_headline(pieces: list[Piece]) -> int | None:
    """Return the headline that opens a record's text: a short line, a blank one, then more."""
    first = next((i for i, piece in enumerate(pieces) if not piece.blank), None)
    if first is None or not may_be_unfinished(pieces[first].text):
        return None
    rest = pieces[first + 1 :]
    alone = bool(rest) and rest[0].blank and any(not piece.blank for piece in rest)
    return first if alone else None


def _in_body(piece: Piece, *, related: bool, after_end: bool) -> tuple[str, str]:
    mark = piece.hit.mark if piece.hit else None
    if mark and mark.kind in _CUT and mark.position != "line":
        return mark.kind, mark.rule
    if mark and mark.effect == "inline":
        return mark.kind, mark.rule
    if piece.fixed and piece.rule in _CUT_FORMS:
        return piece.fixed, piece.rule
    if related and not piece.prose and not piece.sentence:
        return "related_inline", "after.related_mark"
    if after_end and not piece.prose:
        return "other", "after.contact"
    return "body", "record.body"


def _is_credit(piece: Piece) -> bool:
    return is_name_and_place(piece) and may_be_name(piece.text)


def _stands_alone(piece: Piece) -> bool:
    hit = piece.hit
    return bool(hit and hit.mark.effect == "inline" and hit.content >= len(piece.text))


def _drop_leads(pieces: list[Piece], kinds: list[tuple[str, str]]) -> None:
    body = [i for i, (kind, _) in enumerate(kinds) if kind == "body"]
    leads = count_leads([pieces[i].text for i in body])
    for index in body[len(body) - leads :]:
        kinds[index] = ("related_list", "form.leads_at_end")


def _owner(kind: str) -> int | None:
    return 0 if kind in ("title", "summary", "body", "byline", "keywords", "source") else None


def _content(piece: Piece) -> int:
    return piece.hit.content if piece.hit else 0


def _published(given: str, country: str | None) -> tuple[Published, list[Candidate]]:
    found = resolve(_moment(given) or given, country)
    if found is None or found.iso is None or found.precision == "range":
        reason = f"the given date could not be resolved: {tidy(given)[:60]}"
        return Published(reason=reason), []
    rule = f"given.published+{found.rule}"
    published = Published(found.iso, found.precision, rule, None, *days_of(found.iso))
    return published, [Candidate("published_at", found.iso, None, None, rule, chosen=True)]


def _moment(given: str) -> str | None:
    """Return the moment that a number of seconds or milliseconds since 1970 is; None for others."""
    if not _EPOCH.fullmatch(given.strip()):
        return None
    seconds = int(given) // (1000 if len(given.strip()) == 13 else 1)
    return (_1970 + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _keywords(given: str | None) -> list[Candidate]:
    values = [tidy(part) for part in (given or "").replace("،", ",").split(",")]
    return [Candidate("keyword", v, None, None, "given.keywords", chosen=True) for v in values if v]


def _named_by_source(source: Source, candidates: list[Candidate]) -> list[Candidate]:
    """Return the configured name of the source as publisher where the page names none.

    Where it names another outlet as the article's origin, the source republishes it.
    """
    name = source.name_ar or source.name_en
    if not name:
        return []
    found = Candidate("publisher", tidy(name), None, None, "source.name", chosen=True)
    origin = origin_of(candidates)
    if origin and fold(origin.value) != fold(name):
        known = any(c.field == "aggregator" for c in candidates)
        return [found._replace(field="aggregator", chosen=not known)]
    return [] if any(c.field == "publisher" and c.chosen for c in candidates) else [found]
