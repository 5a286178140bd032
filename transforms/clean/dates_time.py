"""The time of day that stands behind a date, with its offset where one is written."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.dates_words import Line

#: Behind a date: 14:00, 09:23 ص, الساعة 05:16 مساءً, T10:22:00+01:00, آخر تحديث 14:00 (GMT+0400).
_TIME = re.compile(
    r"(?:[,|;-]{0,2}(?:I?i?e?S){1,3}[:,]?|[,|;-]{1,2}|T)?\(?"
    r"(?:(?P<hour>N):(?P<minute>N)(?::(?P<second>N)(?:\.[Nn])?)?|(?<=T)(?P<packed>n))"
    r"(?P<half>[apG])?\)?"
    r"(?:[,|-]?\(?K?(?P<zone>Z)?(?P<sign>[+-])(?:(?P<off>[nJY])|(?P<oh>N)(?::(?P<om>N))?)\)?"
    r"|[,|-]?\(?K?(?P<name>Z)(?![+-][nJYN])\)?)?"
)
#: No place on earth is further from UTC.
_FURTHEST = 14


class Clock(NamedTuple):
    """A time as ISO 8601 writes it (T14:00+04:00), and one past its last token."""

    iso: str
    end: int


def read_time(line: Line, at: int) -> Clock | None:
    """Return the time of day that stands at token `at`; None where there is none or no such."""
    match = _TIME.match(line.tags, at)
    if match is None:
        return None
    packed = match.start("packed")
    if packed >= 0:
        clock = _unpacked(line.written(packed))
    else:
        hour, minute, second = (
            _number(match, group, line) for group in ("hour", "minute", "second")
        )
        clock = _clock(_by_half(hour or 0, match, line), minute or 0, second)
    if clock is None:
        return None
    end = match.end()
    offset = _offset(match, line)
    if offset is None:
        return Clock(clock, match.end("half") if match["half"] else _end_of_digits(match))
    return Clock(clock + offset, end)


def _number(match: re.Match[str], group: str, line: Line) -> int | None:
    at = match.start(group)
    return None if at < 0 else line.word(at).value


def _end_of_digits(match: re.Match[str]) -> int:
    return max(match.end(group) for group in ("minute", "second", "packed"))


def _unpacked(digits: str) -> str | None:
    """Return T18:29:00 for the six digits of 2017-01-22T182900."""
    if len(digits) != 6:
        return None
    return _clock(int(digits[:2]), int(digits[2:4]), int(digits[4:]))


def _by_half(hour: int, match: re.Match[str], line: Line) -> int:
    """Return the hour of 24; -1 where the half of the day contradicts it (14:00 ص)."""
    half = match["half"]
    if half is None:
        return hour
    if half == "a":
        return hour % 12 if hour <= 12 else -1
    if hour >= 12:
        return hour
    return hour + 12


def _clock(hour: int, minute: int, second: int | None) -> str | None:
    if not 0 <= hour <= 23 or minute > 59 or (second or 0) > 59:
        return None
    return f"T{hour:02d}:{minute:02d}" + (f":{second:02d}" if second is not None else "")


def _offset(match: re.Match[str], line: Line) -> str | None:
    """Return Z or ±hh:mm; None where no offset is written or it is none of this world."""
    if match["name"]:
        return line.word(match.start("name")).note
    if not match["sign"]:
        return None
    packed = match.start("off")
    if packed >= 0:
        text = line.written(packed)
        hours, minutes = (int(text[:2]), int(text[2:])) if len(text) == 4 else (99, 0)
    else:
        hours, minutes = _number(match, "oh", line) or 0, _number(match, "om", line) or 0
    if hours > _FURTHEST or minutes > 59:
        return None
    return "Z" if hours == minutes == 0 else f"{match['sign']}{hours:02d}:{minutes:02d}"
