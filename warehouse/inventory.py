"""Which files the tables are made of, read from the frozen catalog: no writer is disturbed.

Python's own SQLite reads it, without an extension and in milliseconds. Whoever asks gets the
snapshot that readers see at that moment; its files stay for three days whatever a run does.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from warehouse.errors import CatalogUnreadable
from warehouse.freeze import frozen_catalog
from warehouse.home import Home


class Part(NamedTuple):
    """One file of a table: rows of it, or which rows of another file are deleted.

    `file` counts from the warehouse folder, as in SHA256SUMS. `rows` are those that it holds or
    deletes. `run_id` names the run that wrote it; None for a file of several runs, which
    compaction made, and where the snapshot has expired.
    """

    file: str
    table: str
    rows: int
    size: int
    deletes: bool
    run_id: str | None


_PARTS = """
SELECT CASE WHEN f.path_is_relative THEN ? || s.path || t.path || f.path ELSE f.path END,
       t.table_name, f.rows, f.file_size_bytes, f.deletes, c.commit_message
FROM (
  SELECT table_id, path, path_is_relative, record_count AS rows, file_size_bytes, 0 AS deletes,
         begin_snapshot, partial_max
  FROM ducklake_data_file WHERE end_snapshot IS NULL
  UNION ALL
  SELECT table_id, path, path_is_relative, delete_count, file_size_bytes, 1, begin_snapshot, NULL
  FROM ducklake_delete_file WHERE end_snapshot IS NULL
) AS f
JOIN ducklake_table AS t ON t.table_id = f.table_id AND t.end_snapshot IS NULL
JOIN ducklake_schema AS s ON s.schema_id = t.schema_id
LEFT JOIN ducklake_snapshot_changes AS c
  ON c.snapshot_id = f.begin_snapshot AND f.partial_max IS NULL
ORDER BY t.table_name, f.begin_snapshot, f.deletes, f.path
"""


def parts_shown(home: Home) -> list[Part]:
    """Return the files of the snapshot that readers see; none where nothing was published.

    Raises CatalogUnreadable where there is something to see and nothing says which files it has.
    """
    frozen = frozen_catalog(home)
    if frozen is None and not home.database.exists():
        return []
    data = f"{home.data.relative_to(home.warehouse)}/"
    try:
        if frozen is None:
            raise FileNotFoundError(home.published)
        with closing(sqlite3.connect(f"{frozen.as_uri()}?mode=ro", uri=True)) as catalog:
            rows = catalog.execute(_PARTS, [data]).fetchall()
    except (OSError, sqlite3.Error) as problem:
        raise CatalogUnreadable(
            f"{frozen or home.published} cannot be read ({problem}). It is a copy: the next run "
            f"writes it anew, and so does khabar relocate --home {home.root}"
        ) from problem
    return [
        Part(file, table, held, size, bool(deletes), run)
        for file, table, held, size, deletes, run in rows
    ]


def small_files(home: Home | Path, below_bytes: int) -> tuple[str, int]:
    """Return the table with the most files of fewer bytes, and how many; ("", 0) without any."""
    counts = Counter(
        part.table
        for part in parts_shown(Home.at(home))
        if not part.deletes and part.size < below_bytes
    )
    return max(counts.items(), key=lambda item: item[1], default=("", 0))
