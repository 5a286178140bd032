"""The measures and their intervals.

Every measure is a function of sums over documents, so one bootstrap serves all: documents are
drawn again with replacement, their sums added up, the measure taken. Lines of one page are not
independent, pages are; so pages are what is drawn. The interval is the percentile bootstrap's
(Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13). It says how much the figure
depends on which pages happen to be in the gold, not how good the gold is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Sums = Mapping[str, Array]
Measure = Callable[[Sums], Array]

#: The ends of a 95 % interval then rest on 50 draws each and move by less than .001 with the seed.
RESAMPLES = 2_000
#: Fixed, so that the same documents always give the same interval.
SEED = 20_231_013
_LEVEL = (2.5, 97.5)
#: Draws held at once, times documents: 8 MB of weights.
_BLOCK = 1_000_000


class Interval(NamedTuple):
    """A measure and its 95 % interval; no interval where there is only one document."""

    value: float
    low: float | None
    high: float | None


def f1(right: str, added: str, lost: str) -> Measure:
    """Return F1 over three sums; 0 where nothing is right, as for an empty prediction."""

    def measure(sums: Sums) -> Array:
        twice = 2 * sums[right]
        whole = twice + sums[added] + sums[lost]
        return np.divide(twice, whole, out=np.zeros_like(twice), where=whole > 0)

    return measure


def share(part: str, whole: str) -> Measure:
    """Return one sum over another; 0 where the whole is nothing."""

    def measure(sums: Sums) -> Array:
        return np.divide(
            sums[part], sums[whole], out=np.zeros_like(sums[part]), where=sums[whole] > 0
        )

    return measure


def measured(
    documents: Sequence[Mapping[str, float]], measures: Mapping[str, Measure]
) -> dict[str, Interval]:
    """Return each measure over the documents; every document has the same counts.

    Raises:
        ValueError: there is no document.
    """
    if not documents:
        raise ValueError("nothing to measure")
    names = list(documents[0])
    counts = np.array([[float(each[name]) for name in names] for each in documents])
    whole = _by_name(names, counts.sum(axis=0, keepdims=True))
    if len(documents) == 1:
        return {name: Interval(float(of(whole)[0]), None, None) for name, of in measures.items()}
    drawn = _by_name(names, np.concatenate(list(_resampled(counts))))
    found = {}
    for name, of in measures.items():
        low, high = np.percentile(of(drawn), _LEVEL)
        found[name] = Interval(float(of(whole)[0]), float(low), float(high))
    return found


def _by_name(names: list[str], columns: Array) -> dict[str, Array]:
    return {name: columns[:, position] for position, name in enumerate(names)}


def _resampled(counts: Array) -> Iterator[Array]:
    """Yield the sums of all draws in blocks, so that memory stays bounded for any gold."""
    random = np.random.default_rng(SEED)
    documents = len(counts)
    block = max(1, min(RESAMPLES, _BLOCK // documents))
    for start in range(0, RESAMPLES, block):
        draws = min(block, RESAMPLES - start)
        weights = random.multinomial(documents, np.full(documents, 1 / documents), size=draws)
        yield weights.astype(np.float64) @ counts
