"""MinHash signatures of sets of shingles, and the keys by which similar ones meet.

A. Broder, M. Charikar, A. Frieze, M. Mitzenmacher, Min-wise independent permutations, 1998: two
sets have the same least element under a random permutation with the probability of their Jaccard
index. The permutations are `a * x + b` modulo 2**32 with odd a, of hashes that are mixed already.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from transforms.group.shingles import Shingles
from transforms.group.words import U32, U64, mixed

U8 = NDArray[np.uint8]

PERMUTATIONS = 128
#: Bands of locality-sensitive hashing: a pair of Jaccard index s meets with 1 - (1 - s**3)**42,
#: that is .997 at .5, .29 at .2 and .04 at .1.
BANDS, ROWS = 42, 3
#: Every so many shingles one is kept, whatever the body: an excerpt meets its source by them
#: (the fraction of FracMinHash: L. Irber and others, 2022).
SAMPLED_OF = 16
#: Shingles hashed at a time, so that they stay in the cache.
_BLOCK = 1 << 14


def signatures(shingles: Shingles) -> U32:
    """Return the signatures, of shape (bodies, 128); of a body without words all are 2**32 - 1."""
    multipliers, increments = _permutations()
    found = np.full((PERMUTATIONS, len(shingles)), 0xFFFFFFFF, np.uint32)
    filled = np.flatnonzero(shingles.sizes)
    for some in _portions(shingles, filled):
        first = shingles.bounds[some[0]]
        hashes = shingles.hashes[first : shingles.bounds[some[-1] + 1]]
        starts = shingles.bounds[some] - first
        permuted = np.empty_like(hashes)
        for n in range(PERMUTATIONS):
            np.multiply(hashes, multipliers[n], out=permuted)
            np.add(permuted, increments[n], out=permuted)
            found[n, some] = np.minimum.reduceat(permuted, starts)
    return np.ascontiguousarray(found.T)


def band_keys(found: U32) -> U32:
    """Return the keys of signatures, of shape (bands, bodies): who shares one is a candidate."""
    rows = found[:, : BANDS * ROWS].astype(np.uint64).reshape(len(found), BANDS, ROWS)
    total = np.zeros((len(found), BANDS), np.uint64)
    for row in range(ROWS):
        total = mixed(total + rows[:, :, row] + np.uint64(row + 1))
    return np.ascontiguousarray((total >> np.uint64(32)).astype(np.uint32).T)


def sketches(found: U32) -> U8:
    """Return one byte of each least element, of shape (bodies, 128): enough for an estimate.

    P. Li, A. C. Koenig, b-bit minwise hashing, 2010.
    """
    return (mixed(found.astype(np.uint64)) >> np.uint64(56)).astype(np.uint8)


def estimates(left: U8, right: U8) -> NDArray[np.float64]:
    """Return the estimated Jaccard index of sketches, row by row; its deviation is at most .045."""
    equal = np.count_nonzero(left == right, axis=1) / PERMUTATIONS
    found: NDArray[np.float64] = np.maximum(0.0, (equal - 1 / 256) / (1 - 1 / 256))
    return found


def sampled(shingles: Shingles) -> tuple[U32, NDArray[np.int64]]:
    """Return the sampled shingles of all bodies, and to which body each belongs."""
    body = np.repeat(np.arange(len(shingles)), shingles.sizes)
    kept = np.flatnonzero(shingles.hashes % np.uint32(SAMPLED_OF) == 0)
    return shingles.hashes[kept], body[kept]


def _portions(shingles: Shingles, filled: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    if not len(filled):
        return []
    block = shingles.bounds[filled] // _BLOCK
    return np.split(filled, np.flatnonzero(np.diff(block)) + 1)


@cache
def _permutations() -> tuple[U32, U32]:
    """Return multipliers and increments: fixed, since signatures are kept."""
    seeds: U64 = mixed(np.arange(1, 2 * PERMUTATIONS + 1, dtype=np.uint64))
    values = (seeds >> np.uint64(32)).astype(np.uint32)
    return values[:PERMUTATIONS] | np.uint32(1), values[PERMUTATIONS:]
