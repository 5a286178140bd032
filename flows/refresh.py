"""Refresh a source's `line_index`: what its newly published articles say of lines on other pages.

A refresh adds the next numbered snapshot and names the pages that it may let read better; it
changes no article itself (`flows.recall` hands its pages to the stages).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from warehouse.line_index import NOTHING_SEEN
from warehouse.tables import LineIndex
from warehouse.tables.arrow import concat, to_arrow

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from flows.crew import Crew
    from transforms.clean.known_lines import KnownLines
    from warehouse.line_index import IndexState
    from warehouse.store import Store


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The next snapshot of a source: the rows it adds, and the pages that may change by it.

    `undecided` of these pages do not follow the decisions of analysts. `picked` where they are
    pages from quarantine, or on their way back there.
    """

    source_id: str
    stories: int
    rows: list[LineIndex]
    page_ids: list[str]
    undecided: int = 0
    picked: bool = False

    @property
    def told(self) -> str:
        """Return what is read again and why, in words."""
        if self.picked:
            return f"{len(self.page_ids)} refused or accepted pages to read again"
        pages = f"{len(self.page_ids)} pages to read again"
        decided = f", {self.undecided} of them for decisions on entities" if self.undecided else ""
        return f"{len(self.rows)} new lines known from {self.stories} stories, {pages}{decided}"


def to_read_again(crew: Crew, sources: Sequence[str], *, everything: bool) -> Iterator[Refreshed]:
    """Yield what is to be read again of sources, and of all that do not follow the decisions.

    Pages whose records are to be let in by a decision, or no longer, come by themselves: what is
    said of a batch as a whole says nothing of such a choice.
    """
    from warehouse.accepts import unsettled_pages
    from warehouse.decisions import undecided_pages
    from warehouse.line_index import index_states

    with crew.store.reading() as connection:
        undecided = undecided_pages(connection, crew.decisions)
        unsettled = unsettled_pages(connection, crew.accepts)
    states = index_states(crew.store) if sources or undecided else {}
    for source_id in dict.fromkeys((*sources, *undecided)):
        state = states.get(source_id, NOTHING_SEEN)
        pages = undecided.get(source_id, [])
        indexed = crew.settings.uses_line_index(source_id)
        if everything and source_id in sources:
            yield whole(crew.store, source_id, state, crew.stamp, index=indexed)
            continue
        due = None
        if indexed and source_id in sources:
            due = refresh(crew.store, source_id, state, crew.stamp)
        if due and due.rows:
            yield replace(due, page_ids=sorted({*due.page_ids, *pages}), undecided=len(pages))
        elif pages:
            yield Refreshed(source_id, state.stories, [], pages, len(pages))
    for source_id, pages in unsettled.items():
        yield Refreshed(source_id, 0, [], pages, picked=True)


def refresh(store: Store, source_id: str, state: IndexState, stamp: Stamp) -> Refreshed | None:
    """Return the next snapshot of a source; None where too few stories are there, or are new."""
    from warehouse import line_index

    if not _is_due(state):
        return None
    with store.reading() as connection:
        before = line_index.known_lines(connection, source_id)
        rows = _next_rows(connection, source_id, state, read_known(before), stamp)
        page_ids: set[str] = set()
        if rows:
            known = read_known(concat(LineIndex, [before, to_arrow(LineIndex, rows)]))
            fresh = line_index.articles_after(connection, source_id, state.seen_run_id)
            page_ids = {page for table in fresh for page in _concerned(table, known)}
    return Refreshed(source_id, state.stories, rows, sorted(page_ids))


def whole(
    store: Store, source_id: str, state: IndexState, stamp: Stamp, *, index: bool
) -> Refreshed:
    """Return every page of a source to be read again, with its next snapshot where it has news.

    Without `index` the source is read page by page and gets no snapshot.
    """
    from warehouse import line_index

    with store.reading() as connection:
        rows: list[LineIndex] = []
        if index and state.fresh and state.stories >= ENOUGH_STORIES:
            known = read_known(line_index.known_lines(connection, source_id))
            rows = _next_rows(connection, source_id, state, known, stamp)
        return Refreshed(
            source_id, state.stories, rows, line_index.page_ids_of(connection, source_id)
        )


def _next_rows(
    connection: DuckDBPyConnection,
    source_id: str,
    state: IndexState,
    known: KnownLines,
    stamp: Stamp,
) -> list[LineIndex]:
    """Return the rows that the next snapshot adds; none where the new stories bring no new line."""
    from warehouse import line_index

    fresh = line_index.articles_after(connection, source_id, state.seen_run_id)
    openings = [_opening(story) for table in fresh for story in _stories(table)]
    window: Iterable[Story] = ()
    if is_recount_due(state.stories, state.documents):
        window = _stories(line_index.newest_stories(connection, source_id, WINDOW))
    return new_lines(source_id, openings, window, known, state.stories, stamp)


def _is_due(state: IndexState) -> bool:
    if state.stories < ENOUGH_STORIES:
        return False
    return state.evidence_id == 0 or state.fresh >= FRESH_STORIES


def _stories(table: pa.Table) -> Iterator[Story]:
    columns = (
        table.column(name).to_pylist() for name in ("article_id", "title", "summary", "body")
    )
    for role, *values in zip(table.column("role").to_pylist(), *columns, strict=True):
        if role == "main":
            yield Story(*values)


def _opening(story: Story) -> Story:
    """Return a story with its first two paragraphs only: all that an opening needs of it."""
    return story._replace(body="\n".join(story.body.split("\n", 2)[:2]))


def _concerned(table: pa.Table, known: KnownLines) -> Iterator[str]:
    """Yield the pages of the articles that the snapshot may take something out of."""
    from transforms.clean.known_lines import may_decide

    columns = (table.column(name).to_pylist() for name in ("page_id", "title", "body"))
    for page_id, title, body in zip(*columns, strict=True):
        if may_decide(title, body, known):
            yield page_id
