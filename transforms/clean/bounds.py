"""Between which days an article was published, where the page does not state the day.

Only what is certain bounds: an article is not older than an event that it says is over, and not
younger than the clock that its page shows, its own modification, or the fetch of its page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from transforms.clean.metadata import Candidate, Found
from transforms.clean.sheet import Span
from transforms.clean.when import days_of, past_dates, resolve
from warehouse.tables.ingest import Page

#: No place is further ahead of UTC: there a page that was fetched at 23:00 UTC may be dated the day
#: after.
_FURTHEST = timedelta(hours=14)
_FIRST, _LAST = "published_not_before", "published_not_after"


def with_bounds(
    found: Found, page: Page, spans: Iterable[Span], article: int, *, country: str | None
) -> Found:
    """Return what was found with the days between which it was published, if no day is stated.

    A first day behind the last one contradicts it: both stay as evidence, the first is not chosen.
    """
    if found.published.iso is not None:
        return found
    own = list(spans)
    last = min(_last_days(found, page, own, country), key=_day, default=None)
    first = max(_first_days(page.text, own, article, country), key=_day, default=None)
    if first and last and _day(first) > _day(last):
        first = first._replace(chosen=False)
    published = found.published._replace(
        not_before=_day(first) if first and first.chosen else None,
        not_after=_day(last) if last else None,
    )
    bounds = [bound for bound in (first, last) if bound]
    return found._replace(candidates=[*found.candidates, *bounds], published=published)


def _first_days(
    text: str, spans: list[Span], article: int, country: str | None
) -> Iterable[Candidate]:
    """Yield the first day of every date of the body that was over when the body was written."""
    for span in spans:
        if span.kind != "body" or span.article != article:
            continue
        for past in past_dates(text[span.start : span.stop], country):
            day = days_of(past.iso or "")[0]
            start, end = span.start + past.start, span.start + past.end
            yield Candidate(_FIRST, str(day), start, end, f"past.{past.rule}", chosen=True)


def _last_days(
    found: Found, page: Page, spans: list[Span], country: str | None
) -> Iterable[Candidate]:
    for span in spans:
        if span.rule != "date.page":
            continue
        clock = resolve(page.text[span.shown : span.end], country)
        if clock and clock.iso:
            day = days_of(clock.iso)[1]
            start, end = span.shown + clock.start, span.shown + clock.end
            yield Candidate(_LAST, str(day), start, end, "date.page_clock", chosen=True)
    for candidate in found.candidates:
        if candidate.field == "modified_at" and candidate.chosen:
            day = days_of(candidate.value)[1]
            yield candidate._replace(field=_LAST, value=str(day), rule=f"modified+{candidate.rule}")
    if page.fetched_at is not None:
        day = (page.fetched_at + _FURTHEST).date()
        yield Candidate(_LAST, str(day), None, None, "page.fetched_at", chosen=True)


def _day(bound: Candidate) -> date:
    return date.fromisoformat(bound.value)
