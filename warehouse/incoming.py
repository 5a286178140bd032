"""What of the staged rows a publication writes: chosen before the transaction, rows untouched.

Only narrow columns are read here. Per staged table the result is a temporary table
`chosen_<table>` that names rows by batch number and position; `warehouse.writes` copies these.

What is left out: refused pages and articles with all that hangs on them; a page or article that
is staged twice (the first batch keeps it); what the warehouse has already. A page's rows are
there already when they were made by the same transforms on the same evidence (the raw of a page
never changes), an article is when its version is (payload, transforms, evidence) and its mentions
follow the same decisions of analysts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.refused_ids import NOT_HAD, WITHOUT_URL
from warehouse.sqltext import fill, identifier, identifiers, literals
from warehouse.tables import TABLES, Article, Mention, Page, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.staging import Batch


@dataclass(frozen=True, slots=True)
class PublishCounts:
    """What becomes of a batch's rows that passed every gate.

    `published` are written; `duplicate` are in the warehouse already, staged twice, or an older
    version than the one that is shown. Together they are the rows that passed.
    """

    pages_published: int = 0
    pages_duplicate: int = 0
    articles_published: int = 0
    articles_duplicate: int = 0


_STAGED = """
CREATE OR REPLACE TEMP TABLE staged (table_name VARCHAR, file VARCHAR, batch VARCHAR, seq INTEGER)
"""

_REFUSED = """
CREATE OR REPLACE TEMP TABLE refused (batch VARCHAR, unit VARCHAR, record_id VARCHAR)
"""

#: Looked up in the narrowest table first: most runs bring only pages that are new, and then the
#: tables with many rows a page need not be searched at all.
_STANDING_PAGES = """
CREATE OR REPLACE TEMP TABLE standing_pages AS
SELECT page_id FROM lake.pages WHERE page_id IN (SELECT page_id FROM ({incoming}))
"""

#: Pages that passed, once a batch and table; `written` where the warehouse has no rows of the
#: page made by the same transforms on the same evidence, in the batch that staged it first.
_PAGES = """
CREATE OR REPLACE TEMP TABLE pages_of_{name} AS
WITH passed AS (
  SELECT r.page_id, s.batch, min(s.seq) AS seq, count(DISTINCT r.{row}) AS staged_rows,
         any_value(r.transform_version) AS transform_version, {fetched} AS fetched_at,
         max({evidence}) AS evidence_id, any_value({without_url}) AS without_url,
         any_value({not_had}) AS not_had
  FROM {read} AS r JOIN staged AS s ON s.file = r.filename
  WHERE NOT EXISTS (FROM refused f WHERE f.batch = s.batch AND f.unit = 'page'
                    AND f.record_id = r.page_id)
  GROUP BY r.page_id, s.batch
), known AS (
  SELECT page_id, any_value(transform_version) AS transform_version,
         max({evidence}) AS evidence_id
  FROM lake.{table} AS r
  WHERE page_id IN (SELECT page_id FROM standing_pages) GROUP BY page_id
)
SELECT p.*, k.page_id IS NULL
       AND row_number() OVER (PARTITION BY p.page_id ORDER BY p.seq) = 1 AS written
FROM passed AS p LEFT JOIN known AS k ON k.page_id = p.page_id
  AND k.transform_version = p.transform_version
  AND k.evidence_id IS NOT DISTINCT FROM p.evidence_id
"""

_CHOSEN_OF_PAGE = """
CREATE OR REPLACE TEMP TABLE {chosen} AS
SELECT s.seq, min(r.file_row_number) AS position
FROM {read} AS r JOIN staged AS s ON s.file = r.filename
JOIN pages_of_{name} AS p ON p.page_id = r.page_id AND p.batch = s.batch AND p.written
GROUP BY s.seq, {key}
"""

_ARTICLES = """
CREATE OR REPLACE TEMP TABLE passed_articles AS
SELECT r.article_id, r.version, split_part(r.version, '.', 1) AS payload, r.document_id,
       r.page_id, r.modified_at, t.fetched_at, s.batch, s.seq,
       r.file_row_number AS position,
       row_number() OVER (PARTITION BY r.article_id, r.version
                          ORDER BY s.seq, r.file_row_number) = 1 AS first
FROM {read} AS r JOIN staged AS s ON s.file = r.filename
LEFT JOIN page_times AS t ON t.page_id = r.page_id
WHERE NOT EXISTS (FROM refused f WHERE f.batch = s.batch
                  AND (f.unit, f.record_id) IN (('article', r.article_id), ('page', r.page_id)))
