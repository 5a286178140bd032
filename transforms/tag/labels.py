"""From the probabilities of labels to names: the likeliest sequence that begins before it goes on.

Labels are O, and for each type B for the first word of a name and I for the others.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from warehouse.tables.tag import EntityType

#: Labels of a word, in the order of the network's outputs.
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
Floats = NDArray[np.float32]
#: What may stand before each label: a name goes on only after a word of the same type.
_ALLOWED = np.array(
    [
        [not now.startswith("I") or (before[1:] == now[1:] and before != "O") for now in LABELS]
        for before in LABELS
    ]
)
_PENALTY = np.where(_ALLOWED, 0.0, -1e9).astype(np.float32)


class Span(NamedTuple):
    """The words [first, last) of a name, its type, and how sure its least sure word is."""

    first: int
    last: int
    type: EntityType
    score: float


def spans_of(labels: NDArray[np.int64], probabilities: Floats | None = None) -> list[Span]:
    """Return the names that a sequence of labels describes; each begins with B."""
    spans: list[Span] = []
    begins = np.flatnonzero(labels % 2 == 1)
    for first in begins.tolist():
        label = int(labels[first])
        last = first + 1
        while last < len(labels) and labels[last] == label + 1:
            last += 1
        score = 1.0
        if probabilities is not None:
            kept = probabilities[first:last, label : label + 2].sum(axis=1)
            score = float(kept.min())
        spans.append(Span(first, last, cast("EntityType", LABELS[label][2:]), score))
    return spans


def decode(logits: Floats) -> NDArray[np.int64]:
    """Return the likeliest allowed labels of a sequence of words.

    Where the likeliest label of each word makes an allowed sequence, that is the answer; only
    the stretches around a breach, from one word outside names to the next, are searched.
    """
    labels: NDArray[np.int64] = logits.argmax(axis=1)
    before = np.concatenate([[0], labels[:-1]])
    done = 0
    for at in np.flatnonzero(~_ALLOWED[before, labels]).tolist():
        if at < done:
            continue
        first, last = at, at + 1
        while first > 0 and labels[first - 1] != 0:
            first -= 1
        while last < len(labels) and labels[last] != 0:
            last += 1
        labels[first:last] = _search(logits[first:last])
        done = last
    return labels


def _search(logits: Floats) -> NDArray[np.int64]:
    """Return the best allowed labels (Viterbi) of words between two that are in no name."""
    score = logits[0] + _PENALTY[0]
    back = np.zeros(logits.shape, np.int64)
    for at in range(1, len(logits)):
        ways = score[:, None] + _PENALTY
        back[at] = ways.argmax(axis=0)
        score = ways[back[at], np.arange(len(LABELS))] + logits[at]
    best = np.zeros(len(logits), np.int64)
    best[-1] = score.argmax()
    for at in range(len(logits) - 1, 0, -1):
        best[at - 1] = back[at, best[at]]
    return best
