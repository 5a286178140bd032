"""Publish: all batches that passed every gate in one transaction, and the account of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from flows.crew import Crew, now, words_of
from flows.fetched import NOT_HAD, Fetched, nothing_had
from flows.group import regrouped_by
from flows.outcome import MESSAGE, Outcome, Progress, run_row, unaccounted
from flows.refusals import RefusedFor, in_words, reasons
from transforms.plain import one_line
from warehouse.staging import STAGES, Batch
from warehouse.tables import Fetch, GateResult, LineIndex, Quarantine, Run, RunStage, Source
from warehouse.tables.publish import RunKind, RunState

if TYPE_CHECKING:
    from warehouse.store import PublishCounts
    from warehouse.writes import Decided


class Edition:
    """Everything that a run brings to its publication. Plain, as what tasks take must be."""

    def __init__(
        self,
        batches: Sequence[Progress],
        known_only: Sequence[RunStage],
        problems: Sequence[str],
        started: datetime,
        refused_before: int,
        kind: RunKind = "pipeline",
        lines: Sequence[LineIndex] = (),
        *,
        everything: bool = False,
        fetches: Sequence[Fetch] = (),
        fetched: Sequence[Fetched] = (),
        of_sources: Sequence[GateResult] = (),
    ) -> None:
        self.batches = tuple(batches)
        self.known_only = tuple(known_only)
        self.problems = tuple(problems)
        self.started = started
        self.refused_before = refused_before
        self.kind = kind
        self.lines = tuple(lines)
        self.everything = everything
        self.fetches = tuple(fetches)
        self.fetched = tuple(fetched)
        self.of_sources = tuple(of_sources)

    @property
    def passed(self) -> list[Batch]:
        """Return the batches that no gate held."""
        return [each.batch for each in self.batches if each.held is None]

    @property
    def held(self) -> list[Batch]:
        """Return the batches that a gate held."""
        return [each.batch for each in self.batches if each.held is not None]

    def end(self, run: Run, refused_for: Sequence[RefusedFor]) -> tuple[RunState, str]:
        """Return how a run of these counts ends and, where it is not as hoped for, why."""
        held = [f"{each.batch.batch_id}: {each.held}" for each in self.batches if each.held]
        if self.problems:
            return "failed", "; ".join((*self.problems, *held))
        if held:
            return "held", "; ".join(held)
        if not run.pages_published and (lost := nothing_had(self.fetched)):
            return "failed", lost
        if run.pages_quarantined and not run.pages_published:
            why = in_words(refused_for)
            if all(each.rule.startswith(NOT_HAD) for each in refused_for):
                return "nothing_new", f"{run.pages_quarantined} pages could not be had: {why}"
            new = "" if self.kind == "reprocess" else "new "
            return "refused", f"all {run.pages_quarantined} {new}pages were refused: {why}"
        if self.batches:
            return "published", ""
        return "nothing_new", self._known_as_refused(run.pages_landed)

    def _known_as_refused(self, landed: int) -> str:
        if not self.refused_before:
            return ""
        return (
            f"{self.refused_before} of the {landed} pages are known because an earlier run refused "
            "them, by the same rules under the same settings"
        )


class LawBrokenError(Exception):
    """Landed is not published + duplicate + quarantined + held; nothing is published."""


def publish_edition(edition: Edition, crew: Crew) -> Outcome:
    """Publish a run and write its report.

    Held batches give their counts, gate results and refusals only. What is told is what is
    committed: a second try after a commit that went through plans a run of nothing but known
    pages, which the store does not write.

    Raises:
        LawBrokenError: The counts do not add up: a fault of the program; nothing is published.
    """
    planned = crew.store.plan(edition.passed)
    stages = [*edition.known_only]
    for progress in edition.batches:
        stages += _settled(progress, planned)
    quarantine = _quarantine(edition)
    refusals = [row for row in quarantine if row.state == "quarantined"]
    refused_for = reasons(refusals)
    run = _run(edition, stages, refused_for, crew)
    lost = {unit: count for unit, count in unaccounted(run).items() if count}
    if lost:
        raise LawBrokenError(f"run {run.run_id}: unaccounted for: {lost}; nothing was published")
    gates = [result for progress in edition.batches for result in progress.gates]
    gates += edition.of_sources
    groups, group_problem = regrouped_by(crew) if run.articles_published else (None, None)
    published = crew.store.publish(
        run, edition.passed, stages, gates, quarantine, _sources(edition, crew), edition.lines,
        _decided(edition, crew), edition.fetches, edition.held, groups,
    )  # fmt: skip
    outcome = Outcome(
        published.run, tuple(published.run_stages), tuple(gates), published.snapshot, refused_for,
        fetched=edition.fetched, group_problem=group_problem,
    )  # fmt: skip
    return _with_report(outcome, refusals, crew)


def _settled(progress: Progress, planned: Mapping[str, PublishCounts]) -> list[RunStage]:
    """Return a batch's rows with what the store will write: the rest of what passed is known."""
    counts = planned.get(progress.batch.batch_id)
    if progress.held is not None or counts is None:
        return progress.stages
    written = {
        "page": (counts.pages_published, counts.pages_duplicate),
        "article": (counts.articles_published, counts.articles_duplicate),
    }
    rows = []
    for row in progress.stages:
        if row.stage == "publish":
            published, duplicate = written[row.unit]
            row = row.model_copy(update={"rows_out": published, "duplicate": duplicate})
        rows.append(row)
    return rows


