"""The warehouse as it was at one snapshot, for looking only: no lock, nothing written.

The writer's own catalog is left alone (an open reader makes his commit fail): the newest frozen
copy is attached, read-only, and asked for the snapshot, which it holds as long as that is not
expired (`warehouse.maintain`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import engine
from warehouse.errors import NothingPublished, SnapshotGone
from warehouse.freeze import frozen_catalog
from warehouse.home import Home
from warehouse.sqltext import fill, identifier, literal
from warehouse.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEMORY_LIMIT = "512MB"


class Looking:
    """The tables of one snapshot, as `lake`, for the queries that a store's readers ask."""

    def __init__(
        self, home: Home, snapshot: int, connection: DuckDBPyConnection, frozen: Path
    ) -> None:
        self.home = home
        self.snapshot = snapshot
        self.frozen = frozen
        self._connection = connection
        self._turn = threading.RLock()

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """Give the connection to one reader at a time."""
        with self._turn, engine.interruptible(self._connection):
            yield self._connection


@contextmanager
def looking_at(
    home: Home | Path, snapshot: int | None, spill: Path, memory_limit: str = _MEMORY_LIMIT
) -> Iterator[Looking]:
    """Give the warehouse as it was at a snapshot, without one as it is; `spill` is for scratch.

    Raises NothingPublished where there is none yet, SnapshotGone where that snapshot is expired,
    never was, or has other tables than the contract of today.
    """
    home = Home.at(home)
    frozen = frozen_catalog(home)
    if frozen is None:
        raise NothingPublished(f"Nothing has been published in {home.root} yet: khabar run PATH")
    connection = engine.connect(spill, memory_limit)
    try:
        _attach(connection, home, frozen, "newest", "")
        there = _snapshots(connection)
        at = max(there) if snapshot is None else snapshot
        if at not in there:
            kept = f"{min(there)} to {max(there)}" if len(there) > 1 else f"{max(there)} alone"
            raise SnapshotGone(
                f"snapshot {at} is not kept in {home.root}: there are {kept} "
                "(older ones go after three days with khabar maintain, at once with khabar forget)"
            )
        connection.execute("DETACH newest")
        _attach(connection, home, frozen, "lake", f", SNAPSHOT_VERSION {int(at)}")
        _check_contract(connection, at)
        yield Looking(home, at, connection, frozen)
    finally:
        connection.close()


def _attach(connection: DuckDBPyConnection, home: Home, frozen: Path, name: str, at: str) -> None:
    connection.execute(
        fill(
            "ATTACH {catalog} AS {name} (READ_ONLY, DATA_PATH {data}, OVERRIDE_DATA_PATH true{at})",
            catalog=literal(f"ducklake:sqlite:{frozen}"), name=identifier(name),
            data=literal(f"{home.data}/"), at=at,
        )
    )  # fmt: skip


def _check_contract(connection: DuckDBPyConnection, at: int) -> None:
    rows = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake'"
    ).fetchall()
    there = set(rows)
    lacking = [
        f"{model.table}.{name}"
        for model in TABLES
        for name in model.model_fields
        if (model.table, name) not in there
    ]
    if lacking:
        raise SnapshotGone(
            f"snapshot {at} was written by an earlier version: it has no {lacking[0]}; take a "
            "later one (the next run of any kind brings the tables up to date)"
        )


def _snapshots(connection: DuckDBPyConnection) -> list[int]:
    rows = connection.execute("SELECT snapshot_id FROM ducklake_snapshots('newest')").fetchall()
    return [int(number) for (number,) in rows]
