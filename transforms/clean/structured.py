"""The markup's statements checked against what the page shows, and joined with its own lines.

Every statement is kept as a candidate. Where candidates of one field differ, each says why it was
or was not chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from transforms.clean.bylines import no_author
from transforms.clean.markup import WEAK, Fact
from transforms.clean.metadata import Candidate, Found, Published
from transforms.clean.moments import moment
from transforms.clean.when import days_of
from transforms.ingest.address import canonical_url
from warehouse.tables.ingest import Page

_SEPARATOR = re.compile(r"[,،;|]")
#: What stands between an outlet and its author: "outlet - name", "name / outlet", "name (outlet)".
_JOINTS = " \t\u00a0-–—|/:()،"
_ADDRESS = re.compile(r"https?:|www\.|@|\.(?:com|net|org)\b", re.IGNORECASE)
#: The markup counts in UTC, the page's line in local time: the same moment on two days.
_SAME = timedelta(days=1)
#: Of one value only: where candidates differ, the reason matters.
_SINGLE = frozenset({"title", "published_at", "modified_at", "publisher", "byline", "section"})


def with_facts(found: Found, facts: list[Fact], page: Page, country: str | None) -> Found:
    """Return what the page's lines say joined with the markup's statements about the article."""
    published, dates = _published(found, facts, page, country)
    publishers = {f.value for f in facts if f.field == "publisher" and not no_author(f.value)}
    known = [
        c._replace(chosen=c.chosen and not (publishers and c.rule == "copyright.holder"))
        for c in found.candidates
        if c.field != "published_at"
    ]
    known = [_without_outlet(each, facts, publishers) for each in known]
    for fact in facts:
        if fact.field == "byline" and fact.value in publishers:
            known.append(_not_taken(fact, "names the publisher, not an author"))
        elif fact.field in ("byline", "publisher") and (reason := no_author(fact.value)):
            known.append(_not_taken(fact, reason))
        elif fact.field == "title" and fact.value in publishers:
            known.append(_not_taken(fact, "names the site, not an article"))
        elif fact.field in ("title", "byline", "publisher", "section", "keyword"):
            known += _stated(fact, known, page.text)
    modified, moments = _modified(found, facts, published, country)
    return Found(_explained([*known, *moments, *dates]), published, modified)


def of_page(facts: list[Fact], page: Page, language: str) -> Iterator[Candidate]:
    """Yield what the markup states of address and language, held against what the row carries."""
    own = canonical_url(page.url)
    for fact in facts:
        if fact.field == "url":
            agrees = own is not None and canonical_url(fact.value) == own
            reason = None if agrees else "the source gives another address"
            yield Candidate("url", fact.value, None, None, fact.rule, agrees, reason)
        elif fact.field == "language":
            agrees = re.split(r"[-_]", fact.value)[0] == language
            reason = None if agrees else f"the body's letters and words are of {language}"
            yield Candidate("language", fact.value, None, None, fact.rule, agrees, reason)


def _without_outlet(candidate: Candidate, facts: list[Fact], publishers: set[str]) -> Candidate:
    """Return the page's credit, not chosen where the markup states the name beside its outlet."""
    if candidate.field != "byline" or not candidate.chosen:
        return candidate
    for fact in facts:
        outlet, name, rest = candidate.value.partition(fact.value)
        if fact.field == "byline" and name and (outlet + rest).strip(_JOINTS) in publishers:
            return candidate._replace(chosen=False, reason="the outlet and the markup's author")
    return candidate


def _not_taken(fact: Fact, reason: str) -> Candidate:
    return Candidate(fact.field, fact.value, None, None, fact.rule, False, reason)


def _stated(fact: Fact, known: list[Candidate], text: str) -> list[Candidate]:
    """Return the candidates of one statement; a line of the page goes before it."""
    if fact.field == "keyword":
        values = [part.strip() for part in _SEPARATOR.split(fact.value)]
        return [_seen("keyword", v, fact.rule, known, text) for v in values if v]
    if fact.field == "byline" and _ADDRESS.search(fact.value):
        return [_not_taken(fact, "an address, not a name")]
    return [_seen(fact.field, fact.value, fact.rule, known, text)]


