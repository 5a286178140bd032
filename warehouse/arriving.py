"""Which articles a publication changes, and those that the shelves do not cover yet.

What was published while the shelves could not be written, or before there were any, is caught up
with by the next publication: DuckLake tells which rows came since the snapshot that they cover.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.compared import name_articles
from warehouse.incoming import portions, read_chosen, staged_files
from warehouse.sqltext import fill
from warehouse.tables import Article, Mention

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.shelves import Shelves

#: Staged files whose bodies are held in the memory together.
_PORTION_BYTES = 16_000_000
#: Articles that are caught up with at a time.
_AT_ONCE = 2_000

_LATE = """
CREATE OR REPLACE TEMP TABLE late_articles AS
SELECT article_id, (row_number() OVER (ORDER BY article_id) - 1) // $at_once AS part
FROM lake.articles
WHERE article_id IN (FROM asked_articles) AND article_id NOT IN (FROM changed_articles)
"""

_ALL = """
CREATE OR REPLACE TEMP TABLE late_articles AS
SELECT article_id, (row_number() OVER (ORDER BY article_id) - 1) // $at_once AS part
FROM lake.articles WHERE article_id NOT IN (FROM changed_articles)
"""

_SINCE = """
SELECT article_id FROM ducklake_table_insertions('lake', 'main', 'articles', {first}, {last})
UNION
SELECT article_id FROM ducklake_table_deletions('lake', 'main', 'articles', {first}, {last})
"""

_WRITTEN = """
SELECT article_id FROM written_articles UNION SELECT article_id FROM replaced_articles
"""


@dataclass(frozen=True, slots=True)
class Arriving:
    """What changes: SQL that reads the articles to be compared and their mentions, and all the ids.

    `changed` are those that are written, replaced or removed, and those that come late; `standing`
    are those of them that groups of copies may know. `portions` reads the articles some thousands
    at a time. `afresh` where the shelves are of no use and are filled again.
    """

    articles: str
    mentions: str
    portions: Sequence[str]
    changed: Sequence[str]
    standing: Sequence[str]
    afresh: bool = False


def arriving(connection: DuckDBPyConnection, shelves: Shelves, newest: int) -> Arriving:
    """Return what the publication that was chosen last changes, and what comes late.

    `newest` is the snapshot that stands before it.
    """
    written = [each for (each,) in connection.execute(_WRITTEN).fetchall()]
    replaced = connection.execute("SELECT article_id FROM replaced_articles").fetchall()
    name_articles(connection, "changed_articles", written)
    late, afresh = _late(connection, shelves, newest)
    files = staged_files(connection, Article)
    reads = [read_chosen(connection, Article)] if files else []
    parts = [
        read_chosen(connection, Article, files=some) for some in portions(files, _PORTION_BYTES)
    ]
    named = [read_chosen(connection, Mention)] if staged_files(connection, Mention) else []
    if late:
        reads.append(fill(_LATE_ROWS, table="articles"))
        named.append(fill(_LATE_ROWS, table="mentions"))
        parts += _late_parts(connection)
    standing = [*(each for (each,) in replaced), *late]
    return Arriving(
        _union(reads, "articles"), _union(named, "mentions"), parts, [*written, *late], standing,
        afresh,
    )  # fmt: skip


def leaving(ids: Sequence[str]) -> Arriving:
    """Return what changes where articles go and none comes."""
    return Arriving(_union((), "articles"), _union((), "mentions"), (), ids, ids)


_LATE_ROWS = "(FROM lake.{table} WHERE article_id IN (SELECT article_id FROM late_articles))"


def _late(connection: DuckDBPyConnection, shelves: Shelves, newest: int) -> tuple[list[str], bool]:
    """Return the articles that the shelves do not cover, and whether that is all there are."""
    import duckdb

    if shelves.covered == newest:
        return [], False
    if shelves.covered is not None and shelves.covered < newest:
        query = fill(_SINCE, first=str(shelves.covered + 1), last=str(newest))
        try:
            since = [each for (each,) in connection.execute(query).fetchall()]
        except duckdb.Error:  # the history that tells has expired
            pass
        else:
            name_articles(connection, "asked_articles", since)
            connection.execute(_LATE, {"at_once": _AT_ONCE})
            return since, False
    connection.execute(_ALL, {"at_once": _AT_ONCE})
    rows = connection.execute("SELECT article_id FROM late_articles").fetchall()
    return [each for (each,) in rows], True


def _late_parts(connection: DuckDBPyConnection) -> Iterator[str]:
    found = connection.execute("SELECT coalesce(max(part), -1) FROM late_articles").fetchone()
    for part in range((int(found[0]) if found else -1) + 1):
        yield fill(
            "(FROM lake.articles WHERE article_id IN"
            " (SELECT article_id FROM late_articles WHERE part = {part}))",
            part=str(part),
        )


def _union(reads: Sequence[str], table: str) -> str:
    if not reads:
        return fill("(FROM lake.{table} WHERE false)", table=table)
    return "(" + " UNION ALL BY NAME ".join(f"FROM {read}" for read in reads) + ")"
