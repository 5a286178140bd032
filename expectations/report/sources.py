"""Sources of a run beside their earlier runs: what the gate on sources said, and what is usual.

The gate is the only judge (`expectations.source`); here stands what it saw. A run that read pages
again judged no source, and its report says nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from expectations.report.data import Finding, Measured, SourceLine
from warehouse.tables import GateResult

#: Fewer earlier runs do not show what is usual.
RUNS_FROM = 5
_RULE = "publish.source."
_ORDER = ("silent", "less", "changed", "more", "young", "usual")


def source_lines(
    runs: Mapping[str, Sequence[Measured]], gates: Iterable[GateResult], run_id: str,
    names: Mapping[str, str | None],
) -> list[SourceLine]:  # fmt: skip
    """Return the sources that a run judged, what changed first.

    `runs` are by source its newest runs up to this one, oldest first; `gates` are the results of
    this one, of which those on single sources count.
    """
    judged: dict[str, list[GateResult]] = {}
    for result in gates:
        if result.scope == "source" and result.source_id in runs:
            judged.setdefault(result.source_id, []).append(result)
    lines = [
        _line(source_id, names.get(source_id), runs[source_id], results, run_id)
        for source_id, results in judged.items()
    ]
    return sorted(lines, key=lambda line: (_ORDER.index(line.change), line.source_id))


def _line(
    source_id: str, name: str | None, measured: Sequence[Measured],
    results: Sequence[GateResult], run_id: str,
) -> SourceLine:  # fmt: skip
    now = next((each for each in measured if each.run_id == run_id), None)
    brought = [each for each in measured if each.pages]
    usual = _usual([each for each in brought if each.run_id != run_id])
    return SourceLine(
        source_id, name, _change(results, now, usual), now, usual,
        brought[-1].at if brought else None, [each.pages for each in measured],
        [Finding(each.rule, each.observed) for each in results if not each.success],
    )  # fmt: skip


def _change(results: Sequence[GateResult], now: Measured | None, usual: Measured | None) -> str:
    """Return what the results come to; where several measures are odd, the weightiest."""
    odd = {each.rule.removeprefix(_RULE) for each in results if not each.success}
    if "silent" in odd:
        return "silent"
    if "pages" in odd and now and usual:
        return "less" if now.pages < usual.pages else "more"
    if odd:
        return "changed"
    compared = any(each.judged for each in results if each.rule == f"{_RULE}pages")
    return "usual" if compared else "young"


def _usual(brought: Sequence[Measured]) -> Measured | None:
    if len(brought) < RUNS_FROM:
        return None
    return Measured(
        "", brought[-1].at, round(median(each.pages for each in brought)),
        _median(lambda each: each.dated, brought), _median(lambda each: each.boilerplate, brought),
        _median(lambda each: each.chars, brought),
    )  # fmt: skip


def _median(get: Callable[[Measured], float | None], measured: Sequence[Measured]) -> float | None:
    values = [value for each in measured if (value := get(each)) is not None]
    return median(values) if values else None
