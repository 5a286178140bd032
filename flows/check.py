"""What the rules of today would do to a snapshot: published rows refused, refused ones let in.

The pages are taken as any pages that are read again (`flows.run.taken`), in a folder that goes
afterwards and by a catalog that is only read; nothing is published and no lock is held.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flows.accepted import accepted_in
from flows.crew import Crew, guard_of, now
from flows.leftovers import HELD
from flows.progress import Silent, Watch
from flows.recall import Recall
from flows.run import Steps, taken
from flows.settings import Settings, UsageError
from warehouse.staging import STAGES, Batch
from warehouse.tables import Article, Page, Quarantine
from warehouse.tables.arrow import columns, from_arrow

if TYPE_CHECKING:
    from warehouse.snapshot import Looking
    from warehouse.store import Store

_RUN = "check"
_PUBLISHED = "SELECT source_id, page_id, article_id FROM lake.articles ORDER BY source_id, page_id"
_KEPT = "SELECT source_id, page_id FROM lake.refused_pages ORDER BY source_id, page_id"
_OPEN = "SELECT * FROM lake.quarantine WHERE state = 'quarantined' ORDER BY record_id, stage"


@dataclass(slots=True)
class Preview:
    """What would become of the records of a snapshot.

    `would_refuse` are published and refused now, with the rule that does it; `would_admit` stand in
    quarantine and pass now, with the rule that had refused them. `stays_refused` counts records
    that stay in quarantine, `not_read` those without a page that is kept, `not_found` published
    articles that their page gives no more: the transforms have changed. `held` are batches; of what
    is in them only the refusals are told.
    """

    snapshot: int
    pages: int = 0
    refused_pages: int = 0
    would_refuse: list[Quarantine] = field(default_factory=list)
    would_admit: list[Quarantine] = field(default_factory=list)
    stays_refused: int = 0
    not_read: int = 0
    not_found: int = 0
    held: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Standing:
    """How the records of the snapshot stand: pages and articles by source, open refusals."""

    pages: dict[str, dict[str, None]] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    kept: dict[str, dict[str, None]] = field(default_factory=dict)
    refused: dict[str, Quarantine] = field(default_factory=dict)


@dataclass(slots=True)
class _Judged:
    """What the gates said now: refusals by record, all that passed, pages of held batches."""

    refused: dict[str, Quarantine] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)


def preview(
    settings: Settings, against: int | None = None, source: str | None = None,
    watch: Watch | None = None,
) -> Preview:  # fmt: skip
    """Return what the rules of today would do to a snapshot, without one to the newest.

    Raises:
        UsageError: There is no such source.
        NothingPublished, SnapshotGone: There is nothing to judge.
        DecisionsRefused: The files of decisions cannot be followed.
    """
    from warehouse.decisions import decisions_of
    from warehouse.snapshot import looking_at

    with (
        tempfile.TemporaryDirectory(prefix="khabar-check-") as scratch,
        looking_at(settings.home, against, Path(scratch) / "spill") as looking,
        guard_of(settings) as guard,
    ):
        standing = _standing(looking, source)
        # A store that can only be read: nothing here asks it for more.
        crew = Crew(
            settings, _RUN, guard, cast("Store", looking), decisions_of(settings.home),
            accepted_in(settings.home), staging=Path(scratch) / "staging",
        )  # fmt: skip
        judged = _Judged()
        batches = _one_by_one(_recalls(standing, crew), judged)
        run = taken(batches, crew, Steps(), watch or Silent(), now())
        held = [f"{each.batch.batch_id}: {each.held}" for each in run.progress if each.held]
    return _compared(looking.snapshot, standing, judged, held)


def _standing(looking: Looking, source: str | None) -> _Standing:
    found = _Standing()
    with looking.reading() as connection:
        published = connection.execute(_PUBLISHED).fetchall()
        kept = connection.execute(_KEPT).fetchall()
        refused = from_arrow(Quarantine, connection.execute(_OPEN).to_arrow_table())
    for source_id, page_id, article_id in published:
        if source in (None, source_id):
            found.pages.setdefault(source_id, {})[page_id] = None
            found.articles[article_id] = page_id
    for source_id, page_id in kept:
        if source in (None, source_id) and page_id not in found.pages.get(source_id, {}):
            found.kept.setdefault(source_id, {})[page_id] = None
    found.refused = {row.record_id: row for row in refused if source in (None, row.source_id)}
    if source and not (found.pages or found.refused):
        raise UsageError(f"nothing of {source} is published or refused in snapshot "
                         f"{looking.snapshot}")  # fmt: skip
    return found


def _recalls(standing: _Standing, crew: Crew) -> Iterator[Recall]:
    size = crew.settings.batch_pages
    # What is published is read as a reprocess would: whole, so that shares of it can hold it.
    for pages, picked in ((standing.pages, False), (standing.kept, True)):
        for source_id, page_ids in pages.items():
            ordered = [*page_ids]
            for start in range(0, len(ordered), size):
                batch = crew.next_batch(source_id, picked=picked)
                yield Recall(batch, ordered[start : start + size])


def _one_by_one(recalls: Iterable[Recall], judged: _Judged) -> Iterator[Recall]:
    """Yield batches; once one was taken, keep what was said of it and remove its files."""
    for recall in recalls:
        yield recall
        _read_refused(recall.batch, judged)
        if (recall.batch.folder / HELD).exists():
            judged.held.update(recall.page_ids)
        else:
            _read_passed(recall.batch, judged)
        shutil.rmtree(recall.batch.folder, ignore_errors=True)


def _read_refused(batch: Batch, judged: _Judged) -> None:
    for stage in STAGES:
        for row in batch.refusals(stage):
            judged.refused.setdefault(row.record_id, row)


def _read_passed(batch: Batch, judged: _Judged) -> None:
    pages = {page for (page,) in columns(batch.read("ingest", Page), "page_id")}
    articles = columns(batch.read("clean", Article), "article_id", "page_id")
    lost = judged.refused.keys()
    judged.passed |= pages - lost
    judged.passed |= {own for own, page in articles if own not in lost and page not in lost}


def _compared(snapshot: int, standing: _Standing, judged: _Judged, held: Sequence[str]) -> Preview:
    pages = {page for found in standing.pages.values() for page in found}
    published = pages | standing.articles.keys()
    seen = judged.passed | judged.refused.keys()
    unjudged = [row for own, row in standing.refused.items() if own not in seen]
    open_now = standing.refused.keys()
    return Preview(
        snapshot=snapshot,
        pages=len(pages),
        refused_pages=sum(map(len, standing.kept.values())),
        would_refuse=[
            row for own, row in sorted(judged.refused.items())
            if own in published and own not in open_now
        ],
        would_admit=[row for own, row in standing.refused.items() if own in judged.passed],
        stays_refused=len(open_now & judged.refused.keys()),
        not_read=sum(row.page_id not in judged.held for row in unjudged),
        not_found=sum(
            own not in seen and page not in judged.refused and page not in judged.held
            for own, page in standing.articles.items()
        ),
        held=list(held),
    )  # fmt: skip