def _seen(field: str, value: str, rule: str, known: list[Candidate], text: str) -> Candidate:
    """Return a statement as a candidate, with its place on the page where the page shows it."""
    at = text.find(value)
    start, end = (at, at + len(value)) if at >= 0 else (None, None)
    if field == "keyword" and at < 0:
        return Candidate(field, value, None, None, rule, False, "not in the page's text")
    taken = any(
        c.chosen and c.field == field and (field != "keyword" or c.value == value) for c in known
    )
    if field == "byline" and not taken:
        bare = value.strip("() ")
        if any(c.field == "stated_source" and c.value == bare for c in known):
            return Candidate(field, value, start, end, rule, False, "names the stated source")
    return Candidate(field, value, start, end, rule, not taken)


def _explained(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with the reason why one of several values was chosen."""
    taken = {c.field: c.value for c in candidates if c.chosen and c.field in _SINGLE}
    differing = {c.field for c in candidates if c.value != taken.get(c.field, c.value)}
    return [
        each._replace(reason=each.reason or _preference(each))
        if each.field in differing and (each.chosen or each.value != taken[each.field])
        else each
        for each in candidates
    ]


def _preference(candidate: Candidate) -> str:
    shown = candidate.start is not None
    if candidate.chosen:
        return "shown on the page" if shown else "the markup's first statement"
    return "another line was taken" if shown else "the page or an earlier statement says otherwise"


def _published(
    found: Found, facts: list[Fact], page: Page, country: str | None
) -> tuple[Published, list[Candidate]]:
    """Return the publication date: the markup's, unless a labelled line says another day."""
    lines = [c for c in found.candidates if c.field == "published_at"]
    shown = found.published
    stated, refused = _stated_days(facts, shown, page, country)
    if not stated:
        return shown, [*lines, *refused]
    labelled = shown.rule is not None and shown.rule.startswith("mark.")
    agreeing = [c for c in stated if shown.iso and _same_day(c.value, shown.iso)]
    if shown.iso and labelled and not agreeing:
        reason = "a labelled line of the page names another day"
        return shown, [*lines, *(c._replace(reason=reason) for c in stated), *refused]
    best = (agreeing or stated)[0]
    chosen_for = "the page's line names the same day" if agreeing else "the markup states it"
    chosen = [
        c._replace(chosen=True, reason=chosen_for) if c is best else _other(c, best, agreeing)
        for c in stated
    ]
    unlabelled = "a line without a label; the markup states the day"
    rest = [
        c._replace(chosen=False, reason=None if _same_day(c.value, best.value) else unlabelled)
        for c in lines
    ]
    precision = "time" if "T" in best.value else "day"
    published = Published(best.value, precision, best.rule, None, *days_of(best.value))
    return published, [*chosen, *rest, *refused]


def _other(candidate: Candidate, best: Candidate, agreeing: list[Candidate]) -> Candidate:
    """Return a statement that was not chosen, with the reason where it names another day."""
    if _same_day(candidate.value, best.value):
        return candidate
    reason = "the page's line names another day" if agreeing else "stated after another day"
    return candidate._replace(reason=reason)


def _stated_days(
    facts: list[Fact], shown: Published, page: Page, country: str | None
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the days that the markup states as publication, and those that cannot be it."""
    stated, refused = [], []
    for fact in facts:
        value = moment(fact.value, country) if fact.field == "published_at" else None
        if value is None:
            continue
        candidate = Candidate("published_at", value, None, None, fact.rule)
        confirmed = shown.iso is not None and _same_day(value, shown.iso)
        if page.fetched_at and _day(value) > page.fetched_at.date() + _SAME:
            refused.append(candidate._replace(reason="later than the page was fetched"))
        elif fact.rule != WEAK or confirmed:
            stated.append(candidate)
    return stated, refused


def _modified(
    found: Found, facts: list[Fact], published: Published, country: str | None
) -> tuple[str | None, list[Candidate]]:
    """Return the modification: the page's line, else the markup's first that is possible."""
    modified = found.modified
    candidates = []
    for fact in facts:
        value = moment(fact.value, country) if fact.field == "modified_at" else None
        if value is None:
            continue
        before = published.iso is not None and value[:10] < published.iso[:10]
        reason = "before the publication" if before else None
        takes = modified is None and not before
        modified = value if takes else modified
        candidates.append(Candidate("modified_at", value, None, None, fact.rule, takes, reason))
    return modified, candidates


def _same_day(a: str, b: str) -> bool:
    return abs(_day(a) - _day(b)) <= _SAME


def _day(iso: str) -> date:
    return date.fromisoformat(iso[:10])
