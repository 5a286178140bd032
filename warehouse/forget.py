"""Forget pages for good: their rows, and what other tables quote of them.

found = traces.find(connection, ...)          what it would be
write(connection, found, quotes, ...)         one transaction: rows out, tombstones in
purge(connection, home)                       then the history: files, snapshots, catalogs
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from transforms.ingest.address import canonical_url
from transforms.stamp import Stamp
from warehouse import catalog
from warehouse.arriving import leaving
from warehouse.copies import Regrouped, regrouped, write_groups
from warehouse.forgotten import address_sha256
from warehouse.purge import MESSAGE
from warehouse.quoting import TAKEN_OUT, Quoted
from warehouse.sqltext import fill, identifier, identifiers
from warehouse.tables import (
    TABLES,
    Alias,
    Entity,
    Fetch,
    GateResult,
    LineIndex,
    Row,
    Run,
    Tombstone,
)
from warehouse.traces import Found, Page, hangs_on, name_pages, register

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NO_ARTICLE = "0" * 32

#: What the warehouse itself says in words and a page may stand in: where, and under which key.
_SAID: tuple[tuple[type[Row], str], ...] = ((GateResult, "observed"), (Run, "message"))

#: Lines that name one of the articles. Apart from the join below: DuckDB would compare every line
#: of the index with every article first.
_LINES = """
CREATE OR REPLACE TEMP TABLE lines_named AS
FROM lake.line_index WHERE article_id IN (FROM forgotten_articles)
"""

#: What shows the line now that they are gone, if anything.
_LINES_SHOWN = """
CREATE OR REPLACE TEMP TABLE lines_shown AS
SELECT l.source_id, l.line_hash, l.evidence_id, min(a.article_id) AS shown_by
FROM lines_named AS l JOIN lake.articles AS a ON a.source_id = l.source_id
WHERE contains(a.body, l.line) OR contains(a.title, l.line) OR contains(a.summary, l.line)
GROUP BY ALL
"""

_LINES_WITHOUT = """
CREATE OR REPLACE TEMP TABLE lines_kept AS
SELECT l.* REPLACE (
  coalesce(s.shown_by, $no_article) AS article_id,
  CASE WHEN s.shown_by IS NULL THEN $taken_out ELSE l.line END AS line)
FROM lines_named AS l LEFT JOIN lines_shown AS s USING (source_id, line_hash, evidence_id)
"""

_NAMED = """
CREATE OR REPLACE TEMP TABLE names_lost AS
SELECT DISTINCT unnest([entity_id, undecided_id]) AS entity_id FROM lake.mentions
WHERE page_id IN (FROM forgotten_pages)
"""

_UNNAMED = """
CREATE OR REPLACE TEMP TABLE entities_lost AS
SELECT entity_id FROM names_lost WHERE entity_id IS NOT NULL AND entity_id NOT IN (
  SELECT entity_id FROM lake.mentions WHERE entity_id IS NOT NULL
  UNION SELECT undecided_id FROM lake.mentions WHERE undecided_id IS NOT NULL)
