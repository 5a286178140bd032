"""The store: the only writer of the warehouse.

    with Store.open(home, wait_seconds=30, run_id=run_id) as store:
        known = store.known_pages(source_id, page_ids)
        ...
        counts = store.plan(batches)
        published = store.publish(run, batches, run_stages, gate_results, quarantine, sources)

All tables of a run are published in one transaction whose commit message is the run id; after
it `khabar.duckdb` is put in place. A reader sees the snapshot before or the one after.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from warehouse import catalog, engine, lock, spill
from warehouse.arriving import Arriving, arriving
from warehouse.errors import DiskFull
from warehouse.freeze import show
from warehouse.home import Home
from warehouse.incoming import PublishCounts, choose
from warehouse.maintain import KEEP, Maintained, crowded_tables, maintain
from warehouse.purge import is_due, mark, purge
from warehouse.tables import TABLES, Fetch, GateResult, LineIndex, Quarantine, Run, RunStage, Source
from warehouse.writes import Account, Decided, write_account, write_chosen

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.copies import Regrouped
    from warehouse.shelves import Shelves
    from warehouse.staging import Batch

__all__ = ["Means", "PublishCounts", "Published", "Store", "lock_holder", "relocate"]

#: A commit is tried so often before its error is let through: what can pass by itself (a busy
#: catalog, a hiccup of the disk) has passed after 0.2 + 0.4 + 0.8 s.
_TRIES = 4
_FIRST_PAUSE_SECONDS = 0.2

#: DuckDB's share of the memory; beyond it a publication spills to disk. 20,000 pages of 5 KB go
#: through with half of it, as fast.
_MEMORY_LIMIT = "512MB"

#: A commit of a small run and its views take about 1 MB; below, the disk explains an I/O error.
_FULL_BYTES = 2_000_000

_PUBLISHED = """
SELECT page_id FROM lake.pages WHERE source_id = $source_id AND page_id IN (FROM asked_pages)
"""

_REFUSED = """
SELECT DISTINCT q.page_id FROM lake.quarantine AS q JOIN lake.runs AS r USING (run_id)
WHERE q.unit = 'page' AND q.state = 'quarantined' AND q.transform_version = $transform_version
  AND r.config_sha256 = $config_sha256 AND r.rules_sha256 = $rules_sha256
  AND q.source_id = $source_id AND q.page_id IN (FROM asked_pages)
