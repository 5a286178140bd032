"""What a run leaves in Prefect: a summary with a chart, a table a gate, a link to the report.

Each has a key, under which Prefect keeps what earlier runs left: how a gate judged over the last
runs is a click away. What pages said is text in all of them, whatever it looks like.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flows.markdown import as_row, as_text
from flows.outcome import Outcome
from transforms.plain import one_line
from warehouse.tables import Run

STAGES = ("ingest", "clean", "tag", "publish")
SUMMARY, REPORT = "khabar-run", "khabar-report"
_CELL = 300
#: Of the parts of a bar: what becomes of a page or an article, and in which colour.
_ENDS = {
    "published": "#2e7d4f",
    "duplicate": "#8d8880",
    "quarantined": "#c9822b",
    "held": "#b3261e",
}
_WIDTH, _BAR, _LABEL = 600, 26, 80


def artifacts_of(outcome: Outcome) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield each artifact of a run by its key, and what creates it within the run's flow run."""
    from prefect.artifacts import (
        create_link_artifact,
        create_markdown_artifact,
        create_table_artifact,
    )

    headline = as_text(_plain(outcome.headline))  # Prefect shows a description as Markdown too
    yield (
        SUMMARY,
        partial(create_markdown_artifact, summary(outcome), key=SUMMARY, description=headline),
    )
    for stage in STAGES:
        if table := gate_table(outcome, stage):
            failing = sum(row["batches failed"] > 0 for row in table)
            told = f"{stage} gate: {len(table)} rules, {failing} did not hold everywhere"
            key = f"khabar-gate-{stage}"
            yield key, partial(create_table_artifact, table, key=key, description=told)
    if outcome.report:
        yield REPORT, partial(
            create_link_artifact, outcome.report.as_uri(), key=REPORT,
            link_text=f"Report of run {outcome.run.run_id}",
            description="Opens on the machine that holds the home",
        )  # fmt: skip


def gate_table(outcome: Outcome, stage: str) -> list[dict[str, Any]]:
    """Return a row for each rule of a stage's gate; what did not hold comes first.

    `observed` is of measures only: values of single rows may quote a page, and what Prefect keeps
    is not reached when that is forgotten. The report has them.
    """
    from expectations.report.figures import check_lines

    lines = check_lines(each for each in outcome.gates if each.gate == stage)
    return [
        {
            "rule": line.rule,
            "severity": line.severity,
            "led to": line.action,
            "batches": line.batches,
            "batches failed": line.batches_failed,
            "rows judged": line.judged,
            "rows failed": line.failed,
            "observed": "" if line.by_row else _plain(line.observed),
            "expected": _plain(line.threshold),
        }
        for line in lines
    ]


def summary(outcome: Outcome) -> str:
    """Return the run in short, as Markdown."""
    run = outcome.run
    lines = [
        f"**{as_text(_plain(outcome.headline))}**", "",
        f"![{_counts(run)}]({_chart(run)})", "",
        "| | landed | published | known | quarantined | held |", "|---|---|---|---|---|---|",
        *(
            as_row(unit, *(getattr(run, f"{unit}_{end}") for end in ("landed", *_ENDS)))
            for unit in ("pages", "articles")
        ),
        "",
    ]  # fmt: skip
    if outcome.refused_for:
        lines += ["| refused for | records |", "|---|---|"]
        lines += [as_row(each.reason, each.records) for each in outcome.refused_for]
        lines.append("")
    if outcome.report:
        lines.append(as_text(f"Report: {outcome.report}"))
    return "\n".join(lines)


def _counts(run: Run) -> str:
    return f"Of {run.pages_landed} pages " + ", ".join(
        f"{getattr(run, f'pages_{end}')} {end}" for end in _ENDS
    )


def _chart(run: Run) -> str:
    """Return what became of pages and articles as a data URI: one bar each, in four parts."""
    parts = []
    for row, unit in enumerate(("pages", "articles")):
        top, left = 8 + row * (_BAR + 12), float(_LABEL)
        whole = max(getattr(run, f"{unit}_landed"), 1)
        parts.append(f'<text x="0" y="{top + 18}" font-size="14" fill="#777">{unit}</text>')
        for end, colour in _ENDS.items():
            wide = (_WIDTH - _LABEL) * getattr(run, f"{unit}_{end}") / whole
            parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{_BAR}" '
                f'fill="{colour}">'
                f"<title>{end}</title></rect>"
            )
            left += wide
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} 80" width="{_WIDTH}" '
        f'height="80" font-family="sans-serif">{"".join(parts)}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _plain(text: str | None) -> str:
    return one_line(text or "", _CELL)
