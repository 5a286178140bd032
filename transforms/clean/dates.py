"""The one resolver of dates, for publication strings and for dates mentioned in a text.

Every date keeps its span. `iso` is as precise as the words are; where they and the publication
date do not decide, it is null and `reason` says why. Nothing here knows the clock.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_joined import Found, join, with_time
from transforms.clean.dates_nearest import Prefer
from transforms.clean.dates_past import is_past
from transforms.clean.dates_reading import About, Seen, Shape
from transforms.clean.dates_rules import RULES, candidates, islands
from transforms.clean.dates_whole import read_whole
from transforms.clean.dates_words import Line, read_line
from warehouse.tables.clean import Calendar, Precision

#: As a written year has.
_FOUR_DIGITS = re.compile(r"\d{4}")
#: Which value of several in one string is the most complete.
_COMPLETE = {"time": 5, "day": 4, "month": 3, "range": 2, "year": 1, None: 0}


class FoundDate(NamedTuple):
    """One date in a text: `text[start:end] == surface`; offsets are code points.

    `iso` matches `warehouse.tables.clean.ISO_DATE`; a Hijri date carries its Gregorian day.
    Either `iso` and `precision` are set, or `reason` is.
    """

    start: int
    end: int
    surface: str
    iso: str | None
    precision: Precision | None
    calendar: Calendar | None
    rule: str
    reason: str | None


def find_dates(
    text: str,
    *,
    published: str | None = None,
    country: str | None = None,
    prefer: Prefer = "past",
) -> list[FoundDate]:
    """Return the dates that `text` mentions, in order and without overlap.

    Args:
        text: any text; a date never crosses a line break.
        published: the day of publication (2025, 2025-05, 2025-05-07, with a time or not), which
            relative dates and dates without a year count from.
        country: ISO 3166-1 alpha-2 of the outlet; decides numeric dates such as 03/04/2018.
        prefer: which one a weekday alone, or a day or month without its year, means where no word
            near it says so: the last one, as in news, or the next one, as in plans and requests.
    """
    line = read_line(text)
    about = About(cal.read_publication(published), country, prefer)
    found = _select(line, about)
    if len(found) > 1:
        found = join(line, found)
    return [_made(line, one) for one in found]


def resolve_date(
    text: str,
    *,
    published: str | None = None,
    country: str | None = None,
    prefer: Prefer = "past",
) -> FoundDate:
    """Return the most complete date of a string that is said to hold one.

    A bare month or year and compact ISO 8601 are dates here, for the string says nothing else.
    The arguments are those of `find_dates`.
    """
    found = find_dates(text, published=published, country=country, prefer=prefer)
    if not any(one.iso for one in found) and (whole := read_whole(text)):
        start, end, value, rule = whole
        return FoundDate(
            start, end, text[start:end], value.iso, value.precision, value.calendar, rule,
            value.reason,
        )  # fmt: skip
    if not found:
        return FoundDate(0, 0, "", None, None, None, "date.none", "no date in the text")
    return max(found, key=lambda one: _COMPLETE[one.precision])


def find_past_dates(text: str, *, country: str | None = None) -> list[FoundDate]:
    """Return the dates with a written year that were over, for certain, when the text was written.

    The words before each say so (`dates_past`); a date that may be a plan is not among them.
    """
    if not _FOUR_DIGITS.search(text):
        return []
    line = read_line(text)
    found: list[Found] = []
    for offset, island in islands(line.tags):
        if "Y" in island or "J" in island:
            _read_island(line, About(None, country), offset, candidates(island), found)
    return [
        _made(line, one)
        for one in found
        if one.reading.year is not None
        and one.reading.value.iso
        and is_past(line, one.first, one.last)
    ]


def _select(line: Line, about: About) -> list[Found]:
    """Return the readings: leftmost first, the longest of one start, none over another."""
    found: list[Found] = []
    for offset, island in islands(line.tags):
        possible = candidates(island)
        if possible:
            _read_island(line, about, offset, possible, found)
    return found


def _read_island(
    line: Line,
    about: About,
    offset: int,
    possible: tuple[Shape, ...],
    found: list[Found],
) -> None:
    """Append the readings of an island, which begins at token `offset`, to `found`."""
    reached = 0
    for shape in possible:
        if shape.start + offset < reached:
            continue
        rule = RULES[shape.rule]
        seen = Seen(shape, offset, line, about)
        reading = rule.read(seen)
        if reading is None:
            continue
        one = with_time(line, Found(seen.first, seen.end - 1, rule.name, reading), reached)
        found.append(one)
        reached = one.last + 1


def _made(line: Line, one: Found) -> FoundDate:
    start, end = line.span(one.first, one.last)
    value = one.reading.value
    return FoundDate(
        start, end, line.text[start:end], value.iso, value.precision, value.calendar,
        one.rule, value.reason,
    )  # fmt: skip
