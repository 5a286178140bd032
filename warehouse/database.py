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
    with new_database(home.database.with_suffix(".partial")) as (shown, partial):
        shown.execute("BEGIN")
        describe_file(shown, home, about, datetime.now(UTC))
        for model in TABLES:
            select = _select(model, stored[model.table], files[model.table])
            _create(shown, "VIEW", model.table, select)
            comment_table(shown, "VIEW", model)
        create_views(shown)
        shown.execute("COMMIT")
    partial.replace(home.database)
    # Left by someone who opened the file for writing: it belongs to the file that was replaced.
    Path(f"{home.database}.wal").unlink(missing_ok=True)


@contextmanager
def new_database(partial: Path, *, anew: bool = True) -> Iterator[tuple[DuckDBPyConnection, Path]]:
    """Give a new database to write to; what is left of it after a failure is removed.

    What is there already is removed as well, unless it is to be continued.

    A database of its own, not one attached to the writer's: on a full disk DuckDB declares the
    instance invalid that could not write, and the writer's is needed to say what is committed.
    The checkpoint is asked for: one that fails while a file is closed is not told.
    """
    import duckdb

    if anew:
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


def describe_file(connection: DuckDBPyConnection, home: Home, about: About, at: datetime) -> None:
    """Say in the current database which snapshot it shows, since when, and where its data lies."""
    connection.execute(_ABOUT, {**about._asdict(), "published_at": at, "data": str(home.data)})
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


def comment_table(connection: DuckDBPyConnection, kind: str, model: type[Row]) -> None:
    """Say in the current database what a table (or view) of the contract and its columns mean."""
    comments = [_comment(f"{kind} {identifier(model.table)}", model.purpose())]
    for field in model.fields():
        target = f"COLUMN {identifier(model.table)}.{identifier(field.name)}"
        comments.append(_comment(target, field.column.meaning))
    connection.execute("; ".join(comments))


def _comment(target: str, text: str) -> str:
    return fill("COMMENT ON {target} IS {text}", target=target, text=literal(text))
