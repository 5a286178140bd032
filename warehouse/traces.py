"""Find what is kept of pages: by their id, or of all at an address, in every table.

What a table holds of a page is found by its columns, so that a table that is declared tomorrow is
covered: rows with a `page_id` go with their page, rows that have an `article_id` only with their
article. `line_index` and the tables of entities need more, and have it in `warehouse.forget`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from transforms.ingest.address import canonical_url
from warehouse.quoting import Quoted
from warehouse.sqltext import fill, identifier, identifiers
from warehouse.tables import TABLES, Decision, LineIndex, Row, Tombstone
from warehouse.tables.identity import document_id

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Page(NamedTuple):
    """One page to be forgotten, as far as it is known: one that was refused has its id only."""

    page_id: str
    source_id: str
    locator: str
    url: str | None
    document_id: str | None = None
    payload_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be forgotten; `address` where all that ever comes from there is.

    `rows` that would go, by table; `elsewhere` are other pages that show one of the headlines,
    `decisions` those of analysts on one of the articles, `requests` those for a page that is
    forgotten by its id: these stay.
    """

    pages: tuple[Page, ...]
    address: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    elsewhere: int = 0
    decisions: int = 0
    requests: int = 0

    @property
    def page_ids(self) -> list[str]:
        """Return the ids of the pages."""
        return [page.page_id for page in self.pages]


_OF_PAGES = """
SELECT page_id, source_id, locator, url, document_id, payload_sha256 FROM lake.{table}
WHERE page_id IN (FROM asked_ids) OR document_id IN (FROM asked_ids)
"""

_OF_QUARANTINE = """
SELECT DISTINCT page_id, source_id, locator, url FROM lake.quarantine
WHERE page_id IN (FROM asked_ids) OR ($host <> '' AND contains(lower(url), $host))
"""

_BEGINS = """
SELECT page_id FROM lake.pages WHERE starts_with(page_id, $1)
UNION SELECT page_id FROM lake.articles WHERE starts_with(article_id, $1)
UNION SELECT page_id FROM lake.quarantine
      WHERE starts_with(page_id, $1) OR starts_with(record_id, $1)
"""

_SOURCES = "SELECT source_id FROM lake.sources UNION SELECT source_id FROM lake.pages"

#: The columns of `pages` that hold words of the page itself.
WORDS = (
    "text", "markup", "given_title", "given_summary", "given_byline", "given_publisher",
    "given_section", "given_keywords",
)  # fmt: skip
_WORDS = "SELECT {columns} FROM lake.{table} WHERE page_id IN (FROM forgotten_pages)"
#: Where pages stand as they landed, published and refused.
_LANDED = ("pages", "refused_pages")
#: The same words as they were read: with letters normalised, a title may be another one.
_READ = """
SELECT unnest([title, summary, byline, body]) FROM lake.articles
WHERE page_id IN (FROM forgotten_pages)
UNION ALL
SELECT unnest([title, body]) FROM lake.versions WHERE page_id IN (FROM forgotten_pages)
"""

_EXCERPTS = """
SELECT evidence FROM lake.quarantine WHERE page_id IN (FROM forgotten_pages)
UNION SELECT evidence FROM lake.attempts WHERE page_id IN (FROM forgotten_pages)
"""

_HEADLINES = """
SELECT DISTINCT title FROM lake.articles
WHERE page_id IN (FROM forgotten_pages) AND length(title) > 20
"""


_DECISIONS = """
FROM lake.decisions
WHERE article_id IN (FROM forgotten_articles) OR on_page IN (FROM forgotten_pages)
"""
_REQUESTS = """
SELECT DISTINCT f.fetch_id FROM lake.fetches AS f JOIN lake.pages AS p
ON f.source_id = p.source_id AND p.url IN (f.url, f.final_url)
WHERE p.page_id IN (FROM forgotten_pages)
"""

_SHOWING = """
SELECT count(*) FROM lake.pages WHERE page_id NOT IN (FROM forgotten_pages)
AND len(list_filter($headlines::VARCHAR[], lambda h: contains(text, h))) > 0
"""


def resolve(connection: DuckDBPyConnection, prefix: str) -> list[str]:
    """Return the ids of the pages that a page or article id, or its beginning, stands for."""
    return sorted(page for (page,) in connection.execute(_BEGINS, [prefix]).fetchall())


