"""Readers of dates in numbers that leave something out: the year, or its century."""

from __future__ import annotations

from datetime import date

from transforms.clean import dates_calendar as cal
from transforms.clean import dates_nearest as nearest
from transforms.clean.dates_calendar import Publication, Value
from transforms.clean.dates_lexicon import country_rules
from transforms.clean.dates_reading import Reading, Seen

#: Two digits below are of the 2000s, from the other on of the 1900s. Between them stand years that
#: are still to come, and those of the Hijri calendar (40 is 1440 or 2040), so nothing is read.
_THIS_CENTURY, _LAST_CENTURY = 40, 70
#: A line of so few tokens is a date with its label and its time of day.
_STRING = 16


def read_weekday_numbers(seen: Seen) -> Reading | None:
    """Read السبت 21/09 and السبت 06-06: day and month, confirmed by the weekday.

    السبت 3-1 is a score as often, so a dash needs numbers of two digits. Numbers with a slash that
    the weekday contradicts are null, for the weekday alone would say another day than they do.
    """
    one, other, weekday = (seen.value(group) or 0 for group in ("one", "other", "wd"))
    dashed = seen.tag("sign") != "/"
    if dashed and any(len(seen.line.written(seen.at(at))) < 2 for at in ("one", "other")):
        return None

    def near(published: date, _: str) -> Value:
        orders = [(day, month) for day, month in _orders(seen, one, other) if 1 <= month <= 12]
        values = [
            nearest.nearest_day(published, month, day, weekday, None) for day, month in orders
        ]
        days = {value for value in values if value.iso}
        if _is_hijri_outlet(seen):  # either calendar, so only what lies near
            days = {value for value in days if _is_near(value, Publication(published, published))}
            days |= _hijri_days(published, one, other, weekday)
        if len(days) > 1:
            return cal.unknown(cal.ORDER)
        return days.pop() if days else cal.unknown(cal.WEEKDAY)

    day, month = (one, other) if other <= 12 else (other, one)
    reading = seen.open_year(lambda year: cal.day_value(year, month, day, weekday), near)
    return None if dashed and reading.value.iso is None else reading


def read_short_year(seen: Seen) -> Reading | None:
    """Read 13/02/18 where the weekday, the publication or the country's order confirms it."""
    one, other, weekday = seen.value("one") or 0, seen.value("other") or 0, seen.value("wd")
    at = seen.at("short")
    if len(seen.line.written(at)) != 2:  # 4-3-3
        return None
    year = _with_century(seen.line.word(at).value)
    if year is None:
        return _unconfirmed(seen)
    values = [cal.day_value(year, month, day, weekday) for day, month in _orders(seen, one, other)]
    days = {value for value in values if value.iso}
    publication = seen.about.publication
    if weekday is None and publication is not None:
        near = {value for value in days if _is_near(value, publication)}
        if len(near) == 1:
            return Reading(near.pop(), year)
    ordered = weekday is not None or (
        _country_order(seen) is not None and not _is_hijri_outlet(seen)
    )
    if ordered and len(days) == 1:
        return Reading(days.pop(), year)
    return _unconfirmed(seen)


def read_short_named(seen: Seen) -> Reading | None:
    """Read Sun, 14 Jun 20, as RFC 822 has it: the weekday confirms the year of two digits."""
    month, day, weekday = seen.month(), seen.value("day"), seen.value("wd")
    at = seen.at("short")
    if month is None or day is None or len(seen.line.written(at)) != 2:
        return None
    year = _with_century(seen.line.word(at).value)
    value = cal.day_value(year, month, day, weekday) if year else cal.unknown(cal.SHORT_YEAR)
    return Reading(value, year) if value.iso else None


def _unconfirmed(seen: Seen) -> Reading | None:
    """Return null where hardly more is said: نشر 13/02/18. A sentence may mean a time by it."""
    return Reading(cal.unknown(cal.SHORT_YEAR)) if seen.is_within(_STRING) else None


def _with_century(short: int) -> int | None:
    if short < _THIS_CENTURY:
        return 2000 + short
    return 1900 + short if short >= _LAST_CENTURY else None


def _orders(seen: Seen, one: int, other: int) -> list[tuple[int, int]]:
    """Return the (day, month) that the country's order allows; without one, both."""
    order = _country_order(seen)
    both = {"dmy": (one, other), "mdy": (other, one)}
    return [both[order]] if order else list(both.values())


def _hijri_days(published: date, one: int, other: int, weekday: int) -> set[Value]:
    """Return the days of the Hijri years around, in either order, that lie near on the weekday."""
    here = cal.hijri_month_of(published)
    years = [] if here is None else [here[0] + step for step in (-1, 0, 1)]
    days = [
        cal.hijri_to_day(year, month, day)
        for year in years
        for month, day in ((one, other), (other, one))
    ]
    return {
        cal.of_day(found)._replace(calendar="hijri")
        for found in days
        if found and found.weekday() == weekday
        if abs((found - published).days) <= nearest.NEAR_DAYS
    }


def _country_order(seen: Seen) -> str | None:
    country = country_rules().get((seen.about.country or "").upper())
    return country["order"] if country else None


def _is_hijri_outlet(seen: Seen) -> bool:
    country = country_rules().get((seen.about.country or "").upper())
    return country is not None and country["unmarked"] == "hijri"


def _is_near(value: Value, publication: Publication) -> bool:
    day = date.fromisoformat(value.iso or "")
    away = max((publication.earliest - day).days, (day - publication.latest).days)
    return away <= nearest.NEAR_DAYS
