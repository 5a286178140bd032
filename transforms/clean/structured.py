"""The markup's statements checked against what the page shows, and joined with its own lines."""

from __future__ import annotations

import re
from datetime import date, timedelta

from transforms.clean.lines import Piece
from transforms.clean.markup import WEAK, Fact
from transforms.clean.metadata import Candidate, Found, Published
from transforms.clean.when import days_of, resolve

_SPACE = re.compile(r"\s+")
_URL = re.compile(r"https?:|www\.|@|\.(?:com|net|org)\b", re.IGNORECASE)
#: A site's name is often appended to its pages' titles; the headline is the longer beginning.
_LEAST_TITLE = 15
#: News sites began in the nineties; an earlier or a far later year is a default or a mistake.
_YEARS = range(1990, 2100)
#: The markup counts in UTC, the page's line in local time: the same moment on two days.
_SAME = timedelta(days=1)


def headline(pieces: list[Piece], facts: list[Fact], before: int) -> tuple[int, str] | None:
    """Return the line above the article that the markup calls its headline, and the rule."""
    shown = {}
    for index in range(before - 1, -1, -1):
        line = _SPACE.sub("", pieces[index].text)
        if len(line) >= 8:
            shown[line] = index
    for fact in facts:
        if fact.field != "title":
            continue
        stated = _SPACE.sub("", fact.value)
        if stated in shown and len(stated) >= _LEAST_TITLE:
            return shown[stated], fact.rule
        for line, index in shown.items():
            if len(line) >= _LEAST_TITLE and (stated.startswith(line) or stated.endswith(line)):
                return index, fact.rule
    return None


def with_facts(found: Found, facts: list[Fact], text: str, country: str | None) -> Found:
    """Return what the page's lines say joined with the markup's statements about the article."""
    published, date_candidates = _published(found, facts, country)
    modified = found.modified
    named = any(fact.field == "publisher" for fact in facts)
    candidates = [
        c._replace(chosen=c.chosen and not (named and c.rule == "copyright.holder"))
        for c in found.candidates
        if c.field != "published_at"
    ]
    for fact in facts:
        if fact.field == "modified_at":
            moment = _moment(fact.value, country)
            if moment is None:
                continue
            fits = modified is None and not _before(moment, published.iso)
            modified = moment if fits else modified
            candidates.append(Candidate("modified_at", moment, None, None, fact.rule, fits))
        elif fact.field != "published_at":
            candidates += _stated(fact, candidates, text)
    return Found(candidates + date_candidates, published, modified)


def _stated(fact: Fact, known: list[Candidate], text: str) -> list[Candidate]:
    """Return the candidates of one statement; a publisher in the markup goes before a line's."""
    if fact.field == "keyword":
        values = [part.strip() for part in re.split(r"[,،;|]", fact.value)]
        return [_seen("keyword", v, fact.rule, known, text) for v in values if v]
    if fact.field == "byline" and _URL.search(fact.value):
        return []
    return [_seen(fact.field, fact.value, fact.rule, known, text)]


def _seen(field: str, value: str, rule: str, known: list[Candidate], text: str) -> Candidate:
    at = text.find(value)
    taken = any(
        c.chosen and c.field == field and (field != "keyword" or c.value == value) for c in known
    )
    if field == "byline":
        bare = value.strip("() ")
        taken = taken or any(c.field == "stated_source" and c.value == bare for c in known)
    if field == "keyword":
        taken = taken or at < 0
    start, end = (at, at + len(value)) if at >= 0 else (None, None)
    return Candidate(field, value, start, end, rule, chosen=not taken)


def _published(
    found: Found, facts: list[Fact], country: str | None
) -> tuple[Published, list[Candidate]]:
    """Return the publication date: the markup's, unless a labelled line says another day."""
    lines = [c for c in found.candidates if c.field == "published_at"]
    stated = [
        Candidate("published_at", moment, None, None, fact.rule)
        for fact in facts
        if fact.field == "published_at" and (moment := _moment(fact.value, country))
    ]
    shown = found.published
    stated = [c for c in stated if c.rule != WEAK or (shown.iso and _same_day(c.value, shown.iso))]
    if not stated:
        return found.published, lines
    labelled = shown.rule is not None and shown.rule.startswith("mark.")
    if shown.iso and labelled and not any(_same_day(c.value, shown.iso) for c in stated):
        return shown, [*lines, *stated]
    best = next((c for c in stated if shown.iso and _same_day(c.value, shown.iso)), stated[0])
    chosen = [c._replace(chosen=c is best) for c in stated]
    precision = "time" if "T" in best.value else "day"
    published = Published(best.value, precision, best.rule, None, *days_of(best.value))
    return published, [*chosen, *(c._replace(chosen=False) for c in lines)]


def _moment(value: str, country: str | None) -> str | None:
    found = resolve(value, country)
    if found is None or found.iso is None or found.precision not in ("day", "time"):
        return None
    return found.iso if int(found.iso[:4]) in _YEARS else None


def _same_day(a: str, b: str) -> bool:
    return abs(date.fromisoformat(a[:10]) - date.fromisoformat(b[:10])) <= _SAME


def _before(modified: str, published: str | None) -> bool:
    return published is not None and modified[:10] < published[:10]
