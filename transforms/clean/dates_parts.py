"""Readers of parts of a year and of decades: الربع الأول من 2019, تسعينيات القرن الماضي."""

from __future__ import annotations

from datetime import date

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_calendar import Value
from transforms.clean.dates_reading import STEPS, Reading, Seen

_MONTHS = 12
#: The Sixties to Nineties alone are those of the twentieth century. Those before them are ages
#: (في أواخر العشرينات) as often as decades, and the Twenties are by now of two centuries.
_FIRST_ALONE = 60
#: What an age goes on with: في الستينيات من عمره.
_AGE = "عمر"


def read_part_of_year(seen: Seen) -> Reading | None:
    """Read الربع الأول من 2019, النصف الثاني من العام الماضي as a range of months."""
    parts, nth = seen.value("part") or 0, seen.value("nth") or 0
    nth = parts if nth == -1 else nth
    if not 1 <= nth <= parts:
        return None
    size = _MONTHS // parts
    return _months_of_year(seen, (nth - 1) * size + 1, nth * size)


def read_months_of_year(seen: Seen) -> Reading | None:
    """Read الأشهر التسعة الأولى من 2019; the last ones may end before the year does."""
    word, count = seen.word("unit"), seen.value("count") or 0
    if word is None or word.note != "month" or seen.value("nth") != 1 or not 1 < count < _MONTHS:
        return None
    return _months_of_year(seen, 1, count)


def _months_of_year(seen: Seen, first: int, last: int) -> Reading:
    def dated(year: int) -> Value:
        return cal.range_value(cal.month_value(year, first), cal.month_value(year, last))

    year = seen.value("year")
    if year is not None:
        return Reading(dated(year), year)
    said = seen.tag("said")
    step = STEPS["h" if "h" in said else said[-1]]
    return seen.relative(lambda published: dated(published.year + step))


def read_decade(seen: Seen) -> Reading | None:
    """Read تسعينيات القرن الماضي, مطلع الثمانينات; never an age (في الستينيات من العمر)."""
    decade = seen.value("decade") or 0
    if seen.tag("which"):
        return _decade_of_century(seen, decade)
    if seen.tag("decade") != "9" or decade < _FIRST_ALONE or _is_age(seen):
        return None
    counted_otherwise = seen.after() in ("B", "8") or seen.after(2) == "I8"
    return None if counted_otherwise else Reading(_decade(1900 + decade))


def _decade_of_century(seen: Seen, decade: int) -> Reading | None:
    """Read by the century. Before 2001 no page of the web spoke of the last one in decades."""
    said = seen.tag("which")
    at = seen.at("which")
    which = [seen.line.word(at + n).value for n in range(len(said))]
    if said in ("O", "OO"):
        century = {(20,): 1900, (1, 20): 2000}.get(tuple(which))
        return Reading(_decade(century + decade)) if century else None
    if said == "P" and seen.about.publication is None:
        return Reading(_decade(1900 + decade))

    def near(published: date) -> Value:
        return _decade(((published.year - 1) // 100 + STEPS[said]) * 100 + decade)

    return seen.relative(near)


def _decade(first: int) -> Value:
    return cal.range_value(cal.year_value(first), cal.year_value(first + 9))


def _is_age(seen: Seen) -> bool:
    """Return whether عمر stands behind, with من before it or without."""
    at = seen.end + (seen.after() == "I")
    return at < len(seen.line.tags) and _AGE in seen.line.written(at)
