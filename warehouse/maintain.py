"""Keep the warehouse fast and small: few large files, no old ones that nobody reads.

Runs under the writer's lock. What readers may still have open stays for three days. Damaged files
are refused before anything is written: merged into a sound file, damage would have a sound sum.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from warehouse.catalog import live_files, newest_snapshot
from warehouse.home import Home
from warehouse.sqltext import fill, literal
from warehouse.tables import TABLES
from warehouse.verify import refuse_damaged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Nobody keeps a `khabar.duckdb` open for longer, and a backup of yesterday still has its files.
KEEP = timedelta(days=3)

#: On a SQLite catalog DuckLake compares times as text, and by the day only ('2026-11-22 06:32'
#: sorts before '2026-11-22T00:00'): a file may count as up to a day older than it is.
_TEXT_COMPARISON = timedelta(days=1)

#: Rewrite a file from this share of deleted rows on: each query pays for the delete file again,
#: the rewrite is paid once. At DuckLake's own 0.95 delete files stay for ever.
_DELETED_SHARE = "0.05"


#: Frozen catalogs that are kept, whatever their age: each is the whole catalog, and after 200 runs
#: in a row they were 215 of 227 MB. So many are a day of a run every hour.
_FROZEN_KEPT = 24

#: A merge leaves larger files alone: it writes whole files anew, and what it replaces stays for
#: three days, so that a table of 500 MB that is merged daily would take up 2 GB.
_LEFT_ALONE_BYTES = 64_000_000

#: A file of fewer bytes is small, a few thousand pages: to open it costs more than to read it.
SMALL_BYTES = 4_000_000

#: So many small files of a table are a crowd. After 50 runs of 8 pages a publication took 1.6
#: times the CPU of the first and a query over articles three times, after 200 runs 3.2 and nine
#: times; compaction takes 20 ms a run whether it comes after 50 or after 200.
CROWD = 50


_REWRITE = "CALL ducklake_rewrite_data_files('lake'{table}, delete_threshold => {share})"
_MERGE = "CALL ducklake_merge_adjacent_files('lake'{table}, max_file_size => {largest})"

_CROWDED = """
SELECT t.table_name
FROM __ducklake_metadata_lake.ducklake_data_file AS f
JOIN __ducklake_metadata_lake.ducklake_table AS t USING (table_id)
WHERE f.end_snapshot IS NULL AND t.end_snapshot IS NULL AND f.file_size_bytes < ?
GROUP BY t.table_name HAVING count(*) > ?
ORDER BY t.table_name
"""


@dataclass(frozen=True, slots=True)
class Maintained:
    """What maintenance did: files rewritten or merged away, snapshots expired, files removed.

    `files_before` and `files_after` are those that the tables are made of; `raw_removed` are
    payloads that were older than the home keeps them.
    """

    files_compacted: int
    snapshots_expired: int
    files_removed: int
    files_before: int
    files_after: int
    raw_removed: int = 0


def maintain(connection: DuckDBPyConnection, home: Home, keep: timedelta = KEEP) -> Maintained:
    """Compact, expire what is older than `keep`, remove what nothing refers to since then.

    A `keep` below three days is for tests: it removes files under readers that are at work.

    Raises:
        FilesDamaged: A file of the tables is not what was written; nothing was done.
    """
    refuse_damaged(home)
    now = datetime.now(UTC)
    before = _count_files(connection, home)
    compacted = _compact(connection)
    expired = _expire(connection, now - keep)
    removed = _clean_up(connection, now - keep)
    removed += _remove_copies(home, newest_snapshot(connection), keep)
    return Maintained(compacted, expired, removed, before, _count_files(connection, home))


def _count_files(connection: DuckDBPyConnection, home: Home) -> int:
    live = live_files(connection, home, TABLES).values()
    return sum(1 + (file.deletes is not None) for files in live for file in files)


def crowded_tables(connection: DuckDBPyConnection) -> list[str]:
    """Return the tables that have more than a crowd of small files."""
    rows = connection.execute(_CROWDED, [SMALL_BYTES, CROWD]).fetchall()
    return [table for (table,) in rows]


def _compact(connection: DuckDBPyConnection) -> int:
    """Rewrite what has many deleted rows, merge what is small; return the files that this spent.

    Files with deletions are not merged, and those with few are not rewritten: where a crowd of
    them is left, all are.
    """
    spent = _spent(connection, _REWRITE, table="", share=_DELETED_SHARE)
    spent += _spent(connection, _MERGE, table="", largest=str(_LEFT_ALONE_BYTES))
    for name in crowded_tables(connection):
        table = f", {literal(name)}"
        spent += _spent(connection, _REWRITE, table=table, share="0")
        spent += _spent(connection, _MERGE, table=table, largest=str(_LEFT_ALONE_BYTES))
    return spent


def _spent(connection: DuckDBPyConnection, call: str, **parts: str) -> int:
    return sum(int(row[2]) for row in connection.execute(fill(call, **parts)).fetchall())


def _expire(connection: DuckDBPyConnection, before: datetime) -> int:
    """Expire by explicit versions: `older_than` compares times as text."""
    rows = connection.execute(
        "SELECT snapshot_id FROM lake.snapshots() WHERE snapshot_time < ? AND snapshot_id <"
        " (SELECT max(snapshot_id) FROM lake.snapshots())",
        [before],
    ).fetchall()
    if not rows:
        return 0
    versions = ", ".join(str(int(snapshot)) for (snapshot,) in rows)
    connection.execute(
        fill("CALL ducklake_expire_snapshots('lake', versions => [{list}])", list=versions)
    )
    return len(rows)


def _clean_up(connection: DuckDBPyConnection, before: datetime) -> int:
    removed = 0
    for function, cutoff in (
        ("ducklake_cleanup_old_files", before - _TEXT_COMPARISON),
        ("ducklake_delete_orphaned_files", before),
    ):
        statement = fill("CALL {function}('lake', older_than => ?)", function=function)
        removed += len(connection.execute(statement, [cutoff]).fetchall())
    return removed


def _remove_copies(home: Home, shown: int, keep: timedelta) -> int:
    """Remove frozen catalogs that are old or many; the one that is shown stays."""
    oldest = time.time() - keep.total_seconds()
    copies = sorted(home.warehouse.glob("read-*.sqlite"), reverse=True)
    old = [
        copy
        for number, copy in enumerate(copies)
        if copy != home.frozen(shown) and (number >= _FROZEN_KEPT or copy.stat().st_mtime < oldest)
    ]
    for copy in old:
        copy.unlink(missing_ok=True)
    return len(old)
