"""Readers of Hijri dates, by the Umm al-Qura calendar; their values are Gregorian days."""

from __future__ import annotations

from datetime import date

from transforms.clean import dates_calendar as cal
from transforms.clean import dates_nearest as nearest
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_lexicon import country_rules
from transforms.clean.dates_reading import STEPS, Reading, Seen


def read_numeric_hijri(seen: Seen, *, month: str, day: str) -> Reading:
    """Read 14-09-1432 هـ; without its mark a number around 1400 may be an Iranian year as well.

    The outlet's country may decide, or a Gregorian date beside it (`possible`).
    """
    year = seen.value("year") or 0
    value = cal.hijri_day(year, seen.value(month) or 0, seen.value(day) or 0, seen.value("wd"))
    country = country_rules().get((seen.about.country or "").upper())
    if seen.tag("era") == "B" or (country is not None and country["unmarked"] == "hijri"):
        return Reading(value, year)
    unmarked = cal.unknown(cal.NO_CALENDAR, "hijri")
    return Reading(unmarked, year, possible=(value,) if value.iso else ())


def read_hijri_day(seen: Seen) -> Reading | None:
    """Read 11 شوال 1441هـ; without a year the one nearest to the publication."""
    month, day, year = seen.value("hijri") or 0, seen.day(), seen.value("hy")
    if seen.counts_something_else():
        return None
    if year is not None:
        return Reading(cal.hijri_day(year, month, day, seen.value("wd")), year)
    modifier = seen.tag("mod")
    if not modifier and not _is_month(seen):
        return None

    def near(published: date) -> Value:
        return _nearest(published, month, day, modifier)

    return _hijri(seen.relative(near))


def _is_month(seen: Seen) -> bool:
    """Return whether a month without a year is one: صفر is a score (3-صفر) more often than not."""
    word = seen.word("hijri")
    return word is not None and (word.note == "yes" or "m" in seen.shape.tags)


def _nearest(published: date, month: int, day: int, modifier: str) -> Value:
    """Return the day nearest to the publication: before it with P, after it with F."""
    here = cal.hijri_month_of(published)
    if here is None:
        return cal.unknown(cal.TABLES, "hijri")
    if modifier == "C" and month != here[1]:
        return cal.unknown(nearest.CURRENT, "hijri")
    values = [cal.hijri_day(here[0] + step, month, day) for step in (-1, 0, 1)]
    away = {(date.fromisoformat(v.iso) - published).days: v for v in values if v.iso}
    if not away:
        return cal.unknown(cal.IMPOSSIBLE, "hijri")
    if modifier in ("P", "F"):
        away = {days: v for days, v in away.items() if (days < 0) == (modifier == "P")}
    closest = min(away, key=abs, default=None)
    if closest is None or (not modifier and abs(closest) > nearest.BACK_DAYS):
        return cal.unknown(nearest.FAR, "hijri")
    return away[closest]


def read_hijri_month(seen: Seen) -> Reading | None:
    """Read شهر رجب 1441هـ, رمضان الماضي, رمضان 2019, as a range of days."""
    month, year, gregorian = (seen.value(group) for group in ("hijri", "hy", "year"))
    if month is None:
        return None
    if year is not None:
        return Reading(cal.hijri_range(year, month), year)
    if gregorian is not None:
        return Reading(cal.hijri_range_in(gregorian, month), gregorian)
    step = STEPS[seen.tag("mod")]

    def near(published: date) -> Value:
        here = cal.hijri_month_of(published)
        if here is None:
            return cal.unknown(cal.TABLES, "hijri")
        if step == 0 and month != here[1]:
            return cal.unknown(nearest.CURRENT, "hijri")
        back = step < 0 and month >= here[1]
        on = step > 0 and month <= here[1]
        return cal.hijri_range(here[0] + on - back, month)

    return _hijri(seen.relative(near))


def read_hijri_year(seen: Seen) -> Reading | None:
    """Read عام 1441هـ and 1436-1437هـ as a range of days."""
    year, first = seen.value("hy") or 0, seen.value("from")
    if first is None:
        return Reading(cal.hijri_range(year, None), year)
    if first >= year:
        return None
    return Reading(cal.hijri_years(first, year), year)


def _hijri(reading: Reading) -> Reading:
    return reading._replace(value=reading.value._replace(calendar="hijri"))
