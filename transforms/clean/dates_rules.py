"""The grammar of dates: patterns over the letters of `dates_words.ROLES`, one rule a reading.

A pattern finds where such a date may stand; its reader says what it comes to, or None where the
words are no date after all. No pattern takes a word without a role (x), so that a line falls into
islands of letters between such words, and what the patterns find in an island depends on its
letters alone: it is looked up where the same island was seen before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from transforms.clean import dates_absolute as absolute
from transforms.clean import dates_hijri as hijri
from transforms.clean import dates_ordinal as ordinal
from transforms.clean import dates_pair as pair
from transforms.clean import dates_parts as parts
from transforms.clean import dates_ranges as ranges
from transforms.clean import dates_relative as relative
from transforms.clean import dates_short as short
from transforms.clean.dates_reading import Reading, Seen, Shape

#: Longer islands (tables of numbers) are matched but not remembered.
_LONGEST_REMEMBERED = 60


class Rule(NamedTuple):
    """A pattern over tags and the reader of its matches."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[Seen], Reading | None]


def _month(n: str = "") -> str:
    """Return the pattern of a month, alone or with its other name: مايو/أيار, سبتمبر (أيلول)."""
    return (
        rf"(?P<mon{n}>[MµA])(?:(?<=A)\.)?"
        rf"(?:[/!-](?P<twin{n}>[MA])|\((?P<paren{n}>[MA])\)|(?P<near{n}>M))?"
    )


#: No part of a longer number; a clock (- 10:15) or another date (/ 14 جانفي) is none.
_NO_NUMBER_BEHIND = r"(?![/.-][NYn](?!:N|I?[MA]))"


def _tail(n: str = "") -> str:
    """Return the pattern of what follows a month: a year, or words that stand for one."""
    return (
        rf"(?:(?:[,/!-]|Ih?|i|(?P<open{n}>\()(?=YG?\)))?(?:y,?)?"
        rf"(?P<year{n}>Y)(?!q){_NO_NUMBER_BEHIND}G?(?(open{n})\))"
        rf"|I?(?P<ymod{n}>y[PCF~]|hy|~y|\*y)|,?(?P<mod{n}>[PCF]))?"
    )


_WEEKDAY = r"(?:[trd]{0,2}(?P<wd>[WV]|#(?=,))[,.]?(?:=|[id]{0,2})i?)?"
_ORDINAL = r"(?P<ord>O)(?P<ten>[OQ])?"
_DAY = rf"(?:(?P<day>N)v?[,/!-]?I?m?|{_ORDINAL}Im?|(?P<first>0|2(?=dI))(?:d(?=I))?I?m?)"
#: The weekdays of several days: السبت والأحد 3 و4 مايو, الجمعة والسبت (3-4 مايو).
_WEEKDAYS = r"(?:d?(?P<wd>W)(?:[-&L]?d?W){0,4},?[id]{0,2}(?P<bracket>\()?)?"
_BRACKET = r"(?(bracket)\))"
#: The weekday behind a date: 03/04/2020 الجمعة, 3 أبريل 2020 (الجمعة).
_BEHIND = r"(?:,?|(?P<bracket>\())d?(?P<wd>W)(?(bracket)\)|(?![PFC]))"
#: No part of a longer number: 3.5 مايو, 10/5 مايو. A clock is none: 10:15 - 12 سبتمبر.
_APART = r"(?:(?<![NJn][./:,-])(?<!Y[.:-])|(?<=N:N[,-]))"
_NO_SIGN_BEFORE = r"(?:(?<![NYJn][/.-])|(?<=N:N[/.-]))"
_NO_SIGN_BEHIND = r"(?!(?:[/-]|(?P=sign))[NYJn](?!:N))"
#: Between the numbers of one date; dashes may differ in their blanks (15- 9 - 1436).
_SIGN, _SAME = r"(?P<sign>[/.]|(?P<dash>[!-]))", r"(?(dash)[!-]|(?P=sign))"
_HIJRI_YEAR = r"[,/!-]?(?:I?y)?B?(?P<hy>J)B?"


def _numeric(n: str) -> str:
    """Return the pattern of a date in numbers of either calendar, the year first or last."""
    return (
        rf"(?:(?P<first{n}>[YJ])(?P<sign{n}>[/.-])(?P<second{n}>N)(?P=sign{n})(?P<third{n}>N)"
        rf"|(?P<one{n}>N)(?P<mark{n}>[/.-])(?P<other{n}>N)(?P=mark{n})(?P<last{n}>[YJ]))"
        rf"(?P<era{n}>[BG])?"
    )


