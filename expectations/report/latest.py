"""Writes the report of the last days: one page over runs, gates, quarantine and sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from expectations.report.data import RunLine
from expectations.report.page import files_of, named, put, render
from expectations.report.words import HEALTH, LANGUAGES, SEVERITIES, STAGES, UNITS, Words

LATEST = "latest"
#: A page is read: of runs, rules, reasons and sources beyond these it has the numbers.
LINES = 200


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
    def words(self) -> tuple[Words, Words]:
        """Return what stage and unit are called."""
        return STAGES[self.stage], UNITS[self.unit]


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
    def words(self) -> Words | None:
        """Return what its health is called; None of a source that is not on the web."""
        return HEALTH[self.health] if self.health else None


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

    @property
    def brought(self) -> list[RunLine]:
        """Return the runs of new pages."""
        return [run for run in self.runs if run.brings]

    @property
    def published(self) -> int:
        """Return how many new pages were published."""
        return sum(run.pages_published for run in self.brought)

    @property
    def quarantined(self) -> int:
        """Return how many new pages were refused."""
        return sum(run.pages_quarantined for run in self.brought)

    @property
    def read_again(self) -> int:
        """Return how many pages were published anew after they had been read again."""
        return sum(run.pages_published for run in self.runs if not run.brings)


def write_latest(folder: Path, week: Week) -> Path:
    """Write `latest.html` and its English twin in the place of those before; return the former."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        page = render(
            "latest.html.j2",
            language,
            week=week,
            stem=LATEST,
            most=LINES,
            files=files_of(folder, (run.run_id for run in week.runs), language),
            severities=SEVERITIES,
            has_index=(folder / named("index", language)).exists(),
        )
        put(folder / named(LATEST, language), page)
    return folder / named(LATEST, "ar")
