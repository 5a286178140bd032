"""A batch of bodies against all that are known: which of them are copies, counted word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.group.candidates import I32, UNDATED, Met, Shelf, meet, shelf_of
from transforms.group.compare import Overlap, Shared, overlap, shared_runs
from transforms.group.core import core_of
from transforms.group.families import Pair
from transforms.group.minhash import U8
from transforms.group.shingles import Shingles, in_order, shingles_of
from transforms.group.words import I64, U32, Words, words_of

#: Bodies that are hashed together.
AT_ONCE = 2_000
_FIRST = date(1970, 1, 1)


class Body(NamedTuple):
    """The body of an article, the dateline that opens it, and the first day of its date."""

    article_id: str
    body: str
    dateline: str | None = None
    day: date | None = None

    @property
    def core(self) -> str:
        """Return what of it is compared."""
        return core_of(self.body, self.dateline)


@dataclass(slots=True)
class Meeting:
    """New bodies, hashed, and the pairs that they are likely to make.

    `days` are those under which articles of other shelves were put there.
    """

    shelves: list[Shelf] = field(default_factory=list)
    sets: dict[str, tuple[U32, int]] = field(default_factory=dict)
    likely: set[tuple[str, str]] = field(default_factory=set)
    days: dict[str, set[date | None]] = field(default_factory=dict)

    def standing(self) -> dict[str, set[date | None]]:
        """Return the days of the articles that are met and are not new, by their ids in order."""
        met_ids = {each for pair in self.likely for each in pair} - self.sets.keys()
        return {each: self.days[each] for each in sorted(met_ids)}


def met(new: Iterable[Sequence[Body]], known: Sequence[Shelf]) -> Meeting:
    """Return what new bodies meet, on shelves and among themselves; portions come in any order."""
    meeting = Meeting()
    for portion in new:
        for some in _in_parts(portion):
            _take(some, known, meeting)
    return meeting


def pairs_of(
    meeting: Meeting,
    bodies: Callable[[Mapping[str, set[date | None]]], Iterable[Sequence[Body]]],
) -> list[Pair]:
    """Return the likely pairs as they are: `bodies` gives those of articles that are not new.

    It is told their ids and the days that they may have; one that it does not give is gone.
    """
    old = meeting.standing()
    sets = dict(meeting.sets)
    if old:
        for portion in bodies(old):
            for some in _in_parts(portion):
                sets |= _sets(some, shingles_of(words_of([each.core for each in some])))
    return [
        Pair(one, other, found)
        for one, other in sorted(meeting.likely)
        if one in sets and other in sets and (found := _overlap(sets[one], sets[other])).both
    ]


def runs_of(
    wanted: Iterable[tuple[str, str]], bodies: Mapping[str, Body]
) -> dict[tuple[str, str], list[Shared]]:
    """Return the runs of words that pairs of bodies share, in the order of the first one."""
    known: dict[str, tuple[U32, Words]] = {}

    def ordered(article_id: str) -> tuple[U32, Words]:
        if article_id not in known:
            words = words_of([bodies[article_id].core])
            known[article_id] = in_order(words)[0], words
        return known[article_id]

    found = {}
    for one, other in wanted:
        (left, left_words), (right, right_words) = ordered(one), ordered(other)
        found[one, other] = shared_runs(
            left,
            (left_words.starts, left_words.ends),
            right,
            (right_words.starts, right_words.ends),
        )
    return found


def _in_parts(portion: Sequence[Body]) -> Iterable[Sequence[Body]]:
    return (portion[start : start + AT_ONCE] for start in range(0, len(portion), AT_ONCE))


def _take(some: Sequence[Body], known: Sequence[Shelf], meeting: Meeting) -> None:
    shingles = shingles_of(words_of([each.core for each in some]))
    shelf = shelf_of(shingles, packed([each.article_id for each in some]), days_of(some))
    for other in (*known, *meeting.shelves, shelf):
        found = meet(shelf, other)
        meeting.likely |= _by_id(found, shelf, other)
        _note_days(meeting, other, found.rows)
    meeting.shelves.append(shelf)
    meeting.sets |= _sets(some, shingles)


def _sets(some: Sequence[Body], shingles: Shingles) -> dict[str, tuple[U32, int]]:
    texts = shingles.texts.tolist()
    return {each.article_id: (shingles.of(n), texts[n]) for n, each in enumerate(some)}


def _overlap(one: tuple[U32, int], other: tuple[U32, int]) -> Overlap:
    return overlap(one[0], other[0], same_words=one[1] == other[1])


def _by_id(found: Met, batch: Shelf, shelf: Shelf) -> set[tuple[str, str]]:
    """Return pairs by the ids of their articles, the smaller first; none of one with itself."""
    left, right = unpacked(batch.ids[found.asked]), unpacked(shelf.ids[found.rows])
    return {
        (one, other) if one < other else (other, one)
        for one, other in zip(left, right, strict=True)
        if one != other
    }


def _note_days(meeting: Meeting, shelf: Shelf, rows: I64) -> None:
    own = np.unique(rows)
    for article, day in zip(unpacked(shelf.ids[own]), shelf.days[own].tolist(), strict=True):
        known = None if day == UNDATED else _FIRST + timedelta(days=day)
        meeting.days.setdefault(article, set()).add(known)


def days_of(some: Sequence[Body]) -> I32:
    """Return the days of bodies, counted from 1970."""
    counted = (UNDATED if each.day is None else (each.day - _FIRST).days for each in some)
    return np.fromiter(counted, np.int32, len(some))


def packed(ids: Sequence[str]) -> U8:
    """Return ids of 32 hexadecimal digits as bytes, of shape (ids, 16)."""
    return np.frombuffer(bytes.fromhex("".join(ids)), np.uint8).reshape(-1, 16)


def unpacked(ids: NDArray[np.uint8]) -> list[str]:
    """Return packed ids as hexadecimal digits."""
    text = np.ascontiguousarray(ids).tobytes().hex()
    return [text[start : start + 32] for start in range(0, len(text), 32)]
