"""The time of day that stands beside a date, with its offset where one is written."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.dates_words import Line

#: Behind a date: 14:00, 09:23 ص, الساعة 05:16 مساءً, T10:22:00+01:00, آخر تحديث 14:00 (GMT+0400).
_CLOCK = r"(?P<hour>N):(?P<minute>N)(?::(?P<second>N)(?:\.[Nn])?)?"
_TIME = re.compile(
    r"(?:[,|;_/!-]{0,2}(?:I?i?e?S){1,3}[:,]?|[,|;_/!-]{1,2}|i|T)?\(?"
    rf"(?:{_CLOCK}|(?<=T)(?P<packed>n))(?P<half>[apG])?\)?"
    r"(?:[,|!-]?\(?K?(?P<zone>Z)?(?P<sign>[+-])(?:(?P<off>[nJY])|(?P<oh>N)(?::(?P<om>N))?)\)?"
    r"|[,|!-]?\(?K?(?P<name>Z)(?![+-][nJYN])\)?)?"
)
#: Before a date: 10:15 - 12 سبتمبر, الساعة 05:16 مساءً من يوم ...
_TIME_BEFORE = re.compile(
    rf"(?:S:?)?(?<![NYJn][:/.-]){_CLOCK}(?P<half>[apG])?(?:[,|;_/!-]{{1,2}}|I?i?d?)"
)
#: So many tokens at most take a clock and what joins it to the date behind it.
_LONGEST_BEFORE = 12
#: No place on earth is further from UTC.
_FURTHEST = 14


class Clock(NamedTuple):
    """A time as ISO 8601 writes it (T14:00+04:00), its first token and one past its last."""

    iso: str
    start: int
    end: int


def read_time(line: Line, at: int) -> Clock | None:
    """Return the time of day that stands at token `at`; None where there is none or no such."""
    match = _TIME.match(line.tags, at)
    if match is None:
        return None
    packed = match.start("packed")
    clock = _unpacked(line.written(packed)) if packed >= 0 else _read_clock(match, line)
    if clock is None:
        return None
    offset = _offset(match, line)
    if offset is None:
        end = match.end("half") if match["half"] else _end_of_digits(match)
        return Clock(clock, at, end)
    return Clock(clock + offset, at, match.end())


def read_time_before(line: Line, end: int, reached: int) -> Clock | None:
    """Return the time of day that ends right before token `end`, at `reached` or behind it."""
    earliest = max(reached, end - _LONGEST_BEFORE)
    if ":" not in line.tags[earliest:end]:
        return None
    for at in range(earliest, end):
        match = _TIME_BEFORE.match(line.tags, at, end)
        if match is not None and match.end() == end:
            clock = _read_clock(match, line)
            return Clock(clock, at, end) if clock else None
    return None


def _read_clock(match: re.Match[str], line: Line) -> str | None:
    hour, minute, second = (_number(match, group, line) for group in ("hour", "minute", "second"))
    if len(line.written(match.start("minute"))) < 2:  # 3:2 is a score
        return None
    return _clock(_by_half(hour or 0, match, line), minute or 0, second)


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