"""

_PAGE_TIMES = """
CREATE OR REPLACE TEMP TABLE page_times AS
SELECT page_id, max(fetched_at) AS fetched_at FROM ({pages}) GROUP BY page_id
"""

#: The rows that a document has now, with what decides which version is the newest.
_STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
SELECT a.document_id, a.article_id, a.version, split_part(a.version, '.', 1) AS payload,
       p.fetched_at
FROM lake.articles AS a
LEFT JOIN (SELECT page_id, fetched_at FROM lake.pages) AS p ON p.page_id = a.page_id
WHERE a.document_id IN (SELECT document_id FROM passed_articles)
"""

#: One incoming version a document, the newest: fetched last, else modified last; the page id
#: decides the rest, so that the order of the files does not.
_NEWEST = """
CREATE OR REPLACE TEMP TABLE newest AS
SELECT document_id, version, payload, fetched_at FROM passed_articles
QUALIFY row_number() OVER (
  PARTITION BY document_id
  ORDER BY fetched_at DESC NULLS LAST, modified_at DESC NULLS LAST, page_id, version) = 1
"""

#: A document stays as it is when the incoming payload is one that another had replaced before,
#: or was fetched earlier than what stands.
_DOCUMENTS = """
CREATE OR REPLACE TEMP TABLE incoming_documents AS
WITH outdated AS (
  SELECT DISTINCT n.document_id
  FROM newest AS n JOIN standing AS s ON s.document_id = n.document_id
  LEFT JOIN lake.versions AS v
    ON v.article_id = s.article_id AND split_part(v.version, '.', 1) = n.payload
  WHERE s.payload <> n.payload AND (v.article_id IS NOT NULL OR n.fetched_at < s.fetched_at)
)
SELECT n.*, o.document_id IS NOT NULL AS outdated
FROM newest AS n LEFT JOIN outdated AS o USING (document_id)
"""

#: Which decisions the mentions of articles follow, staged and standing: the same version of an
#: article is another one after a decision was made, or taken back.
_DECIDED = """
CREATE OR REPLACE TEMP TABLE decided AS
WITH given AS (
  SELECT s.seq, r.article_id, r.version, r.page_start, r.decision_id
  FROM {read} AS r JOIN staged AS s ON s.file = r.filename
  UNION ALL
  SELECT -1, article_id, version, page_start, decision_id FROM lake.mentions
  WHERE article_id IN (SELECT article_id FROM standing)
)
SELECT seq, article_id, version,
       string_agg(page_start || decision_id, ' ' ORDER BY page_start) AS decisions
FROM given WHERE decision_id IS NOT NULL GROUP BY ALL
"""

_WRITTEN_ARTICLES = """
CREATE OR REPLACE TEMP TABLE written_articles AS
SELECT p.article_id, p.version, p.batch, p.seq, p.position
FROM passed_articles AS p JOIN incoming_documents AS d USING (document_id, version)
LEFT JOIN decided AS g
  ON g.seq = p.seq AND g.article_id = p.article_id AND g.version = p.version
WHERE p.first AND NOT d.outdated
  AND NOT EXISTS (
    FROM standing s LEFT JOIN decided AS h
      ON h.seq = -1 AND h.article_id = s.article_id AND h.version = s.version
    WHERE s.article_id = p.article_id AND s.version = p.version
      AND h.decisions IS NOT DISTINCT FROM g.decisions)
"""

_NOTHING_DECIDED = """
CREATE OR REPLACE TEMP TABLE decided (
  seq INTEGER, article_id VARCHAR, version VARCHAR, decisions VARCHAR)
"""

#: Rows that go: the other version of an article that is written, and articles that the newest
#: version of the document no longer has. One that was refused now keeps its last good version.
_REPLACED_ARTICLES = """
CREATE OR REPLACE TEMP TABLE replaced_articles AS
SELECT s.article_id, s.version, s.payload, w.article_id IS NOT NULL AS has_successor
FROM standing AS s JOIN incoming_documents AS d ON d.document_id = s.document_id
LEFT JOIN written_articles AS w ON w.article_id = s.article_id
WHERE w.article_id IS NOT NULL
   OR (NOT d.outdated AND s.version <> d.version
       AND s.article_id NOT IN (SELECT article_id FROM passed_articles p
                                WHERE p.version = d.version AND p.document_id = d.document_id)
       AND s.article_id NOT IN (SELECT record_id FROM refused WHERE unit = 'article'))
"""

#: Incoming versions that are older than the one shown and that nobody has kept yet.
_OLDER_ARTICLES = """
CREATE OR REPLACE TEMP TABLE older_articles AS
SELECT p.seq, p.position
FROM passed_articles AS p JOIN incoming_documents AS d USING (document_id)
LEFT JOIN lake.versions AS v
  ON v.article_id = p.article_id AND split_part(v.version, '.', 1) = p.payload
WHERE p.first AND v.article_id IS NULL
  AND (d.outdated OR (p.version <> d.version AND p.payload <> d.payload))
  AND NOT EXISTS (FROM standing s WHERE s.article_id = p.article_id AND s.payload = p.payload)
QUALIFY row_number() OVER (PARTITION BY p.article_id, p.payload ORDER BY p.version DESC) = 1
"""