"""


class Means(NamedTuple):
    """What decides whether a record is refused: transforms, settings and rules of a run.

    A run of before the hash of the rules was kept refused by other means.
    """

    transform_version: str
    config_sha256: str
    rules_sha256: str


class Published(NamedTuple):
    """A run as it is committed: its own rows, and the snapshot that it made."""

    run: Run
    run_stages: list[RunStage]
    snapshot: int


class Store:
    """The warehouse of one home, open for writing. One connection a process, behind a lock.

    The methods may be called from several threads; they take turns.
    """

    def __init__(self, home: Home, connection: DuckDBPyConnection) -> None:
        self.home = home
        self._connection = connection
        self._turn = threading.RLock()
        self._has_runs = False
        self._chosen: tuple[int, list[Batch]] | None = None

    @classmethod
    @contextmanager
    def open(
        cls,
        home: Home | Path,
        wait_seconds: float = 0.0,
        *,
        run_id: str | None = None,
        memory_limit: str = _MEMORY_LIMIT,
    ) -> Iterator[Store]:
        """Open the warehouse, made where there is none, and heal what a crash left undone.

        Raises StoreLocked when another process still writes after `wait_seconds`, SchemaRefused
        when the tables on disk are no earlier form of the contract's, ExtensionMissing,
        DiskFull.
        """
        home = Home.at(home)
        with lock.writer_lock(home.lock, wait_seconds, run_id):
            spill.sweep(home)
            connection = engine.connect(spill.own_folder(home), memory_limit)
            try:
                with _full_disk_named(home), engine.interruptible(connection):
                    catalog.attach(connection, home)
                    catalog.migrate(connection, TABLES)
                    show(connection, home)
                    if due := is_due(home):
                        purge(connection, home)
                store = cls(home, connection)
                if due:
                    store._prune()
                yield store
            finally:
                connection.close()

    @property
    def snapshot(self) -> int:
        """Return the id of the newest snapshot, which is the one that readers see."""
        with self._at_work():
            return catalog.newest_snapshot(self._connection)

    def known_pages(self, source_id: str, page_ids: Iterable[str]) -> set[str]:
        """Return those of `page_ids` that are published."""
        return self._among(page_ids, _PUBLISHED, source_id=source_id)

    def refused_pages(self, source_id: str, page_ids: Iterable[str], means: Means) -> set[str]:
        """Return those of `page_ids` that stand in quarantine and were refused by these means.

        They would only refuse them again. Under other settings, such as a column that a refusal
        asked for, or after a rule has changed, a record is worth another reading.
        """
        return self._among(page_ids, _REFUSED, source_id=source_id, **means._asdict())

    def _among(self, page_ids: Iterable[str], query: str, **parameters: str) -> set[str]:
        import pyarrow as pa

        with self._at_work():
            if not self._published_any():
                return set()
            asked = pa.table({"page_id": pa.array(list(page_ids), type=pa.string())})
            self._connection.register("asked_pages", asked)
            try:
                rows = self._connection.execute(query, parameters).fetchall()
            finally:
                self._connection.unregister("asked_pages")
        return {page_id for (page_id,) in rows}

    def _published_any(self) -> bool:
        """Return whether any run is published: DuckLake is at its slowest with empty tables."""
        if not self._has_runs:
            found = self._connection.execute("SELECT 1 FROM lake.runs LIMIT 1").fetchone()
            self._has_runs = found is not None
        return self._has_runs

    def plan(self, batches: Sequence[Batch]) -> dict[str, PublishCounts]:
        """Return what publishing these batches would write, by batch id.

        Holds for `publish` of the same batches while this store is open: it writes what was
        chosen here. What is staged must not change in between.
        """
        with self._at_work():
            return self._choose(batches)

    def publish(
        self,
        run: Run,
        batches: Sequence[Batch],
        run_stages: Sequence[RunStage],
        gate_results: Sequence[GateResult],
        quarantine: Sequence[Quarantine],
        sources: Sequence[Source] = (),
        lines: Sequence[LineIndex] = (),
        decided: Decided | None = None,
        fetches: Sequence[Fetch] = (),
        held: Sequence[Batch] = (),
        groups: Regrouped | None = None,
    ) -> Published:
        """Publish a run in one transaction, show it to readers, and return what is committed.

        A held batch takes part with its run_stages, gate_results and quarantine only; `held` are
        those batches, whose refused pages are kept with the others. A run id
        that is published already changes nothing: a commit can succeed unacknowledged, so the
        whole transaction may be tried again, and gives what the first try committed. Raises
        KeyTaken on a second row under a key that may only be appended, DiskFull; whatever is
        raised, the run is published whole or not, and `committed` says which.
        """
        account = Account(
            run, run_stages, gate_results, quarantine, sources, lines, decided, fetches,
            (*batches, *held), groups,
        )  # fmt: skip
        with self._at_work():
            if self._chosen != (self.snapshot, list(batches)):
                self._choose(batches)
            with self._shelved(groups, unless=bool(batches)):
                self._commit(account)
            show(self._connection, self.home)
            return self._published(run.run_id)

    def committed(self, run_id: str) -> Published | None:
        """Return a run as it is committed, shown to readers or not; None where it is not."""
        with self._at_work():
            return self._published(run_id) if self._is_committed(run_id) else None

    def show(self, *, anew: bool = False) -> None:
        """Show readers the newest snapshot; costs nothing where they see it, unless `anew`."""
        with self._at_work():
            show(self._connection, self.home, anew=anew)

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """Give the connection to a reader of `warehouse.line_index`; others wait meanwhile."""
        with self._at_work():
            yield self._connection

    def maintain(self, keep: timedelta = KEEP) -> Maintained:
        """Compact the files and remove those that no reader can still be reading.

        Raises FilesDamaged before anything is written, DiskFull.
        """
        with self._at_work():
            with self._shelved():
                done = maintain(self._connection, self.home, keep)
            self._prune()
            show(self._connection, self.home)
        return done

    def forget(self, write: Callable[[DuckDBPyConnection], None]) -> None:
        """Let `write` take pages out of the tables in a transaction, then remove their history."""
        with self._at_work():
            mark(self.home)
            with self._shelved():
                write(self._connection)
                purge(self._connection, self.home)
            self._prune()

    def is_crowded(self) -> bool:
        """Return whether some table has so many small files that maintenance pays at once."""
        with self._at_work():
            return bool(crowded_tables(self._connection))

    def arriving(self) -> Arriving:
        """Return which articles the batches that were planned last change, and which come late."""
        with self._at_work():
            return arriving(self._connection, self.shelves, self.snapshot)

    @cached_property
    def shelves(self) -> Shelves:
        """Return the index of bodies."""
        from warehouse.shelves import Shelves

        return Shelves(self.home.copies)

    @contextmanager
    def _shelved(self, groups: Regrouped | None = None, *, unless: bool = False) -> Iterator[None]:
        """Let the shelves cover what is committed within: with groups, or where none were due.

        What cannot be written to them is caught up with by a later publication.
        """
        covered = self.shelves.covered == self.snapshot
        yield
        with suppress(OSError):
            if groups is not None:
                self.shelves.cover(groups.shelves, self.snapshot, afresh=groups.afresh)
            elif covered and not unless:
                self.shelves.cover((), self.snapshot)

    def _prune(self) -> None:
        """Take what is gone from the tables off the shelves."""
        if self.shelves.covered is not None:
            rows = self._connection.execute("SELECT article_id FROM lake.articles").fetchall()
            with suppress(OSError):
                self.shelves.prune([article for (article,) in rows])

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Take a turn; name a full disk and an interrupt as what they are."""
        with self._turn, _full_disk_named(self.home), engine.interruptible(self._connection):
            yield

    def _is_committed(self, run_id: str) -> bool:
        found = self._connection.execute("SELECT 1 FROM lake.runs WHERE run_id = ?", [run_id])
        return found.fetchone() is not None

    def _published(self, run_id: str) -> Published:
        [run] = catalog.rows_of(self._connection, Run, run_id)
        stages = catalog.rows_of(self._connection, RunStage, run_id)
        made = catalog.snapshot_of(self._connection, run_id)
        newest = catalog.newest_snapshot(self._connection)
        return Published(run, stages, newest if made is None else made)

    def _choose(self, batches: Sequence[Batch]) -> dict[str, PublishCounts]:
        """Choose the rows to write, against the newest snapshot, and remember for which batches."""
        self._chosen = None
        counts = choose(self._connection, batches)
        self._chosen = self.snapshot, list(batches)
        return counts

    def _commit(self, account: Account) -> None:
        import duckdb

        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(1, _TRIES + 1):
            try:
                self._transact(account)
            except (duckdb.TransactionException, duckdb.IOException):
                if attempt == _TRIES:
                    raise
            else:
                return
            time.sleep(pause)
            pause *= 2

    def _transact(self, account: Account) -> None:
        connection = self._connection
        connection.execute("BEGIN")
        try:
            run_id = account.run.run_id
            if not self._is_committed(run_id):
                write_chosen(connection, run_id)
                write_account(connection, account)
                catalog.set_message(connection, run_id)
            connection.execute("COMMIT")
        except BaseException:
            catalog.rollback(connection)
            raise


@contextmanager
def _full_disk_named(home: Home) -> Iterator[None]:
    """Turn what fails on a full disk into DiskFull: DuckLake and SQLite only say "I/O error"."""
    import duckdb

    try:
        yield
    except (duckdb.Error, sqlite3.Error, OSError) as error:
        free = shutil.disk_usage(home.root).free
        if free >= _FULL_BYTES:
            raise
        raise DiskFull(
            f"The disk of {home.root} is full ({free:,} bytes left). Nothing was lost and nothing "
            "is half published. Make room, or move the home (khabar relocate), and run again."
        ) from error


def relocate(home: Home | Path, wait_seconds: float = 0.0) -> Path:
    """Write `khabar.duckdb` anew, after the home was moved or the file damaged; return its path."""
    with Store.open(home, wait_seconds) as store:
        store.show(anew=True)
        return store.home.database


def lock_holder(home: Home | Path) -> str | None:
    """Return who is writing to the warehouse, in words; None where nobody is."""
    return lock.lock_holder(Home.at(home).lock)
