"""The one resolver of dates, for publication strings and for dates mentioned in a text.

Every date keeps its span. `iso` is as precise as the words are; where they and the publication
date do not decide, it is null and `reason` says why. Nothing here knows the clock.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import NamedTuple

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_nearest import Prefer
from transforms.clean.dates_pair import check_pair
from transforms.clean.dates_past import is_past
from transforms.clean.dates_reading import About, Reading, Seen, Shape
from transforms.clean.dates_rules import RULES, candidates, islands
from transforms.clean.dates_time import read_time, read_time_before
from transforms.clean.dates_whole import read_whole
from transforms.clean.dates_words import Line, read_line
from warehouse.tables.clean import Calendar, Precision

#: As a written year has.
_FOUR_DIGITS = re.compile(r"\d{4}")
#: Which value of several in one string is the most complete.
_COMPLETE = {"time": 5, "day": 4, "month": 3, "range": 2, "year": 1, None: 0}
#: Between the two calendars' writings of one day: 11 شوال 1441هـ - 03 يونيو 2020م.
#: ... الموافق له 03 يونيو 2020م.
_BETWEEN_CALENDARS = re.compile(r"[-!/,;()|=BGi_.]{0,4}|B?=x")
#: Between two dates that share the year written behind the second: 25 يناير و30 يونيو 2013.
_BETWEEN_DAYS = re.compile(r"[-!,&L]?[id]?")


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


class _Found(NamedTuple):
    """A reading in its place: tokens `first` to `last`, both included."""

    first: int
    last: int
    rule: str
    reading: Reading


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
        found = _join(line, found)
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
    found: list[_Found] = []
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


def _select(line: Line, about: About) -> list[_Found]:
    """Return the readings: leftmost first, the longest of one start, none over another."""
    found: list[_Found] = []
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
    found: list[_Found],
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
        one = _with_time(line, _Found(seen.first, seen.end - 1, rule.name, reading), reached)
        found.append(one)
        reached = one.last + 1


def _with_time(line: Line, one: _Found, reached: int) -> _Found:
    """Add the time of day written behind the day, else the one before it, from `reached` on."""
    value = one.reading.value
    if value.precision != "day" or value.iso is None or not line.has_clock:
        return one
    clock = read_time(line, one.last + 1) or read_time_before(line, one.first, reached)
    if clock is None:
        return one
    timed = value._replace(iso=value.iso + clock.iso, precision="time")
    return one._replace(
        first=min(one.first, clock.start),
        last=max(one.last, clock.end - 1),
        reading=one.reading._replace(value=timed),
    )


def _join(line: Line, found: list[_Found]) -> list[_Found]:
    """Let the dates of a text say what they say together; most texts have none that do."""
    readings = [one.reading for one in found]
    if any(reading.value.reason == cal.ORDER for reading in readings):
        found = _share_order(line, found)
    if any(reading.with_year for reading in readings):
        found = _share_years(line, found)
    if any(reading.value.calendar == "hijri" for reading in readings):
        found = _join_calendars(line, found)
    if any(reading.refers_back for reading in readings):
        found = _refer_back(line, found)
    return found


def _share_order(line: Line, found: list[_Found]) -> list[_Found]:
    """Read numbers in the order that the other dates of their line have, if all have one order."""
    numbers = [line.tags.count("\n", a.first, b.first) for a, b in pairwise([found[0], *found])]
    lines = list(accumulate(numbers))
    orders: dict[int, set[str]] = {}
    for number, one in zip(lines, found, strict=True):
        if one.reading.order is not None:
            orders.setdefault(number, set()).add(one.reading.order)
    shared: list[_Found] = []
    for number, one in zip(lines, found, strict=True):
        if one.reading.value.reason == cal.ORDER:
            reached = shared[-1].last + 1 if shared else 0
            one = _with_time(line, _in_order(one, orders.get(number, set())), reached)
        shared.append(one)
    return shared


def _in_order(one: _Found, orders: set[str]) -> _Found:
    if len(orders) != 1:
        return one
    (order,) = orders
    chosen = ("dmy", "mdy").index(order)
    return one._replace(reading=Reading(one.reading.possible[chosen], one.reading.year))


def _share_years(line: Line, found: list[_Found]) -> list[_Found]:
    """Give a date without a year the year of the date that it is joined to."""
    shared = list(found)
    for index in range(len(found) - 2, -1, -1):
        one, other = shared[index], shared[index + 1]
        with_year, year = one.reading.with_year, other.reading.year
        if with_year is None or year is None or other.reading.value.calendar == "hijri":
            continue
        if _BETWEEN_DAYS.fullmatch(line.tags[one.last + 1 : other.first]) is None:
            continue
        value, after = with_year(year), other.reading.value.iso
        if value.iso and after and value.iso[:7] <= after[:7]:
            shared[index] = one._replace(reading=Reading(value, year))
    return shared


def _join_calendars(line: Line, found: list[_Found]) -> list[_Found]:
    """Make one date of a day written in both calendars, if they agree."""
    joined: list[_Found] = []
    for one in found:
        before = joined[-1] if joined else None
        if before is not None and _same_day(line, before, one):
            joined[-1] = _dual(line, before, one)
        else:
            joined.append(one)
    return joined


#: What counts from the publication names no month that another date could be in.
_RELATIVE_RULES = ("date.relative", "date.weekday", "date.ago")
_DAY_RULES = ("day-month", "month-day-year", "numeric", "year-month-day", "hijri-day")


def _same_day(line: Line, one: _Found, other: _Found) -> bool:
    days = all(each.rule.removeprefix("date.") in _DAY_RULES for each in (one, other))
    calendars = {one.reading.value.calendar, other.reading.value.calendar}
    gap = line.tags[one.last + 1 : other.first]
    return days and len(calendars) == 2 and _BETWEEN_CALENDARS.fullmatch(gap) is not None


def _dual(line: Line, one: _Found, other: _Found) -> _Found:
    """Join the two writings; a bracket around the second belongs to them."""
    hijri, day = (one, other) if one.reading.value.calendar == "hijri" else (other, one)
    value = check_pair(hijri.reading, day.reading)
    last = other.last
    if "(" in line.tags[one.last + 1 : other.first] and line.tags[last + 1 : last + 2] == ")":
        last += 1
    return _Found(one.first, last, "date.dual-calendar", Reading(value, day.reading.year))


def _refer_back(line: Line, found: list[_Found]) -> list[_Found]:
    """Give 9 من الشهر نفسه the month, and 3 مايو من العام نفسه the year, of the date before it."""
    referred = list(found)
    for index in range(1, len(found)):
        before, one = referred[index - 1], referred[index]
        refers_back, named = one.reading.refers_back, _named_month(before)
        if refers_back is None or named is None or "\n" in line.tags[before.last : one.first]:
            continue
        if before.reading.with_year and one.rule != "date.day-of-month":
            continue  # the year of the date before is itself not written
        value = refers_back(*named)
        if value.iso is not None:
            referred[index] = one._replace(reading=Reading(value))
    return referred


def _named_month(one: _Found) -> tuple[int, int] | None:
    """Return the year and month of a date that names its month, or of the days of one month."""
    value = one.reading.value
    if value.iso is None or value.calendar == "hijri" or one.rule.startswith(_RELATIVE_RULES):
        return None
    first, _, last = value.iso.partition("/")
    if len(first) < len("2018-05") or (last and first[:7] != last[:7]):
        return None
    return int(first[:4]), int(first[5:7])


def _made(line: Line, one: _Found) -> FoundDate:
    start, end = line.span(one.first, one.last)
    value = one.reading.value
    return FoundDate(
        start, end, line.text[start:end], value.iso, value.precision, value.calendar,
        one.rule, value.reason,
    )  # fmt: skip
