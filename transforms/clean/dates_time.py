"""The time of day that stands beside a date, with its offset where one is written."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.dates_words import Line

_CLOCK = r"(?P<hour>N):(?P<minute>N)(?::(?P<second>N)(?:\.[Nn])?)?"
#: ص, مساءً, ظهرا, م, بعد الظهر.
_HALF = r"(?P<half>[apG]|[gD]3)?"
#: Behind a date: 14:00, 09:23 ص, الساعة 05:16 مساءً, T10:22:00+01:00, آخر تحديث 14:00 (GMT+0400),
#: KSA 13:41.
_TIME = re.compile(
    r"(?:[,|;_/!-]{0,2}(?:I?i?e?S){1,3}[:,]?|[,|;_/!.-]{1,2}|(?<=[YG]):|i|T)?\(?(?P<named>Z)?"
    rf"(?:{_CLOCK}|(?<=T)(?P<packed>n)){_HALF}\)?"
    r"(?:[,|!-]?\(?K?(?P<zone>Z)?(?P<sign>[+-])(?:(?P<off>[nJY])|(?P<oh>N)(?::(?P<om>N))?)\)?"
    r"|[,|!-]?\(?(?:K?(?=Z)|K(?=5))(?P<name>[Z5])(?![+-][nJYN]|N:N)\)?)?"
)
#: Before a date: 10:15 - 12 سبتمبر, الساعة 05:16 مساءً من يوم ..., 10:30 GMT 12.02.2017.
_TIME_BEFORE = re.compile(
    rf"(?:(?P<named>Z)|S:?)?(?<![NYJn][:/.-]){_CLOCK}{_HALF}(?:\(?K?(?P<name>Z)\)?)?"
    r"(?:[,|;_/!-]{1,2}|I?i?d?)"
)
#: So many tokens at most take a clock and what joins it to the date behind it.
_LONGEST_BEFORE = 12
#: No place on earth is further from UTC.
_FURTHEST = 14
#: By part of the day, what the hours that are said with it are of 24: 9 ظهرا and 6 ليلا are no
#: time of day that anyone can place.
_HOURS = {
    "am": {hour: hour % 12 for hour in range(13)},
    "pm": {hour: hour + 12 * (hour < 12) for hour in range(24)},
    "noon": {11: 11, 12: 12, 1: 13, 2: 14, 3: 15},
    "afternoon": {12: 12} | {hour: hour + 12 for hour in range(1, 8)},
    "night": {12: 0} | {hour: hour + 12 for hour in range(7, 12)} | {h: h for h in range(5)},
}


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
        named = line.word(match.start("named")).note if match["named"] else ""
        return Clock(clock + named, at, _end(match))
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
            zone = max(match.start("named"), match.start("name"))
            offset = line.word(zone).note if zone >= 0 else ""
            return Clock(clock + offset, at, end) if clock else None
    return None


def _read_clock(match: re.Match[str], line: Line) -> str | None:
    hour, minute, second = (_number(match, group, line) for group in ("hour", "minute", "second"))
    if len(line.written(match.start("minute"))) < 2:  # 3:2 is a score
        return None
    return _clock(_by_half(hour or 0, match, line), minute or 0, second)


def _number(match: re.Match[str], group: str, line: Line) -> int | None:
    at = match.start(group)
    return None if at < 0 else line.word(at).value


def _end(match: re.Match[str]) -> int:
    """Return one past the last token of the clock itself, its zone left out."""
    return max(match.end(group) for group in ("minute", "second", "packed", "half"))


def _unpacked(digits: str) -> str | None:
    """Return T18:29:00 for the six digits of 2017-01-22T182900."""
    if len(digits) != 6:
        return None
    return _clock(int(digits[:2]), int(digits[2:4]), int(digits[4:]))


def _by_half(hour: int, match: re.Match[str], line: Line) -> int:
    """Return the hour of 24; -1 where the part of the day contradicts it (14:00 ص, 5:00 ليلا)."""
    half = match["half"]
    if half is None:
        return hour
    if half[-1] == "3":
        part = "am" if half[0] == "g" else "afternoon"
    else:
        part = line.word(match.start("half")).note or ("am" if half == "a" else "pm")
    if hour > 12 and part != "am":  # 14:05 م, 23:30 ليلا
        return hour
    return _HOURS[part].get(hour, -1)


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
