"""Whether two articles tell the same event: what they have in common that few others have.

Looked at are articles of the same or the next day only. A word weighs by how few of the articles
of the days around have it (K. Spärck Jones, A statistical interpretation of term specificity,
1972), so that the words of an affair that fills the week tell less on its fifth day than on its
first: follow-ups stay apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.group.event_words import MOST_WORDS, Terms, terms_of
from transforms.group.words import I64, Bools

F64 = NDArray[np.float64]

#: Days before and after that are counted for the weight of a word. One to seven days, and the
#: whole corpus, told the labelled pairs apart equally well: fewer days mean fewer to read again.
AROUND = 1
#: Days that two reports of one event may lie apart: an evening's news is in the morning's paper.
APART = 1
#: The weights are those among so many further articles, which have none of the words: else the
#: first ten articles of a home would say that each of their words is common.
_FURTHER = 300
#: Words that more than this share of the articles have, and more than so many, bring no pair up.
_COMMON_SHARE, _COMMON, _MOST_COMMON = 0.03, 30, 300
#: Pairs are compared where this part of their weights is of words that bring them up.
_LEAST_SHARED = 0.06
#: The likeness that any two articles of a day may have.
_BACKGROUND = 0.1
#: Bodies that are this much alike are copies, or as good as that, whatever their shingles say.
_SAME = 0.75
#: The weight of a headline counts as this at least, that of two words that few have: one of common
#: words only, which all have on a day, says nothing by being the same.
_LEAST_HEAD = 8.0
#: Others that an article is most like: those that are looked through for one that is no copy.
_NEIGHBOURS = 24
#: Cells, or words, and pairs that are compared at a time.
_BLOCK, _PAIRS = 1 << 22, 1 << 15
#: Fitted to 246 pairs read one by one, of CNN and France 24 to 20 April 2018 and of four Saudi
#: papers to 31 July 2015, most of them drawn where the score was in doubt: there the area under
#: the curve is .86 (tenfold). Rounded; the cosine of the words adds nothing to the other values.
_WEIGHTS = {
    "least": 4.0, "most": 1.7, "names": 2.7, "distinct": 0.95, "clash": -1.8, "order": -5.0,
    "days": -1.0,
}  # fmt: skip
_BIAS = -3.4


@dataclass(frozen=True, slots=True)
class Told:
    """What is looked at of an article.

    `lead` is the body or its first paragraphs. `entities` are the ids of what the headline and
    the lead name. An article whose day is not known to a day or two tells no event that others
    tell: it goes with its copies only.
    """

    article_id: str
    source_id: str
    title: str
    lead: str
    earliest: date | None = None
    latest: date | None = None
    entities: frozenset[str] = frozenset()

    @property
    def day(self) -> int | None:
        """Return the last day that it may have been published, as an ordinal."""
        if self.earliest is None or self.latest is None:
            return None
        return self.latest.toordinal() if (self.latest - self.earliest).days <= 1 else None


class Alike(NamedTuple):
    """Two articles that were compared, the smaller id first, and how likely they tell one event."""

    one: str
    other: str
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pairs of articles, by their places among those given, with what speaks for one event.

    likeness: cosine of their words' weights; least, most: share of the one's and of the other's
    headline that the other article has, by weight; distinct: logarithm of the likeness over that
    to any third article that is no copy; names: cosine of their entities' weights; clash: exact
    numbers in both and none the same; order: the same of exact numbers in both headlines, or of
    ordinals there (the second aid flight, the third); days: how many they lie apart.
    """

    one: I64
    other: I64
    likeness: F64
    least: F64
    most: F64
    distinct: F64
    names: F64
    clash: F64
    order: F64
    days: F64

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.one)

    @property
    def scores(self) -> F64:
        """Return how likely each pair tells one event: logistic regression on what is above."""
        logits = np.full(len(self), _BIAS)
        for name, weight in _WEIGHTS.items():
            logits += weight * getattr(self, name)
        scores: F64 = 1 / (1 + np.exp(-logits))
        return scores


def evidence(told: Sequence[Told], copies: frozenset[tuple[int, int]] = frozenset()) -> Evidence:
    """Return what speaks for one event of every pair that shares some words of its days.

    `told` in the order of their days (`in_order`), all with a day; `copies` are pairs of places,
    the smaller first.
    """
    if not told:
        none = np.zeros(0)
        return Evidence(none.astype(np.int64), none.astype(np.int64), *[none] * 8)
    days = np.array([each.day for each in told], np.int64)
    words = _Found.of(terms_of([(each.title, each.lead) for each in told]))
    names = _Found.of(_entities(told))
    parts = [_day(days, day, words, names) for day in np.unique(days).tolist()]
    one, other, likeness, *rest = (np.concatenate(each) for each in zip(*parts, strict=True))
    distinct = _distinct(one, other, likeness, copies)
    least, most, shared_names, clash, order = rest
    return Evidence(
        one, other, likeness, least, most, distinct, shared_names, clash, order,
        np.abs(days[one] - days[other]).astype(np.float64),
    )  # fmt: skip


