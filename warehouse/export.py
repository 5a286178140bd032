"""`khabar.duckdb`: every table as the catalog has it at one snapshot, for any DuckDB from 1.5.

The file holds views over the live Parquet files, so it is small, needs no extension, and opens
read-only from any folder while a run writes. It is made beside and put in place by one rename:
whoever has it open keeps the snapshot that he opened.

A view reads the columns by the number that Parquet files carry, so that files older than a
column show its default, and leaves out the rows that delete files name: matched by file and
position (`pos`). The delete file's own `file_path` is not used: it is stale after a move.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from warehouse.catalog import StoredFile, stored_schema
from warehouse.ddl import LakeColumn
from warehouse.engine import SEALED, interruptible
from warehouse.errors import NothingPublished
from warehouse.home import Home
from warehouse.sqltext import fill, identifier, identifiers, literal, literals
from warehouse.tables import TABLES, Row
from warehouse.views import VIEWS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Raised with every change of this file that changes what it writes.
_FORMAT = 1

#: The one table of the file.
_ABOUT = """
CREATE TABLE published_snapshot AS
SELECT $snapshot::BIGINT AS snapshot, $last_run_id::VARCHAR AS last_run_id,
       $published_at::TIMESTAMP WITH TIME ZONE AS published_at, $data::VARCHAR AS data_path
"""

_SCAN = """
SELECT {columns} FROM read_parquet({files}, schema = {schema})
"""

_SCAN_WITHOUT_DELETED = """
SELECT {columns} FROM (
  FROM read_parquet({files}, schema = {schema}, filename = true, file_row_number = true)
) AS r ANTI JOIN (
  SELECT m.data_file, d.pos
  FROM read_parquet({deletes}, filename = true) AS d
  JOIN (VALUES {pairs}) AS m(data_file, delete_file) ON m.delete_file = d.filename
) AS x ON x.data_file = r.filename AND x.pos = r.file_row_number
"""


#: Whether a row's texts may be exported, by its source or by the page that it stands on.
_OF_SOURCE = "r.source_id NOT IN (FROM withheld)"
_OF_PAGE = "r.page_id NOT IN (SELECT page_id FROM shown.pages WHERE source_id IN (FROM withheld))"


class About(NamedTuple):
    """What the file says of itself; `last_run_id` is empty before the first run."""

    snapshot: int
    last_run_id: str


def fingerprint(home: Home) -> str:
    """Return a hash of all but the rows that decides what the file holds.

    Changes with the contract, the views, this format and the place of the data.
    """
    parts = [str(_FORMAT), str(home.data)]
    parts += [f"{model.table}{field}" for model in TABLES for field in model.fields()]
    parts += [f"{model.table}{model.__doc__}" for model in TABLES]
    parts += [repr(view) for view in VIEWS]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def publish_views(
    connection: DuckDBPyConnection,
    home: Home,
    about: About,
    files: Mapping[str, Sequence[StoredFile]],
) -> None:
    """Write `khabar.duckdb` over the live `files` of each table and put it in place."""
    stored = stored_schema(connection)
    with _new_database(home.database.with_suffix(".partial")) as (shown, partial):
        shown.execute("BEGIN")
        _describe_file(shown, home, about)
        for model in TABLES:
            select = _select(model, stored[model.table], files[model.table])
            _create(shown, "VIEW", model.table, select)
            _comment_table(shown, "VIEW", model)
        create_views(shown)
        shown.execute("COMMIT")
    partial.replace(home.database)
    # Left by someone who opened the file for writing: it belongs to the file that was replaced.
    Path(f"{home.database}.wal").unlink(missing_ok=True)


def export_duckdb(
    home: Home | Path, file: Path, exported: Mapping[str, bool] | None = None
) -> list[str]:
    """Write a copy that needs nothing else: the tables with their rows, and the views.

    Of a source whose texts may not be exported they are left out: columns that the contract marks
    as text are null. What was found in them (names, dates, spans) and headlines are there.
    `exported` says so by source; of others the table `sources` does. Returns those left out.

    Raises NothingPublished where there is no `khabar.duckdb`, FileExistsError where `file` is.
    """
    home = Home.at(home)
    if not home.database.exists():
        raise NothingPublished(f"Nothing has been published in {home.root} yet: khabar run PATH")
    if file.exists():
        raise FileExistsError(f"{file} exists; name a new file")
    with _new_database(file.with_name(file.name + ".partial")) as (connection, partial):
        shown = literal(str(home.database))
        connection.execute(fill("ATTACH {shown} AS shown (READ_ONLY)", shown=shown))
        connection.execute("CREATE TABLE published_snapshot AS FROM shown.published_snapshot")
        withheld = _withheld(connection, exported or {})
        for model in TABLES:
            _create(connection, "TABLE", model.table, _exported(model, withheld))
            _comment_table(connection, "TABLE", model)
        create_views(connection)
        connection.execute("DETACH shown")
    partial.replace(file)
    return withheld


def _withheld(connection: DuckDBPyConnection, exported: Mapping[str, bool]) -> list[str]:
    """Return the sources whose texts stay here: as khabar.toml says, else as it last said."""
    found = connection.execute("SELECT source_id, text_exported FROM shown.sources").fetchall()
    said = {source: allowed is not False for source, allowed in found} | dict(exported)
    return sorted(source for source, allowed in said.items() if not allowed)


def _exported(model: type[Row], withheld: Sequence[str]) -> str:
    table = identifier(model.table)
    texts = [field.name for field in model.fields() if field.column.is_text]
    if not texts or not withheld:
        return fill("SELECT * FROM shown.{table}", table=table)
    names = {field.name for field in model.fields()}
    kept = _OF_SOURCE if "source_id" in names else _OF_PAGE
    shown = [
        fill("CASE WHEN {kept} THEN r.{name} END AS {name}", kept=kept, name=identifier(name))
        for name in texts
    ]
    return fill(
        "WITH withheld AS (SELECT unnest({ids}) AS source_id)"
        " SELECT * REPLACE ({shown}) FROM shown.{table} AS r",
        ids=literals(withheld), shown=", ".join(shown), table=table,
    )  # fmt: skip


@contextmanager
def _new_database(partial: Path) -> Iterator[tuple[DuckDBPyConnection, Path]]:
    """Give a new database to write to; what is left of it after a failure is removed.

    A database of its own, not one attached to the writer's: on a full disk DuckDB declares the
    instance invalid that could not write, and the writer's is needed to say what is committed.
    The checkpoint is asked for: one that fails while a file is closed is not told.
    """
    import duckdb

    _remove(partial)
    try:
        with (
            duckdb.connect(str(partial), config={**SEALED}) as connection,
            interruptible(connection),
        ):
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
            yield connection, partial
            connection.execute("CHECKPOINT")
    except BaseException:
        with suppress(OSError):
            _remove(partial)
        raise


def create_views(connection: DuckDBPyConnection) -> None:
    """Create the analyst's views in the current database, each with its question as comment."""
    for view in VIEWS:
        _create(connection, "VIEW", view.name, view.select)
        connection.execute(_comment(f"VIEW {identifier(view.name)}", view.question))