_CHOSEN_ARTICLES = """
CREATE OR REPLACE TEMP TABLE {chosen} AS SELECT seq, position FROM written_articles
"""

_CHOSEN_OF_ARTICLE = """
CREATE OR REPLACE TEMP TABLE {chosen} AS
SELECT s.seq, min(r.file_row_number) AS position
FROM {read} AS r JOIN staged AS s ON s.file = r.filename
JOIN written_articles AS w
  ON w.article_id = r.article_id AND w.version = r.version AND w.seq = s.seq
GROUP BY s.seq, {key}
"""

_COUNTS = """
WITH page AS (
  SELECT batch, page_id, max(staged_rows) AS staged_rows, bool_or(written) AS written
  FROM ({pages}) GROUP BY batch, page_id
), pages AS (
  SELECT batch, sum(staged_rows)::BIGINT AS passed, count(*) FILTER (written) AS published
  FROM page GROUP BY batch
), articles AS (
  SELECT batch, count(*) AS passed FROM passed_articles GROUP BY batch
), written AS (
  SELECT batch, count(*) AS published FROM written_articles GROUP BY batch
)
SELECT batch, coalesce(p.passed, 0), coalesce(p.published, 0), coalesce(a.passed, 0),
       coalesce(w.published, 0)
FROM pages AS p FULL JOIN articles AS a USING (batch) FULL JOIN written AS w USING (batch)
"""


def choose(connection: DuckDBPyConnection, batches: Sequence[Batch]) -> dict[str, PublishCounts]:
    """Choose the staged rows to write; return the counts of every batch, by its id."""
    _register(connection, batches)
    _find_standing_pages(connection)
    for model in page_tables():
        _choose_of_pages(connection, model)
    _choose_articles(connection)
    for model in article_tables():
        _choose_of_articles(connection, model)
    return _counts(connection, batches)


@cache
def page_tables() -> tuple[type[Row], ...]:
    """Return the tables whose rows are replaced with their page."""
    return tuple(model for model in TABLES if model.replaced_with == "page")


@cache
def article_tables() -> tuple[type[Row], ...]:
    """Return the tables that hang on articles: those replaced with the document, less articles."""
    return tuple(m for m in TABLES if m.replaced_with == "document" and m is not Article)


def stage_of(model: type[Row]) -> str:
    """Return the stage that stages a table: the module of the contract that declares it."""
    return model.__module__.rpartition(".")[2]


def staged_files(connection: DuckDBPyConnection, model: type[Row]) -> list[str]:
    """Return the files of a table in the batches chosen from, in the order of the batches."""
    rows = connection.execute(
        "SELECT file FROM staged WHERE table_name = ? ORDER BY seq", [model.table]
    ).fetchall()
    return [file for (file,) in rows]


def read_staged(files: Sequence[str]) -> str:
    """Return the SQL that reads staged files, with the place of each row."""
    return fill(
        "read_parquet({files}, filename = true, file_row_number = true)", files=literals(files)
    )


def read_chosen(
    connection: DuckDBPyConnection,
    model: type[Row],
    rows: str = "",
    files: Sequence[str] | None = None,
) -> str:
    """Return the SQL that reads the chosen rows of a table, or those that `rows` names.

    With `files` only those of these staged files.
    """
    return fill(
        "(SELECT r.* FROM {read} AS r JOIN staged AS s ON s.file = r.filename"
        " SEMI JOIN {rows} AS c ON c.seq = s.seq AND c.position = r.file_row_number)",
        read=read_staged(staged_files(connection, model) if files is None else files),
        rows=rows or chosen(model),
    )


def portions(files: Sequence[str], most: int) -> Iterator[list[str]]:
    """Yield files in their order, as many at a time as are `most` bytes together, at least one."""
    portion: list[str] = []
    weight = 0
    for file in files:
        size = Path(file).stat().st_size
        if portion and weight + size > most:
            yield portion
            portion, weight = [], 0
        portion.append(file)
        weight += size
    if portion:
        yield portion


def chosen(model: type[Row]) -> str:
    """Return the name of the temporary table of a table's chosen rows."""
    return identifier(f"chosen_{model.table}")


def _register(connection: DuckDBPyConnection, batches: Sequence[Batch]) -> None:
    connection.execute(_STAGED)
    connection.execute(_REFUSED)
    ordered = sorted(batches, key=lambda batch: batch.batch_id)
    insert_rows(connection, "staged", list(_staged_rows(ordered)))
    insert_rows(connection, "refused", list(_refused_rows(ordered)))


