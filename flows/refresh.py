"""Refresh a source's `line_index`: what its newly published articles say of lines on other pages.

A refresh adds the next numbered snapshot and names the pages that it may let read better; it
changes no article itself (`flows.recall` hands its pages to the stages).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.known import read_known
from transforms.clean.line_counts import (
    ENOUGH_STORIES,
    FRESH_STORIES,
    WINDOW,
    Story,
    is_recount_due,
    new_lines,
)
from transforms.stamp import Stamp
from warehouse.tables import LineIndex
from warehouse.tables.arrow import concat, to_arrow

if TYPE_CHECKING:
    import pyarrow as pa

    from transforms.clean.known_lines import KnownLines
    from warehouse.line_index import IndexState
    from warehouse.store import Store


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The next snapshot of a source: the rows it adds, and the pages that may change by it."""

    source_id: str
    evidence_id: int
    stories: int
    rows: list[LineIndex]
    page_ids: list[str]


def refresh(
    store: Store, source_id: str, stamp: Stamp, *, everything: bool = False
) -> Refreshed | None:
    """Return the next snapshot of a source, None where it has too few stories or too few new ones.

    With `everything` any new story is enough, and every page of the source is to be read again.
    """
    from warehouse import line_index

    with store.reading() as connection:
        state = line_index.index_state(connection, source_id)
        page_ids = line_index.page_ids_of(connection, source_id) if everything else []
        if not everything and not _is_due(state):
            return None
        rows: list[LineIndex] = []
        before = line_index.known_lines(connection, source_id)
        if state.stories >= ENOUGH_STORIES and state.fresh:
            fresh = line_index.articles_after(connection, source_id, state.seen_run_id)
            recount = is_recount_due(state.stories, state.documents)
            window = line_index.newest_stories(connection, source_id, WINDOW) if recount else None
            openings = (story for table in fresh for story in _stories(table))
            repeats = _stories(window) if window is not None else ()
            rows = new_lines(
                source_id, openings, repeats, read_known(before), state.stories, stamp
            )  # fmt: skip
        if rows and not everything:
            known = read_known(concat(LineIndex, [before, to_arrow(LineIndex, rows)]))
            fresh = line_index.articles_after(connection, source_id, state.seen_run_id)
            page_ids = sorted({page for table in fresh for page in _concerned(table, known)})
    number = state.evidence_id + bool(rows)
    return Refreshed(source_id, number, state.stories, rows, page_ids)


def _is_due(state: IndexState) -> bool:
    if state.stories < ENOUGH_STORIES:
        return False
    return state.evidence_id == 0 or state.fresh >= FRESH_STORIES


def _stories(table: pa.Table) -> Iterator[Story]:
    columns = (
        table.column(name).to_pylist() for name in ("article_id", "title", "summary", "body")
    )
    roles = table.column("role").to_pylist() if "role" in table.column_names else None
    for number, values in enumerate(zip(*columns, strict=True)):
        if roles is None or roles[number] == "main":
            yield Story(*values)


def _concerned(table: pa.Table, known: KnownLines) -> Iterator[str]:
    """Yield the pages of the articles that the snapshot may take something out of."""
    from transforms.clean.known_lines import may_decide

    columns = (table.column(name).to_pylist() for name in ("page_id", "title", "body"))
    for page_id, title, body in zip(*columns, strict=True):
        if may_decide(title, body, known):
            yield page_id
