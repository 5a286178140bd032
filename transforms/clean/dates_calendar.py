"""Values of dates: ISO strings by calendar, and which one a relative date means.

A value is made only where it follows from what is written and from the publication date; in every
other case the value is null and the reason is said in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from warehouse.tables.clean import Calendar, Precision

if TYPE_CHECKING:
    from hijridate import Hijri

FIRST_YEAR, LAST_YEAR = 1900, 2100
#: The years of the Umm al-Qura tables (1924 to 2077).
FIRST_HIJRI, LAST_HIJRI = 1343, 1500

#: A day and month without a year is nearly always near its article: in CNN Arabic, France 24 and
#: Jawhara FM, of 236 such dates whose weekday gives the year away, 229 lie within 60 days of the
#: publication, before and after alike; beyond 120 days most are names of streets and parties.
NEAR_DAYS = 120
#: A month without a year: the last one, up to this many months back; a longer way back the next
#: one is as likely (half a year is the middle, and news looks back more than ahead).
NEAR_MONTHS = 7

_PUBLISHED = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ]\d.*)?)?)?", re.ASCII | re.DOTALL)

IMPOSSIBLE = "no such day in the calendar"
NO_YEAR = "no year is written and no publication date is known"
RELATIVE = "relative to the publication date, which is not known"
COARSE = "the publication date is not precise enough"
FAR = "no year is written and the nearest such day is far from the publication date"
WEEKDAY = "the weekday and the date disagree"
CURRENT = "said to be current, but the publication date says otherwise"
ORDER = "day and month cannot be told apart"
NO_CALENDAR = "a year of the Hijri or of the Iranian calendar, and nothing says which"
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


#: Gives the value of a day or month in a year.
Dated = Callable[[int], Value]


class Publication(NamedTuple):
    """The days on which the article may have been published, both included."""

    earliest: date
    latest: date


def unknown(reason: str, calendar: Calendar = "gregorian") -> Value:
    """Return a null value with its reason."""
    return Value(None, None, reason, calendar)


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
    return day_value(day.year, day.month, day.day)


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


def relative(publication: Publication | None, resolve: Callable[[date], Value]) -> Value:
    """Return what `resolve` says for the publication day.

    Where only the month or year of the publication is known, its first and its last day must
    come to the same value.
    """
    if publication is None:
        return unknown(RELATIVE)
    first = resolve(publication.earliest)
    if publication.earliest == publication.latest:
        return first
    last = resolve(publication.latest)
    if first.iso is not None and first.iso == last.iso:
        return first
    return unknown(COARSE)


def nearest_day(
    published: date, month: int, day: int, weekday: int | None, *, ahead: bool
) -> Value:
    """Return the day without a written year that lies nearest to the publication.

    `ahead`: the sentence speaks of what is to come. The weekday, where written, must agree.
    """
    days = _days_around(published, month, day)
    if not days:
        return unknown(IMPOSSIBLE)
    nearest = min(days, key=lambda found: abs((found - published).days))
    away = (nearest - published).days
    if abs(away) <= NEAR_DAYS:
        if weekday is not None and nearest.weekday() != weekday:
            return unknown(WEEKDAY)
        return of_day(nearest)
    if weekday is not None:
        agreeing = [found for found in days if found.weekday() == weekday]
        nearest = min(agreeing, key=lambda found: abs((found - published).days), default=nearest)
        return of_day(nearest) if agreeing else unknown(WEEKDAY)
    later = [found for found in days if found > published]
    return of_day(min(later)) if ahead and later else unknown(FAR)


def day_by_modifier(published: date, month: int, day: int, modifier: str) -> Value:
    """Return the day of a month said to be past (P), current (C) or to come (F)."""
    days = _days_around(published, month, day)
    if not days:
        return unknown(IMPOSSIBLE)
    if modifier == "C":
        same = [d for d in days if (d.year, d.month) == (published.year, published.month)]
        return of_day(same[0]) if same else unknown(CURRENT)
    if modifier == "P":
        return of_day(max(d for d in days if d < published))
    return of_day(min(d for d in days if d > published))


def _days_around(published: date, month: int, day: int) -> list[date]:
    """Return the day in the four years before, of and after the publication, as they exist.

    Four years, so that 29 February finds one on both sides.
    """
    days = []
    for year in range(published.year - 4, published.year + 5):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return days


def shift_month(published: date, months: int) -> tuple[int, int]:
    """Return (year, month) so many months from the publication's."""
    count = published.year * 12 + published.month - 1 + months
    return count // 12, count % 12 + 1


def month_by_modifier(published: date, month: int, modifier: str) -> Value:
    """Return the named month said to be past (P), current (C) or to come (F)."""
    away = month - published.month
    if modifier == "C":
        return month_value(published.year, month) if away == 0 else unknown(CURRENT)
    if modifier == "P":
        return month_value(published.year - (away >= 0), month)
    return month_value(published.year + (away <= 0), month)


def nearest_month(published: date, month: int, *, ahead: bool) -> Value:
    """Return the named month without a year: the last one, or the next where that is said."""
    back = (published.month - month) % 12
    if ahead:
        return month_value(published.year + (month < published.month), month)
    if back > NEAR_MONTHS:
        return unknown("no year is written and the next such month is as near as the last")
    return month_value(published.year - (month > published.month), month)


def weekday_value(published: date, weekday: int, modifier: str, *, ahead: bool) -> Value:
    """Return the day of a weekday alone: the last one, the publication day itself included.

    With P the last one before the publication day, with F the next one after it; هذا الاثنين (C)
    is the publication day or not decided.
    """
    back = (published.weekday() - weekday) % 7
    if modifier == "C" and back:
        return unknown("whether the last or the next such weekday is meant")
    if modifier == "F":
        return of_day(published + timedelta(days=7 - back))
    if modifier == "P":
        return of_day(published - timedelta(days=back or 7))
    if ahead and back:
        return of_day(published + timedelta(days=7 - back))
    return of_day(published - timedelta(days=back))


def week_value(published: date, weeks: int) -> Value:
    """Return the ISO week (Monday to Sunday) so many weeks from the publication's, as a range."""
    monday = published - timedelta(days=published.weekday()) + timedelta(weeks=weeks)
    return range_value(of_day(monday), of_day(monday + timedelta(days=6)))


def near_weekday(expected: date, weekday: int) -> Value:
    """Return the day of `weekday` within a day of `expected` (أمس الثلاثاء, printed a day late)."""
    for away in (0, -1, 1):
        found = expected + timedelta(days=away)
        if found.weekday() == weekday:
            return of_day(found)
    return unknown(WEEKDAY)


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


def hijri_day(year: int, month: int, day: int) -> Value:
    """Return the Gregorian value of a Hijri day."""
    found = hijri_to_day(year, month, day)
    if found is None:
        known = FIRST_HIJRI <= year <= LAST_HIJRI
        return unknown(IMPOSSIBLE if known else TABLES, "hijri")
    return of_day(found)._replace(calendar="hijri")


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
