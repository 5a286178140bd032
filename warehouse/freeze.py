"""After each commit: what readers may open, and the pointer that says it is complete.

Four steps, the pointer last: the catalog frozen as `read-<snapshot>.sqlite`, the sums of new
files, the views in `khabar.duckdb`, then `published.json`. Killed between them, the next writer
does them again.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.catalog import live_files, newest_snapshot
from warehouse.checksums import record
from warehouse.database import About, fingerprint, publish_views
from warehouse.home import Home
from warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def show(connection: DuckDBPyConnection, home: Home, *, anew: bool = False) -> int:
    """Make the newest snapshot the one that readers see; return its id.

    Does nothing where it is already shown, by this contract, at this place, unless all of it is
    to be written anew: what is shown may be damaged.
    """
    snapshot = newest_snapshot(connection)
    pointer = {
        "snapshot": snapshot,
        "catalog": home.frozen(snapshot).name,
        "fingerprint": fingerprint(home),
    }
    if anew or not _is_shown(home, pointer):
        freeze(home.catalog, home.frozen(snapshot))
        files = live_files(connection, home, TABLES)
        record(
            home, (path for stored in files.values() for file in stored for path in file if path)
        )
        publish_views(connection, home, About(snapshot, _last_run(connection)), files)
        _replace(home.published, json.dumps(pointer, indent=1).encode())
    return snapshot


def frozen_catalog(home: Home | Path) -> Path | None:
    """Return the frozen catalog that readers may attach (read-only); None before the first."""
    home = Home.at(home)
    pointer = _pointer(home)
    return home.warehouse / str(pointer["catalog"]) if pointer else None


def freeze(catalog: Path, copy: Path) -> None:
    """Copy a live SQLite catalog as it stands at this moment, without its write-ahead log.

    Only between transactions of this process: DuckDB's SQLite and Python's do not see each
    other's locks within one process, and DuckDB keeps no file open between transactions.
    """
    partial = copy.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(catalog)) as live, closing(sqlite3.connect(partial)) as target:
        live.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    partial.replace(copy)


def _is_shown(home: Home, pointer: dict[str, object]) -> bool:
    return (
        _pointer(home) == pointer
        and home.database.exists()
        and (home.warehouse / str(pointer["catalog"])).exists()
    )


def _pointer(home: Home) -> dict[str, object] | None:
    try:
        pointer = json.loads(home.published.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return pointer if isinstance(pointer, dict) else None


def _last_run(connection: DuckDBPyConnection) -> str:
    row = connection.execute(
        "SELECT run_id FROM lake.runs ORDER BY started_at DESC, run_id DESC LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else ""


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
