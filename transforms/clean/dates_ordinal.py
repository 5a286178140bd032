"""Readers of days that are counted: the nth weekday of a month, its last day, a numbered month."""

from __future__ import annotations

from datetime import date

from transforms.clean import dates_calendar as cal
from transforms.clean import dates_nearest as nearest
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_reading import STEPS, Reading, Seen, read_month_of


def read_nth_weekday(seen: Seen) -> Reading | None:
    """Read أول خميس من مايو 2018, الجمعة الأخيرة من أكتوبر, آخر اثنين من الشهر المقبل."""
    weekday, nth = seen.value("wd"), _nth(seen)
    if weekday is None or nth == 0:
        return None
    return _counted(seen, lambda year, month: cal.nth_weekday_value(year, month, weekday, nth))


def read_last_day(seen: Seen) -> Reading | None:
    """Read آخر يوم من ديسمبر 2015, اليوم الأخير من الشهر الجاري."""
    if _nth(seen) != -1:
        return None
    return _counted(seen, lambda year, month: cal.of_day(cal.month_end(date(year, month, 1))))


def read_numbered_day(seen: Seen) -> Reading | None:
    """Read الثالث من شهر عشرة and 27 من الشهر الثامن: a month said by its number."""
    if seen.counts_something_else() or seen.is_two_ordinals():
        return None
    day = seen.day()
    return _counted(seen, lambda year, month: cal.day_value(year, month, day))


def read_numbered_days(seen: Seen) -> Reading | None:
    """Read 27-29 من الشهر الثامن."""
    first, last = seen.value("from") or 0, seen.value("to") or 0
    if first >= last:
        return None
    return _counted(
        seen,
        lambda year, month: cal.range_value(
            cal.day_value(year, month, first), cal.day_value(year, month, last)
        ),
    )


def read_numbered_month(seen: Seen) -> Reading | None:
    """Read شهر 9 من عام 2014, نهاية شهر ثلاثة; شهر 3 alone may count anything."""
    if not seen.tag("year") and not seen.tag("edge"):
        return None
    month = _numbered_month(seen)
    return read_month_of(seen, month) if month else None


def _numbered_month(seen: Seen) -> int | None:
    """Return the month of شهر 9, شهر ثلاثة, الشهر الثاني عشر; None where it has no such number."""
    month = (seen.value("number") or 0) + (seen.value("teen") or 0)
    return month if 1 <= month <= 12 else None


def _nth(seen: Seen) -> int:
    """Return which one is counted, -1 for the last; 0 where the words do not count."""
    word = seen.word("nth")
    if word is None:
        return 0
    return {"last": -1}.get(word.note, word.value)


def _counted(seen: Seen, dated: nearest.DatedInMonth) -> Reading | None:
    """Read by the month: named, said by its number, or counted from the publication's."""
    said = seen.tag("relative")
    if said:
        step = STEPS["h" if "h" in said else said[-1]]
        return seen.relative(lambda published: dated(*nearest.shift_month(published, step)))
    month = seen.month() if seen.tag("mon") else _numbered_month(seen)
    if month is None:
        return None

    def near(published: date, modifier: str) -> Value:
        if modifier:
            year = nearest.month_by_modifier(published, month, modifier)
            return dated(int(year.iso[:4]), month) if year.iso else year
        return nearest.nearest_in_month(published, month, dated, seen.cue())

    return seen.open_year(lambda year: dated(year, month), near)
