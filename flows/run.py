"""One run from pages to published tables, as plain Python; `flows.pipeline` runs it in Prefect.

For every source, for every batch of new pages: ingest, gate, clean, gate, tag, gate; then the
publish gate of each batch and one transaction for all that passed. What goes wrong in one batch
holds that batch; the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.aftermath import outcome_of
from flows.clean import clean_batch
from flows.counts import StageCounts, known_row, stage_rows
from flows.crew import LOG_LINE, Crew, guard_of, new_run_id, now, words_of
from flows.fetch.crawl import Crawl, CrawlOrder, crawl
from flows.fetch.journal import JournalsRead, left_journals, waiting
from flows.fetched import BUSY, Fetched
from flows.ingest import Landing, Reading, ingest_batch, landings, plan_reading
from flows.judge import judge_batch
from flows.judge_sources import sources_judged
from flows.leftovers import mark_held, remove_published, sweep
from flows.outcome import Outcome, Progress
from flows.outlet import Outlet
from flows.progress import Following, Silent, Watch
from flows.publish import Edition, publish_edition
from flows.recall import Recall, recall_batch, recalls, with_raw
from flows.refresh import Refreshed, to_read_again
from flows.settings import Settings, UsageError
from flows.sources.spool import sweep_spools
from flows.tag import tag_batch
from flows.upkeep import tidy
from transforms.accepts import Accepts
from transforms.plain import one_line
from warehouse.line_index import published_sources
from warehouse.raw import Raw
from warehouse.staging import Batch
from warehouse.tables import GateResult, LineIndex, RunStage
from warehouse.tables.publish import RunKind, Stage

if TYPE_CHECKING:
    from expectations.gate import Verdict


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a run: plain functions here, Prefect tasks around the same functions there."""

    fetch: Callable[[CrawlOrder], Crawl] = crawl
    ingest: Callable[[Batch, Landing, Crew], Batch] = ingest_batch
    recall: Callable[[Batch, Recall, Crew], Batch] = recall_batch
    clean: Callable[[Batch, Crew], Batch] = clean_batch
    tag: Callable[[Batch, Crew], Batch] = tag_batch
    gate: Callable[[Stage, Batch, Accepts], Verdict] = judge_batch
    publish: Callable[[Edition, Crew], Outcome] = publish_edition


def run_pipeline(
    settings: Settings,
    paths: Sequence[Path] = (),
    source: str | None = None,
    *,
    group: str | None = None,
    steps: Steps | None = None,
    watch: Watch | None = None,
) -> Outcome:
    """Run the pages under `paths` (without: those of all configured sources) through all stages.

    With `group` and no paths, those of the sources that khabar.toml puts in that group.

    Raises:
        UsageError: A path or source is wrong; nothing has been started.
        DecisionsRefused: The file of decisions cannot be followed; nothing has been started.
        StoreLocked: Another run writes to the same home and did not end in time.
    """
    watch = watch or Silent()
    plan = plan_reading(settings, paths, source, group)
    if plan.skipped:
        example = f"{len(plan.skipped)} file(s) not read, such as {plan.skipped[0]}"
        watch.note(one_line(example, LOG_LINE))
    for each in plan.merged:
        watch.note(one_line(each, LOG_LINE))
    if not paths:
        _tell_of_orphans(settings, watch)
    started = now()
    steps = steps or Steps()
    run_id = new_run_id(started)
    watch.started(run_id)
    # The web is slow and needs no lock: others may write meanwhile.
    crawled = _crawled(CrawlOrder(plan.web, settings, run_id, watch), steps)
    with crew_of(settings, run_id) as crew:
        readings = [*plan.readings, *_to_read(plan.web, crawled)]
        sweep(settings.home)
        sweep_spools(settings.home)
        busy = {each.source_id for each in crawled.fetched if each.problem == BUSY}
        asked = [source_id for source_id in plan.asked if source_id not in busy]
        run = BatchRun(crew, steps, watch, started, fetched=crawled.fetched, asked=asked)
        for reading in readings:
            run.read(reading)
        outcome = run.finish()
        sources = [reading.outlet.id for reading in readings]
        published = sources if outcome.run.pages_published else []
        outcome = _followed(outcome, crew, published, steps, watch)
        tidy(crew.store, watch)
    return outcome


