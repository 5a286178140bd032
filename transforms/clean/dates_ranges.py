"""Readers of ranges: of days, months and years."""

from __future__ import annotations

from datetime import date

from transforms.clean import dates_calendar as cal
from transforms.clean import dates_nearest as nearest
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_reading import Reading, Seen

#: A string that says no more than from which day to which is a programme (13 إلى 15 تموز): what is
#: over is told in a sentence. So the nearer one is meant only where it lies ahead, as with 7 of 7
#: such ranges that are further than 60 days from their publication in the corpora (nights, which
#: have a dash as well, left out).
_FROM_TO = ("L", "-", "!")


def read_days(seen: Seen) -> Reading | None:
    """Read 3-5 مايو, من 3 إلى 5 مايو, يومي 3 و4 مايو; 3 و20 مايو are two days, no range."""
    month, first, last = seen.month(), _day_of_range(seen, "from"), _day_of_range(seen, "to")
    if month is None or first >= last:
        return None
    between = seen.tag("more").count("N")
    listed = between > 0 or seen.tag("sign") in ("", "&")
    if listed and "b" not in seen.shape.tags and last != first + 1 + between:
        return None
    weekday = seen.value("wd")

    def dated(year: int) -> Value:
        start = cal.day_value(year, month, first, weekday)
        return cal.range_value(start, cal.day_value(year, month, last))

    def near(published: date, modifier: str) -> Value:
        return _in_year_of(_end(seen, published, month, last, modifier), dated)

    return seen.open_year(dated, near)


def _day_of_range(seen: Seen, group: str) -> int:
    return (seen.value(group) or 0) + (seen.value(f"{group}_ten") or 0)


def read_span(seen: Seen) -> Reading | None:
    """Read من 28 مايو إلى 3 يونيو 2018; the year is written behind both or behind the second."""
    one, other = seen.month("1"), seen.month("2")
    first, last = seen.value("from"), seen.value("to")
    if one is None or other is None or first is None or last is None:
        return None
    if seen.tag("sign") == "&" and "b" not in seen.shape.tags:  # two days, no range
        return None
    first_year = seen.value("year1")

    def dated(year: int) -> Value:
        start = first_year or (year if one <= other else year - 1)
        return cal.range_value(cal.day_value(start, one, first), cal.day_value(year, other, last))

    def near(published: date, modifier: str) -> Value:
        return _in_year_of(_end(seen, published, other, last, modifier), dated)

    return seen.open_year(dated, near, "2")


def _end(seen: Seen, published: date, month: int, day: int, modifier: str) -> Value:
    """Return the last day of a range without a year."""
    if modifier:
        return nearest.day_by_modifier(published, month, day, modifier)
    cue = seen.cue()
    if cue is None and seen.tag("sign") in _FROM_TO and seen.stands_alone():
        cue = "due"
    return nearest.nearest_day(published, month, day, None, cue)


def _in_year_of(end: Value, dated: nearest.Dated) -> Value:
    return dated(int(end.iso[:4])) if end.iso else end


def read_months(seen: Seen) -> Reading | None:
    """Read من يناير إلى مارس 2018, بين مايو 2016 ويوليو 2017, شهري مايو ويونيو الماضيين."""
    first, last, year = seen.month("1"), seen.month("2"), seen.value("year2")
    first_year, modifier = seen.value("year1"), seen.tag("mod2")
    if first is None or last is None or (year is None and not modifier):
        return None
    if first_year is None and first == last:
        return None
    if seen.shape.tags[0] == "m" and last != first + 1:
        return None

    def dated(year: int) -> Value:
        start = first_year or (year if first < last else year - 1)
        return cal.range_value(cal.month_value(start, first), cal.month_value(year, last))

    if year is not None:
        value = dated(year)
        return Reading(value, year) if value.iso else None
    return seen.relative(
        lambda published: _in_year_of(nearest.month_by_modifier(published, last, modifier), dated)
    )


def read_month_pair(seen: Seen) -> Reading | None:
    """Read مارس/أبريل 2018 as a range of months."""
    first, last, year = seen.value("mon"), seen.value("twin"), seen.value("year")
    if first is None or last is None or year is None:
        return None
    return Reading(cal.range_value(cal.month_value(year, first), cal.month_value(year, last)), year)


def read_years(seen: Seen) -> Reading | None:
    """Read (2013-2016), الأعوام 2018-2019, بين 2011 و2014, 2018/2019."""
    first, last = seen.value("from") or 0, seen.value("to") or 0
    loose = seen.tag("sign") in ("/", "&") and "b" not in seen.shape.tags
    if first >= last or (loose and last != first + 1):
        return None
    return Reading(cal.range_value(cal.year_value(first), cal.year_value(last)), last)


def read_season(seen: Seen) -> Reading | None:
    """Read موسم 2018/19, 2018-19; 2011-12 alone is a month as often."""
    first, short = seen.value("from") or 0, seen.value("short") or 0
    if short != (first + 1) % 100 or len(seen.line.written(seen.at("short"))) != 2:
        return None
    if short <= 12 and not seen.tag("noun"):
        return None
    return Reading(cal.range_value(cal.year_value(first), cal.year_value(first + 1)), first + 1)