def find(
    connection: DuckDBPyConnection,
    page_ids: Sequence[str],
    url: str | None,
    staged: Iterable[Page] = (),
) -> Found:
    """Return what is known of pages by their id, or of all at an address in any source.

    `staged` are the pages of held batches. Counts the rows that would go, by table.
    """
    address = canonical_url(url) if url else None
    ids = list(page_ids)
    if address:
        sources = [source for (source,) in connection.execute(_SOURCES).fetchall()]
        ids += [document_id(source, address, "") for source in sources]
    register(connection, "asked_ids", ids)
    landed = " UNION ALL ".join(fill(_OF_PAGES, table=table) for table in _LANDED)
    pages = {row[0]: Page(*row) for row in connection.execute(landed).fetchall()}
    host = {"host": _host(address)}
    refused = (Page(*row) for row in connection.execute(_OF_QUARANTINE, host).fetchall())
    for page in (*staged, *refused):
        if page.page_id in ids or (address and canonical_url(page.url) == address):
            pages.setdefault(page.page_id, page)
    connection.unregister("asked_ids")
    name_pages(connection, list(pages))
    rows = {model.table: _count(connection, model) for model in TABLES}
    shown = {table: count for table, count in rows.items() if count}
    return Found(
        tuple(sorted(pages.values())), address, shown, _count_elsewhere(connection),
        len(connection.execute(_DECISIONS).fetchall()),
        0 if address else len(connection.execute(_REQUESTS).fetchall()),
    )  # fmt: skip


def quoted(connection: DuckDBPyConnection, found: Found, more: Iterable[str | None] = ()) -> Quoted:
    """Return the words of the pages, before they go, to find them where no column names a page.

    `more` are words of theirs that no table has.
    """
    name_pages(connection, found.page_ids)
    words = [*more]
    for table in _LANDED:
        own = fill(_WORDS, columns=identifiers(WORDS), table=table)
        words += [text for row in connection.execute(own).fetchall() for text in row]
    for query in (_READ, _EXCERPTS):
        words += [text for (text,) in connection.execute(query).fetchall()]
    names = [name for page in found.pages for name in (page.page_id, page.locator, page.url)]
    return Quoted(words, names)


def counts_by_page(connection: DuckDBPyConnection, found: Found) -> dict[str, dict[str, int]]:
    """Return how many rows each page has in each table that names pages, by table and page."""
    name_pages(connection, found.page_ids)
    counts: dict[str, dict[str, int]] = {}
    for model in TABLES:
        if "page_id" in model.model_fields and model is not Tombstone:
            rows = connection.execute(
                fill(
                    "SELECT page_id, count(*) FROM lake.{table}"
                    " WHERE page_id IN (FROM forgotten_pages) GROUP BY page_id",
                    table=identifier(model.table),
                )
            ).fetchall()
            counts[model.table] = dict(rows)
    return counts


def payloads_of_others(
    connection: DuckDBPyConnection, found: Found, payloads: Iterable[str]
) -> set[str]:
    """Return those of `payloads` that pages have which are not to be forgotten."""
    name_pages(connection, found.page_ids)
    register(connection, "asked_payloads", list(payloads))
    others = (
        "SELECT payload_sha256 FROM lake.{table} WHERE payload_sha256 IN"
        " (FROM asked_payloads) AND page_id NOT IN (FROM forgotten_pages)"
    )
    rows = connection.execute(
        " UNION ".join(fill(others, table=table) for table in _LANDED)
    ).fetchall()
    connection.unregister("asked_payloads")
    return {payload for (payload,) in rows}


def _host(address: str | None) -> str:
    _, _, rest = (address or "").partition("://")
    return rest.partition("/")[0]


def register(connection: DuckDBPyConnection, name: str, values: Sequence[str]) -> None:
    """Make a list readable as a table of one column."""
    import pyarrow as pa

    connection.register(name, pa.table({"value": pa.array(values, pa.string())}))


def name_pages(connection: DuckDBPyConnection, page_ids: Sequence[str]) -> None:
    """Name the pages, and the articles that were read from them, for the statements here."""
    register(connection, "named_pages", page_ids)
    connection.execute("CREATE OR REPLACE TEMP TABLE forgotten_pages AS FROM named_pages")
    connection.unregister("named_pages")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE forgotten_articles AS"
        " SELECT article_id FROM lake.articles WHERE page_id IN (FROM forgotten_pages)"
        " UNION SELECT article_id FROM lake.versions WHERE page_id IN (FROM forgotten_pages)"
    )


def hangs_on(model: type[Row]) -> str | None:
    """Return the condition on rows that go with the pages; None where no column names any."""
    if model in (LineIndex, Decision, Tombstone):
        return None
    if "page_id" in model.model_fields:
        return "page_id IN (FROM forgotten_pages)"
    if "article_id" in model.model_fields:
        return "article_id IN (FROM forgotten_articles)"
    return None


def _count(connection: DuckDBPyConnection, model: type[Row]) -> int:
    condition = hangs_on(model)
    if model is LineIndex:
        condition = "article_id IN (FROM forgotten_articles)"
    if condition is None:
        return 0
    statement = "SELECT count(*) FROM lake.{table} WHERE {condition}"
    row = connection.execute(
        fill(statement, table=identifier(model.table), condition=condition)
    ).fetchone()
    return int(row[0]) if row else 0


def _count_elsewhere(connection: DuckDBPyConnection) -> int:
    """Count the other pages that show a headline of these: a link, or a quotation."""
    headlines = [title for (title,) in connection.execute(_HEADLINES).fetchall()]
    if not headlines:
        return 0
    row = connection.execute(_SHOWING, {"headlines": headlines}).fetchone()
    return int(row[0]) if row else 0
