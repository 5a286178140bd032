"""How far a batch's measure is from what its source usually gives.

The usual value is the median over the source's earlier runs, and the distance is counted in robust
spreads: 1.4826 times the median absolute deviation, which is the standard deviation where the runs
scatter normally and which a single strange run does not widen (Rousseeuw and Croux, Alternatives
to the Median Absolute Deviation, 1993). A source that never varied would call every small change a
drift, so the spread is at least a tenth of the usual value and .02.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import pyarrow as pa

from expectations.rules import DRIFT, RUNS, Rule

#: Of the measures of a batch, by the id of the rule that judges each: values of earlier runs.
Usual = Mapping[str, Sequence[float]]
_NORMAL = 1.4826
_LEAST_SHARE = 0.1
_LEAST = 0.02


def with_drift(measures: pa.Table, rules: Iterable[Rule], usual: Usual) -> pa.Table:
    """Return the batch's measures with the distance from the usual for each rule on drift.

    `<measure>_runs` is how many earlier runs it was compared with: 0 where this batch has no value.
    """
    (now,) = measures.to_pylist()
    for rule in rules:
        if not rule.column.endswith(DRIFT):
            continue
        measure = rule.column.removesuffix(DRIFT)
        value, before = now[measure], usual.get(rule.id.removesuffix(DRIFT), ())
        far = None if value is None or not before else distance(value, before)
        runs = len(before) if value is not None else 0
        measures = measures.append_column(rule.column, pa.array([far], pa.float64()))
        measures = measures.append_column(f"{measure}{RUNS}", pa.array([runs], pa.int64()))
    return measures


def distance(value: float, before: Sequence[float]) -> float:
    """Return how many spreads a value is above (below: negative) the median of earlier ones."""
    middle = median(before)
    spread = _NORMAL * median(abs(each - middle) for each in before)
    return (value - middle) / max(spread, _LEAST_SHARE * abs(middle), _LEAST)