def _tell_of_orphans(settings: Settings, watch: Watch) -> None:
    """Say what was fetched and is read by no run, since its source is not enabled any more."""
    web = {outlet.id for outlet in settings.sources if outlet.on_the_web and outlet.enabled}
    for source_id in waiting(settings.home):
        if source_id not in web:
            watch.note(
                f"{source_id}: pages that were fetched wait in landing/{source_id} of the home; "
                "name and enable the source in khabar.toml to have them read, or remove the folder"
            )


def _crawled(order: CrawlOrder, steps: Steps) -> Crawl:
    """Fetch the sources that are on the web; where that fails, what is there already is read."""
    if not order.outlets:
        return Crawl({}, [])
    try:
        return steps.fetch(order)
    except UsageError:
        raise
    except Exception as problem:
        words = f"fetching failed: {words_of(problem)}"
        order.watch.note(words)
        waiting = left_journals(order.settings.home, [outlet.id for outlet in order.outlets])
        return Crawl(waiting, [Fetched(outlet.id, problem=words) for outlet in order.outlets])


def _to_read(web: Sequence[Outlet], crawled: Crawl) -> list[Reading]:
    """Return what is to be read of what was fetched; call with the writer's lock.

    A journal that is gone was read by another run, which had the lock before.
    """
    found = ((o, tuple(p for p in crawled.journals.get(o.id, ()) if p.exists())) for o in web)
    return [Reading(outlet, (), waiting) for outlet, waiting in found if waiting]


def _followed(
    outcome: Outcome, crew: Crew, sources: Sequence[str], steps: Steps, watch: Watch
) -> Outcome:
    """Return the outcome with the run that follows it: what is published stays so without it."""
    try:
        after = _reprocess(crew, sources, steps, Following(watch))
        if after is None:
            return outcome
        outcome = replace(outcome, reprocessed=after)
    except Exception as problem:
        words = f"no page was read again with what was learnt or decided: {words_of(problem)}"
        words = f"published, but {words}" if outcome.run.pages_published else words
        watch.held("reprocess", words)
        outcome = replace(outcome, follow_up_problem=words)
    watch.finished(outcome)
    return outcome


def reprocess_sources(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    everything: bool = False,
    from_raw: bool = False,
    steps: Steps | None = None,
    watch: Watch | None = None,
) -> Outcome | None:
    """Refresh what is known of the lines of sources, and read the pages again that it concerns.

    Without `sources` all that have published pages. With `everything` all their pages, by the
    transforms of today, and with `from_raw` from their bytes as far as these are kept. None where
    there was nothing to refresh and nothing to read.

    Raises:
        UsageError: There is no such source.
        StoreLocked: Another run writes to the same home and did not end in time.
    """
    watch = watch or Silent()
    with crew_of(settings, new_run_id(now())) as crew:
        sweep(settings.home)
        published = published_sources(crew.store)
        if unknown := [source for source in sources if source not in published]:
            there = ", ".join(published) or "none"
            raise UsageError(f"nothing is published of {', '.join(unknown)}; sources: {there}")
        chosen = sources or published
        outcome = _reprocess(
            crew, chosen, steps or Steps(), watch,
            everything=everything or from_raw, from_raw=from_raw,
        )  # fmt: skip
        tidy(crew.store, watch)
    return outcome


def _reprocess(
    crew: Crew, sources: Sequence[str], steps: Steps, watch: Watch, *, everything: bool = False,
    from_raw: bool = False,
) -> Outcome | None:  # fmt: skip
    """Refresh sources and read the pages again that it concerns, as a run of its own.

    With them come the pages of all sources that do not follow the analysts' decisions.
    """
    started = now()
    crew = crew.of_run(new_run_id(started))
    found = list(to_read_again(crew, sources, everything=everything))
    if from_raw:
        found = [_in_raw(each, crew, watch) for each in found]
    if not any(each.page_ids or each.rows for each in found):
        return None
    watch.started(crew.run_id)
    lines = [row for each in found for row in each.rows]
    again = _recalled(found, crew, watch, from_raw=from_raw)
    return taken(again, crew, steps, watch, started, lines=lines, everything=everything).finish()


