"""The snapshot of each source's `line_index` that a run cleans with, as files for its children."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.clean.known_lines import KnownLine, KnownLines
from warehouse.tables import LineIndex
from warehouse.tables.arrow import concat, to_arrow

if TYPE_CHECKING:
    from warehouse.store import Store

_READ = ("line_hash", "kind", "next_hash", "evidence_id")


class KnownFiles:
    """One file a source, written when it is first asked for; the snapshot stays for the run."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._files: dict[str, Path | None] = {}

    @cached_property
    def _indexed(self) -> set[str]:
        """Return the sources that have a snapshot: the others need not be asked for one by one."""
        from warehouse.line_index import indexed_sources

        return indexed_sources(self._store)

    def of(self, source_id: str) -> Path | None:
        """Return the file of a source; None where nothing is known of its lines yet."""
        if source_id not in self._files:
            known = source_id in self._indexed
            file = self._write(source_id, self.stored(source_id)) if known else None
            self._files[source_id] = file
        return self._files[source_id]

    def stored(self, source_id: str) -> pa.Table:
        """Return the newest snapshot that is published, a row a line."""
        from warehouse.line_index import known_lines

        with self._store.reading() as connection:
            return known_lines(connection, source_id)

    def add(self, source_id: str, rows: Sequence[LineIndex]) -> None:
        """Make the next snapshot of a source the one that this run cleans with."""
        table = concat(LineIndex, [self.stored(source_id), to_arrow(LineIndex, rows)])
        self._files[source_id] = self._write(source_id, table)

    def remove(self) -> None:
        """Remove the files; the run has ended."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):
            self._folder.parent.rmdir()

    def _write(self, source_id: str, table: pa.Table) -> Path | None:
        if not table.num_rows:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{source_id}.parquet"
        pq.write_table(table.select(_READ), path)
        return path


def read_known(table: pa.Table) -> KnownLines:
    """Return the snapshot that rows of `line_index` come to; of one line the last row counts."""
    columns: list[list[Any]] = [table.column(name).to_pylist() for name in _READ]
    lines = {
        line_hash: KnownLine(kind, next_hash)
        for line_hash, kind, next_hash, _ in zip(*columns, strict=True)
    }
    return KnownLines(max(columns[-1], default=0), lines)


@lru_cache(maxsize=2)
def known_lines_of(path: Path) -> KnownLines:
    """Return the snapshot in a run's file; a child reads each file once."""
    return read_known(pq.read_table(path))
