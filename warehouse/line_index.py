"""What a refresh of a source's `line_index` reads: its stories, its snapshot, its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from warehouse.sqltext import fill, identifiers
from warehouse.tables import Article, LineIndex, Page
from warehouse.tables.arrow import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from warehouse.store import Store

#: Articles read at a time: at 5 KB an article some 10 MB as they are stored.
_AT_ONCE = 2_000


class IndexState(NamedTuple):
    """How far the index of a source is: `evidence_id` is 0 where it has none yet.

    `seen_run_id` is the run of the last snapshot, `documents` the stories that it looked at;
    `stories` are there now, `fresh` of them were published by later runs.
    """

    evidence_id: int
    seen_run_id: str
    documents: int
    stories: int
    fresh: int


#: Of a source without a published story.
NOTHING_SEEN = IndexState(0, "", 0, 0, 0)

_STATES = """
WITH last AS (
  SELECT source_id, max(evidence_id) AS evidence_id, max(run_id) AS run_id,
         max(documents) AS documents
  FROM lake.line_index GROUP BY source_id
)
SELECT a.source_id, coalesce(l.evidence_id, 0), coalesce(l.run_id, ''), coalesce(l.documents, 0),
       count(*), count_if(a.run_id > coalesce(l.run_id, ''))
FROM lake.articles AS a LEFT JOIN last AS l USING (source_id)
WHERE a.role = 'main'
GROUP BY ALL
"""

_ARTICLES = """
SELECT article_id, page_id, role, title, summary, body FROM lake.articles
WHERE source_id = $source_id AND run_id > $after AND article_id > $last
ORDER BY article_id LIMIT $at_once
"""

_NEWEST = """
SELECT article_id, role, title, summary, body FROM lake.articles
WHERE source_id = $source_id AND role = 'main'
ORDER BY run_id DESC, article_id LIMIT $most
"""

_PAGES = """
WITH published AS (
  SELECT {columns} FROM lake.pages WHERE page_id IN (FROM asked_pages)
)
FROM published
UNION ALL
SELECT {columns} FROM lake.refused_pages
WHERE page_id IN (FROM asked_pages) AND page_id NOT IN (SELECT page_id FROM published)
ORDER BY page_id
"""

_INDEX = """
SELECT {columns} FROM lake.line_index WHERE source_id = $source_id
QUALIFY row_number() OVER (PARTITION BY line_hash ORDER BY evidence_id DESC) = 1
"""


def index_states(store: Store) -> dict[str, IndexState]:
    """Return how far the index of each source is that has published stories.

    Of all sources at once: a query costs some 50 ms of CPU however little there is to read.
    """
    with store.reading() as connection:
        rows = connection.execute(_STATES).fetchall()
    return {source_id: IndexState(*state) for source_id, *state in rows}


def indexed_sources(store: Store) -> set[str]:
    """Return the sources that have an index."""
    with store.reading() as connection:
        rows = connection.execute("SELECT DISTINCT source_id FROM lake.line_index").fetchall()
    return {source_id for (source_id,) in rows}


def articles_after(
    connection: DuckDBPyConnection, source_id: str, run_id: str
) -> Iterator[pa.Table]:
    """Yield the articles of a source that runs after `run_id` published, many at a time.

    Columns: article_id, page_id, role, title, summary, body.
    """
    last = ""
    while True:
        values = {"source_id": source_id, "after": run_id, "last": last, "at_once": _AT_ONCE}
        table = connection.execute(_ARTICLES, values).to_arrow_table()
        if not table.num_rows:
            return
        last = table.column("article_id")[-1].as_py()
        yield table


def newest_stories(connection: DuckDBPyConnection, source_id: str, most: int) -> pa.Table:
    """Return the newest main articles: article_id, role, title, summary, body."""
    return connection.execute(_NEWEST, {"source_id": source_id, "most": most}).to_arrow_table()


def known_lines(connection: DuckDBPyConnection, source_id: str) -> pa.Table:
    """Return the newest snapshot of a source's index, a row a line."""
    statement = fill(_INDEX, columns=identifiers(f.name for f in LineIndex.fields()))
    table = connection.execute(statement, {"source_id": source_id}).to_arrow_table()
    return table.cast(arrow_schema(LineIndex))


def stored_pages(connection: DuckDBPyConnection, page_ids: Sequence[str]) -> pa.Table:
    """Return pages that are published, or were refused, as they landed; in the order of ids."""
    import pyarrow as pa

    connection.register("asked_pages", pa.table({"page_id": pa.array(page_ids, pa.string())}))
    try:
        columns = identifiers(field.name for field in Page.fields())
        table = connection.execute(fill(_PAGES, columns=columns)).to_arrow_table()
        return table.cast(arrow_schema(Page))
    finally:
        connection.unregister("asked_pages")


def payloads_of(connection: DuckDBPyConnection, page_ids: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of the bytes of such pages, by the id of the page."""
    import pyarrow as pa

    connection.register("asked_pages", pa.table({"page_id": pa.array(page_ids, pa.string())}))
    try:
        rows = connection.execute(
            "SELECT page_id, payload_sha256 FROM lake.pages WHERE page_id IN (FROM asked_pages)"
            " UNION SELECT page_id, payload_sha256 FROM lake.refused_pages"
            " WHERE page_id IN (FROM asked_pages)"
        ).fetchall()
        return dict(rows)
    finally:
        connection.unregister("asked_pages")


def published_sources(store: Store) -> list[str]:
    """Return the sources that have published articles, by id."""
    with store.reading() as connection:
        rows = connection.execute("SELECT DISTINCT source_id FROM lake.articles ORDER BY 1")
        return [source_id for (source_id,) in rows.fetchall()]


def page_ids_of(connection: DuckDBPyConnection, source_id: str) -> list[str]:
    """Return the pages of a source that show an article, in the order of their ids."""
    rows = connection.execute(
        fill("SELECT DISTINCT page_id FROM lake.{table} WHERE source_id = ? ORDER BY 1",
             table=Article.table),
        [source_id],
    ).fetchall()  # fmt: skip
    return [page_id for (page_id,) in rows]
