"""The metadata of an article: every candidate value with the span that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from transforms.clean.bylines import beside_date, read_credit
from transforms.clean.letters import fold, tidy
from transforms.clean.marks import modified_at
from transforms.clean.sheet import Span
from transforms.clean.when import days_of, resolve, why_unresolved

_DATE_ORDER = ("mark", "date.below_title", "date.above_body", "date.above_title", "date.after_body")
#: "الدوحة - المثال:": an outlet that follows the place.
_BEHIND_DASH = re.compile(r"(?<=\w)\s[-\u2013]\s(?=[^\W\d_])")
_SEPARATED = re.compile(r"[،,؛;|#•·\n]+|\s[-–—/]\s|\s{2,}")
_RIGHTS = re.compile(
    r"(?:جميع|كل|كافة)?\s*حقوق\s+(?:النشر|الطبع|الملكية)?\s*محفوظ\w*|(?:جميع|كل|كافة)?\s*الحقوق\s+محفوظ\w*"
    r"|all rights reserved|copyright|\(c\)",
    re.IGNORECASE,
)
_HOLDER_ENDS = re.compile(r"[-–—|.©:،,\n]+")
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
_HOLDER_WORDS = 6
#: "محفوظة لصحيفة ...": the letter before the name is the preposition.
_FOR = re.compile(r"محفوظ\w*\s+$")
#: "نشر في OUTLET يوم DATE": what aggregators print of the outlet that they copied.
_PUBLISHED_IN = re.compile(r"ن[\u064b-\u0652]?شرت?\s+في\s+(.{2,40}?)\s+(?:يوم|بتاريخ)\s")
#: These rules name the outlet that an article comes from; the page may be another's.
_ORIGIN = ("publisher.header", "publisher.published_in")
#: The paragraphs that a place's or a person's name is looked for in.
_OPENING = 24
_BRACKETS = " \t\u00a0()[]|.-–—:"


class Candidate(NamedTuple):
    """One value for a field of an article; the span is null where it was given beside the page.

    `reason` says why it was chosen or not, where candidates differ.
    """

    field: str
    value: str
    start: int | None
    end: int | None
    rule: str
    chosen: bool = False
    reason: str | None = None


class Published(NamedTuple):
    """An article's publication date as the page states it, or why there is none.

    `earliest`, `latest`: the days that a stated date allows. `not_before`, `not_after`: those that
    bound one that is not stated (`bounds`).
    """

    iso: str | None = None
    precision: str | None = None
    rule: str | None = None
    reason: str | None = None
    earliest: date | None = None
    latest: date | None = None
    not_before: date | None = None
    not_after: date | None = None


class Found(NamedTuple):
    """What was found about one article: its candidates, its date and its modification."""

    candidates: list[Candidate]
    published: Published
    modified: str | None

    def value(self, field: str) -> str | None:
        """Return the chosen value of a field, None where nothing was chosen."""
        return next((c.value for c in self.candidates if c.field == field and c.chosen), None)


def read_metadata(text: str, spans: Iterable[Span], article: int, *, country: str | None) -> Found:
    """Return what the page's own text says about one article."""
    spans = list(spans)
    candidates: list[Candidate] = []
    dates: list[tuple[Span, str]] = []
    for span in spans:
        if span.kind == "copyright" and article == 0:
            candidates += _holder(text, span)
        if span.article != article and not (span.rule == "date.page" and article == 0):
            continue
        if span.kind == "date":
            dates.append((span, text[span.shown : span.end]))
            candidates += _published_in(text, span)
            candidates += _beside_date(text, span, spans, country)
        elif span.kind == "byline":
            found, dated = _byline(text, span, country)
            candidates += found
            dates += dated
        elif read := _READERS.get(span.kind):
            candidates += read(text, span)
    published, modified, seen = _dates(dates, country)
    chosen = _choose(candidates)
    return Found(chosen + _aggregator(chosen) + seen, published, modified)


