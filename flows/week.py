"""The report of the last seven days, as plain Python: the flow `report` and the command.

Reads the published tables as any reader does: no lock is taken, and a run may write meanwhile.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.report.data import RunLine
from expectations.report.latest import (
    LINES,
    GateLine,
    ReasonLine,
    SourceLine,
    Week,
    write_latest,
)
from flows.markdown import as_row
from warehouse.errors import NothingPublished
from warehouse.home import Home
from warehouse.reader import connect

if TYPE_CHECKING:
    from warehouse.reader import Reader

DAYS = 7

_RUNS = """
SELECT run_id, kind, state, started_at, seconds, pages_landed, pages_published,
       pages_quarantined, pages_held, message
FROM run_history WHERE started_at >= $since ORDER BY started_at DESC, run_id
"""
_GATES = """
SELECT gate, rule, arg_max(severity, started_at), sum(batches)::BIGINT,
       sum(batches_failed)::BIGINT, sum(batches_held)::BIGINT, sum(judged)::BIGINT,
       sum(failed)::BIGINT, max(started_at) FILTER (batches_failed > 0)
FROM gate_history WHERE started_at >= $since
GROUP BY gate, rule HAVING sum(batches_failed) > 0
ORDER BY sum(batches_held) DESC, sum(batches_failed) DESC, rule
"""
_REASONS = """
SELECT stage, unit, rule, arg_max(example_reason, last_seen), sum(quarantined)::BIGINT,
       count(DISTINCT source_id), max(last_seen)
FROM quarantine_reasons WHERE quarantined > 0
GROUP BY stage, unit, rule ORDER BY sum(quarantined) DESC, rule
"""
#: The one place that says how a source is; those that fail come first.
_SOURCES = """
SELECT a.source_id, a.name, a.pages, a.articles, a.last_fetched_at, p.last_published_at,
       a.refused_share, h.state, CASE WHEN h.state IN ('failing', 'partly') THEN h.last_error END
FROM source_activity AS a LEFT JOIN source_health AS h ON h.source_id = a.source_id LEFT JOIN (
  SELECT p.source_id, max(r.finished_at) AS last_published_at
  FROM pages AS p JOIN runs AS r ON r.run_id = p.run_id GROUP BY p.source_id
) AS p ON p.source_id = a.source_id
ORDER BY (h.state IN ('failing', 'partly')) DESC NULLS LAST, a.pages DESC, a.source_id
"""


def week_of(home: Path, until: datetime | None = None) -> Week:
    """Return what the published tables say of the last seven days; empty where there are none.

    Raises:
        StoreError: The home was moved, or its file is damaged.
    """
    until = until or datetime.now(UTC)
    since = until - timedelta(days=DAYS)
    try:
        with connect(home) as reader:
            return Week(
                since,
                until,
                runs=[RunLine(*row) for row in _rows(reader, _RUNS, since)],
                gates=[GateLine(*row) for row in _rows(reader, _GATES, since)],
                reasons=[ReasonLine(*row) for row in _rows(reader, _REASONS)],
                sources=[SourceLine(*row) for row in _rows(reader, _SOURCES)],
            )
    except NothingPublished:
        return Week(since, until)


def write_week(home: Path, week: Week) -> Path:
    """Write the page into the home's reports; return its path."""
    return write_latest(Home.at(home).reports, week)


def told(week: Week) -> str:
    """Return in one line what the report says."""
    if not week.runs:
        return f"no run in {DAYS} days" if week.sources else "nothing has been published yet"
    again = f"; published again: {week.read_again:,}" if week.read_again else ""
    return (
        f"runs in {DAYS} days: {len(week.runs):,}; held, refused or failed: "
        f"{len(week.troubled):,}; pages published: {week.published:,}{again}"
    )


def markdown(week: Week) -> str:
    """Return the report in short for Prefect's pages: what was held or refused, and the sources."""
    lines = [f"**{told(week)}**", ""]
    if week.troubled:
        lines += ["| run | state | why |", "|---|---|---|"]
        lines += [as_row(run.run_id, run.state, run.message or "") for run in week.troubled[:LINES]]
        lines.append("")
    if week.reasons:
        lines += ["| in quarantine | records |", "|---|---|"]
        lines += [as_row(line.reason, line.records) for line in week.reasons[:LINES]]
        lines.append("")
    if week.sources:
        lines += ["| source | health | pages | last page | refused |", "|---|---|---|---|---|"]
        lines += [
            as_row(
                line.source_id, line.health or "", line.pages,
                f"{line.last_page_at:%Y-%m-%d %H:%M}" if line.last_page_at else "",
                f"{100 * (line.refused_share or 0):.1f} %",
            )
            for line in week.sources[:LINES]
        ]  # fmt: skip
    return "\n".join(lines)


def _rows(reader: Reader, query: str, since: datetime | None = None) -> list[tuple[Any, ...]]:
    return reader.execute(query, {"since": since} if since else None).fetchall()