def _remove(database: Path) -> None:
    database.unlink(missing_ok=True)
    Path(f"{database}.wal").unlink(missing_ok=True)


def _describe_file(connection: DuckDBPyConnection, home: Home, about: About) -> None:
    now = datetime.now(UTC)
    connection.execute(_ABOUT, {**about._asdict(), "published_at": now, "data": str(home.data)})
    said = "Which snapshot of the warehouse this file shows, and where its data lies"
    connection.execute(_comment("TABLE published_snapshot", said))


def _select(
    model: type[Row], columns: Mapping[str, LakeColumn], stored: Sequence[StoredFile]
) -> str:
    names = [field.name for field in model.fields()]
    if not stored:
        typed = [f"NULL::{columns[name].type} AS {identifier(name)}" for name in names]
        return f"SELECT {', '.join(typed)} WHERE false"
    whole = [file.data for file in stored if file.deletes is None]
    holed = [file for file in stored if file.deletes is not None]
    schema = _schema(columns)
    parts = []
    if whole:
        listed = literals(whole)
        parts.append(fill(_SCAN, columns=identifiers(names), files=listed, schema=schema))
    if holed:
        parts.append(_without_deleted(names, holed, schema))
    return " UNION ALL ".join(parts)


def _without_deleted(names: Sequence[str], holed: Sequence[StoredFile], schema: str) -> str:
    return fill(
        _SCAN_WITHOUT_DELETED,
        columns=identifiers(names, of="r"),
        files=literals(file.data for file in holed),
        schema=schema,
        deletes=literals(file.deletes for file in holed),
        pairs=", ".join(f"({literal(f.data)}, {literal(f.deletes)})" for f in holed),
    )


def _schema(columns: Mapping[str, LakeColumn]) -> str:
    """Return read_parquet's `schema`: field number to name, type and value where it is missing."""
    entries = [
        f"{column.number}: {{name: {literal(name)}, type: {literal(column.type)}, "
        f"default_value: {literal(column.default)}}}"
        for name, column in columns.items()
    ]
    return f"MAP {{{', '.join(entries)}}}"


def _create(connection: DuckDBPyConnection, kind: str, name: str, select: str) -> None:
    connection.execute(
        fill("CREATE {kind} {name} AS {select}", kind=kind, name=identifier(name), select=select)
    )


def _comment_table(connection: DuckDBPyConnection, kind: str, model: type[Row]) -> None:
    purpose = " ".join((model.__doc__ or "").split())
    comments = [_comment(f"{kind} {identifier(model.table)}", purpose)]
    for field in model.fields():
        unit = f" ({field.column.unit})" if field.column.unit else ""
        target = f"COLUMN {identifier(model.table)}.{identifier(field.name)}"
        comments.append(_comment(target, field.column.description + unit))
    connection.execute("; ".join(comments))


def _comment(target: str, text: str) -> str:
    return fill("COMMENT ON {target} IS {text}", target=target, text=literal(text))
