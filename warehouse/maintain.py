"""Keep the warehouse fast and small: few large files, no old ones that nobody reads.

Runs under the writer's lock. What readers may still have open stays for three days.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.catalog import newest_snapshot
from warehouse.home import Home
from warehouse.sqltext import fill

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


@dataclass(frozen=True, slots=True)
class Maintained:
    """What maintenance did: files rewritten or merged away, snapshots expired, files removed."""

    files_compacted: int
    snapshots_expired: int
    files_removed: int


def maintain(connection: DuckDBPyConnection, home: Home, keep: timedelta = KEEP) -> Maintained:
    """Compact, expire what is older than `keep`, remove what nothing refers to since then.

    A `keep` below three days is for tests: it removes files under readers that are at work.
    """
    now = datetime.now(UTC)
    compacted = _compact(connection)
    expired = _expire(connection, now - keep)
    removed = _clean_up(connection, now - keep)
    removed += _remove_copies(home, newest_snapshot(connection), keep)
    return Maintained(compacted, expired, removed)


def _compact(connection: DuckDBPyConnection) -> int:
    rewritten = connection.execute(
        fill(
            "CALL ducklake_rewrite_data_files('lake', delete_threshold => {share})",
            share=_DELETED_SHARE,
        )
    ).fetchall()
    merged = connection.execute("CALL ducklake_merge_adjacent_files('lake')").fetchall()
    return sum(int(row[2]) for row in (*rewritten, *merged))


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
    oldest = time.time() - keep.total_seconds()
    old = [
        copy
        for copy in home.warehouse.glob("read-*.sqlite")
        if copy != home.frozen(shown) and copy.stat().st_mtime < oldest
    ]
    for copy in old:
        _unlink(copy)
    return len(old)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