def in_order(told: Sequence[Told]) -> list[Told]:
    """Return the articles whose day is known, in the order of their days and ids."""
    return sorted(
        (each for each in told if each.day is not None),
        key=lambda each: (each.day, each.article_id),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Terms, with the key of each place: article << 32 | word, ascending."""

    terms: Terms
    articles: I64
    keys: I64

    @classmethod
    def of(cls, terms: Terms) -> _Found:
        articles = np.repeat(np.arange(len(terms)), np.diff(terms.bounds))
        return cls(terms, articles, articles << 32 | terms.ids)

    def shared(self, one: I64, other: I64) -> tuple[I64, I64, I64]:
        """Return each word that a pair shares: number of the pair, place in the one, the other."""
        bounds = self.terms.bounds
        pair, place = _expanded(bounds[one], bounds[one + 1])
        asked = other[pair] << 32 | self.terms.ids[place]
        at = np.minimum(np.searchsorted(self.keys, asked), max(len(self.keys) - 1, 0))
        hit = self.keys[at] == asked if len(self.keys) else np.zeros(0, np.bool_)
        return pair[hit], place[hit], at[hit]


@dataclass(frozen=True, slots=True)
class _Weights:
    """Weights of the places of the articles `first:last`, as these have the words, from `start`."""

    first: int
    last: int
    start: int
    counts: I64
    weights: F64

    @classmethod
    def of(cls, found: _Found, first: int, last: int) -> _Weights:
        start, end = found.terms.bounds[first], found.terms.bounds[last]
        _, place, counts = np.unique(
            found.terms.ids[start:end], return_inverse=True, return_counts=True
        )
        weights = np.log((last - first + _FURTHER + 1) / (counts + 0.5))
        return cls(first, last, int(start), counts[place], weights[place])

    def at(self, places: I64) -> F64:
        return self.weights[places - self.start]

    def sums(self, found: _Found, power: int, only: Bools | None = None) -> F64:
        """Return for each article, from `first`, the sum of its weights to a power."""
        places = slice(self.start, self.start + len(self.weights))
        weights = self.weights**power
        if only is not None:
            weights = weights * only[places]
        articles = found.articles[places] - self.first
        return np.bincount(articles, weights, self.last - self.first).astype(np.float64)

    def has(self, found: _Found, marked: Bools) -> Bools:
        """Return for each article, from `first`, whether one of its places is marked."""
        places = slice(self.start, self.start + len(self.weights))
        marks = found.articles[places][marked[places]] - self.first
        return np.bincount(marks, minlength=self.last - self.first) > 0


def _day(days: I64, day: int, words: _Found, names: _Found) -> tuple[NDArray[np.generic], ...]:
    """Return the pairs whose later article is of a day, with their evidence."""
    around = np.searchsorted(days, [day - AROUND, day + AROUND + 1]).tolist()
    weights = _Weights.of(words, *around)
    norms = np.sqrt(weights.sums(words, 2))
    one, other = _brought_up(days, day, words, weights, norms)
    compare = _Compare(words, weights, names, _Weights.of(names, *around))
    some = [
        compare.pairs(one[start : start + _PAIRS], other[start : start + _PAIRS])
        for start in range(0, max(len(one), 1), _PAIRS)
    ]
    return one, other, *(np.concatenate(each) for each in zip(*some, strict=True))


class _Compare:
    """Compares pairs of articles of the days around one."""

    def __init__(
        self, words: _Found, weights: _Weights, names: _Found, name_weights: _Weights
    ) -> None:
        self._words, self._weights, self._first = words, weights, weights.first
        self._names, self._name_weights = names, name_weights
        terms = words.terms
        self._in_title = terms.in_title
        self._exact = terms.exact[terms.ids]
        self._headed = [
            marked & terms.in_title for marked in (self._exact, terms.ordinal[terms.ids])
        ]
        self._norms = np.sqrt(weights.sums(words, 2))
        self._name_norms = np.sqrt(name_weights.sums(names, 2))
        self._heads = weights.sums(words, 1, terms.in_title)
        self._has_exact = weights.has(words, self._exact)
        self._have_headed = [weights.has(words, marked) for marked in self._headed]

    def pairs(self, one: I64, other: I64) -> tuple[F64, ...]:
        """Return likeness, least, most, names, clash and order of some pairs."""
        pair, place, at = self._words.shared(one, other)
        weight, count = self._weights.at(place), len(one)
        one_share, other_share = (
            np.bincount(pair, weight * self._in_title[where], minlength=count)
            / np.maximum(self._heads[which - self._first], _LEAST_HEAD)
            for where, which in ((place, one), (at, other))
        )
        named, name, _ = self._names.shared(one, other)
        same_exact = np.bincount(pair[self._exact[place]], minlength=count)
        order = np.zeros(count)
        for marked, has in zip(self._headed, self._have_headed, strict=True):
            same = np.bincount(pair[marked[place] & marked[at]], minlength=count)
            order = np.maximum(order, self._clash(has, same, one, other))
        return (
            self._cosine(pair, weight, self._norms, one, other),
            np.minimum(one_share, other_share),
            np.maximum(one_share, other_share),
            self._cosine(named, self._name_weights.at(name), self._name_norms, one, other),
            self._clash(self._has_exact, same_exact, one, other),
            order,
        )

    def _cosine(self, pair: I64, weight: F64, norms: F64, one: I64, other: I64) -> F64:
        both = np.bincount(pair, weight**2, minlength=len(one))
        size = norms[one - self._first] * norms[other - self._first]
        cosine: F64 = both / np.maximum(size, 1e-9)
        return cosine

    def _clash(self, has: Bools, same: I64, one: I64, other: I64) -> F64:
        """Return 1 for a pair that both have something, and nothing of it in common."""
        both = has[one - self._first] & has[other - self._first]
        clash: F64 = (both & (same == 0)).astype(np.float64)
        return clash


def _brought_up(
    days: I64, day: int, words: _Found, weights: _Weights, norms: F64
) -> tuple[I64, I64]:
    """Return the pairs that share enough of their less common words: the later, the earlier."""
    earliest, start, end = np.searchsorted(days, [day - APART, day, day + 1]).tolist()
    bounds, ids = words.terms.bounds, words.terms.ids
    limit = max(_COMMON, min(_COMMON_SHARE * (weights.last - weights.first), _MOST_COMMON))
    telling = weights.counts <= limit
    places = np.arange(bounds[earliest], bounds[end])
    places = places[telling[places - weights.start]]
    order = places[np.argsort(ids[places], kind="stable")]
    ranked, columns = ids[order], end - earliest
    found: list[I64] = []
    step = max(1, int(_BLOCK // max(columns, MOST_WORDS * limit)))
    for first in range(start, end, step):
        last = min(end, first + step)
        asked = np.arange(bounds[first], bounds[last])
        asked = asked[telling[asked - weights.start]]
        which, at = _expanded(
            np.searchsorted(ranked, ids[asked], "left"),
            np.searchsorted(ranked, ids[asked], "right"),
        )
        cells = (words.articles[asked][which] - first) * columns
        cells += words.articles[order[at]] - earliest
        shared = np.bincount(
            cells, weights.at(asked)[which] ** 2, minlength=(last - first) * columns
        ).reshape(last - first, columns)
        size = norms[first - weights.first : last - weights.first, None]
        size = size * norms[earliest - weights.first : end - weights.first]
        row, column = np.nonzero(shared >= np.maximum(_LEAST_SHARED * size, 1e-9))
        row, column = row + first, column + earliest
        found.append(np.stack((row, column))[:, column < row])
    one, other = np.concatenate(found, axis=1)
    return one, other


def _expanded(first: I64, last: I64) -> tuple[I64, I64]:
    """Return every number from each `first` to its `last`, exclusive, and which one it is of."""
    counts = last - first
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(total) - np.repeat(ends - counts, counts) + first[which]


def _entities(told: Sequence[Told]) -> Terms:
    known: dict[str, int] = {}
    ids = [
        sorted(known.setdefault(name, len(known)) for name in sorted(each.entities))
        for each in told
    ]
    flat = [name for each in ids for name in each]
    bounds = np.cumsum([0, *map(len, ids)])
    return Terms(
        np.array(flat, np.int64), np.zeros(len(flat), np.bool_), bounds,
        np.zeros(len(known), np.bool_), np.zeros(len(known), np.bool_),
    )  # fmt: skip


def _distinct(one: I64, other: I64, likeness: F64, copies: frozenset[tuple[int, int]]) -> F64:
    """Return how much more alike a pair is than either is to a third article."""
    beside: dict[int, list[tuple[float, int]]] = {}
    same: set[tuple[int, int]] = set(copies)
    for left, right, alike in zip(one.tolist(), other.tolist(), likeness.tolist(), strict=True):
        beside.setdefault(left, []).append((-alike, right))
        beside.setdefault(right, []).append((-alike, left))
        if alike >= _SAME:
            same.add((min(left, right), max(left, right)))
    for each in beside.values():
        each.sort()
        del each[_NEIGHBOURS:]
    thirds = [
        max(_third(left, right, beside, same), _third(right, left, beside, same))
        for left, right in zip(one.tolist(), other.tolist(), strict=True)
    ]
    return np.log(np.maximum(likeness, 1e-9) / np.array(thirds, np.float64))


def _third(
    article: int,
    other: int,
    beside: Mapping[int, Sequence[tuple[float, int]]],
    same: set[tuple[int, int]],
) -> float:
    """Return the likeness of an article to the nearest third one that is no copy of the two."""
    for alike, third in beside[article]:
        if third == other or (min(article, third), max(article, third)) in same:
            continue
        if (min(other, third), max(other, third)) not in same:
            return max(-alike, _BACKGROUND)
    return _BACKGROUND
