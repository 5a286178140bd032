"""Which sources fell silent or changed, judged from what their earlier runs brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from expectations.report.data import Measured, SourceLine

#: Fewer earlier runs do not show what is usual (as for the gates' rules on drift).
RUNS_FROM = 5
#: Twice or half as many pages as usual is told. Nearer, and the days of a week would be: on
#: Fridays Arabic outlets bring two thirds of what they bring on other days.
_FACTOR = 2
#: A source is silent after three times its usual pause; at twice, a holiday made it so.
_PAUSES = 3
#: No source is silent before this: one that is read hourly may have nothing new at night.
_SILENT_FROM = timedelta(hours=24)
#: Of so many articles up a share is compared, and so much of a difference is told: with fewer, or
#: less, one page more or less would be a change.
_ARTICLES_FROM = 20
_SHARE = 0.2


def judged(
    runs: Mapping[str, Sequence[Measured]], run_id: str, at: datetime,
    names: Mapping[str, str | None],
) -> list[SourceLine]:  # fmt: skip
    """Return the sources of a run and those that are silent, what changed first.

    `runs` are by source what its newest runs up to this one brought, oldest first. A source that
    is neither in the run nor silent is left out: this run was not about it.
    """
    lines = [
        line
        for source_id, measured in runs.items()
        if (line := _line(source_id, names.get(source_id), measured, run_id, at))
    ]
    order = ("silent", "less", "changed", "more", "young", "usual")
    return sorted(lines, key=lambda line: (order.index(line.change), line.source_id))


def _line(
    source_id: str, name: str | None, measured: Sequence[Measured], run_id: str, at: datetime
) -> SourceLine | None:
    now = next((each for each in measured if each.run_id == run_id), None)
    before = [each for each in measured if each.run_id != run_id]
    brought = [each for each in measured if each.pages]
    change = _change(now, [each for each in before if each.pages], at)
    if now is None and change != "silent":
        return None
    return SourceLine(
        source_id, name, change, now, _usual(before), brought[-1].at if brought else None,
        [each.pages for each in measured],
    )  # fmt: skip


def _change(now: Measured | None, before: Sequence[Measured], at: datetime) -> str:
    if len(before) < RUNS_FROM:
        return "young"
    if now is None or not now.pages:
        pauses = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(before)]
        usual = timedelta(seconds=median(pauses))
        silent = at - before[-1].at > max(_PAUSES * usual, _SILENT_FROM)
        return "silent" if silent else "usual"
    pages = median(each.pages for each in before)
    if now.pages <= pages / _FACTOR:
        return "less"
    if now.pages >= pages * _FACTOR:
        return "more"
    return "changed" if _looks_different(now, before) else "usual"


def _looks_different(now: Measured, before: Sequence[Measured]) -> bool:
    """Return whether dates, furniture or length of the articles are far from what is usual."""
    if now.pages < _ARTICLES_FROM:
        return False
    for get in (_dated, _boilerplate):
        value, usual = get(now), _median(get, before)
        if value is not None and usual is not None and abs(value - usual) > _SHARE:
            return True
    words = _median(_words, before)
    if not words or now.words is None:
        return False
    return not words / _FACTOR < now.words < words * _FACTOR


def _usual(before: Sequence[Measured]) -> Measured | None:
    brought = [each for each in before if each.pages]
    if len(brought) < RUNS_FROM:
        return None
    return Measured(
        "", brought[-1].at, round(median(each.pages for each in brought)),
        _median(_dated, brought), _median(_boilerplate, brought), _median(_words, brought),
    )  # fmt: skip


def _dated(each: Measured) -> float | None:
    return each.dated


def _boilerplate(each: Measured) -> float | None:
    return each.boilerplate


def _words(each: Measured) -> float | None:
    return each.words


def _median(get: Callable[[Measured], float | None], measured: Sequence[Measured]) -> float | None:
    values = [value for each in measured if (value := get(each)) is not None]
    return median(values) if values else None