def _recalled(
    found: Sequence[Refreshed], crew: Crew, watch: Watch, *, from_raw: bool
) -> Iterator[Recall]:
    for each in found:
        if each.rows:
            crew.known.add(each.source_id, each.rows)
        watch.note(f"{each.source_id}: {each.told}")
        yield from recalls(each, crew, from_raw=from_raw)


def taken(
    batches: Iterable[Landing | Recall], crew: Crew, steps: Steps, watch: Watch,
    started: datetime, *, lines: Sequence[LineIndex] = (), everything: bool = False,
) -> BatchRun:  # fmt: skip
    """Take batches that are read again as far as their gates let them; nothing is published yet.

    The one way for all that is not new: backfill, refreshed evidence, replay, preview of rules.
    """
    run = BatchRun(
        crew, steps, watch, started, kind="reprocess", lines=lines, everything=everything
    )
    for each in batches:
        stage = steps.recall if isinstance(each, Recall) else steps.ingest
        run.take(each, partial(stage, each.batch, each, crew))  # type: ignore[arg-type]
    return run


def _in_raw(each: Refreshed, crew: Crew, watch: Watch) -> Refreshed:
    """Return what is to be read again without the pages whose bytes are gone; these are told."""
    kept = with_raw(each.page_ids, crew)
    if gone := len(each.page_ids) - len(kept):
        watch.note(f"{each.source_id}: {gone} page(s) stay as they are: their bytes are not kept")
    return replace(each, page_ids=kept)


@contextmanager
def crew_of(settings: Settings, run_id: str) -> Iterator[Crew]:
    """Give the tools of a run that writes, with what analysts have decided.

    Raises StoreLocked, DecisionsRefused.
    """
    from flows.accepted import accepted_in
    from warehouse.decisions import decisions_of
    from warehouse.store import Store

    with (
        Store.open(settings.home, settings.lock_wait_seconds, run_id=run_id) as store,
        guard_of(settings) as guard,
    ):
        accepts = accepted_in(settings.home)
        yield Crew(settings, run_id, guard, store, decisions_of(settings.home), accepts)


