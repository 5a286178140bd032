"""Which bodies may share text: found in sorted arrays by the keys of their signatures.

A `Shelf` holds what is kept of many bodies, by row; shelves lie on disk and are mapped into the
memory (`warehouse.shelves`). To look a batch up costs a binary search for each of its keys, in
sorted order, however many bodies there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.group.minhash import (
    BANDS,
    U8,
    band_keys,
    estimates,
    sampled,
    signatures,
    sketches,
)
from transforms.group.shingles import Shingles
from transforms.group.words import I64, U32, U64

I32 = NDArray[np.int32]

#: The day of a body without a date.
UNDATED = np.iinfo(np.int32).min
#: Of a key that more bodies have (a formula of the trade, the text of an error page) the newest
#: rows are looked at only.
MOST_OF_A_KEY = 256
#: A pair is compared from this estimate of its Jaccard index on: .5 less three deviations.
_LEAST_ESTIMATE = 0.36
#: A pair is compared too where the smaller body shares so many sampled shingles, and this share
#: of its own. Of an excerpt of sixty words wholly in another body 3.5 are to be expected.
_LEAST_SHARED, _LEAST_SHARE = 1, 0.34
#: One sampled shingle in common is chance in one pair of a million, which is many for a batch among
#: a million bodies: then three bytes of the sketches must agree as well; half a one does by chance.
_BESIDE_ONE = 0.019


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is kept of n bodies, n rows in the order in which they came.

    `keys` and `rows` of shape (42, n): for each band its keys in sorted order, and whose they are.
    `sketches` of shape (n, 128). `sampled` and `sampled_rows` of length m, sorted by shingle;
    `samples` of length n, how many of them each body has. `texts` of length n. `ids`: 16 bytes,
    of shape (n, 16). `days`: of the publication, counted from 1970, or `UNDATED`.
    """

    keys: U32
    rows: U32
    sketches: U8
    sampled: U32
    sampled_rows: U32
    samples: U32
    texts: U64
    ids: U8
    days: I32

    def __len__(self) -> int:
        """Return how many bodies the shelf has."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Met:
    """Pairs that may share text: row of the batch, row of the shelf, and the ground.

    `estimate` of the Jaccard index; `shared` sampled shingles of `samples`, those of the body that
    has fewer.
    """

    asked: I64
    rows: I64
    estimate: NDArray[np.float64]
    shared: I64


def shelf_of(shingles: Shingles, ids: U8, days: I32) -> Shelf:
    """Return a shelf of bodies; `ids` of shape (bodies, 16), `days` of length bodies."""
    found = signatures(shingles)
    keys = band_keys(found)
    order = np.argsort(keys, axis=1, kind="stable").astype(np.uint32)
    samples, of_body = sampled(shingles)
    by_sample = np.argsort(samples, kind="stable")
    return Shelf(
        keys=np.take_along_axis(keys, order, axis=1),
        rows=order,
        sketches=sketches(found),
        sampled=samples[by_sample],
        sampled_rows=of_body[by_sample].astype(np.uint32),
        samples=np.bincount(of_body, minlength=len(shingles)).astype(np.uint32),
        texts=shingles.texts,
        ids=ids,
        days=days,
    )


def meet(batch: Shelf, shelf: Shelf) -> Met:
    """Return which bodies of a batch may share text with which of a shelf.

    Where both are the same shelf each pair comes once, and none with itself.
    """
    pairs, shared = _by_sample(batch, shelf)
    banded = _by_band(batch, shelf)
    if batch is shelf:
        upper = (pairs >> 32) < (pairs & 0xFFFFFFFF)
        pairs, shared = pairs[upper], shared[upper]
        banded = banded[(banded >> 32) < (banded & 0xFFFFFFFF)]
    every = np.union1d(pairs, banded)
    asked, rows = every >> 32, every & 0xFFFFFFFF
    estimate = _estimated(batch, shelf, asked, rows)
    common = np.zeros(len(every), np.int64)
    common[np.searchsorted(every, pairs)] = shared
    fewest = np.minimum(batch.samples[asked], shelf.samples[rows])
    kept = estimate >= _LEAST_ESTIMATE
    kept |= (
        (common >= _LEAST_SHARED)
        & (common >= _LEAST_SHARE * fewest)
        & ((common > 1) | (estimate >= _BESIDE_ONE))
    )
    return Met(asked[kept], rows[kept], estimate[kept], common[kept])


def _estimated(batch: Shelf, shelf: Shelf, asked: I64, rows: I64) -> NDArray[np.float64]:
    """Return the estimates of pairs, some thousands at a time."""
    found = np.empty(len(asked))
    for start in range(0, len(asked), 1 << 14):
        some = slice(start, start + (1 << 14))
        found[some] = estimates(batch.sketches[asked[some]], shelf.sketches[rows[some]])
    return found


def _by_band(batch: Shelf, shelf: Shelf) -> I64:
    """Return the pairs that share a key of a band, each once: batch row << 32 | shelf row."""
    found = []
    for band in range(BANDS):
        asked, places = _matches(batch.keys[band], shelf.keys[band])
        whose = batch.rows[band][asked].astype(np.int64) << 32
        found.append(whose | shelf.rows[band][places].astype(np.int64))
    return np.unique(np.concatenate(found))


def _by_sample(batch: Shelf, shelf: Shelf) -> tuple[I64, I64]:
    """Return the pairs that share sampled shingles, and how many they share."""
    asked, places = _matches(batch.sampled, shelf.sampled)
    whose = batch.sampled_rows[asked].astype(np.int64) << 32
    pairs, shared = np.unique(
        whose | shelf.sampled_rows[places].astype(np.int64), return_counts=True
    )
    several = shared >= _LEAST_SHARED
    return pairs[several], shared[several]


def _matches(asked: U32, keys: U32) -> tuple[I64, I64]:
    """Return every place in sorted `keys` of each of sorted `asked`, the newest ones of a key."""
    last = np.searchsorted(keys, asked, "right")
    first = np.searchsorted(keys, asked, "left")
    first = np.maximum(first, last - MOST_OF_A_KEY)
    counts = last - first
    hit = np.flatnonzero(counts)
    counts = counts[hit]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    places = np.arange(total) - np.repeat(ends - counts, counts) + np.repeat(first[hit], counts)
    return np.repeat(hit, counts), places


def merged(shelves: Sequence[Shelf]) -> Shelf:
    """Return shelves as one, in their order; each is sorted already, so that this is a merge."""
    before = np.cumsum([0, *(len(shelf) for shelf in shelves)])[:-1].astype(np.uint32)
    keys = np.concatenate([shelf.keys for shelf in shelves], axis=1)
    rows = np.concatenate(
        [shelf.rows + first for shelf, first in zip(shelves, before, strict=True)], axis=1
    )
    order = np.argsort(keys, axis=1, kind="stable")
    samples = np.concatenate([shelf.sampled for shelf in shelves])
    of_body = np.concatenate(
        [shelf.sampled_rows + first for shelf, first in zip(shelves, before, strict=True)]
    )
    by_sample = np.argsort(samples, kind="stable")
    return Shelf(
        keys=np.take_along_axis(keys, order, axis=1),
        rows=np.take_along_axis(rows, order, axis=1),
        sketches=np.concatenate([shelf.sketches for shelf in shelves]),
        sampled=samples[by_sample],
        sampled_rows=of_body[by_sample],
        samples=np.concatenate([shelf.samples for shelf in shelves]),
        texts=np.concatenate([shelf.texts for shelf in shelves]),
        ids=np.concatenate([shelf.ids for shelf in shelves]),
        days=np.concatenate([shelf.days for shelf in shelves]),
    )


def kept(shelf: Shelf, keep: NDArray[np.bool_]) -> Shelf:
    """Return a shelf with those of its bodies only that `keep` says, of length bodies."""
    place = (np.cumsum(keep) - 1).astype(np.uint32)
    stays = keep[shelf.rows]  # in every band each body stands once
    sampled = keep[shelf.sampled_rows]
    shape = len(shelf.keys), int(np.count_nonzero(keep))
    return Shelf(
        keys=np.asarray(shelf.keys)[stays].reshape(shape),
        rows=place[np.asarray(shelf.rows)[stays]].reshape(shape),
        sketches=np.asarray(shelf.sketches)[keep],
        sampled=np.asarray(shelf.sampled)[sampled],
        sampled_rows=place[np.asarray(shelf.sampled_rows)[sampled]],
        samples=np.asarray(shelf.samples)[keep],
        texts=np.asarray(shelf.texts)[keep],
        ids=np.asarray(shelf.ids)[keep],
        days=np.asarray(shelf.days)[keep],
    )