def _run(
    edition: Edition, stages: Sequence[RunStage], refused_for: Sequence[RefusedFor], crew: Crew
) -> Run:
    from expectations.catalogue import rules_sha256

    run = run_row(
        crew.run_id,
        stages,
        started=edition.started,
        finished=now(),
        transform_version=crew.stamp.transform_version,
        config_sha256=crew.settings.config_sha256,
        rules_sha256=rules_sha256(),
        kind=edition.kind,
    )
    state, message = edition.end(run, refused_for)
    return run.model_copy(update={"state": state, "message": one_line(message, MESSAGE) or None})


def _quarantine(edition: Edition) -> list[Quarantine]:
    """Return what was refused, and what a decision let in against a rule."""
    return [
        row
        for progress in edition.batches
        for stage in STAGES
        for row in progress.batch.rows(stage, Quarantine)
    ]


def _sources(edition: Edition, crew: Crew) -> list[Source]:
    asked = (each.source_id for each in edition.fetched)
    ids = dict.fromkeys((*(each.batch.source_id for each in edition.batches), *asked))
    return [crew.settings.source_row(source_id) for source_id in ids]


def _decided(edition: Edition, crew: Crew) -> Decided | None:
    """Return what is to be written of the decisions that the run followed.

    Where every page is read again, the knowledge may know names by now that only texts knew.
    """
    from warehouse.decisions import decided, decided_with_knowledge

    find = decided_with_knowledge if edition.everything else decided
    with crew.store.reading() as connection:
        return find(connection, crew.decisions, crew.run_id, crew.accepts)


def _with_report(outcome: Outcome, refusals: Sequence[Quarantine], crew: Crew) -> Outcome:
    """Return the outcome with its report. What is published stays so, whatever the report does."""
    try:
        from expectations.report import AskedLine, RunReport
        from flows import report_files

        asked = [
            AskedLine(*(getattr(each, name) for name in AskedLine._fields))
            for each in outcome.fetched
        ]
        report = RunReport(
            run=outcome.run, stages=outcome.stages, gates=outcome.gates, quarantine=refusals,
            asked=asked,
        )  # fmt: skip
        return replace(outcome, report=report_files.write(crew.settings, report))
    except Exception as problem:
        return replace(outcome, report_problem=f"could not be written: {words_of(problem)}")
