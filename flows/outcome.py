"""How a run ended: its row of `runs`, made of the rows of `run_stages` and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from flows.counts import StageCounts
from flows.fetched import Fetched
from flows.refusals import RefusedFor
from warehouse.staging import Batch
from warehouse.tables import GateResult, Run, RunStage
from warehouse.tables.publish import RunKind, RunState, Stage, Unit

#: Characters of a run's message: enough for the first causes in full, less than a log drowns in.
MESSAGE = 2_000

#: Said in capitals wherever a run is told: on the terminal, in its JSON, in Prefect, in its log.
NOTHING_PUBLISHED = "NOTHING PUBLISHED"


@dataclass(slots=True)
class Progress:
    """One batch on its way: where it lies, what was counted so far, why it is held if it is."""

    batch: Batch
    counts: StageCounts
    stages: list[RunStage] = field(default_factory=list)
    gates: list[GateResult] = field(default_factory=list)
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run that is over: what `khabar run` prints and what decides its exit status.

    `fetched` says what the sources on the web gave. `reprocessed` is the run that followed it, of
    pages that its articles let read better; where that failed, `follow_up_problem` says why.
    """

    run: Run
    stages: tuple[RunStage, ...] = ()
    gates: tuple[GateResult, ...] = ()
    snapshot: int | None = None
    refused_for: tuple[RefusedFor, ...] = ()
    report: Path | None = None
    report_problem: str | None = None
    #: Why it was not looked for copies; the next run does.
    group_problem: str | None = None
    #: Why the run did not come to its end although it is committed, and why readers do not see
    #: it yet where they do not.
    broken_off: str | None = None
    unshown: str | None = None
    reprocessed: Outcome | None = None
    follow_up_problem: str | None = None
    fetched: tuple[Fetched, ...] = ()

    @property
    def exit_code(self) -> int:
        """Return 0 when what is new was published, or nothing is, and readers see it; else 1.

        A record that is refused does not change it, as long as another one was let in.
        """
        if self.follow_up_problem or (self.reprocessed and self.reprocessed.exit_code):
            return 1
        ended_well = self.run.state in ("published", "nothing_new")
        return 0 if ended_well and self.unshown is None else 1

    @property
    def nothing_published(self) -> bool:
        """Return whether there was something new, and nothing of it was published."""
        return self.run.state != "nothing_new" and not self.run.pages_published

    @property
    def headline(self) -> str:
        """Return the end of the run in one line."""
        if self.unshown:
            return f"committed, but not shown to readers yet: {self.unshown}"
        if self.run.state == "refused":
            return f"{NOTHING_PUBLISHED}: {self.run.message}"
        if self.run.message and self.run.state == "nothing_new":
            return f"nothing new: {self.run.message}"
        if self.run.message:
            nothing = f"{NOTHING_PUBLISHED}: " if self.nothing_published else ""
            return f"{nothing}{self.run.state}: {self.run.message}"
        if self.follow_up_problem:
            return self.follow_up_problem
        own = (
            f"{self.run.pages_published} pages and {self.run.articles_published} articles published"
        )
        if self.run.state == "nothing_new":
            own = nothing_new(self.run.pages_landed, web=bool(self.fetched))
        after = self.reprocessed
        return f"{own}; read again: {after.headline}" if after and after.exit_code else own


def nothing_new(landed: int, *, web: bool = False) -> str:
    """Return in words that a run had nothing to do."""
    if not landed and web:
        return "nothing new: no page of the sources is new or changed"
    if not landed:
        return "nothing to read: there is no record in the files"
    return f"nothing new: {landed} pages were read, and all were known already"


def run_row(
    run_id: str,
    stages: Sequence[RunStage],
    *,
    state: RunState = "published",
    message: str | None = None,
    started: datetime,
    finished: datetime,
    transform_version: str,
    config_sha256: str,
    rules_sha256: str | None = None,
    kind: RunKind = "pipeline",
) -> Run:
    """Return the run's row; its counts are sums over `stages`."""
    return Run(
        run_id=run_id,
        state=state,
        started_at=started,
        finished_at=finished,
        seconds=round((finished - started).total_seconds(), 3),
        pages_landed=_sum(stages, "page", "rows_in", at="ingest"),
        pages_published=_sum(stages, "page", "rows_out", at="publish"),
        pages_duplicate=_sum(stages, "page", "duplicate"),
        pages_quarantined=_sum(stages, "page", "quarantined"),
        pages_held=_sum(stages, "page", "held"),
        articles_landed=_sum(stages, "article", "rows_in", at="clean"),
        articles_published=_sum(stages, "article", "rows_out", at="publish"),
        articles_duplicate=_sum(stages, "article", "duplicate"),
        articles_quarantined=_sum(stages, "article", "quarantined"),
        articles_held=_sum(stages, "article", "held"),
        code_version=code_version(),
        transform_version=transform_version,
        config_sha256=config_sha256,
        message=message,
        kind=kind,
        rules_sha256=rules_sha256,
    )


def unaccounted(run: Run) -> dict[Unit, int]:
    """Return what the law misses: landed - (published + duplicate + quarantined + held)."""
    return {
        "page": run.pages_landed
        - (run.pages_published + run.pages_duplicate + run.pages_quarantined + run.pages_held),
        "article": run.articles_landed
        - (
            run.articles_published
            + run.articles_duplicate
            + run.articles_quarantined
            + run.articles_held
        ),
    }


@cache
def code_version() -> str:
    """Return the version of the installed program."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("khabar")
    except PackageNotFoundError:
        return "unknown"


def _sum(stages: Sequence[RunStage], unit: Unit, column: str, at: Stage | None = None) -> int:
    counted = (row for row in stages if row.unit == unit and at in (None, row.stage))
    return sum(getattr(row, column) for row in counted)
