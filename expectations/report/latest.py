"""Writes the report of the last days: one page over runs, gates, quarantine and sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, cast

from expectations.report import figures
from expectations.report.write import render, replace
from warehouse.tables.publish import RunState

LATEST = "latest.html"


class RunLine(NamedTuple):
    """One run, newest first; a message says why where it was held or failed."""

    run_id: str
    kind: str
    state: str
    started_at: datetime
    seconds: float
    pages_landed: int
    pages_published: int
    pages_quarantined: int
    pages_held: int
    message: str | None

    @property
    def words(self) -> figures.Words:
        """Return what the state is called."""
        return figures.STATES[cast("RunState", self.state)]


class GateLine(NamedTuple):
    """One rule that failed for some batch in these days, over all runs of them."""

    gate: str
    rule: str
    severity: str
    batches: int
    batches_failed: int
    batches_held: int
    judged: int
    failed: int
    last_at: datetime | None


class ReasonLine(NamedTuple):
    """One reason for which records stand in quarantine now."""

    stage: str
    unit: str
    rule: str
    reason: str
    records: int
    sources: int
    last_seen: datetime

    @property
    def words(self) -> tuple[figures.Words, figures.Words]:
        """Return what stage and unit are called."""
        return figures.STAGES[self.stage], figures.UNITS[self.unit]


class SourceLine(NamedTuple):
    """One source: what came of it, when last, how much of it is refused.

    Of one on the web also how it does, and why its lists were not had where they were not.
    """

    source_id: str
    name: str | None
    pages: int
    articles: int
    last_page_at: datetime | None
    last_published_at: datetime | None
    refused_share: float | None
    health: str | None = None
    last_error: str | None = None

    @property
    def words(self) -> figures.Words | None:
        """Return what its health is called; None of a source that is not on the web."""
        return figures.HEALTH[self.health] if self.health else None


class Week(NamedTuple):
    """What the report says; without runs, gates, reasons and sources that there is nothing yet."""

    since: datetime
    until: datetime
    runs: Sequence[RunLine] = ()
    gates: Sequence[GateLine] = ()
    reasons: Sequence[ReasonLine] = ()
    sources: Sequence[SourceLine] = ()

    @property
    def troubled(self) -> list[RunLine]:
        """Return the runs that were held, refused or failed."""
        return [run for run in self.runs if run.state in ("held", "failed", "refused")]


def write_latest(folder: Path, week: Week) -> Path:
    """Write `latest.html` in `folder`, in the place of the one before; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LATEST
    replace(
        path,
        render(
            "latest.html.j2",
            week=week,
            published=sum(run.pages_published for run in week.runs),
            quarantined=sum(run.pages_quarantined for run in week.runs),
            has_index=(folder / "index.html").exists(),
        ),
    )
    return path
