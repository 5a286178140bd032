"""The accounting law, whatever befalls the records of a run.

Landed = published + duplicate + quarantined + held, for pages and for articles. The counts are
taken from staged files by the program and, on their own, from the plan that the files were made
by; then something is lost, and the law must say so.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flows.counts import StageCounts, known_row, stage_rows
from flows.outcome import run_row, unaccounted
from warehouse.staging import STAGES, Batch
from warehouse.tables import Article, Page, Quarantine, Run, RunStage
from warehouse.tables.publish import Stage, Unit

pytestmark = pytest.mark.slow

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
OUTCOMES = ("published", "duplicate", "quarantined", "held")
#: Where a run's row takes what landed from: the first stage at which the unit exists.
LANDED: dict[str, str] = {"page": "ingest", "article": "clean"}


class PlannedPage(NamedTuple):
    """A record that was not known: where it is refused if it is, and the articles on it."""

    refused: Stage | None
    by_reader: bool
    articles: frozenset[int]


class Plan(NamedTuple):
    """A batch and all that befalls it.

    Articles are numbers: one may stand on several pages. `held` may come before the stage staged
    anything (`unstaged`). `known` are the pages and articles that the store has already.
    """

    duplicate: int
    pages: tuple[PlannedPage, ...]
    refused_articles: dict[int, Stage]
    held: Stage | None
    unstaged: bool
    known: tuple[int, int]

    @property
    def staged(self) -> Sequence[Stage]:
        """The stages that staged what they made."""
        if self.held is None:
            return STAGES  # type: ignore[return-value]
        return STAGES[: STAGES.index(self.held) + (not self.unstaged)]  # type: ignore[return-value]


ARTICLES = st.integers(0, 5)
planned_pages = st.builds(
    PlannedPage,
    refused=st.sampled_from([None, None, None, *STAGES]),
    by_reader=st.booleans(),
    articles=st.frozensets(ARTICLES, max_size=3),
)
plans = st.builds(
    Plan,
    duplicate=st.integers(0, 4),
    pages=st.lists(planned_pages, max_size=7).map(tuple),
    refused_articles=st.dictionaries(ARTICLES, st.sampled_from(STAGES[1:]), max_size=2),
    held=st.sampled_from([None, None, None, *STAGES]),
    unstaged=st.booleans(),
    known=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
runs = st.lists(plans, min_size=1, max_size=3)
#: Each example writes files, so it takes longer than Hypothesis allows one and fewer must do.
many = settings(deadline=None, max_examples=60)


# ---- the plan, told to the program ----


def stage(batch: Batch, plan: Plan, at: Stage, lost: int | None) -> None:
    """Stage what a stage makes of the plan; the page numbered `lost` comes to nothing."""
    refusals = [("page", f"p{n}") for n, page in enumerate(plan.pages) if page.refused == at]
    if at == "ingest":
        landed = [
            f"p{n}"
            for n, page in enumerate(plan.pages)
            if n != lost and not (page.refused == "ingest" and page.by_reader)
        ]
        batch.write(at, Page, pa.table({"page_id": pa.array(landed, pa.string())}))
    elif at == "clean":
        found = [
            (f"a{article}", f"p{n}")
            for n, page in enumerate(plan.pages)
            if n != lost and page.refused != "ingest"
            for article in page.articles
        ]
        batch.write(at, Article, _table(("article_id", "page_id"), found))
    refusals += [("article", f"a{n}") for n, where in plan.refused_articles.items() if where == at]
    if refusals:
        rows = [(*refusal, "quarantined") for refusal in refusals]
        batch.write(at, Quarantine, _table(("unit", "record_id", "state"), rows))


def _table(names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table(
        {name: pa.array(list(col), pa.string()) for name, col in zip(names, columns, strict=True)}
    )


def batch_rows(batch: Batch, plan: Plan, lost: int | None = None) -> list[RunStage]:
    """Take a batch through its stages as a run does, as far as its gates let it."""
    counts = StageCounts(plan.duplicate + len(plan.pages), plan.duplicate)
    if not plan.pages:
        return [known_row(batch, counts.read)]
    rows: list[RunStage] = []
    for at in STAGES:
        if at in plan.staged:
            stage(batch, plan, at, lost)  # type: ignore[arg-type]
        rows += stage_rows(
            batch, at, counts, held=at == plan.held, checks=1, seconds=0.5  # type: ignore[arg-type]
        )  # fmt: skip
        if at == plan.held or not counts.pages:
            return rows
    return [_with_known(row, plan.known) if row.stage == "publish" else row for row in rows]


def _with_known(row: RunStage, known: tuple[int, int]) -> RunStage:
    """What the store has already is no news: it is counted as duplicate."""
    many = min(row.rows_out, known[row.unit == "article"])
    return row.model_copy(update={"rows_out": row.rows_out - many, "duplicate": many})


def accounted(rows: Sequence[RunStage]) -> Run:
    return run_row(
        "run-1", rows, state="published", message=None, started=NOON, finished=NOON,
        transform_version="1", config_sha256="a" * 64,
    )  # fmt: skip


def run_of(plans: Sequence[Plan], lost: tuple[int, int] | None = None) -> list[RunStage]:
    """Return the rows of a run over some batches; `lost` names a batch and a page of it."""
    rows: list[RunStage] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, plan in enumerate(plans):
            batch = Batch("run-1", "nakheel", number, Path(folder))
            missing = lost[1] if lost and lost[0] == number else None
            rows += batch_rows(batch, plan, missing)
    return rows


# ---- the plan, counted without the program ----


def ends(plan: Plan, unit: Unit) -> Iterator[str]:
    """Yield how each page or article of a batch ends, what the store knows not yet told apart."""
    for page in plan.pages:
        if unit == "page":
            yield _end(plan, page.refused)
        elif page.refused != "ingest" and "clean" in plan.staged:
            for article in page.articles:
                yield _end(plan, page.refused, plan.refused_articles.get(article))


def _end(plan: Plan, *refusals: Stage | None) -> str:
    if any(refusal in plan.staged for refusal in refusals):
        return "quarantined"
    return "held" if plan.held else "published"


def expected(plans: Sequence[Plan], unit: Unit) -> dict[str, int]:
    total: Counter[str] = Counter()
    for plan in plans:
        found = Counter(ends(plan, unit))
        known = min(found["published"], plan.known[unit == "article"])
        found.update({"duplicate": known, "published": -known})
        found["duplicate"] += plan.duplicate if unit == "page" else 0
        total.update(found)
    return {outcome: total[outcome] for outcome in OUTCOMES}


# ---- the law ----


@many
@given(runs)
def test_every_page_and_article_ends_in_one_of_four_ways(plans: list[Plan]) -> None:
    run: Any = accounted(run_of(plans))
    assert unaccounted(run) == {"page": 0, "article": 0}
    for unit in ("page", "article"):
        told = {outcome: getattr(run, f"{unit}s_{outcome}") for outcome in OUTCOMES}
        assert told == expected(plans, unit)  # type: ignore[arg-type]
        assert getattr(run, f"{unit}s_landed") == sum(told.values())


@many
@given(runs)
def test_what_enters_a_stage_leaves_it_in_one_of_four_ways(plans: list[Plan]) -> None:
    for row in run_of(plans):
        assert row.rows_in == row.rows_out + row.duplicate + row.quarantined + row.held, row


@many
@given(runs, st.data())
def test_a_page_that_comes_to_nothing_at_landing_is_missed(
    plans: list[Plan], data: st.DataObject
) -> None:
    """Where ingest itself is held nothing is lost: what it read is held, staged or not."""
    at_risk = [
        (number, n)
        for number, plan in enumerate(plans)
        if plan.held != "ingest"
        for n, page in enumerate(plan.pages)
        if page.refused is None
    ]
    assume(at_risk)
    run = accounted(run_of(plans, data.draw(st.sampled_from(at_risk))))
    assert unaccounted(run) == {"page": 1, "article": 0}


@many
@given(runs, st.data())
def test_one_row_less_anywhere_in_the_account_is_missed(
    plans: list[Plan], data: st.DataObject
) -> None:
    rows = run_of(plans)
    places = [
        (at, column)
        for at, row in enumerate(rows)
        for column in ("rows_in", "rows_out", *OUTCOMES[1:])
        if getattr(row, column)
        and (column != "rows_in" or row.stage == LANDED[row.unit])
        and (column != "rows_out" or row.stage == "publish")
    ]
    assume(places)
    at, column = data.draw(st.sampled_from(places))
    row = rows[at]
    rows[at] = row.model_copy(update={column: getattr(row, column) - 1})
    missed = {"page": 0, "article": 0, row.unit: -1 if column == "rows_in" else 1}
    assert unaccounted(accounted(rows)) == missed


@many
@given(runs, st.data())
def test_a_lost_row_of_the_account_is_missed(plans: list[Plan], data: st.DataObject) -> None:
    """Of any row but one that nothing left and nothing ended in: what went on is then unmatched."""
    rows = run_of(plans)
    ending = [
        at
        for at, row in enumerate(rows)
        if (row.stage == "publish" and row.rows_in)  # all that enters publish ends there
        or (row.stage == LANDED[row.unit] and row.rows_out)  # what goes on is counted only here
    ]  # fmt: skip
    assume(ending)
    gone = rows.pop(data.draw(st.sampled_from(ending)))
    assert unaccounted(accounted(rows))[gone.unit] != 0
