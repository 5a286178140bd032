"""The history of what was forgotten: old files, old snapshots, and what catalogs say of them.

Rows that are deleted stand in their Parquet file until it is rewritten, that file in every
snapshot before, and the catalog keeps the least and the greatest value of each column of each
file, headlines among them. So all of it goes at once, under the writer's lock, once readers are
shown the tables without the rows. Who has an older `khabar.duckdb` open loses its files under
his hands: his query fails, and opening it again helps.

A mark is on disk from before the rows are deleted until the history is gone, so that a writer
that was killed in between leaves the rest to the next one.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from warehouse import catalog
from warehouse.freeze import show
from warehouse.home import Home
from warehouse.sqltext import fill

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Begins the message of what forgets: the transaction, and the rewriting that follows it.
MESSAGE = "forget"
_REWRITE = "CALL ducklake_rewrite_data_files('lake', delete_threshold => 0)"
_CLEAN_UP = (
    "CALL ducklake_cleanup_old_files('lake', cleanup_all => true)",
    "CALL ducklake_delete_orphaned_files('lake', cleanup_all => true)",
)
_OLD = """
SELECT snapshot_id FROM lake.snapshots()
WHERE snapshot_id < (SELECT max(snapshot_id) FROM lake.snapshots())
"""

#: What the catalog says of a column over all its files only grows while rows come and go. Of
#: words the bounds are taken anew from the files that are left; numbers compare otherwise.
_BOUNDS = """
UPDATE ducklake_table_column_stats AS t SET (min_value, max_value) = (
  SELECT min(f.min_value), max(f.max_value) FROM ducklake_file_column_stats AS f
  WHERE f.table_id = t.table_id AND f.column_id = t.column_id)
WHERE EXISTS (SELECT 1 FROM ducklake_column AS c
  WHERE c.table_id = t.table_id AND c.column_id = t.column_id AND c.column_type = 'varchar')
"""


def mark(home: Home) -> None:
    """Note, durably, that rows are about to be deleted of which nothing may be left."""
    home.forgetting.touch()
    folder = os.open(home.warehouse, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_due(home: Home) -> bool:
    """Return whether rows may have been deleted whose history is still there."""
    return home.forgetting.exists()


def purge(connection: DuckDBPyConnection, home: Home) -> None:
    """Remove every file and every snapshot but those of the newest tables; for good.

    The connection is the writer's own; the catalog is detached meanwhile and attached again.
    """
    show(connection, home)
    _rewrite(connection)
    versions = ", ".join(str(int(number)) for (number,) in connection.execute(_OLD).fetchall())
    if versions:
        connection.execute(
            fill("CALL ducklake_expire_snapshots('lake', versions => [{list}])", list=versions)
        )
    for statement in _CLEAN_UP:
        connection.execute(statement)
    connection.execute("DETACH lake")
    try:
        _forget_in_catalog(home)
    finally:
        catalog.attach(connection, home)
    shown = show(connection, home, anew=True)
    for copy in home.warehouse.glob("read-*"):
        if copy != home.frozen(shown):
            copy.unlink(missing_ok=True)
    home.forgetting.unlink(missing_ok=True)


def _rewrite(connection: DuckDBPyConnection) -> None:
    """Write every file anew that has deleted rows; its snapshot says so, as the only one left."""
    connection.execute("BEGIN")
    try:
        connection.execute(_REWRITE)
        catalog.set_message(connection, f"{MESSAGE}: files without the rows")
        connection.execute("COMMIT")
    except BaseException:
        catalog.rollback(connection)
        raise


def _forget_in_catalog(home: Home) -> None:
    """Take bounds of columns anew, and overwrite what SQLite has deleted but not erased."""
    with closing(sqlite3.connect(home.catalog, isolation_level=None)) as live:
        live.execute(_BOUNDS)
        live.execute("VACUUM")
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
