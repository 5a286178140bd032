"""What the readers of dates share: the match in its line, and what they make of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from transforms.clean import dates_calendar as cal
from transforms.clean.dates_calendar import Publication, Value
from transforms.clean.dates_lexicon import Word
from transforms.clean.dates_nearest import Cue, Prefer, month_by_modifier, nearest_month, relative
from transforms.clean.dates_words import Line

ELSEWHERE = "the year or month is that of another date in the text"
RECURS = "comes every year"
#: How many months, weeks or years a word moves: past, current, coming, هذا.
STEPS = {"P": -1, "C": 0, "F": 1, "h": 0}
#: So many tokens before a date may say that it is still to come (من المقرر أن ...).
_AHEAD = 15
#: A verb of what is to come mostly (تبدأ) belongs to a date that is so many tokens behind it.
_DUE = 8
#: A number that is no year from 1900 to 2100, where a year may stand.
_FAR_YEAR = re.compile(r"[,/(!-]?(?:I?y)?(?P<year>[nJ])(?!q)")
#: So many signs at most frame a date: brackets, dashes, a point.
_FRAME = 8
#: The tags of signs: all others are words and numbers.
_SIGNS = frozenset("/-,.:()+|;_!")
#: A verb of the past right before a date, or with one word between: جرت في, حكم عليه في.
_HAPPENED = re.compile("<[x5]?$")


class About(NamedTuple):
    """What is known beside the text: when and where it was published, and how it counts.

    `prefer`: which one a bare weekday or a date without a year means where no word decides.
    """

    publication: Publication | None
    country: str | None
    prefer: Prefer = "past"


class Reading(NamedTuple):
    """What a reader made of a match.

    `year`: the year that is written. `with_year` gives the value if a neighbour's year holds for
    this one too (15 مارس و20 أبريل 2018). `possible`: the values between which nothing decided.
    `refers_back` gives the value by the year and month of the date before it (من الشهر نفسه).
    `order` is that of a date in numbers, `dmy` or `mdy`, as far as it is certain.
    """

    value: Value
    year: int | None = None
    with_year: Callable[[int], Value] | None = None
    possible: tuple[Value, ...] = ()
    refers_back: Callable[[int, int], Value] | None = None
    order: str | None = None


class Shape(NamedTuple):
    """Where a rule matches in an island of tags; the same for every island of these tags.

    `groups`: of each group that matched, its first token and its tags. `rule` is the rule's place
    in the grammar.
    """

    start: int
    end: int
    rule: int
    tags: str
    groups: dict[str, tuple[int, str]]


class Seen(NamedTuple):
    """A shape in its line: token 0 of its island is token `offset` of the line."""

    shape: Shape
    offset: int
    line: Line
    about: About

    @property
    def first(self) -> int:
        """The first token."""
        return self.offset + self.shape.start

    @property
    def end(self) -> int:
        """One past the last token."""
        return self.offset + self.shape.end

    def at(self, group: str) -> int:
        """Return the token where a group of the pattern matched; -1 where it did not."""
        found = self.shape.groups.get(group)
        return -1 if found is None else self.offset + found[0]

    def tag(self, group: str) -> str:
        """Return what a group matched; empty where it did not."""
        found = self.shape.groups.get(group)
        return "" if found is None else found[1]

    def word(self, group: str) -> Word | None:
        """Return the first word of a group; None where it did not match."""
        at = self.at(group)
        return None if at < 0 else self.line.word(at)

    def value(self, group: str) -> int | None:
        """Return the number, month or weekday of a group; None where it did not match."""
        at = self.at(group)
        return None if at < 0 else self.line.word(at).value

    def before(self, count: int = 1) -> str:
        """Return the tags of so many tokens before the match."""
        first = self.first
        return self.line.tags[max(0, first - count) : first]

    def after(self, count: int = 1) -> str:
        """Return the tags of so many tokens behind the match."""
        end = self.end
        return self.line.tags[end : end + count]

    def cue(self) -> Cue:
        """Return what the sentence, up to the match, says of the date's direction."""
        before = sentence_before(self.line, self.first)
        bare = before.rstrip("idem")
        if bare.endswith("g"):
            word = self.line.word(self.first - 1 - (len(before) - len(bare)))
            return "since" if word.note == "since" else "before"
        if bare.endswith("@L"):
            return "since"
        if "?" not in before and _HAPPENED.search(bare):
            return "happened"
        if ">" in before or "F" in before:
            return "ahead"
        if "$" in before[-_DUE:]:
            return "due"
        if bare.rstrip("I").endswith("L"):
            return "until"
        return "next" if self.about.prefer == "future" else None

    def beside(self, most: int) -> str | None:
        """Return the tags beside the match in its line of the text; None for more than `most`."""
        tags = self.line.tags
        before = tags[max(0, self.first - most - 1) : self.first].rpartition("\n")[2]
        after = tags[self.end : self.end + most + 1].partition("\n")[0]
        return before + after if len(before) + len(after) <= most else None

    def is_within(self, tokens: int) -> bool:
        """Return whether the line of the match has at most so many tokens: it says little else."""
        return self.beside(tokens - (self.end - self.first)) is not None

    def stands_alone(self) -> bool:
        """Return whether the line says nothing else: no word or number beside the match."""
        beside = self.beside(_FRAME)
        return beside is not None and _SIGNS.issuperset(beside)

    def month(self, n: str = "") -> int | None:
        """Return the month; None where two different ones are written as if one."""
        month = self.value(f"mon{n}")
        for group in (f"twin{n}", f"paren{n}", f"near{n}"):
            other = self.value(group)
            if other is not None and other != month:
                return None
        return month

    def day(self) -> int:
        """Return the day of the month, in digits or as an ordinal (الثالث والعشرين)."""
        day = self.value("day")
        if day is not None:
            return day
        return self.value("first") or (self.value("ord") or 0) + (self.value("ten") or 0)

    def is_two_ordinals(self) -> bool:
        """Return whether two ordinals stand side by side, not one of two words: الثالث والرابع."""
        return 0 < (self.value("ten") or 0) < 10

    def counts_something_else(self) -> bool:
        """Return whether the ordinal is of a week or a half: الأسبوع الأول من مايو."""
        at = self.at("ord")
        return at > 0 and self.line.tags[at - 1] in "w%"

    def relative(self, resolve: Callable[[date], Value]) -> Reading:
        """Return what `resolve` says for the publication day."""
        return Reading(relative(self.about.publication, resolve))

    def open_year(
        self,
        dated: Callable[[int], Value],
        near: Callable[[date, str], Value],
        n: str = "",
    ) -> Reading:
        """Read a day or month by what follows it.

        `dated` gives the value in a known year; `near` the one that a modifier (P, C, F or none)
        means on a publication day.
        """
        year = self.value(f"year{n}")
        if year is not None:
            return Reading(dated(year), year)
        said, modifier = self.tag(f"ymod{n}"), self.tag(f"mod{n}")
        if "*" in said:
            return Reading(cal.unknown(RECURS))
        if "~" in said:
            return Reading(cal.unknown(ELSEWHERE), refers_back=lambda year, _: dated(year))
        leap_year = dated(2000)
        if leap_year.reason == cal.IMPOSSIBLE:  # what a leap year does not have, no year has
            return Reading(leap_year)
        if said:
            step = STEPS["h" if "h" in said else said[-1]]
            return self.relative(lambda day: dated(day.year + step))
        if not modifier and self._has_far_year():
            return Reading(cal.unknown(cal.OUT_OF_RANGE))
        with_year = None if modifier else dated
        if self.about.publication is None:
            return Reading(cal.unknown(cal.NO_YEAR), with_year=with_year)
        return self.relative(lambda day: near(day, modifier))._replace(with_year=with_year)

    def _has_far_year(self) -> bool:
        """Return whether a year that no news is of stands behind the date: 5 مايو عام 1850."""
        found = _FAR_YEAR.match(self.line.tags, self.end)
        return found is not None and len(self.line.written(found.start("year"))) == 4


def sentence_before(line: Line, first: int) -> str:
    """Return the tags of the sentence before a token, as far back as they say its direction."""
    before = line.tags[max(0, first - _AHEAD) : first]
    return before[max(before.rfind("."), before.rfind("\n")) + 1 :]


def read_month_of(seen: Seen, month: int) -> Reading:
    """Read a month by what follows it: a year, الماضي, or nothing. A part of it is the month."""

    def near(published: date, modifier: str) -> Value:
        if modifier:
            return month_by_modifier(published, month, modifier)
        return nearest_month(published, month, seen.cue(), part=bool(seen.tag("edge")))

    return seen.open_year(lambda year: cal.month_value(year, month), near)
