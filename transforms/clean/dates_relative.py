"""Readers of dates that count from the publication: أمس, الثلاثاء الماضي, العام الجاري."""

from __future__ import annotations

from datetime import date, timedelta

from transforms.clean import dates_calendar as cal
from transforms.clean import dates_nearest as nearest
from transforms.clean.dates_absolute import is_of_office
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_lexicon import Word
from transforms.clean.dates_reading import ELSEWHERE, STEPS, Reading, Seen

#: A line of so few tokens that منذ ساعتين is all it says: a stamp, no sentence about a match.
_SHORT = 8
#: A weekday and a day of the month without the month is so near: the same pair of both comes
#: again after 28 days at the earliest.
_THIS_MONTH = 13
_UNITS = {"day": "d", "week": "w", "month": "m", "year": "y"}
#: A line of so few tokens says في هذا اليوم, يوم بكرة or منذ يوم, and nothing else.
_ALONE = 3
#: أحد is "one" and اثنين is "two" more often than a weekday.
_NUMERALS = (0, 6)
_HOURS = "counted in hours from a moment that is not written"
_EVERY = "a day of every week"
_SPAN = "a span of weekdays, and which week is meant is not said"
_WEEKS = "whether the week begins before or after this day is not known"


def read_unit(seen: Seen) -> Reading | None:
    """Read العام الماضي, الشهر الجاري, هذا الأسبوع."""
    said = seen.tag("mod") or seen.tag("this")
    if not said or seen.after() == "k" or is_of_office(seen, "unit"):
        return None
    return _moved(seen, seen.tag("unit"), STEPS[said])


def _moved(seen: Seen, unit: str, steps: int) -> Reading:
    """Return the day, ISO week, month or year so many steps from the publication's."""

    def moved(published: date) -> Value:
        if unit == "y":
            return cal.year_value(published.year + steps)
        if unit == "m":
            return cal.month_value(*nearest.shift_month(published, steps))
        if unit == "w":
            return nearest.week_value(published, steps)
        return cal.of_day(published + timedelta(days=steps))

    return seen.relative(moved)


def read_ago(seen: Seen) -> Reading | None:
    """Read منذ يومين, قبل 3 أعوام: the day, the ISO week, the month or the year so far back."""
    word, count = seen.word("unit"), seen.value("count")
    if word is None:
        return None
    if word.tag == "U":
        if count is not None:
            return None
        count = 2
    elif count is None:
        counted = seen.value("one") == 1 or (seen.is_within(_ALONE) and _is_one(word))
        if word.note == "def" or (word.tag in "uzd" and not counted):
            return None  # منذ سنوات: no number; قبل يوم: of what?
        count = 1
    if _is_before_another(seen):
        return None
    unit = "y" if word.tag == "z" else _UNITS.get(word.note, word.tag)
    if unit in "dwmy":
        return _moved(seen, unit, -count)
    return None if not seen.is_within(_SHORT) else Reading(cal.unknown(_HOURS))


def _is_before_another(seen: Seen) -> bool:
    """Return whether the time is before another event: قبل شهر واحد فقط من الانتخابات."""
    at, line = seen.end, seen.line
    if at >= len(line.tags) or line.written(at) != "فقط":
        return False
    return seen.line.word(seen.first).note != "since" and line.tags[at + 1 : at + 2] == "I"


def _is_one(word: Word) -> bool:
    """Return whether منذ with this word alone is a stamp: منذ يوم, منذ ساعة, never منذ سنوات."""
    return word.tag == "d" or (word.tag == "u" and word.note == "hour")


def read_weekday(seen: Seen) -> Reading | None:
    """Read الثلاثاء, الخميس الماضي, الأحد المقبل, الاثنين من الأسبوع الماضي."""
    weekday = seen.value("wd") or 0
    if seen.before() == "f" or seen.after() == "k":
        return None
    if seen.before() == "*" and not seen.tag("mod"):
        return Reading(cal.unknown(_EVERY))
    week = seen.tag("week")
    if seen.tag("wd") == "#" and weekday in _NUMERALS and seen.before() not in ("", "\n", "i"):
        return None
    if week:
        if weekday > 4:  # Saturday and Sunday open the week or close it, by country
            return Reading(cal.unknown(_WEEKS))
        step = STEPS["h" if "h" in week else week[-1]]
        return seen.relative(
            lambda day: cal.of_day(day + timedelta(days=weekday - day.weekday() + 7 * step))
        )
    modifier = "C" if seen.before() == "h" else seen.tag("mod")
    cue = seen.cue()
    return seen.relative(lambda day: nearest.weekday_value(day, weekday, modifier, cue))


