"""Values of dates: ISO strings by calendar.

A value is made only where it follows from what is written; in every other case it is null and
the reason is said in words.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from warehouse.tables.clean import Calendar, Precision

if TYPE_CHECKING:
    from hijridate import Hijri

FIRST_YEAR, LAST_YEAR = 1900, 2100
#: The years of the Umm al-Qura tables (1924 to 2077).
FIRST_HIJRI, LAST_HIJRI = 1343, 1500

_PUBLISHED = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ]\d.*)?)?)?", re.ASCII | re.DOTALL)

IMPOSSIBLE = "no such day in the calendar"
NO_YEAR = "no year is written and no publication date is known"
WEEKDAY = "the weekday and the date disagree"
ORDER = "day and month cannot be told apart"
NO_CALENDAR = "a year of the Hijri or of the Iranian calendar, and nothing says which"
SHORT_YEAR = "the year has two digits, and nothing confirms which one it is"
OUT_OF_RANGE = "outside the years 1900 to 2100"
DISAGREE = "the two calendars disagree"
TABLES = "outside the tables of the Umm al-Qura calendar"
EVENT_NAME = "names an event by its day; the year is not written"


class Value(NamedTuple):
    """What a date mention comes to; `iso` null with a `reason`, or `iso` with a `precision`."""

    iso: str | None
    precision: Precision | None
    reason: str | None = None
    calendar: Calendar = "gregorian"


class Publication(NamedTuple):
    """The days on which the article may have been published, both included."""

    earliest: date
    latest: date


def unknown(reason: str, calendar: Calendar = "gregorian") -> Value:
    """Return a null value with its reason."""
    return Value(None, None, reason, calendar)


@lru_cache(maxsize=1_000)
def read_publication(published: str | None) -> Publication | None:
    """Return the days that `published` (YYYY, YYYY-MM, YYYY-MM-DD, with a time or not) allows.

    None where it is missing, no such date, or outside of 1900 to 2100.
    """
    found = _PUBLISHED.fullmatch(published.strip()) if published else None
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month is None:
        return Publication(date(year, 1, 1), date(year, 12, 31))
    try:
        first = date(year, month, day or 1)
    except ValueError:
        return None
    return Publication(first, first if day else month_end(first))


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def day_value(year: int, month: int, day: int, weekday: int | None = None) -> Value:
    """Return a Gregorian day; null where there is no such day or its weekday is another one."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return unknown(OUT_OF_RANGE)
    try:
        found = date(year, month, day)
    except ValueError:
        return unknown(IMPOSSIBLE)
    if weekday is not None and found.weekday() != weekday:
        return unknown(WEEKDAY)
    return Value(found.isoformat(), "day")


def of_day(day: date) -> Value:
    """Return the value of a day; null outside of 1900 to 2100."""
    within = FIRST_YEAR <= day.year <= LAST_YEAR
    return Value(day.isoformat(), "day") if within else unknown(OUT_OF_RANGE)


def nth_weekday_value(year: int, month: int, weekday: int, nth: int) -> Value:
    """Return the nth such weekday of a month, the last one with -1; null where it has none."""
    first = date(year, month, 1)
    days = range(1 + (weekday - first.weekday()) % 7, month_end(first).day + 1, 7)
    if nth > len(days):
        return unknown(IMPOSSIBLE)
    return day_value(year, month, days[nth - 1 if nth > 0 else -1])


def month_value(year: int, month: int) -> Value:
    """Return a Gregorian month."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return unknown(OUT_OF_RANGE)
    return Value(f"{year:04d}-{month:02d}", "month") if 1 <= month <= 12 else unknown(IMPOSSIBLE)


def year_value(year: int) -> Value:
    """Return a Gregorian year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return unknown(OUT_OF_RANGE)
    return Value(f"{year:04d}", "year")


def range_value(first: Value, last: Value) -> Value:
    """Return the range of two values; null where either is, or where it would run backwards."""
    if first.iso is None or last.iso is None:
        return first if first.iso is None else last
    if first.iso >= last.iso:
        return unknown("the range runs backwards", first.calendar)
    return Value(f"{first.iso}/{last.iso}", "range", None, first.calendar)


@cache
def _hijri() -> type[Hijri]:
    from hijridate import Hijri

    return Hijri


def hijri_to_day(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian day of an Umm al-Qura date; None where its tables have no such day."""
    try:
        found = _hijri()(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return date(found.year, found.month, found.day)


def hijri_day(year: int, month: int, day: int, weekday: int | None = None) -> Value:
    """Return the Gregorian value of a Hijri day; null where its weekday is another one.

    The sighting of the moon moves a month by a day against the tables, and the weekday shows it: of
    13 whose weekday is not that of the tables in four Saudi outlets, 6 are a day off, and those
    with a Gregorian date beside them are that day.
    """
    found = hijri_to_day(year, month, day)
    if found is None:
        known = FIRST_HIJRI <= year <= LAST_HIJRI
        return unknown(IMPOSSIBLE if known else TABLES, "hijri")
    sighted = [found + timedelta(days=away) for away in (0, -1, 1)]
    days = [each for each in sighted if weekday is None or each.weekday() == weekday]
    return of_day(days[0])._replace(calendar="hijri") if days else unknown(WEEKDAY, "hijri")


def hijri_range(year: int, month: int | None) -> Value:
    """Return the Gregorian days of a Hijri month, or of a year where `month` is None."""
    first = hijri_to_day(year, month or 1, 1)
    following = (year, month + 1) if month and month < 12 else (year + 1, 1)
    after = hijri_to_day(*following, 1)
    if first is None or after is None:
        return unknown(TABLES, "hijri")
    days = range_value(of_day(first), of_day(after - timedelta(days=1)))
    return days._replace(calendar="hijri")


def hijri_years(first: int, last: int) -> Value:
    """Return the Gregorian days from the first day of one Hijri year to the last of another."""
    start, end = hijri_range(first, None), hijri_range(last, None)
    if start.iso is None or end.iso is None:
        return unknown(TABLES, "hijri")
    return start._replace(iso=start.iso.split("/")[0] + "/" + end.iso.split("/")[1])


def hijri_range_in(year: int, month: int) -> Value:
    """Return the Hijri month that begins in a Gregorian year (رمضان 2019); null where two do."""
    around = hijri_month_of(date(year, 1, 1))
    if around is None:
        return unknown(TABLES, "hijri")
    months = [hijri_range(around[0] + step, month) for step in (0, 1)]
    within = [value for value in months if value.iso and value.iso.startswith(str(year))]
    return within[0] if len(within) == 1 else unknown("two such months begin in the year", "hijri")


def hijri_month_of(published: date) -> tuple[int, int] | None:
    """Return the Hijri (year, month) of a Gregorian day; None outside of the tables."""
    from hijridate import Gregorian

    try:
        found = Gregorian(published.year, published.month, published.day).to_hijri()
    except (ValueError, OverflowError):
        return None
    return found.year, found.month
