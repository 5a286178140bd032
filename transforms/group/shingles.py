"""Shingles: every five words in a row, as hashes; the set of a body's is what is compared.

A. Broder, On the resemblance and containment of documents, 1997: the resemblance of two bodies is
the Jaccard index of their sets, the containment of one in the other the share of its set there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.group.words import I64, U32, U64, Words, mixed

#: Words of a shingle.
SIZE = 5


@dataclass(frozen=True, slots=True)
class Shingles:
    """Sets of shingles, one after another: `bounds[n]:bounds[n + 1]` is that of body n, sorted.

    `hashes` are of 32 bits: two bodies of a thousand words share one by chance in 1 of 4,000 pairs.
    `texts` is a hash of each body's words in their order, the same for equal bodies only.
    """

    hashes: U32
    bounds: I64
    texts: U64

    def __len__(self) -> int:
        """Return of how many bodies these are."""
        return len(self.bounds) - 1

    def of(self, body: int) -> U32:
        """Return the set of one body, sorted."""
        return self.hashes[self.bounds[body] : self.bounds[body + 1]]

    @property
    def sizes(self) -> I64:
        """Return how many different shingles each body has."""
        return np.diff(self.bounds)


def in_order(words: Words) -> tuple[U32, I64]:
    """Return the shingles of bodies in the order of their words, and each body's first and last.

    A body of fewer than five words has one shingle of all its words; of none, none.
    """
    counts = words.counts
    hashed = _windows(words)
    of_body = np.where(counts >= SIZE, counts - SIZE + 1, np.minimum(counts, 1))
    bounds = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(of_body, out=bounds[1:])
    firsts = np.repeat(words.bounds[:-1] - bounds[:-1], of_body) + np.arange(bounds[-1])
    return hashed[firsts], bounds


def shingles_of(words: Words) -> Shingles:
    """Return the sets of shingles of bodies."""
    ordered, bounds = in_order(words)
    body = np.repeat(np.arange(len(bounds) - 1, dtype=np.uint64), np.diff(bounds))
    keyed = np.sort(body << np.uint64(32) | ordered)
    new = np.ones(len(keyed), np.bool_)
    np.not_equal(keyed[1:], keyed[:-1], out=new[1:])
    keyed = keyed[new]
    starts = np.arange(len(bounds), dtype=np.uint64) << np.uint64(32)
    return Shingles(
        keyed.astype(np.uint32), np.searchsorted(keyed, starts).astype(np.int64), _texts(words)
    )


def _windows(words: Words) -> U32:
    """Return a hash of each word with the four after it, as far as its body goes."""
    body = np.repeat(np.arange(len(words.bounds) - 1), words.counts)
    total = np.zeros(len(words.hashes), np.uint64)
    for place in range(SIZE):
        shifted = mixed(words.hashes + np.uint64(place))
        if not place:
            total += shifted
            continue
        same = body[place:] == body[:-place]
        total[:-place] += np.where(same, shifted[place:], np.uint64(0))
    return (mixed(total) >> np.uint64(32)).astype(np.uint32)


def _texts(words: Words) -> U64:
    """Return a hash of the words of each body in their order."""
    place = np.arange(len(words.hashes)) - np.repeat(words.bounds[:-1], words.counts)
    placed = mixed(words.hashes + mixed(place.astype(np.uint64)))
    sums = np.zeros(len(placed) + 1, np.uint64)
    np.cumsum(placed, out=sums[1:])
    return mixed(sums[words.bounds[1:]] - sums[words.bounds[:-1]])
