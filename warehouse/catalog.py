"""The DuckLake catalog of a home: attached by the writer, brought up to the contract.

Only the writer attaches it, behind the lock: an open reader makes the writer's COMMIT fail, and
a reader beside a merge sees wrong rows. Readers open `khabar.duckdb` or a frozen copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from warehouse.ddl import LakeColumn, migration
from warehouse.errors import Damaged
from warehouse.home import Home
from warehouse.sqltext import fill, identifier, identifiers, literal
from warehouse.tables import Row
from warehouse.tables.arrow import from_arrow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

R = TypeVar("R", bound=Row)

#: Options of all tables, kept in the catalog. A row group is what each thread of a writer holds in
#: memory: of DuckDB's own 122,880 rows that would be gigabytes of pages.
_OPTIONS = {"parquet_compression": "zstd", "parquet_row_group_size": str(Row.row_group)}
_ROW_GROUP = "CALL lake.set_option('parquet_row_group_size', ?, table_name => ?)"

AUTHOR = "khabar"
#: The first bytes of every SQLite database (https://www.sqlite.org/fileformat.html).
_SQLITE = b"SQLite format 3\0"
_SCHEMA_MESSAGE = "schema"

#: What `ducklake_list_files` says of each table, of all tables at once: fourteen calls of it were
#: an eighth of a small publication. A path that is not relative stays itself when it is joined.
_LIVE_FILES = """
SELECT t.table_name,
       CASE WHEN f.path_is_relative THEN s.path || t.path || f.path ELSE f.path END,
       CASE WHEN d.path_is_relative THEN s.path || t.path || d.path ELSE d.path END
FROM __ducklake_metadata_lake.ducklake_data_file AS f
JOIN __ducklake_metadata_lake.ducklake_table AS t USING (table_id)
JOIN __ducklake_metadata_lake.ducklake_schema AS s USING (schema_id)
LEFT JOIN __ducklake_metadata_lake.ducklake_delete_file AS d
  ON d.data_file_id = f.data_file_id AND d.end_snapshot IS NULL
