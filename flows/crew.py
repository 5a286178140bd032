"""What the stages of one run share, and the names that a run goes by."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import BrokenProgramError
from flows.known import KnownFiles
from transforms.accepts import Accepts
from transforms.plain import one_line
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from transforms.tag.decisions import Decisions
from warehouse.staging import Batch
from warehouse.tables import Quarantine, Source
from warehouse.tables.publish import Unit

if TYPE_CHECKING:
    from flows.guard import Guard, Killed
    from flows.leftovers import HeldBefore
    from flows.settings import Settings
    from warehouse.forgotten import Forgotten
    from warehouse.store import Store

#: Evidence is an excerpt for a person; a longer one would carry the page into the tables.
_EVIDENCE_CHARS = 500
#: Characters of a line that is told while a run goes on; what is longer drowns the rest.
LOG_LINE = 300
#: A module that is missing, broken or half updated.
_NOT_THE_PAGE = ("ImportError", "ModuleNotFoundError", "SyntaxError")
_KILLED = {
    "time": "Reading the page took longer than a page may take",
    "memory": "Reading the page needed more memory than a page may take",
    "crash": "Reading the page ended the process that read it",
    "error": "The page makes the program fail",
}


def guard_of(settings: Settings) -> Guard:
    """Return the children that read pages, as many and within the limits that the settings say."""
    from flows.guard import Guard

    return Guard(
        workers=settings.workers,
        seconds_per_item=settings.seconds_per_page,
        memory_limit_mb=settings.memory_limit_mb,
        chunk=settings.chunk,
    )


class Crew:
    """The tools of one run: its settings, its stamp, the guarded child processes, the store.

    A plain class on purpose: Prefect walks through dataclasses, tuples and pydantic models that
    are handed to a task, item by item.
    """

    def __init__(
        self,
        settings: Settings,
        run_id: str,
        guard: Guard,
        store: Store,
        decisions: Decisions | None = None,
        accepts: Accepts | None = None,
        staging: Path | None = None,
    ) -> None:
        self.settings = settings
        self.stamp = Stamp(run_id)
        self.guard = guard
        self.store = store
        self.decisions = decisions or Decisions()
        self.accepts = accepts or Accepts()
        self.held_before: list[HeldBefore] = []
        self._read_again: Counter[str] = Counter()
        #: The folder that holds the run's batches.
        self.staging = staging or settings.home / "staging" / run_id
        self.known = KnownFiles(store, self.staging / "known")
        #: Payloads that came in again although they were forgotten: who fetches may have put them.
        self.unwelcome: set[str] = set()

    def of_run(self, run_id: str) -> Crew:
        """Return the same tools for another run."""
        return Crew(self.settings, run_id, self.guard, self.store, self.decisions, self.accepts)

    @property
    def run_id(self) -> str:
        """Return the id of the run."""
        return self.stamp.run_id

    def batch(self, source_id: str, number: int) -> Batch:
        """Return the place of one batch in the run's staging folder."""
        return Batch(self.run_id, source_id, number, self.staging)

    def next_batch(self, source_id: str, *, picked: bool = False) -> Batch:
        """Return the place of a source's next batch of pages that are read again."""
        self._read_again[source_id] += 1
        number = self._read_again[source_id]
        return Batch(self.run_id, source_id, number, self.staging, picked)

    def source(self, batch: Batch) -> Source:
        """Return the source of a batch."""
        return self.settings.source_row(batch.source_id)

    @cached_property
    def forgotten(self) -> Forgotten:
        """Return what was forgotten up to the beginning of the run, which holds the lock."""
        from warehouse.forgotten import forgotten

        return forgotten(self.store)

    def turn_away(self) -> None:
        """Remove the bytes of what came in although it was forgotten, unless a page has them."""
        if self.unwelcome:
            from warehouse.forgotten import unshared
            from warehouse.raw import Raw

            Raw(self.settings.home).remove(unshared(self.store, self.unwelcome))

    def known_lines(self, source_id: str) -> Path | None:
        """Return the file of what is known of a source's lines, None where its pages stand alone.

        khabar.toml may say so of a source (`line_index = false`), or it has too few pages still.
        """
        return self.known.of(source_id) if self.settings.uses_line_index(source_id) else None


def now() -> datetime:
    """Return the moment (UTC), to the microsecond."""
    return datetime.now(UTC)


def new_run_id(started: datetime) -> str:
    """Return the id of a run that starts now: sorts by time, and no two are alike."""
    return f"{started:%Y%m%dT%H%M%S}{started.microsecond // 1000:03d}-{secrets.token_hex(3)}"


def killed(
    outcome: Killed[Any], source_id: str, page_id: str, locator: str, url: str | None,
    article_id: str | None = None,
) -> Refusal:  # fmt: skip
    """Return the refusal of a page or article at which its child broke a limit or failed.

    Raises:
        BrokenProgramError: The child could not import what it needs; no page is to blame.
    """
    if outcome.cause == "error" and outcome.detail.startswith(_NOT_THE_PAGE):
        raise BrokenProgramError(outcome.detail)
    rule, reason = f"guard.{outcome.cause}", _KILLED[outcome.cause]
    unit: Unit = "article" if article_id else "page"
    return Refusal(
        article_id or page_id, unit, page_id, source_id, locator, url, rule, reason, outcome.detail
    )


def quarantine_rows(
    refusals: Iterable[Refusal], stage: str, stamp: Stamp, at: datetime
) -> list[Quarantine]:
    """Return what readers and transforms refused as rows of `quarantine`.

    Their rules carry the version of the transforms: a new version tries the record again.
    """
    return [
        Quarantine(
            record_id=each.record_id, stage=stage, unit=each.unit,  # type: ignore[arg-type]
            source_id=each.source_id, page_id=each.page_id, locator=each.locator, url=each.url,
            reason=each.reason, rule=each.rule, rule_version=stamp.transform_version,
            evidence=each.evidence[:_EVIDENCE_CHARS], attempts=1, first_seen=at, last_seen=at,
            state="quarantined", **stamp._asdict(),
        )
        for each in refusals
    ]  # fmt: skip


def words_of(problem: BaseException) -> str:
    """Return an exception as one line of a log."""
    return one_line(f"{type(problem).__name__}: {problem}", LOG_LINE)
