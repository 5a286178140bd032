"""How far what a source brought is from what it usually brings.

The usual value is the median over earlier windows of the source, and the distance is counted in
robust spreads: 1.4826 times the median absolute deviation, which is the standard deviation where
the windows scatter normally and which a single strange one does not widen (Rousseeuw and Croux,
Alternatives to the Median Absolute Deviation, 1993). A source that never varied would call every
small change a drift, so the spread is at least a tenth of the usual value and .02. A weekend is
a minority that the median does not see: what more than one earlier window reached is usual too.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from expectations.rules import SHARES_FROM

_NORMAL = 1.4826
_LEAST_SHARE = 0.1
_LEAST = 0.02
#: Earlier windows that a source is compared with: at one run a day, what it gave in three weeks.
WINDOWS = 20


class Drift(NamedTuple):
    """A measure of this run beside the usual.

    `now` is the value of the window that ends with this run, `far` its distance from `usual` in
    spreads (below: negative), `windows` how many earlier ones there are. `rows` is the number of
    articles in the window. `far` is None where there is nothing to compare.
    """

    now: float | None = None
    usual: float | None = None
    far: float | None = None
    windows: int = 0
    rows: int | None = None


class Pool(NamedTuple):
    """Runs taken together: the mean of a measure over their articles, and how many these are."""

    value: float
    rows: int


class Day(NamedTuple):
    """The runs of some 24 hours: pages or articles, runs, days since the run before the first."""

    brought: float
    runs: int
    days: float


def distance(value: float, before: Sequence[float], least: float = _LEAST) -> float:
    """Return how many spreads a value is above (below: negative) the median of earlier ones.

    `least` is the spread that chance alone gives. 0 where more than one of them is as far out.
    """
    ordered = sorted(before)
    if len(ordered) > 2 and ordered[1] <= value <= ordered[-2]:
        return 0.0
    middle = median(ordered)
    spread = _NORMAL * median(abs(each - middle) for each in ordered)
    return (value - middle) / max(spread, _LEAST_SHARE * abs(middle), least)


def share_drift(now: Pool, earlier: Sequence[Pool]) -> Drift:
    """Return the drift of a share or mean: pools of articles, the newest of the earlier first."""
    usable = [each for each in earlier if 2 * each.rows >= SHARES_FROM][:WINDOWS]
    if now.rows < SHARES_FROM or not usable:
        return Drift(now.value, windows=len(usable), rows=now.rows)
    values = [each.value for each in usable]
    return Drift(now.value, median(values), distance(now.value, values), len(values), now.rows)


def volume_drift(days: Sequence[Day]) -> Drift:
    """Return the drift of a count, by days, the newest first and ending with this run.

    Days are joined until one window usually has fifty: fewer scatter too much. A run after a
    pause brings more, and one that reads a short list does not: the count must be unusual both
    per day and per run, in the same direction.
    """
    windows = _joined(days)
    now, earlier = (windows[0], windows[1 : WINDOWS + 1]) if windows else (None, [])
    if now is None or not earlier or not median(each.brought for each in earlier):
        return Drift(now.brought if now else None, windows=len(earlier))
    per_day, per_run = (_rate_drift(now, earlier, by) for by in ("days", "runs"))
    nearer = min(per_day, per_run, key=abs) if per_day * per_run > 0 else 0.0
    usual = median(each.brought / each.runs for each in earlier) * now.runs
    return Drift(now.brought, usual, nearer, len(earlier))


def beyond(drift: Drift, other: Drift) -> Drift:
    """Return the drift of a measure without what that of another explains.

    Half the pages have half the articles: only what goes further in the same direction counts.
    """
    if drift.far is None or other.far is None or drift.far * other.far <= 0:
        return drift
    left = max(abs(drift.far) - abs(other.far), 0.0)
    return drift._replace(far=left if drift.far > 0 else -left)


def silence(days: Sequence[Day]) -> Drift:
    """Return how many pages are missing since the source brought its last one.

    0 while it brings some, where it was as quiet before, and where it is quiet more often than not.
    """
    streak = _leading_zeros(days)
    earlier = days[streak:] if streak else days[1:]
    earlier = earlier[:WINDOWS]
    if not earlier:
        return Drift(windows=0)
    rate = sum(each.brought for each in earlier) / max(sum(each.days for each in earlier), 1e-9)
    quiet = sum(each.brought == 0 for each in earlier)
    longest = max(_leading_zeros(earlier[n:]) for n in range(len(earlier)))
    missed = rate * sum(each.days for each in days[:streak])
    if streak <= longest or 2 * quiet > len(earlier):
        missed = 0.0
    return Drift(missed, rate, missed, len(earlier))


def _rate_drift(now: Day, earlier: Sequence[Day], by: str) -> float:
    rates = [each.brought / getattr(each, by) for each in earlier]
    middle = median(rates)
    # A count scatters by its square root, whatever the source does.
    chance = middle / median(each.brought for each in earlier) ** 0.5
    return distance(now.brought / getattr(now, by), rates, chance)


def _joined(days: Sequence[Day]) -> list[Day]:
    """Return windows of as many days as usually bring fifty; what is left over is dropped."""
    later = days[1:]
    mean = sum(each.brought for each in later) / len(later) if later else 0.0
    width = max(1, -int(-SHARES_FROM // mean)) if mean else 1
    return [
        Day(*(sum(parts) for parts in zip(*days[n : n + width], strict=True)))
        for n in range(0, len(days) - width + 1, width)
    ]


def _leading_zeros(days: Sequence[Day]) -> int:
    return next((n for n, each in enumerate(days) if each.brought), len(days))
