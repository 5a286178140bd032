"""Scored documents, put together by kind, outlet or set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from flows.commands.evaluate_measures import Interval, Measure, measured
from flows.commands.evaluate_shapes import GroupShape, MeasureShape

By = Literal["all", "kind", "outlet", "set"]
#: Documents of a gold that names a kind or an outlet for others only.
_UNNAMED = "unnamed"


class Scored(NamedTuple):
    """One document's counts, and the groups that it belongs to."""

    counts: Mapping[str, float]
    belongs: Mapping[By, str | None]


def groups(
    scored: Sequence[Scored], measures: Mapping[str, Measure], shown: Sequence[str]
) -> list[GroupShape]:
    """Return the figures of all documents, then of each group; `shown` names the sums to print.

    Groups come in the order in which the gold first names them; a gold that names none has none.
    """
    return [
        _group(by, name, members, measures, shown)
        for by, name, members in [("all", "all", list(scored)), *_divided(scored)]
    ]


def _divided(scored: Sequence[Scored]) -> Iterator[tuple[By, str, list[Scored]]]:
    ways = list(scored[0].belongs) if scored else []
    for by in ways:
        members: dict[str, list[Scored]] = {}
        for each in scored:
            members.setdefault(each.belongs[by] or _UNNAMED, []).append(each)
        if set(members) != {_UNNAMED}:
            for name, those in members.items():
                yield by, name, those


def _group(
    by: By,
    name: str,
    members: Sequence[Scored],
    measures: Mapping[str, Measure],
    shown: Sequence[str],
) -> GroupShape:
    found = measured([each.counts for each in members], measures)
    return GroupShape(
        by=by,
        name=name,
        documents=len(members),
        measures={measure: _rounded(interval) for measure, interval in found.items()},
        counts={key: round(sum(each.counts[key] for each in members)) for key in shown},
    )


def _rounded(interval: Interval) -> MeasureShape:
    value, low, high = interval
    return MeasureShape(
        value=round(value, 4),
        low=None if low is None else round(low, 4),
        high=None if high is None else round(high, 4),
    )