"""

#: Of the entities that stay, the ways to write them that only texts have shown.
_WRITTEN = """
SELECT a.alias_id, a.entity_id, a.alias FROM lake.aliases AS a
WHERE a.entity_id IN (SELECT entity_id FROM names_lost) AND a.source IN ('text', 'decision')
"""

_SURFACES = """
SELECT DISTINCT entity_id, surface FROM lake.mentions
WHERE entity_id IN (SELECT entity_id FROM names_lost)
"""


def write(
    connection: DuckDBPyConnection, found: Found, quotes: Quoted, tombstones: Sequence[Tombstone],
    at: datetime,
) -> None:  # fmt: skip
    """Take the pages out of every table and put their tombstones there, in one transaction."""
    name_pages(connection, found.page_ids)
    groups = _groups_without(connection, at)
    connection.execute("BEGIN")
    try:
        connection.execute(_NAMED)
        for model in TABLES:
            if condition := hangs_on(model):
                _delete(connection, model.table, condition)
        write_groups(connection, groups)
        _take_out_lines(connection)
        _take_out_names(connection)
        for model, column in _SAID:
            _take_out_words(connection, model, column, quotes)
        if found.address:
            _take_out_requests(connection, found.address)
        _insert(connection, tombstones)
        catalog.set_message(connection, f"{MESSAGE} {at:%Y%m%dT%H%M%S}")
        connection.execute("COMMIT")
    except BaseException:
        catalog.rollback(connection)
        raise


def _groups_without(connection: DuckDBPyConnection, at: datetime) -> Regrouped:
    """Return the groups of copies as they stand without the articles that are forgotten."""
    rows = connection.execute("SELECT article_id FROM forgotten_articles").fetchall()
    gone = [article for (article,) in rows]
    return regrouped(connection, leaving(gone), (), Stamp(f"forget {at:%Y%m%dT%H%M%S}"))


def tombstones_of(
    found: Found, counts: dict[str, dict[str, int]], reason: str | None, at: datetime,
    removed: frozenset[str],
) -> list[Tombstone]:  # fmt: skip
    """Return the rows that stay of the pages; `removed` are payloads that raw loses."""
    address = address_sha256(found.address) if found.address else None
    return [
        Tombstone(
            page_id=page.page_id,
            source_id=page.source_id,
            document_id=page.document_id,
            payload_sha256=page.payload_sha256,
            address_sha256=address,
            forgotten_at=at,
            reason=reason,
            pages=_of(counts, page, "pages") + _of(counts, page, "quarantine"),
            articles=_of(counts, page, "articles"),
            versions=_of(counts, page, "versions"),
            mentions=_of(counts, page, "mentions"),
            raw=page.payload_sha256 in removed,
        )
        for page in found.pages
    ]


def tombstones(connection: DuckDBPyConnection, page_ids: Sequence[str] = ()) -> list[Tombstone]:
    """Return the tombstones of pages, without `page_ids` all of them; the newest first."""
    from warehouse.tables.arrow import from_arrow

    register(connection, "asked_ids", list(page_ids))
    query = fill(
        "SELECT {columns} FROM lake.tombstones"
        " WHERE page_id IN (FROM asked_ids) OR (SELECT count(*) FROM asked_ids) = 0"
        " ORDER BY forgotten_at DESC, page_id",
        columns=_columns(Tombstone),
    )
    try:
        return from_arrow(Tombstone, connection.execute(query).to_arrow_table())
    finally:
        connection.unregister("asked_ids")


def _of(counts: dict[str, dict[str, int]], page: Page, table: str) -> int:
    return counts.get(table, {}).get(page.page_id, 0)


def _delete(connection: DuckDBPyConnection, table: str, condition: str) -> None:
    statement = "DELETE FROM lake.{table} WHERE {condition}"
    connection.execute(fill(statement, table=identifier(table), condition=condition))


def _take_out_lines(connection: DuckDBPyConnection) -> None:
    """Take the words of lines out that no standing article shows any more.

    The hash of the line stays: without it, a page that links to the headline would be read with
    the headline in its own body, and no page could be read again as it was.
    """
    connection.execute(_LINES)
    if connection.execute("SELECT 1 FROM lines_named LIMIT 1").fetchone() is None:
        return
    connection.execute(_LINES_SHOWN)
    connection.execute(_LINES_WITHOUT, {"no_article": _NO_ARTICLE, "taken_out": TAKEN_OUT})
    _replace(connection, LineIndex, "lines_kept")


def _take_out_names(connection: DuckDBPyConnection) -> None:
    """Take entities out that no mention names any more, and ways to write the others."""
    from transforms.clean.letters import fold

    connection.execute(_UNNAMED)
    for model in (Entity, Alias):
        _delete(connection, model.table, "entity_id IN (FROM entities_lost)")
    still = {(e, fold(surface)) for e, surface in connection.execute(_SURFACES).fetchall()}
    lost = [
        alias
        for alias, entity, written in connection.execute(_WRITTEN).fetchall()
        if (entity, fold(written)) not in still
    ]
    register(connection, "aliases_lost", lost)
    _delete(connection, Alias.table, "alias_id IN (FROM aliases_lost)")
    connection.unregister("aliases_lost")


def _take_out_requests(connection: DuckDBPyConnection, address: str) -> None:
    """Take out that the address was ever asked; what led there is known still, not where to.

    Without its row, an address that redirects there would be asked for again in every run.
    """
    named = connection.execute(
        "SELECT url FROM lake.fetches UNION SELECT final_url FROM lake.fetches"
    ).fetchall()
    there = [url for (url,) in named if url and canonical_url(url) == address]
    register(connection, "led_there", there)
    _delete(connection, Fetch.table, "url IN (FROM led_there)")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE led AS SELECT * REPLACE (NULL AS final_url)"
        " FROM lake.fetches WHERE final_url IN (FROM led_there)"
    )
    connection.unregister("led_there")
    _replace(connection, Fetch, "led")


def _take_out_words(
    connection: DuckDBPyConnection, model: type[Row], column: str, quotes: Quoted
) -> None:
    """Take out what the warehouse has said of a run in the words of a page."""
    parts = {"table": identifier(model.table), "column": identifier(column)}
    said = connection.execute(
        fill("SELECT DISTINCT {column} FROM lake.{table} WHERE {column} IS NOT NULL", **parts)
    ).fetchall()
    quoting = [value for (value,) in said if quotes.by(value)]
    if not quoting:
        return
    register(connection, "quoting", quoting)
    connection.execute(
        fill(
            "CREATE OR REPLACE TEMP TABLE said AS SELECT * REPLACE ($taken_out AS {column})"
            " FROM lake.{table} WHERE {column} IN (FROM quoting)",
            **parts,
        ),
        {"taken_out": TAKEN_OUT},
    )
    connection.unregister("quoting")
    _replace(connection, model, "said")


def _replace(connection: DuckDBPyConnection, model: type[Row], rows: str) -> None:
    """Put rows in the place of those that have their keys."""
    parts = {
        "table": identifier(model.table), "key": identifiers(model.key), "rows": rows,
        "columns": _columns(model),
    }  # fmt: skip
    for statement in (
        "DELETE FROM lake.{table} WHERE ({key}) IN (SELECT ({key}) FROM {rows})",
        "INSERT INTO lake.{table} ({columns}) SELECT {columns} FROM {rows}",
    ):
        connection.execute(fill(statement, **parts))


def _insert(connection: DuckDBPyConnection, rows: Sequence[Tombstone]) -> None:
    from warehouse.tables.arrow import to_arrow

    connection.register("new_tombstones", to_arrow(Tombstone, rows))
    connection.execute(
        fill(
            "INSERT INTO lake.tombstones ({columns}) SELECT {columns} FROM new_tombstones"
            " WHERE page_id NOT IN (SELECT page_id FROM lake.tombstones)",
            columns=_columns(Tombstone),
        )
    )
    connection.unregister("new_tombstones")


def _columns(model: type[Row]) -> str:
    return identifiers(field.name for field in model.fields())
