"""Two bodies side by side: how much they share, and where it stands.

What `transforms.group.candidates` brings together is only likely; here it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from transforms.group.shingles import SIZE
from transforms.group.words import I64, U32

Relation = Literal["identical", "copy", "edited copy", "excerpt", "extended"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two bodies share: numbers of different shingles of the one, the other, and both."""

    left: int
    right: int
    both: int
    same_words: bool = False

    @property
    def jaccard(self) -> float:
        """Return the Jaccard index of the two sets, 0 to 1."""
        union = self.left + self.right - self.both
        return self.both / union if union else 0.0

    @property
    def of_left(self) -> float:
        """Return the containment of the left body in the right one: the share that is there."""
        return self.both / self.left if self.left else 0.0

    @property
    def of_right(self) -> float:
        """Return the containment of the right body in the left one."""
        return self.both / self.right if self.right else 0.0


@dataclass(frozen=True, slots=True)
class Shared:
    """A run of words that two bodies share: code points of each, end exclusive."""

    start: int
    end: int
    other_start: int
    other_end: int


def overlap(left: U32, right: U32, *, same_words: bool = False) -> Overlap:
    """Count what two sorted sets of shingles share."""
    small, large = (left, right) if len(left) <= len(right) else (right, left)
    places = np.minimum(np.searchsorted(large, small), max(len(large) - 1, 0))
    both = int(np.count_nonzero(large[places] == small)) if len(large) else 0
    return Overlap(len(left), len(right), both, same_words)


def shared_runs(
    left: U32, left_spans: tuple[I64, I64], right: U32, right_spans: tuple[I64, I64]
) -> list[Shared]:
    """Return the runs of words that two bodies share, in the order of the left one.

    `left` and `right` are the shingles in the order of the words (`shingles.in_order`), the spans
    the starts and ends of the words. Each run is as long as it gets; a word of the left body is in
    one run only, and where the right body says the same twice, the place that goes on is taken.
    """
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    firsts = np.searchsorted(ranked, left, "left")
    lasts = np.searchsorted(ranked, left, "right")
    found: list[Shared] = []
    place, words = 0, 0
    while place < len(left):
        if firsts[place] == lasts[place]:
            place += 1
            continue
        here = order[firsts[place] : lasts[place]]
        at, length = max(((int(p), _run(left, place, right, int(p))) for p in here),
                         key=lambda run: (run[1], -run[0]))  # fmt: skip
        skipped = max(0, words - place)
        if length + SIZE - 1 > skipped:
            first, last = place + skipped, min(place + length + SIZE - 1, len(left_spans[0])) - 1
            other, other_last = at + skipped, min(at + length + SIZE - 1, len(right_spans[0])) - 1
            if first <= last and other <= other_last:
                found.append(
                    Shared(
                        int(left_spans[0][first]), int(left_spans[1][last]),
                        int(right_spans[0][other]), int(right_spans[1][other_last]),
                    )
                )  # fmt: skip
            words = last + 1
        place += length
    return found


def _run(left: U32, place: int, right: U32, at: int) -> int:
    """Return how many shingles are the same from two places on."""
    length = min(len(left) - place, len(right) - at)
    differ = np.flatnonzero(left[place : place + length] != right[at : at + length])
    return int(differ[0]) if len(differ) else length