def _choose(candidates: list[Candidate]) -> list[Candidate]:
    """Return the candidates with the first of each field chosen; of keywords, every certain one."""
    taken: set[str] = set()
    chosen = []
    for candidate in sorted(candidates, key=lambda c: c.rule == "byline.agency"):
        many = candidate.field == "keyword"
        may = candidate.reason is None and candidate.rule != "keywords.unsplit"
        take = may and (many or candidate.field not in taken)
        taken.update([candidate.field] if take else [])
        chosen.append(candidate._replace(chosen=take))
    return chosen


def _published_in(text: str, span: Span) -> list[Candidate]:
    match = _PUBLISHED_IN.match(text, span.shown, span.end)
    if match is None:
        return []
    return _one("publisher", text, match.start(1), match.end(1), _ORIGIN[1], _BRACKETS)


def _aggregator(candidates: list[Candidate]) -> list[Candidate]:
    """Return who publishes the page, where it says that the article is another outlet's."""
    origin = origin_of(candidates)
    holder = next((c for c in candidates if c.rule == "copyright.holder"), None)
    if origin is None or holder is None or fold(origin.value) == fold(holder.value):
        return []
    return [holder._replace(field="aggregator", chosen=True)]


def origin_of(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the chosen publisher that the page names as the article's origin, else None."""
    return next((c for c in candidates if c.chosen and c.rule in _ORIGIN), None)


def _title(text: str, span: Span) -> list[Candidate]:
    return _one("title", text, span.shown, span.end, span.rule)


def _summary(text: str, span: Span) -> list[Candidate]:
    return _one("summary", text, span.shown, span.end, span.rule, "•●▪*")


def _byline(
    text: str, span: Span, country: str | None
) -> tuple[list[Candidate], list[tuple[Span, str]]]:
    """Return author and agency of a credit, and the line of the date that stands in it."""
    credit = read_credit(text, span.shown + span.content, span.end, country)
    found = _one("byline", text, credit.start, credit.end, span.rule, " |:ـ*")
    found = [candidate._replace(reason=credit.reason) for candidate in found]
    if credit.agency:
        found += _one("stated_source", text, *credit.agency, "byline.agency", _BRACKETS)
    if credit.date is None:
        return found, []
    start, end = credit.date
    return found, [(span._replace(shown=start), text[start:end])]


def _beside_date(
    text: str, span: Span, spans: Sequence[Span], country: str | None
) -> list[Candidate]:
    """Return the author whose name shares a line with the date."""
    if span.rule != "date.below_title":
        return []

    def opening() -> str:
        body = [s for s in spans if s.kind == "body" and s.article == span.article]
        return "\n".join(text[s.shown : s.end] for s in body[:_OPENING])

    name = beside_date(text, span.shown, span.end, opening, country)
    return _one("byline", text, *name, "byline.beside_date", _BRACKETS) if name else []


def _source(text: str, span: Span) -> list[Candidate]:
    field = "publisher" if span.rule == "publisher.header" else "stated_source"
    return _one(field, text, span.shown + span.content, span.end, span.rule, _BRACKETS)


def _dateline(text: str, span: Span) -> list[Candidate]:
    """Return the place that a dateline names, without the outlet behind a dash."""
    outlet = _BEHIND_DASH.search(text, span.shown, span.end)
    end = outlet.start() if outlet else span.end
    return _one("dateline", text, span.shown, end, span.rule, " \u00a0-–—ـ:/")


def _keywords(text: str, span: Span) -> list[Candidate]:
    """Return the keywords of a span: split at separators only; a run of words without any is one
    candidate that is not chosen, since where its keywords end is not certain.
    """
    start, end = span.shown + span.content, span.end
    if span.rule == "keywords.run":
        return _one("keyword", text, start, end, span.rule, "#")
    parts = []
    at = start
    for match in _SEPARATED.finditer(text, start, end):
        parts.append((at, match.start()))
        at = match.end()
    parts.append((at, end))
    split = len([1 for a, b in parts if text[a:b].strip()]) > 1
    certain = split or span.rule == "keywords.lines" or len(text[start:end].split()) == 1
    rule = span.rule if certain else "keywords.unsplit"
    return [c for a, b in parts for c in _one("keyword", text, a, b, rule)]


def _holder(text: str, span: Span) -> list[Candidate]:
    """Return the outlet that a copyright line names."""
    line = text[span.shown : span.end]
    for part in _HOLDER_ENDS.split(_YEARS.sub(" ", _RIGHTS.sub("-", line))):
        name = part.strip()
        if len(name) > 2 and name[0].isalpha() and len(name.split()) <= _HOLDER_WORDS:
            if name[0] == "ل" and _FOR.search(line[: line.index(name)]):
                name = name[2:] if name[1] == "ـ" else name[1:]
            if "تصميم" in span.rule:
                return []
            start = span.shown + line.index(name)
            return _one("publisher", text, start, start + len(name), "copyright.holder")
        if name:
            return []
    return []


_READERS = {
    "title": _title, "summary": _summary, "source": _source, "dateline": _dateline,
    "keywords": _keywords,
}  # fmt: skip


def _one(
    field: str, text: str, start: int, end: int, rule: str, strip: str = ""
) -> list[Candidate]:
    """Return the candidate at the span without what frames it; nothing where nothing is left."""
    raw = text[start:end]
    drop = strip + " \t\u00a0\r\n\u200e\u200f"
    left = len(raw) - len(raw.lstrip(drop))
    shown = raw.strip(drop)
    value = tidy(shown)
    if not value:
        return []
    return [Candidate(field, value, start + left, start + left + len(shown), rule)]


def _dates(
    dates: list[tuple[Span, str]], country: str | None
) -> tuple[Published, str | None, list[Candidate]]:
    """Return the publication date, the modification, and a candidate for every date line."""
    seen: list[Candidate] = []
    published: list[tuple[int, Published, int]] = []
    modified = why = None
    for span, line in dates:
        for field, a, b in _parts(span, line):
            found = resolve(line[a:b], country)
            if found is None or found.iso is None or found.precision == "range":
                if span.rule != "date.page":
                    why = why or why_unresolved(line[a:b], country)
                continue
            start = span.shown + a + found.start
            candidate = Candidate(
                field, found.iso, start, start + found.end - found.start, span.rule
            )
            if span.rule == "date.page":
                clocks = any(each.field == "crawled_at" for each in seen)
                candidate = candidate._replace(
                    field="crawled_at", rule="date.page_clock", chosen=not clocks
                )
            elif field == "modified_at":
                candidate = candidate._replace(chosen=modified is None)
                modified = modified or found.iso
            elif found.precision in ("day", "time") or span.effect == "published":
                rank = _rank(span)
                value = Published(
                    found.iso, found.precision, f"{span.rule}+{found.rule}", None,
                    *days_of(found.iso),
                )  # fmt: skip
                published.append((rank, value, len(seen)))
            seen.append(candidate)
    if published:
        _, best, index = min(published, key=lambda item: item[0])
        seen[index] = seen[index]._replace(chosen=True)
        return best, modified, seen
    return Published(reason=_reason(dates, modified, why)), modified, seen


def _rank(span: Span) -> int:
    return next((n for n, rule in enumerate(_DATE_ORDER) if span.rule.startswith(rule)), 9)


def _parts(span: Span, line: str) -> list[tuple[str, int, int]]:
    """Return what a date line states: (field, start, end) of each of its dates."""
    if span.effect == "modified":
        return [("modified_at", 0, len(line))]
    at = modified_at(line)
    if at is None:
        return [("published_at", 0, len(line))]
    after = resolve(line[at:], None)
    if after is None or after.iso is None:
        return [("modified_at", 0, len(line))]
    return [("published_at", 0, at), ("modified_at", at, len(line))]


def _reason(dates: list[tuple[Span, str]], modified: str | None, why: str | None) -> str:
    """Return why there is no publication date; `why` is what the first unresolved line lacks."""
    if why and not modified:
        return f"a date line of the article gives no day: {why}"
    if modified:
        return "the page states when it was modified, not when it was published"
    if any(span.rule != "date.page" for span, _ in dates):
        return "no date line of the article could be resolved to a day"
    if dates:
        return "only a date above the headline, which may be the page's clock"
    return "no date line on the page"