#: A month said by its number (شهر عشرة, الشهر الثامن), and of nothing else (من الحرب).
_NUMBER = r"(?P<number>[cQ]|O|N(?![:/.-]))(?:(?<=O)(?P<teen>Q))?"
_NUMBERED_MONTH = rf"m{_NUMBER}{_tail()}(?!I)"
_ANY_MONTH = (
    rf"(?:(?:[Ii]?m?{_month()}|[Ii]?m{_NUMBER}){_tail()}"
    r"|[Ii]?(?P<relative>m[PCF]|hm))"
)
_DAYS = r"(?P<from>N)(?P<sign>[-!L&])d?(?P<to>N)"
_LISTED_DAYS = r"(?P<from>N)(?P<more>(?:&d?N){1,8})&d?(?P<to>N)"
_OF_YEAR = r"(?:[Ii]?h?y?(?P<year>Y)(?!q|[/-][NY])G?|I?(?P<said>y[PCF]|hy))"


def _rule(name: str, pattern: str, read: Callable[[Seen], Reading | None]) -> Rule:
    return Rule(f"date.{name}", re.compile(pattern), read)


#: Where two rules read the same span, the earlier one is asked first.
RULES: tuple[Rule, ...] = (
    _rule(
        "day-month-span",
        rf"{_APART}(?:[Ib]d?)?(?:W,?)?(?P<from>N){_month('1')}{_tail('1')}(?P<sign>[L&!-])[dW]{{0,2}},?"
        rf"(?P<to>N)I?{_month('2')}{_tail('2')}",
        ranges.read_span,
    ),
    _rule(
        "day-range",
        rf"{_APART}[Ib]?{_WEEKDAYS}d?{_DAYS}I?m?{_month()}{_tail()}{_BRACKET}",
        ranges.read_days,
    ),
    _rule(
        "day-range",
        rf"{_APART}{_WEEKDAYS}d?{_LISTED_DAYS}I?m?{_month()}{_tail()}{_BRACKET}",
        ranges.read_days,
    ),
    _rule(
        "day-range",
        rf"{_APART}[Ib]?d?(?P<from>O)(?P<from_ten>[OQ])?(?P<sign>[-!L])d?"
        rf"(?P<to>O)(?P<to_ten>[OQ])?Im?{_month()}{_tail()}",
        ranges.read_days,
    ),
    _rule(
        "day-range",
        rf"{_APART}[Ib]?d?(?P<from>O)(?P<to>O)Im?{_month()}{_tail()}",
        ranges.read_days,
    ),
    _rule("day-month", rf"(?<=O)(?P<ord>O)Im?{_month()}{_tail()}", absolute.read_day_month),
    _rule(
        "day-range",
        rf"{_month()}(?P<from>N)(?P<sign>[-!L])(?P<to>N)(?![%q:/.-])(?:,?(?P<year>Y))?",
        ranges.read_days,
    ),
    _rule("day-range", rf"{_APART}[Ib]?d?{_DAYS}I{_NUMBERED_MONTH}", ordinal.read_numbered_days),
    _rule("day-month", rf"{_APART}{_WEEKDAY}{_DAY}{_month()}{_tail()}", absolute.read_day_month),
    _rule(
        "day-month",
        rf"{_APART}{_DAY}{_month()}[,/!-]?y?(?P<year>Y){_BEHIND}",
        absolute.read_day_then_weekday,
    ),
    _rule(
        "day-month",
        rf"{_APART}d?(?P<wd>W)\((?:(?P<day>N)|{_ORDINAL}I){_month()}{_tail()}\)",
        absolute.read_day_month,
    ),
    _rule(
        "day-month",
        rf"{_APART}{_WEEKDAY}(?:(?P<day>N)|{_ORDINAL}|(?P<first>[02])d)I{_NUMBERED_MONTH}",
        ordinal.read_numbered_day,
    ),
    _rule("nth-weekday", rf"(?P<nth>[02e])d?(?P<wd>#){_ANY_MONTH}", ordinal.read_nth_weekday),
    _rule("nth-weekday", rf"d?(?P<wd>[W#])(?P<nth>[kO]){_ANY_MONTH}", ordinal.read_nth_weekday),
    _rule("last-day", rf"(?P<nth>e)d{_ANY_MONTH}", ordinal.read_last_day),
    _rule("last-day", rf"[td](?P<nth>k){_ANY_MONTH}", ordinal.read_last_day),
    _rule(
        "month-day-year",
        r"(?:(?P<wd>[VW])[,.]?)?(?P<mon>[AMµ])\.?(?P<day>N)v?,?(?P<year>Y)",
        absolute.read_month_day_year,
    ),
    _rule(
        "hijri-day",
        rf"{_APART}{_WEEKDAY}{_DAY}(?P<hijri>H)k?(?:{_HIJRI_YEAR}|,?(?P<mod>[PCF]))?",
        hijri.read_hijri_day,
    ),
    _rule(
        "year-month-day",
        rf"{_NO_SIGN_BEFORE}{_WEEKDAY}(?P<year>[YJ]){_SIGN}(?P<one>N){_SAME}(?P<other>N)"
        rf"(?P<era>[BG])?{_NO_SIGN_BEHIND}",
        absolute.read_year_first,
    ),
    _rule(
        "numeric",
        rf"{_NO_SIGN_BEFORE}{_WEEKDAY}(?P<one>N){_SIGN}(?P<other>N){_SAME}(?P<year>[YJ])"
        rf"(?P<era>[BG])?{_NO_SIGN_BEHIND}",
        absolute.read_numeric,
    ),
    _rule(
        "year-month-day",
        r"(?P<year>Y)[,/-]?(?P<mon>[MA])[,/-]?(?P<day>N)(?![:/.%q-])",
        absolute.read_year_month_day,
    ),
    _rule(
        "year-month-day",
        rf"(?P<year>Y),?d?(?P<wd>W),?(?P<day>N){_month()}",
        absolute.read_year_month_day,
    ),
    _rule(
        "numeric",
        rf"{_NO_SIGN_BEFORE}(?P<one>N){_SIGN}(?P<other>N){_SAME}(?P<year>Y){_BEHIND}",
        absolute.read_numbers_then_weekday,
    ),
    _rule(
        "numeric.weekday",
        r"d?(?P<wd>[WV])[,.]?(?:=|[id]{0,2})(?P<one>N)(?P<sign>[/-])(?P<other>N)"
        r"(?![/.:-]|[NYJn%q])",
        short.read_weekday_numbers,
    ),
    _rule(
        "numeric.short-year",
        rf"{_NO_SIGN_BEFORE}{_WEEKDAY}(?P<one>N)(?P<sign>[/-])(?P<other>N)(?P=sign)(?P<short>N)"
        r"(?![/.-]|[NYJn%q](?!:N))",
        short.read_short_year,
    ),
    _rule(
        "day-month",
        r"(?P<wd>V)[,.]?(?P<day>N)-?(?P<mon>A)-?(?P<short>N)(?![:/.-])",
        short.read_short_named,
    ),
    _rule(
        "asctime",
        r"V[,.]?(?P<mon>A)(?P<day>N)(?P<hour>N):(?P<minute>N)(?::(?P<second>N))?(?P<zone>Z)?"
        r"(?P<year>Y)",
        absolute.read_asctime,
    ),
    _rule(
        "dual-calendar",
        rf"{_NO_SIGN_BEFORE}{_WEEKDAY}{_numeric('1')}(?:[-!,|;/_]{{0,2}}|=i?|(?P<paren>\())"
        rf"{_numeric('2')}(?(paren)\))(?![/-][NYJn](?!:N))",
        pair.read_pair,
    ),
    _rule(
        "month-range",
        rf"(?:[Ib]m?|m){_month('1')}(?:(?:I?y)?(?P<year1>Y))?(?:[L&!-]|(?=µ))m?{_month('2')}"
        rf"{_tail('2')}",
        ranges.read_months,
    ),
    _rule("month", rf"(?P<edge>[e%])?I?(?P<said>h?m)?{_month()}{_tail()}", absolute.read_month),
    _rule("month", rf"(?P<edge>[e%])?I?m{_NUMBER}{_tail()}(?!I)", ordinal.read_numbered_month),
    _rule(
        "hijri-month",
        rf"e?m?(?P<hijri>H)k?(?:{_HIJRI_YEAR}|(?P<mod>[PCF])|(?:I?y)?(?P<year>Y)G?)",
        hijri.read_hijri_month,
    ),
    _rule("hijri-year", r"[yz]?(?:(?P<from>J)[-!/])?(?P<hy>J)B", hijri.read_hijri_year),
    _rule("hijri-year", r"yB(?P<hy>J)", hijri.read_hijri_year),
    _rule("part-of-year", rf"(?P<part>%)(?P<nth>[Ok]){_OF_YEAR}", parts.read_part_of_year),
    _rule(
        "part-of-year",
        rf"(?P<unit>u)(?P<count>[NcQ])(?P<nth>k){_OF_YEAR}",
        parts.read_months_of_year,
    ),
    _rule("decade", r"e?(?P<decade>[79])(?:I?8(?P<which>[PC]|OO?))?", parts.read_decade),
    _rule(
        "year-range",
        rf"{_NO_SIGN_BEFORE}(?<!&)(?P<open>\((?=Y[-!]YG?\)))?[Ib]?(?:h?[yz])?(?P<from>Y)G?"
        r"(?P<sign>[-!/&L])y?(?P<to>Y)(?![/.-][NYJn]|&Y|q)G?(?(open)\))",
        ranges.read_years,
    ),
    _rule(
        "year-range",
        rf"{_NO_SIGN_BEFORE}(?:(?P<noun>[yzE])k?)?(?P<from>Y)[-/](?P<short>N)(?![/.:-]|[NYJn%q])",
        ranges.read_season,
    ),
    _rule(
        "year",
        r"(?:e?h?(?P<noun>[yz]),?|(?P<event>[eEX])|(?<=(?P<bare>[igILDb]))"
        r"|(?<=(?P<joined>[yziIgLDeEX&]Y[&L])))(?P<year>Y)"
        r"(?![/.:-][NYJn](?!:N)|!Y|\+|[&L]Yq)G?",
        absolute.read_year,
    ),
    _rule(
        "ago",
        r"g(?P<count>[NcQ])?(?P<unit>[uzymdwU])(?P<one>6)?(?![WrRNPCFYOMµHIJ~A&hS%])",
        relative.read_ago,
    ),
    _rule(
        "day-of-month",
        rf"{_WEEKDAY}(?:(?P<day>N)|{_ORDINAL})(?P<month>I(?:m[PCF]|hm|m~|~m)|I?C)",
        relative.read_day_of_month,
    ),
    _rule(
        "relative",
        r"(?P<near>d?r(?:O(?!I))?|0I?r|(?:[td][kL]?)?(?:gr|DR)|d?R|tP|h?t)(?P<wd>W)?",
        relative.read_near_day,
    ),
    _rule(
        "relative.unit",
        r"e?(?P<this>h)?(?P<unit>[ywm])(?:(?P<mod>[PCF])|(?(this)|(?!)))",
        relative.read_unit,
    ),
    _rule("relative.next-to", r"(?P<unit>[tdmyw])(?P<nth>k)", relative.read_next_to),
    _rule("relative.next-to", r"d?(?P<wd>W)(?P<nth>k)", relative.read_next_to),
    _rule("weekday-range", r"Id?WLd?W", relative.read_weekdays),
    _rule("weekday-day", rf"d?(?P<wd>W){_ORDINAL}(?!I?m?[MµHA])", relative.read_weekday_day),
    _rule(
        "weekday",
        r"d?(?P<wd>W)(?!D[PF]|O)(?:(?P<mod>[PF])|I?(?P<week>w[PCF]|hw))?",
        relative.read_weekday,
    ),
    _rule("weekday", r"d?(?P<wd>#)(?P<week>w[PCF])", relative.read_weekday),
)


