"""Strings that are nothing but a date in numbers, which no sentence would write so.

A bare month or year (2025-05, 5/2025, 2017) and the compact form of ISO 8601 (20250507T101500Z)
may be anything in a text; in a string that is said to hold a date they are one.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_calendar import Value

_YEAR = re.compile(r"\(?(?P<year>\d{4})\)?")
_MONTH = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d\d)|(?P<second>\d{1,2})[/.-](?P<first>\d{4})")
#: The clock has six digits, as systems print it: four behind eight would be a number of twelve.
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)(Z|[+-]\d{4})?)?")


class Whole(NamedTuple):
    """What a whole string comes to, and the code points that say it."""

    start: int
    end: int
    value: Value
    rule: str


def read_whole(text: str) -> Whole | None:
    """Return the date that the whole string is; None where it is none of these forms."""
    shown = text.strip()
    start = text.find(shown)
    if year := _YEAR.fullmatch(shown):
        first, last = year.span("year")
        value = cal.year_value(int(year["year"]))
        return Whole(start + first, start + last, value, "date.year")
    if month := _MONTH.fullmatch(shown):
        value = cal.month_value(
            int(month["year"] or month["first"]), int(month["month"] or month["second"])
        )
        return Whole(start, start + len(shown), value, "date.year-month")
    if compact := _COMPACT.fullmatch(shown):
        return Whole(start, start + len(shown), _read_compact(compact), "date.compact")
    return None


def _read_compact(match: re.Match[str]) -> Value:
    value = cal.day_value(*(int(match[part]) for part in (1, 2, 3)))
    if value.iso is None or match[4] is None:
        return value
    hour, minute, second = (int(match[part]) for part in (4, 5, 6))
    if hour > 23 or minute > 59 or second > 59:
        return value
    zone = (match[7] or "").replace("+0000", "Z")
    offset = f"{zone[:3]}:{zone[3:]}" if len(zone) == 5 else zone
    try:
        datetime.fromisoformat(f"2000-01-01T00:00:00{offset}")
    except ValueError:  # no offset of this world
        offset = ""
    clock = f"T{hour:02d}:{minute:02d}:{second:02d}{offset}"
    return value._replace(iso=value.iso + clock, precision="time")
