"""What one body is beside another, and which of two articles was first.

Times are compared only as precisely as they are stated: a day is not a minute. Where they do not
tell, what the page names as its source does; else it stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from transforms.clean.letters import fold
from transforms.group.compare import Overlap, Relation

_WORD = re.compile(r"\w+")
FirstRule = Literal["time", "day", "stated_source", "dateline"]

#: Shingles that both bodies have, at least: fewer are a name with its titles, or a formula.
_LEAST_SHARED = 8
#: From this Jaccard index on two bodies are copies whoever publishes them.
EDITED = 0.5
_NEARLY = 0.9
#: A body that has so much of another one holds it: the rest of five words in a row is where the
#: cut was made, or a word was changed.
_HOLDS = 0.8
#: Of two outlets, a body with half of its text from the other is made from it. An outlet's own
#: articles share phrases of its trade (an aid flight after another, a fixture list) up to there.
_MADE_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of an article beside its body: who published it when, on whose authority.

    `names` are the names of its outlet, `says` the source that its page names, and `opens` its
    dateline, with the agency where it names one; all as `spoken`.
    """

    article_id: str
    source_id: str
    published_at: str | None = None
    precision: str | None = None
    earliest: date | None = None
    latest: date | None = None
    names: frozenset[str] = frozenset()
    says: str | None = None
    opens: str | None = None
    country: str | None = None
    title: str | None = None


class First(NamedTuple):
    """Which of two articles was first, by which rule, and by how much; None where unknown."""

    article_id: str | None
    rule: FirstRule | None = None
    minutes: int | None = None
    days: int | None = None


UNKNOWN = First(None)


def relation_of(found: Overlap, *, same_source: bool) -> Relation | None:
    """Return what the left body is beside the right one; None where it is no copy of it."""
    if found.same_words and found.left:
        return "identical"
    if found.both < _LEAST_SHARED:
        return None
    if found.jaccard >= _NEARLY:
        return "copy"
    if found.of_left >= _HOLDS and found.of_left > found.of_right:
        return "excerpt"
    if found.of_right >= _HOLDS:
        return "extended"
    if found.jaccard >= EDITED:
        return "edited copy"
    if not same_source and max(found.of_left, found.of_right) >= _MADE_FROM:
        return "edited copy"
    return None


def first_of(one: Report, other: Report) -> First:
    """Return which of two articles was published first."""
    return _by_time(one, other) or _by_day(one, other) or _by_source(one, other) or UNKNOWN


def folded_names(names: Collection[str | None]) -> frozenset[str]:
    """Return the names of an outlet as they are compared."""
    return frozenset(said for name in names if (said := spoken(name)))


def spoken(text: str | None) -> str | None:
    """Return the words of a name, or of what names one, as they are compared."""
    return " ".join(_WORD.findall(fold(text))) or None if text else None


def _by_time(one: Report, other: Report) -> First | None:
    """Compare two times of the minute, where both clocks are known or are the same one."""
    if one.precision != "time" or other.precision != "time":
        return None
    left, right = _moment(one.published_at), _moment(other.published_at)
    if left is None or right is None:
        return None
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    if left.tzinfo is None and not _same_clock(one, other):
        return None
    minutes = int((right - left).total_seconds() // 60)
    if not minutes:
        return None
    days = abs((right.date() - left.date()).days)
    if minutes > 0:
        return First(one.article_id, "time", minutes, days)
    return First(other.article_id, "time", -minutes, days)


def _by_day(one: Report, other: Report) -> First | None:
    """Compare the days that two dates allow."""
    for early, late in ((one, other), (other, one)):
        if early.latest and late.earliest and early.latest < late.earliest:
            exact = early.earliest == early.latest and late.earliest == late.latest
            days = (late.earliest - early.latest).days if exact else None
            return First(early.article_id, "day", None, days)
    return None


def _by_source(one: Report, other: Report) -> First | None:
    """Look whether one of them, and not the other, names the other's outlet as its source."""
    for field, rule in (("says", "stated_source"), ("opens", "dateline")):
        left = _names(getattr(one, field), other, one)
        right = _names(getattr(other, field), one, other)
        if left != right:
            return First((other if left else one).article_id, rule)  # type: ignore[arg-type]
    return None


def _names(said: str | None, named: Report, by: Report) -> bool:
    """Return whether words name the outlet of a report, and not that of whoever says them."""
    if not said:
        return False
    padded = f" {said} "
    return any(
        f" {name} " in padded for name in named.names if len(name) > 2 and name not in by.names
    )


def _same_clock(one: Report, other: Report) -> bool:
    if one.source_id == other.source_id:
        return True
    return one.country is not None and one.country == other.country


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