class BatchRun:
    """The batches of one run, one after another, and what was seen of each."""

    def __init__(
        self, crew: Crew, steps: Steps, watch: Watch, started: datetime,
        kind: RunKind = "pipeline", lines: Sequence[LineIndex] = (), *, everything: bool = False,
        fetched: Sequence[Fetched] = (), asked: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._fetched = fetched
        #: Pages that are read again say nothing of what a source brings.
        self._asked = None if kind == "reprocess" else asked
        self._journals = JournalsRead(Raw(crew.settings.home))
        self._everything = everything
        self._kind: RunKind = kind
        self._lines = lines
        self._crew = crew
        self._steps = steps
        self._watch = watch
        self._started = started
        self._batches: list[Progress] = []
        self._known_only: list[RunStage] = []
        self._unread: list[str] = []
        self._refused_before = 0

    @property
    def progress(self) -> Sequence[Progress]:
        """Return how far each batch has come."""
        return self._batches

    def read(self, reading: Reading) -> None:
        """Take a source's new pages through the stages, batch by batch."""
        source = reading.outlet.id
        if reading.files:
            self._watch.note(f"{source}: reading {len(reading.files)} file(s)")
        forgotten = 0
        try:
            self._journals.take(source, reading.journals)
            for landing in landings(reading, self._crew):
                self._refused_before += landing.tally.refused_before
                forgotten += landing.tally.forgotten
                if landing.records:
                    self.take(
                        landing, partial(self._steps.ingest, landing.batch, landing, self._crew)
                    )
                else:
                    self._known_only.append(known_row(landing.batch, landing.tally.read))
        except Exception as problem:
            self._journals.keep(source)
            self._unread.append(f"{source} could not be read to its end: {words_of(problem)}")
            self._watch.held(source, self._unread[-1])
        if forgotten:
            self._watch.note(f"{source}: {forgotten} page(s) were forgotten, and are not let in")

    def finish(self) -> Outcome:
        """Judge once more, publish what passed in one transaction, report, and clear up.

        What is told of the end is told before anything is cleared up: it stands then.
        """
        of_sources, stopped = sources_judged(
            self._batches, self._asked, self._crew, self._started, self._watch
        )
        for progress in self._batches:
            if progress.held is None and progress.counts.pages:
                begun = time.perf_counter()
                if why := stopped.get(progress.batch.source_id):
                    self._enter(progress, "publish", begun, [], why)
                else:
                    self._judge(progress, "publish", begun)
        edition = Edition(
            self._batches, self._known_only, self._unread, self._started, self._refused_before,
            self._kind, self._lines, everything=self._everything,
            fetches=self._journals.fetches(self._crew.forgotten), fetched=self._fetched,
            of_sources=of_sources,
        )  # fmt: skip
        self._watch.publishing(self._crew.run_id)
        try:
            outcome = self._steps.publish(edition, self._crew)
        except BaseException as problem:
            outcome = self._broken_off(problem)
        self._watch.finished(outcome)
        remove_published([p.batch for p in self._batches if p.held is None])
        self._journals.remove(p.batch.source_id for p in self._batches if p.held)
        for before in self._crew.held_before:
            before.remove_met()
        self._crew.known.remove()
        self._crew.turn_away()
        return outcome

    def _broken_off(self, problem: BaseException) -> Outcome:
        """Return the outcome of a run that is committed all the same; else raise `problem`.

        Who interrupts the run wants it to end: that is let through, once the outcome is told.
        """
        outcome = outcome_of(self._crew, problem)
        if outcome is None:
            self._watch.unpublished()
            raise problem
        if not isinstance(problem, Exception):
            self._watch.finished(outcome)
            raise problem
        return outcome

    def take(self, landing: Landing | Recall, ingest: Callable[[], object]) -> None:
        """Take one batch as far as its gates let it; `ingest` stages its pages."""
        progress = Progress(landing.batch, StageCounts(landing.tally.read, landing.tally.duplicate))
        self._batches.append(progress)
        steps = self._steps
        work: dict[Stage, Callable[[], object]] = {
            "ingest": ingest,
            "clean": lambda: steps.clean(landing.batch, self._crew),
            "tag": lambda: steps.tag(landing.batch, self._crew),
        }
        for stage, step in work.items():
            begun = time.perf_counter()
            self._watch.begin(landing.batch.batch_id, stage)
            try:
                step()
            except Exception as problem:
                self._enter(progress, stage, begun, [], f"{stage} failed: {words_of(problem)}")
                break
            if not self._judge(progress, stage, begun):
                break

    def _judge(self, progress: Progress, stage: Stage, begun: float) -> bool:
        """Judge a stage; return whether the batch goes on. A gate that fails holds the batch."""
        try:
            verdict = self._steps.gate(stage, progress.batch, self._crew.accepts)
            results, held = verdict.results, verdict.message if verdict.held else None
        except Exception as problem:
            results, held = [], f"the {stage} gate failed: {words_of(problem)}"
        return self._enter(progress, stage, begun, results, held)

    def _enter(
        self, progress: Progress, stage: Stage, begun: float, gates: list[GateResult],
        held: str | None,
    ) -> bool:  # fmt: skip
        """Enter in the books what a stage and its gate did; return whether the batch goes on."""
        rows = stage_rows(
            progress.batch, stage, progress.counts, held=held is not None, checks=len(gates),
            seconds=time.perf_counter() - begun,
        )  # fmt: skip
        progress.stages += rows
        progress.gates += gates
        if held is None:
            self._watch.stage(progress.batch.batch_id, stage, _counted(rows))
            return progress.counts.pages > 0
        progress.held = one_line(held, LOG_LINE)
        mark_held(progress.batch, progress.held)
        self._watch.held(progress.batch.batch_id, progress.held)
        return False


def _counted(rows: Sequence[RunStage]) -> str:
    parts = []
    for row in rows:
        parts.append(f"{row.rows_in} {row.unit}s in, {row.rows_out} out")
        parts += [f"{row.duplicate} known"] if row.duplicate else []
        parts += [f"{row.quarantined} quarantined"] if row.quarantined else []
    return ", ".join(parts)