WHERE f.end_snapshot IS NULL AND t.end_snapshot IS NULL
ORDER BY f.data_file_id
"""


class StoredFile(NamedTuple):
    """A live Parquet file and the file of its deleted positions."""

    data: str
    deletes: str | None


def attach(connection: DuckDBPyConnection, home: Home) -> None:
    """Attach the catalog of `home`, made where there is none.

    Inlining stays off from the first commit on (it grew the catalog 55 times and returned wrong
    rows), and the data path is always the one of this home, so that a moved home works. Raises
    Damaged where the catalog is no SQLite database.
    """
    home.data.mkdir(parents=True, exist_ok=True)
    _check_catalog(home)
    connection.execute(
        fill(
            "ATTACH {catalog} AS lake (META_JOURNAL_MODE 'WAL', META_BUSY_TIMEOUT 5000,"
            " DATA_PATH {data}, OVERRIDE_DATA_PATH true, DATA_INLINING_ROW_LIMIT 0)",
            catalog=literal(f"ducklake:sqlite:{home.catalog}"),
            data=literal(f"{home.data}/"),
        )
    )


def _check_catalog(home: Home) -> None:
    """Raise Damaged where the file does not begin as every SQLite database does."""
    try:
        with home.catalog.open("rb") as file:
            begins = file.read(len(_SQLITE))
    except FileNotFoundError:
        return
    if begins not in (_SQLITE, b""):
        raise Damaged(
            f"{home.catalog} is no SQLite database any more. The newest read-*.sqlite beside it is "
            "the catalog as a run left it: put a copy of that in its place, remove "
            "catalog.sqlite-wal and catalog.sqlite-shm where they are, then khabar relocate."
        )


def migrate(connection: DuckDBPyConnection, models: Sequence[type[Row]]) -> bool:
    """Bring the catalog to the contract in one transaction; return whether it changed.

    Raises SchemaRefused before the first statement where the difference is no migration.
    """
    existing = stored_schema(connection)
    statements = migration(existing, models)
    if not statements:
        return False
    if not existing:
        for name, value in _OPTIONS.items():
            connection.execute("CALL lake.set_option(?, ?)", [name, value])
    connection.execute("BEGIN")
    try:
        for statement in statements:
            connection.execute(statement)
        set_message(connection, _SCHEMA_MESSAGE)
        connection.execute("COMMIT")
    except BaseException:
        rollback(connection)
        raise
    for model in models:
        if model.row_group != Row.row_group:
            connection.execute(_ROW_GROUP, [str(model.row_group), model.table])
    return True


def rollback(connection: DuckDBPyConnection) -> None:
    """End a failed transaction; one that has ended by itself already is no error.

    A query that was interrupted is ended first: the rollback would wait for it.
    """
    import duckdb

    connection.interrupt()
    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException:
        return


def set_message(connection: DuckDBPyConnection, message: str) -> None:
    """Name the transaction under way; the message of a publication is its run id."""
    connection.execute("CALL lake.set_commit_message(?, ?)", [AUTHOR, message])


def stored_schema(connection: DuckDBPyConnection) -> dict[str, dict[str, LakeColumn]]:
    """Return every table of the catalog with its columns as they stand."""
    rows = connection.execute(
        "SELECT t.table_name, c.column_name, d.data_type, c.nulls_allowed, c.initial_default,"
        " c.column_id"
        " FROM __ducklake_metadata_lake.ducklake_table t"
        " JOIN __ducklake_metadata_lake.ducklake_column c USING (table_id)"
        " JOIN duckdb_columns() d ON d.database_name = 'lake'"
        "  AND d.table_name = t.table_name AND d.column_name = c.column_name"
        " WHERE t.end_snapshot IS NULL AND c.end_snapshot IS NULL"
        " ORDER BY t.table_id, c.column_order"
    ).fetchall()
    schema: dict[str, dict[str, LakeColumn]] = {}
    for table, column, kind, nullable, default, number in rows:
        schema.setdefault(table, {})[column] = LakeColumn(kind, bool(nullable), default, number)
    return schema


def live_files(
    connection: DuckDBPyConnection, home: Home, models: Sequence[type[Row]]
) -> dict[str, list[StoredFile]]:
    """Return the Parquet files of each table at the newest snapshot, as absolute paths."""
    files: dict[str, list[StoredFile]] = {model.table: [] for model in models}
    for table, data, deletes in connection.execute(_LIVE_FILES).fetchall():
        if table in files:
            placed = str(home.data / deletes) if deletes else None
            files[table].append(StoredFile(str(home.data / data), placed))
    return files


def newest_snapshot(connection: DuckDBPyConnection) -> int:
    """Return the id of the newest snapshot."""
    row = connection.execute("SELECT max(snapshot_id) FROM lake.snapshots()").fetchone()
    return int(row[0]) if row else 0


def rows_of(connection: DuckDBPyConnection, model: type[R], run_id: str) -> list[R]:
    """Return the rows of a table that a run wrote, in the order of their keys."""
    query = fill(
        "SELECT {columns} FROM lake.{table} WHERE run_id = ? ORDER BY {key}",
        columns=identifiers(field.name for field in model.fields()),
        table=identifier(model.table),
        key=identifiers(model.key),
    )
    return from_arrow(model, connection.execute(query, [run_id]).to_arrow_table())


def snapshot_of(connection: DuckDBPyConnection, run_id: str) -> int | None:
    """Return the snapshot that a run made; None where it made none or it has expired."""
    row = connection.execute(
        "SELECT max(snapshot_id) FROM lake.snapshots() WHERE commit_message = ?", [run_id]
    ).fetchone()
    return None if row is None or row[0] is None else int(row[0])
