"""Exact-span F1 of labels against gold labels, by type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from transforms.tag.labels import spans_of


def f1_of(pairs: Iterable[tuple[Sequence[int], Sequence[int]]]) -> dict[str, float]:
    """Return F1 of all names ("all") and by type, of pairs of gold and found labels."""
    right: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for gold, found in pairs:
        ours, theirs = ({s[:3] for s in spans_of(np.asarray(each))} for each in (found, gold))
        for kind in ("all", "PER", "ORG", "LOC"):
            right[kind] += 2 * sum(kind in ("all", span[2]) for span in ours & theirs)
            counted[kind] += sum(kind in ("all", span[2]) for span in [*ours, *theirs])
    return {kind: round(right[kind] / max(1, n), 4) for kind, n in counted.items()}