def read_weekdays(_: Seen) -> Reading:
    """Read من الأحد إلى الخميس as null: office hours, a journey that was or one to come."""
    return Reading(cal.unknown(_SPAN))


def read_next_to(seen: Seen) -> Reading | None:
    """Read اليوم السابق, السنة التالية that stand alone; a story counts them from its own day."""
    word, weekday = seen.word("nth"), seen.value("wd")
    step = {"before": -1, "after": 1}.get(word.note if word else "")
    if step is None or not seen.is_within(_ALONE):
        return None
    if weekday is None:
        return _moved(seen, seen.tag("unit").replace("t", "d"), step)
    modifier = "P" if step < 0 else "F"
    return seen.relative(lambda day: nearest.weekday_value(day, weekday, modifier, None))


def read_weekday_day(seen: Seen) -> Reading | None:
    """Read السبت السادس عشر: the only such day of the weeks around."""
    weekday, day = seen.value("wd"), seen.day()

    def near(published: date) -> Value:
        months = [nearest.shift_month(published, step) for step in (-1, 0, 1)]
        values = [cal.day_value(year, month, day, weekday) for year, month in months]
        days = [date.fromisoformat(value.iso) for value in values if value.iso]
        close = [found for found in days if abs((found - published).days) <= _THIS_MONTH]
        return cal.of_day(close[0]) if len(close) == 1 else cal.unknown(cal.WEEKDAY)

    return seen.relative(near)


def read_near_day(seen: Seen) -> Reading | None:
    """Read أمس, أول أمس, أمس الأول, غدا, بعد غد, اليوم, each with a weekday or none."""
    tags, weekday = seen.tag("near"), seen.value("wd")
    if tags in ("t", "ht") and not _is_today(seen):
        return None
    if tags == "R" and weekday is None and (not seen.is_within(_ALONE) or seen.after()):
        return None  # بكرة is a ball, غد a future
    step = _days_away(seen, tags)
    if step is None:
        return None

    def near(published: date) -> Value:
        expected = published + timedelta(days=step)
        return cal.of_day(expected) if weekday is None else nearest.near_weekday(expected, weekday)

    return seen.relative(near)


def _days_away(seen: Seen, tags: str) -> int | None:
    """Return the days from the publication; None for أمس الثالث and the like."""
    if len(tags) == 1:
        return seen.value("near")
    words = {tag: seen.line.word(seen.at("near") + at) for at, tag in enumerate(tags)}
    if "O" in words and words["O"].value != 1:
        return None
    base = sum(word.value for tag, word in words.items() if tag in "trR")
    return base + ("D" in words) - (not words.keys().isdisjoint("O0gP"))


def _is_today(seen: Seen) -> bool:
    """Return whether اليوم is today: no outlet's name (روسيا اليوم), no noun (اليوم العالمي)."""
    before, after = seen.before(2), seen.after()
    if "l" in before or before[-1:] in tuple("oh~*"):
        return False
    if seen.tag("near") == "ht" and not seen.is_within(_ALONE):  # as often a day of the story
        return False
    return seen.tag("wd") != "" or after not in tuple("kO0~PF")


def read_day_of_month(seen: Seen) -> Reading | None:
    """Read 15 الجاري, التاسع عشر من الشهر الماضي, 19 من هذا الشهر, 9 من الشهر نفسه."""
    day, weekday, said = seen.day(), seen.value("wd"), seen.tag("month")
    if not 1 <= day <= 31 or seen.counts_something_else() or seen.after() == "k":
        return None
    if "~" in said:
        return Reading(
            cal.unknown(ELSEWHERE),
            refers_back=lambda year, month: cal.day_value(year, month, day, weekday),
        )
    steps = STEPS["h" if "h" in said else said[-1]]
    return seen.relative(
        lambda published: cal.day_value(*nearest.shift_month(published, steps), day, weekday)
    )
