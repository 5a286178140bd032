"""The dates of a page's own lines: whether a line is a date line, and which days a value allows."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from transforms.clean.marks import date_labels

if TYPE_CHECKING:
    from types import ModuleType

    from transforms.clean.dates import FoundDate

_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
#: A date line says little but the date: a label, a weekday, "GMT", "ص".
_LEFT_OVER = 16
_LONGEST = 110


@cache
def _dates() -> ModuleType:
    from transforms.clean import dates

    return dates


@lru_cache(maxsize=4096)
def is_date_line(text: str, country: str | None) -> bool:
    """Return whether a line states a date and hardly anything else.

    One without its year, or that counts from another day (الأحد 14 يونيو, منذ 3 ساعات), must stand
    alone: with a name beside it the line may be a byline, with a word a headline.
    """
    if len(text) > _LONGEST or not _DIGIT.search(text):
        return False
    found: list[FoundDate] = _dates().find_dates(text, country=country)
    if not found:
        return False
    rest = list(text)
    for item in found:
        rest[item.start : item.end] = " " * (item.end - item.start)
    left = date_labels().sub(" ", "".join(rest))
    return len(_LETTER.findall(left)) <= (_LEFT_OVER if any(d.iso for d in found) else 0)


@lru_cache(maxsize=64)
def resolve(text: str, country: str | None) -> FoundDate | None:
    """Return the most complete date of a text; None where it names none."""
    found: FoundDate = _dates().resolve_date(text, country=country)
    return found if found.iso else None


def why_unresolved(text: str, country: str | None) -> str | None:
    """Return why the most complete date of a text has no value; None where it has, or is none."""
    found: FoundDate = _dates().resolve_date(text, country=country)
    return found.reason if found.iso is None and found.end > found.start else None


def past_dates(text: str, country: str | None) -> list[FoundDate]:
    """Return the dates of a text that were over, for certain, when it was written."""
    found: list[FoundDate] = _dates().find_past_dates(text, country=country)
    return found


def days_of(iso: str) -> tuple[date, date]:
    """Return the first and the last day that an ISO value (time, day, month, year, a/b) allows."""
    first, _, last = iso.partition("/")
    return _bounds(first)[0], _bounds(last or first)[1]


def _bounds(iso: str) -> tuple[date, date]:
    parts = [int(part) for part in iso[:10].split("-")]
    year = parts[0]
    if len(parts) == 1:
        return date(year, 1, 1), date(year, 12, 31)
    if len(parts) == 2:
        return date(year, parts[1], 1), date(year, parts[1], monthrange(year, parts[1])[1])
    day = date(*parts)
    return day, day
