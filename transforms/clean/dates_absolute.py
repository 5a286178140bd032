"""Readers of dates that name a day, a month or a year, in the Gregorian calendar."""

from __future__ import annotations

from datetime import date

from transforms.clean import dates_calendar as cal
from transforms.clean import dates_nearest as nearest
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_hijri import read_numeric_hijri
from transforms.clean.dates_lexicon import country_rules
from transforms.clean.dates_ranges import read_month_pair
from transforms.clean.dates_reading import Reading, Seen, read_month_of
from transforms.clean.dates_time import read_time

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


def read_day_then_weekday(seen: Seen) -> Reading | None:
    """Read 3 أبريل 2020 (الجمعة); a weekday that is not the right one is another date."""
    month, year = seen.month(), seen.value("year")
    if month is None or year is None or seen.counts_something_else() or seen.is_two_ordinals():
        return None
    value = cal.day_value(year, month, seen.day(), seen.value("wd"))
    return Reading(value, year) if value.iso else None


def read_month_day_year(seen: Seen) -> Reading | None:
    """Read October 2, 2023 and Sun Feb 18 2018."""
    month, day, year = seen.value("mon"), seen.value("day"), seen.value("year")
    if month is None or day is None or year is None:
        return None
    return Reading(cal.day_value(year, month, day, seen.value("wd")), year)


def read_year_month_day(seen: Seen) -> Reading | None:
    """Read 2020 يونيو 15 and 2017 الثلاثاء 03 يناير, but not 2019 مايو 20 لاعبا."""
    month, day, year = seen.month(), seen.value("day"), seen.value("year")
    if month is None or day is None or year is None or seen.after() in ("x", "5"):
        return None
    return Reading(cal.day_value(year, month, day, seen.value("wd")), year)


def read_asctime(seen: Seen) -> Reading | None:
    """Read Sun Jun 14 10:20:00 GMT 2020, as C and Java print it."""
    month, day, year = seen.value("mon"), seen.value("day"), seen.value("year")
    if month is None or day is None or year is None:
        return None
    value = cal.day_value(year, month, day)
    clock = read_time(seen.line, seen.at("hour"))
    if value.iso is None or clock is None:
        return Reading(value, year)
    return Reading(value._replace(iso=value.iso + clock.iso, precision="time"), year)


def read_month(seen: Seen) -> Reading | None:
    """Read شهر ديسمبر 2015, نهاية سبتمبر (أيلول) الماضي, في يناير; never مارس as a verb."""
    if seen.value("mon") is not None and seen.month() is None:
        return read_month_pair(seen)
    month = seen.month()
    told = any(map(seen.tag, ("year", "ymod", "mod", "said", "edge")))
    if month is None or (not told and not _stands_alone(seen)):
        return None
    if seen.tag("mon") == "A" and not seen.tag("year"):
        return None

    return read_month_of(seen, month)


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


def read_numeric(seen: Seen) -> Reading | None:
    """Read 13/02/2018: by the only order that gives a date, by the weekday, by the country's.

    Dots stand between day, month and year in this order wherever they are used (CLDR: de, ru, tr);
    who puts the month first writes slashes or dashes.
    """
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
    if order is None and seen.tag("sign") == ".":
        order = "dmy"
    if order is not None:
        return Reading(by_order[order], year, order=order)
    possible = {name: value for name, value in by_order.items() if value.iso}
    if weekday is not None and len(possible) == 1:
        ((order, value),) = possible.items()
        return Reading(value, year, order=order)
    return Reading(cal.unknown(cal.ORDER), year, possible=tuple(by_order.values()))


def read_numbers_then_weekday(seen: Seen) -> Reading | None:
    """Read 03/04/2020 الجمعة, where the weekday leaves one order; else it is another date."""
    year, one, other = (seen.value(group) or 0 for group in ("year", "one", "other"))
    weekday = seen.value("wd")
    orders = {cal.day_value(year, *order, weekday) for order in ((other, one), (one, other))}
    days = [value for value in orders if value.iso]
    return Reading(days[0], year) if len(days) == 1 else None


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