def _staged_rows(batches: Sequence[Batch]) -> Iterator[tuple[str, str, str, int]]:
    for seq, batch in enumerate(batches):
        for model in TABLES:
            path = batch.path(stage_of(model), model.table)
            if path.exists():
                yield model.table, str(path), batch.batch_id, seq


def _refused_rows(batches: Sequence[Batch]) -> Iterator[tuple[str, str, str]]:
    for batch in batches:
        for unit in ("page", "article"):
            for record_id in sorted(batch.refused(unit)):
                yield batch.batch_id, unit, record_id


def insert_rows(
    connection: DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert rows through Arrow: `executemany` costs about a millisecond a row."""
    if not rows:
        return
    import pyarrow as pa

    names = [d[0] for d in connection.execute(fill("FROM {t} LIMIT 0", t=table)).description or ()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with_names = pa.table(dict(zip(names, columns, strict=True)))
    connection.register("incoming_rows", with_names)
    try:
        connection.execute(fill("INSERT INTO {t} FROM incoming_rows", t=table))
    finally:
        connection.unregister("incoming_rows")


def _find_standing_pages(connection: DuckDBPyConnection) -> None:
    reads = (_staged_or_nothing(connection, model) for model in page_tables())
    incoming = " UNION ".join(fill("SELECT page_id FROM {read}", read=read) for read in reads)
    connection.execute(fill(_STANDING_PAGES, incoming=incoming))


def _choose_of_pages(connection: DuckDBPyConnection, model: type[Row]) -> None:
    parts = {
        "name": model.table,
        "table": identifier(model.table),
        "read": _staged_or_nothing(connection, model),
        "chosen": chosen(model),
        "key": identifiers(model.key, of="r"),
        "row": "file_row_number" if model is Page else "filename",
        "evidence": "r.evidence_id" if "evidence_id" in model.model_fields else "NULL::BIGINT",
        "fetched": "max(r.fetched_at)" if model is Page else "NULL::TIMESTAMP WITH TIME ZONE",
        "without_url": WITHOUT_URL if model is Page else "NULL::VARCHAR",
        "not_had": NOT_HAD if model is Page else "NULL::VARCHAR",
    }
    connection.execute(fill(_PAGES, **parts))
    connection.execute(fill(_CHOSEN_OF_PAGE, **parts))


def _choose_articles(connection: DuckDBPyConnection) -> None:
    connection.execute(fill(_PAGE_TIMES, pages=_all_pages()))
    connection.execute(fill(_ARTICLES, read=_staged_or_nothing(connection, Article)))
    connection.execute(_STANDING)
    _find_decided(connection)
    for statement in (
        _NEWEST, _DOCUMENTS, _WRITTEN_ARTICLES, _REPLACED_ARTICLES, _OLDER_ARTICLES,
    ):  # fmt: skip
        connection.execute(statement)
    connection.execute(fill(_CHOSEN_ARTICLES, chosen=chosen(Article)))


def _find_decided(connection: DuckDBPyConnection) -> None:
    """Find which decisions count; where no document stands yet, there is nothing to compare."""
    if connection.execute("SELECT 1 FROM standing LIMIT 1").fetchone() is None:
        connection.execute(_NOTHING_DECIDED)
    else:
        connection.execute(fill(_DECIDED, read=_staged_or_nothing(connection, Mention)))


def _choose_of_articles(connection: DuckDBPyConnection, model: type[Row]) -> None:
    connection.execute(
        fill(
            _CHOSEN_OF_ARTICLE,
            chosen=chosen(model),
            read=_staged_or_nothing(connection, model),
            key=identifiers(model.key, of="r"),
        )
    )


def _staged_or_nothing(connection: DuckDBPyConnection, model: type[Row]) -> str:
    files = staged_files(connection, model)
    if files:
        return read_staged(files)
    return fill(
        "(SELECT *, '' AS filename, 0::BIGINT AS file_row_number FROM lake.{table} WHERE false)",
        table=identifier(model.table),
    )


def _all_pages() -> str:
    parts = (
        fill("SELECT batch, page_id, staged_rows, written, fetched_at FROM pages_of_{n}", n=m.table)
        for m in page_tables()
    )
    return " UNION ALL ".join(parts)


def _counts(connection: DuckDBPyConnection, batches: Sequence[Batch]) -> dict[str, PublishCounts]:
    counts = {batch.batch_id: PublishCounts() for batch in batches}
    rows = connection.execute(fill(_COUNTS, pages=_all_pages())).fetchall()
    for batch, pages, pages_published, articles, articles_published in rows:
        counts[batch] = PublishCounts(
            pages_published=pages_published,
            pages_duplicate=pages - pages_published,
            articles_published=articles_published,
            articles_duplicate=articles - articles_published,
        )
    return counts
