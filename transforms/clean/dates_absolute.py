"""Readers of dates that name a day, a month or a year, in the Gregorian calendar."""

from __future__ import annotations

from datetime import date

from transforms.clean import dates_calendar as cal
from transforms.clean import dates_nearest as nearest
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_hijri import read_numeric_hijri
from transforms.clean.dates_lexicon import country_rules
from transforms.clean.dates_reading import Reading, Seen

#: A word with this ending behind a number is what it counts: 2011 جنديًا.
_TANWIN = ("اً", "ًا")
#: من 2011 is a year where the sentence or the range goes on behind it.
_AFTER_YEAR = "L,.;)|\n_"


def read_day_month(seen: Seen) -> Reading | None:
    """Read 7 مايو/أيار, الخميس 6 نوفمبر 2014, الثالث والعشرين من أكتوبر الماضي."""
    month, day, weekday = seen.month(), seen.day(), seen.value("wd")
    dated_by_year = bool(seen.tag("year"))
    if month is None or (seen.tag("mon") == "A" and not dated_by_year):
        return None
    if seen.counts_something_else() or seen.is_two_ordinals() or (day > 31 and not dated_by_year):
        return None
    if not dated_by_year and weekday is None:
        if seen.before(2)[-1:] == "j" or seen.before(2) in ("j_", "j("):
            return None  # حركة 6 أبريل, فريق «14 آذار»
        if seen.before() == "X":
            return Reading(cal.unknown(cal.EVENT_NAME))

    def dated(year: int) -> Value:
        value = cal.day_value(year, month, day, weekday)
        if value.reason == cal.WEEKDAY and seen.tag("ord") and weekday is not None and day <= 5:
            # الثلاثاء الثالث من سبتمبر counts the Tuesdays, where the third is no Tuesday.
            return cal.nth_weekday_value(year, month, weekday, day)
        return value

    def near(published: date, modifier: str) -> Value:
        if modifier:
            return nearest.day_by_modifier(published, month, day, modifier)
        return nearest.nearest_day(published, month, day, weekday, seen.cue())

    return seen.open_year(dated, near)


def read_month_day_year(seen: Seen) -> Reading | None:
    """Read October 2, 2023 and Sun Feb 18 2018."""
    month, day, year = seen.value("mon"), seen.value("day"), seen.value("year")
    if month is None or day is None or year is None:
        return None
    return Reading(cal.day_value(year, month, day, seen.value("wd")), year)


def read_days(seen: Seen) -> Reading | None:
    """Read 3-5 مايو, من 3 إلى 5 مايو, يومي 3 و4 مايو; 3 و20 مايو are two days, no range."""
    month, first, last = seen.month(), _day_of_range(seen, "from"), _day_of_range(seen, "to")
    if month is None or first >= last:
        return None
    if seen.tag("sign") in ("", "&") and "b" not in seen.shape.tags and last != first + 1:
        return None

    def dated(year: int) -> Value:
        return cal.range_value(cal.day_value(year, month, first), cal.day_value(year, month, last))

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
    return nearest.nearest_day(published, month, day, None, seen.cue())


def _in_year_of(end: Value, dated: nearest.Dated) -> Value:
    return dated(int(end.iso[:4])) if end.iso else end


def read_month(seen: Seen) -> Reading | None:
    """Read شهر ديسمبر 2015, نهاية سبتمبر (أيلول) الماضي, في يناير; never مارس as a verb."""
    if seen.value("mon") is not None and seen.month() is None:
        return _read_month_pair(seen)
    month = seen.month()
    told = any(map(seen.tag, ("year", "ymod", "mod", "said", "edge")))
    if month is None or (not told and not _stands_alone(seen)):
        return None
    if seen.tag("mon") == "A" and not seen.tag("year"):
        return None

    def near(published: date, modifier: str) -> Value:
        if modifier:
            return nearest.month_by_modifier(published, month, modifier)
        return nearest.nearest_month(published, month, seen.cue())

    return seen.open_year(lambda year: cal.month_value(year, month), near)


def _stands_alone(seen: Seen) -> bool:
    """Return whether a month without any year word is one.

    A clear name after any preposition (`yes`), one that is also a name or a verb after في or منذ
    (`in`), both names of one month anywhere (مايو/أيار).
    """
    word = seen.word("mon")
    if word is None or seen.after() in tuple("Nn"):
        return False
    if word.note == "in":
        return _has_two_names(seen) or seen.before() in ("i", "g")
    return word.note == "yes" and (seen.before() in tuple("igLD") or word.lead > 0)


