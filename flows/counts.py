"""Counts of what entered and left each stage of a batch: the rows of `run_stages`.

They are taken from the staged files and from nothing else, so that the accounting law
(landed = published + duplicate + quarantined + held) is checked rather than assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow.parquet as pq

from warehouse.staging import STAGES, Batch
from warehouse.tables import Article, Page, Quarantine, RunStage
from warehouse.tables.publish import Stage, Unit

#: Which units a stage counts: articles exist from clean on.
_UNITS: dict[Stage, tuple[Unit, ...]] = {
    "ingest": ("page",),
    "clean": ("page", "article"),
    "tag": ("page", "article"),
    "publish": ("page", "article"),
}


@dataclass(slots=True)
class StageCounts:
    """How a batch stands: records read, duplicates among them, and what stands after a stage."""

    read: int
    duplicate: int
    standing: dict[Unit, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """Return the pages that stand after the last stage."""
        return self.standing.get("page", 0)


class Census(NamedTuple):
    """The pages and articles of a batch after a stage: those that stand, those refused so far.

    An article falls with its page. It is counted a page it stands on, since two versions of one
    article may stand on two pages of a batch.
    """

    standing: dict[Unit, int]
    refused: dict[Unit, int]


def stage_rows(
    batch: Batch, stage: Stage, counts: StageCounts, *, held: bool, checks: int, seconds: float
) -> list[RunStage]:  # fmt: skip
    """Return the rows of one stage of a batch, judged by its gate; moves `counts` on.

    A held batch has nothing that leaves the stage: all that was not refused is held, even where
    the stage failed before it staged anything. Checks and seconds stand in the first row only.
    """
    after = census(batch, stage)
    before = census(batch, STAGES[STAGES.index(stage) - 1]).refused if stage != "ingest" else {}
    rows: list[RunStage] = []
    for unit in _UNITS[stage]:
        entered = _entered(batch, stage, unit, counts)
        duplicate = counts.duplicate if stage == "ingest" else 0
        refused = after.refused[unit] - before.get(unit, 0)
        rows.append(
            stage_row(
                batch, stage, unit, rows_in=entered, duplicate=duplicate, quarantined=refused,
                rows_out=0 if held else after.standing[unit],
                held=entered - duplicate - refused if held else 0,
                checks=0 if rows else checks, seconds=0.0 if rows else seconds,
            )
        )  # fmt: skip
    counts.standing = after.standing
    return rows


def _entered(batch: Batch, stage: Stage, unit: Unit, counts: StageCounts) -> int:
    if stage == "ingest":
        return counts.read
    if (stage, unit) == ("clean", "article"):
        return len(_columns(batch, "clean", Article.table, "article_id"))
    return counts.standing[unit]


def census(batch: Batch, stage: str) -> Census:
    """Return what stands after a stage and what was refused up to and with it."""
    upto = STAGES[: STAGES.index(stage) + 1]
    pages, articles = _named(batch, upto, "page"), _named(batch, upto, "article")
    staged = {page for (page,) in _columns(batch, "ingest", Page.table, "page_id")}
    found: Sequence[tuple[str, ...]] = ()
    if "clean" in upto:
        found = _columns(batch, "clean", Article.table, "article_id", "page_id")
    fallen = sum(article in articles or page in pages for article, page in found)
    return Census(
        {"page": len(staged - pages), "article": len(found) - fallen},
        {"page": len(pages), "article": fallen},
    )


def known_row(batch: Batch, read: int) -> RunStage:
    """Return the row of a source of which every record read was known already."""
    return stage_row(batch, "ingest", "page", rows_in=read, duplicate=read)


def landing_row(batch: Batch, read: int, duplicate: int) -> RunStage:
    """Return the row that ingest stages for its gate: how many records the reader read."""
    return stage_row(batch, "ingest", "page", rows_in=read, duplicate=duplicate)


def stage_row(
    batch: Batch, stage: Stage, unit: Unit, *, rows_in: int, rows_out: int = 0,
    duplicate: int = 0, quarantined: int = 0, held: int = 0, checks: int = 0, seconds: float = 0.0,
) -> RunStage:  # fmt: skip
    """Return one row of `run_stages` of a batch."""
    return RunStage(
        run_id=batch.run_id, batch_id=batch.batch_id, source_id=batch.source_id, stage=stage,
        unit=unit, rows_in=rows_in, rows_out=rows_out, duplicate=duplicate,
        quarantined=quarantined, held=held, checks=checks, seconds=round(seconds, 3),
    )  # fmt: skip


def _named(batch: Batch, stages: Sequence[str], unit: Unit) -> set[str]:
    """Return the ids of a unit that the staged quarantine of some stages names."""
    return {
        record
        for stage in stages
        for record, each, state in _columns(
            batch, stage, Quarantine.table, "record_id", "unit", "state"
        )
        if each == unit and state == "quarantined"
    }


def _columns(batch: Batch, stage: str, table: str, *columns: str) -> list[tuple[str, ...]]:
    """Return columns of a staged table, empty where it was not staged; text stays unread.

    A file is read directly: finding out what a path may be costs ten times the reading of a few
    rows, and a run asks some eighty times a batch.
    """
    path = batch.path(stage, table)
    if not path.exists():
        return []
    with pq.ParquetFile(path) as file:
        read = file.read(list(columns), use_threads=False)
    return list(zip(*(read.column(name).to_pylist() for name in columns), strict=True))
