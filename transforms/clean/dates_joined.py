"""The dates of one text in their places, and what they say together.

A day in both calendars is one date; a year, a month or the order of day and month is written once
and holds for its neighbours.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import NamedTuple

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_pair import check_pair
from transforms.clean.dates_reading import Reading
from transforms.clean.dates_time import read_time, read_time_before
from transforms.clean.dates_words import Line

#: Between the two calendars' writings of one day: 11 شوال 1441هـ - 03 يونيو 2020م, or الموافق له
#: between them.
_BETWEEN_CALENDARS = re.compile(r"[-!/,;()|=BGi_.]{0,4}|B?=x")
#: Between two dates that share the year written behind the second: 25 يناير و30 يونيو 2013.
_BETWEEN_DAYS = re.compile(r"[-!,&L]?[id]?")
#: What counts from the publication names no month that another date could be in.
_RELATIVE_RULES = ("date.relative", "date.weekday", "date.ago")
_DAY_RULES = ("day-month", "month-day-year", "numeric", "year-month-day", "hijri-day")


class Found(NamedTuple):
    """A reading in its place: tokens `first` to `last`, both included."""

    first: int
    last: int
    rule: str
    reading: Reading


def with_time(line: Line, one: Found, reached: int) -> Found:
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


def join(line: Line, found: list[Found]) -> list[Found]:
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


def _share_order(line: Line, found: list[Found]) -> list[Found]:
    """Read numbers in the order that the other dates of their line have, if all have one order."""
    numbers = [line.tags.count("\n", a.first, b.first) for a, b in pairwise([found[0], *found])]
    lines = list(accumulate(numbers))
    orders: dict[int, set[str]] = {}
    for number, one in zip(lines, found, strict=True):
        if one.reading.order is not None:
            orders.setdefault(number, set()).add(one.reading.order)
    shared: list[Found] = []
    for number, one in zip(lines, found, strict=True):
        if one.reading.value.reason == cal.ORDER:
            reached = shared[-1].last + 1 if shared else 0
            one = with_time(line, _in_order(one, orders.get(number, set())), reached)
        shared.append(one)
    return shared


def _in_order(one: Found, orders: set[str]) -> Found:
    if len(orders) != 1:
        return one
    (order,) = orders
    chosen = ("dmy", "mdy").index(order)
    return one._replace(reading=Reading(one.reading.possible[chosen], one.reading.year))


def _share_years(line: Line, found: list[Found]) -> list[Found]:
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


def _join_calendars(line: Line, found: list[Found]) -> list[Found]:
    """Make one date of a day written in both calendars, if they agree."""
    joined: list[Found] = []
    for one in found:
        before = joined[-1] if joined else None
        if before is not None and _same_day(line, before, one):
            joined[-1] = _dual(line, before, one)
        else:
            joined.append(one)
    return joined


def _same_day(line: Line, one: Found, other: Found) -> bool:
    days = all(each.rule.removeprefix("date.") in _DAY_RULES for each in (one, other))
    calendars = {one.reading.value.calendar, other.reading.value.calendar}
    gap = line.tags[one.last + 1 : other.first]
    return days and len(calendars) == 2 and _BETWEEN_CALENDARS.fullmatch(gap) is not None


def _dual(line: Line, one: Found, other: Found) -> Found:
    """Join the two writings; a bracket around the second belongs to them."""
    hijri, day = (one, other) if one.reading.value.calendar == "hijri" else (other, one)
    value = check_pair(hijri.reading, day.reading)
    last = other.last
    if "(" in line.tags[one.last + 1 : other.first] and line.tags[last + 1 : last + 2] == ")":
        last += 1
    return Found(one.first, last, "date.dual-calendar", Reading(value, day.reading.year))


def _refer_back(line: Line, found: list[Found]) -> list[Found]:
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


def _named_month(one: Found) -> tuple[int, int] | None:
    """Return the year and month of a date that names its month, or of the days of one month."""
    value = one.reading.value
    if value.iso is None or value.calendar == "hijri" or one.rule.startswith(_RELATIVE_RULES):
        return None
    first, _, last = value.iso.partition("/")
    if len(first) < len("2018-05") or (last and first[:7] != last[:7]):
        return None
    return int(first[:4]), int(first[5:7])