def _has_two_names(seen: Seen) -> bool:
    return any(map(seen.tag, ("twin", "paren", "near")))


def _read_month_pair(seen: Seen) -> Reading | None:
    """Read مارس/أبريل 2018 as a range of months."""
    first, last, year = seen.value("mon"), seen.value("twin"), seen.value("year")
    if first is None or last is None or year is None:
        return None
    return Reading(cal.range_value(cal.month_value(year, first), cal.month_value(year, last)), year)


def read_months(seen: Seen) -> Reading | None:
    """Read من يناير إلى مارس 2018."""
    first, last, year = seen.month("1"), seen.month("2"), seen.value("year2")
    if first is None or last is None or year is None or first == last:
        return None
    start = cal.month_value(year if first < last else year - 1, first)
    return Reading(cal.range_value(start, cal.month_value(year, last)), year)


def read_numeric(seen: Seen) -> Reading | None:
    """Read 13/02/2018: by the only order that gives a date, by the weekday, by the country's."""
    if seen.tag("year") == "J":
        return read_numeric_hijri(seen, month="other", day="one")
    year, one, other = (seen.value(group) or 0 for group in ("year", "one", "other"))
    weekday = seen.value("wd")
    by_order = {
        "dmy": cal.day_value(year, other, one, weekday),
        "mdy": cal.day_value(year, one, other, weekday),
    }
    country = country_rules().get((seen.about.country or "").upper())
    order = _certain_order(one, other) or (country["order"] if country else None)
    if order is not None:
        return Reading(by_order[order], year)
    possible = tuple(value for value in by_order.values() if value.iso)
    if weekday is not None and len(possible) == 1:
        return Reading(possible[0], year)
    return Reading(cal.unknown(cal.ORDER), year, possible=possible)


def _certain_order(one: int, other: int) -> str | None:
    """Return the order that the two numbers themselves leave; no month is above 12."""
    if other > 12 >= one:
        return "mdy"
    return "dmy" if one > 12 or one == other else None


def read_year_first(seen: Seen) -> Reading | None:
    """Read 2018-02-13 and 2015/8/2."""
    if seen.tag("year") == "J":
        return read_numeric_hijri(seen, month="one", day="other")
    year, month, day = (seen.value(group) or 0 for group in ("year", "one", "other"))
    return Reading(cal.day_value(year, month, day, seen.value("wd")), year)


def read_years(seen: Seen) -> Reading | None:
    """Read (2013-2016), الأعوام 2018-2019, بين 2011 و2014, 2018/2019."""
    first, last = seen.value("from") or 0, seen.value("to") or 0
    loose = seen.tag("sign") in ("/", "&") and "b" not in seen.shape.tags
    if first >= last or (loose and last != first + 1):
        return None
    return Reading(cal.range_value(cal.year_value(first), cal.year_value(last)), last)


def read_year(seen: Seen) -> Reading | None:
    """Read عام 2017, ثورة 2011, مطلع 2016, منذ 2015; never a count (في 1950 مترا)."""
    year, at = seen.value("year") or 0, seen.at("year")
    following = seen.line.written(at + 1) if at + 1 < len(seen.line.tags) else ""
    if seen.line.tags[at + 1 : at + 2] == "q" or following in ("%", "٪"):
        return None
    if seen.tag("noun") and is_of_office(seen, "noun"):
        return None
    if not seen.tag("noun") and not seen.tag("event") and not _is_bare_year(seen, year, following):
        return None
    return Reading(cal.year_value(year), year)


def is_of_office(seen: Seen, group: str) -> bool:
    """Return whether العام is "general" (الأمين العام), not "year"."""
    word, at = seen.word(group), seen.at(group)
    return word is not None and word.note == "def" and at > 0 and seen.line.tags[at - 1] == "s"


def _is_bare_year(seen: Seen, year: int, following: str) -> bool:
    """Return whether a number behind a preposition alone is a year: no round count, no noun."""
    if year % 100 == 0 or following.endswith(_TANWIN):
        return False
    return seen.before() != "I" or seen.after() in tuple(_AFTER_YEAR) or not following