#: No date is without one of these: a month, a year, a decade, a weekday, a word that counts from
#: today; or it is three numbers with slashes or dashes between them, or السنة السابقة.
_KEY = re.compile(r"[MµAHYJ97WVRrtgPCFhm]|N([/-])N\1N|[dyw]k")
_NO_PART_OF_A_DATE = "\n<>$"


def islands(tags: str) -> Iterator[tuple[int, str]]:
    """Yield the runs of tags without x in which a date may stand, each with its first token."""
    for tag in _NO_PART_OF_A_DATE:
        tags = tags.replace(tag, "x")
    reached, key = 0, _KEY.search(tags)
    while key is not None:
        at = key.start()
        start = max(tags.rfind("x", reached, at), reached - 1) + 1
        end = tags.find("x", at)
        reached = end if end >= 0 else len(tags)
        yield start, tags[start:reached]
        key = _KEY.search(tags, reached)


def candidates(island: str) -> tuple[Shape, ...]:
    """Return where the rules match in a run of tags without x, leftmost and longest first."""
    return _remembered(island) if len(island) <= _LONGEST_REMEMBERED else _candidates(island)


def _candidates(island: str) -> tuple[Shape, ...]:
    found = [
        (match.start(), -match.end(), order, match)
        for order, rule in enumerate(RULES)
        for match in rule.pattern.finditer(island)
    ]
    found.sort(key=itemgetter(0, 1, 2))
    return tuple(
        Shape(start, -to_end, order, match[0], _groups(match))
        for start, to_end, order, match in found
    )


def _groups(match: re.Match[str]) -> dict[str, tuple[int, str]]:
    return {
        name: (match.start(name), text)
        for name, text in match.groupdict().items()
        if text is not None
    }


#: A corpus has few islands and repeats them.
_remembered = lru_cache(maxsize=20_000)(_candidates)
