"""Maintenance keeps every row, and every file that somebody may still read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from warehouse import maintain
from warehouse.catalog import live_files
from warehouse.freeze import frozen_catalog
from warehouse.home import Home
from warehouse.store import Store
from warehouse.tables import TABLES
from warehouse.verify import verify

pytestmark = pytest.mark.slow


def test_every_table_is_the_catalogs_after_every_kind_of_change(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.some_runs(home, store, 4)
    deletes = list((home / "warehouse" / "data").rglob("*-delete.parquet"))
    assert deletes, "no run deleted by key, so this test proves nothing"
    before = rows.assert_same(home, store)
    kept = {model.table: rows.read(home, model.table) for model in TABLES}
    # Compaction, expiry of all old snapshots, and removal of what they alone refer to.
    done = store.maintain(keep=timedelta(days=-1))
    assert {model.table: rows.read(home, model.table) for model in TABLES} == kept
    assert done.files_compacted > 0
    assert done.files_after < done.files_before
    assert done.files_after == len(list((home / "warehouse" / "data").rglob("*.parquet")))
    assert done.snapshots_expired > 0
    assert done.files_removed > 0
    assert rows.assert_same(home, store) == before
    assert not [file for file in deletes if file.exists()]
    some = rows.stage(rows.a_batch(home, "run-9"), [rows.a_page(run_id="run-9")])
    rows.publish(store, "run-9", [some])
    assert rows.assert_same(home, store) > before


def test_the_live_files_are_those_that_the_catalog_lists(
    rows: ModuleType, home: Path, store: Store
) -> None:
    def listed() -> dict[str, list[tuple[str, str | None]]]:
        query = "SELECT data_file, delete_file FROM ducklake_list_files('lake', ?)"
        tables = [model.table for model in TABLES]
        return {t: store._connection.execute(query, [t]).fetchall() for t in tables}

    rows.some_runs(home, store)
    for prepare in (lambda: None, store.maintain):
        prepare()
        assert live_files(store._connection, store.home, TABLES) == listed()


def test_clean_up_leaves_what_a_reader_may_still_have_open(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.some_runs(home, store)
    files = set((home / "warehouse" / "data").rglob("*.parquet"))
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as reader:
        before = reader.execute("SELECT * FROM articles ORDER BY ALL").fetchall()
        done = store.maintain()
        assert (done.snapshots_expired, done.files_removed) == (0, 0)
        assert files <= set((home / "warehouse" / "data").rglob("*.parquet"))
        assert reader.execute("SELECT * FROM articles ORDER BY ALL").fetchall() == before
    rows.assert_same(home, store)


def test_a_file_that_a_killed_run_left_is_removed_after_three_days(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    (file,) = (home / "warehouse" / "data").glob("main/pages/*.parquet")
    young, old = file.with_name("young.parquet"), file.with_name("old.parquet")
    for orphan, days in ((young, 2.9), (old, 3.1)):
        orphan.write_bytes(file.read_bytes())
        seconds = orphan.stat().st_mtime - days * 86_400
        os.utime(orphan, (seconds, seconds))
    assert store.maintain().files_removed == 1
    assert young.exists()
    assert not old.exists()
    assert file.exists()


def test_a_file_that_is_no_longer_needed_stays_for_three_days(rows: ModuleType, home: Path) -> None:
    # DuckLake compares these times as text on SQLite, by the day: a guard against its being early.
    with Store.open(home) as store:
        rows.some_runs(home, store)
        store.maintain(keep=timedelta(days=-1))
        rows.publish(store, "last", [rows.stage(rows.a_batch(home, "last"), [rows.a_page()])])
    for days, removed in ((2.99, 0), (4.01, 1)):
        with Store.open(home) as store:
            (file,) = (home / "warehouse" / "data").glob("main/aliases/*.parquet")
            name = f"main/aliases/{days}.parquet"
            copy = file.parent / f"{days}.parquet"
            copy.write_bytes(file.read_bytes())
        since = datetime.now(UTC) - timedelta(days=days)
        row = (10_000, name, 1, f"{since:%Y-%m-%d %H:%M:%S}.000000+00")
        with closing(sqlite3.connect(Home.at(home).catalog)) as catalog, catalog:
            catalog.execute(
                "INSERT INTO ducklake_files_scheduled_for_deletion VALUES (?, ?, ?, ?)", row
            )
        with Store.open(home) as store:
            assert store.maintain().files_removed == removed
        assert copy.exists() == (removed == 0)
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(Home.at(home).catalog)) as catalog, catalog:
            catalog.execute("DELETE FROM ducklake_files_scheduled_for_deletion")


def test_files_that_are_cleaned_up_are_not_missed(
    rows: ModuleType, home: Path, store: Store
) -> None:
    rows.some_runs(home, store)
    assert store.maintain(keep=timedelta(days=-1)).files_removed > 0
    assert verify(home).damages == []
    listed = Home.at(home).sums.read_text("utf-8").splitlines()
    files = list((home / "warehouse" / "data").rglob("*.parquet"))
    assert len(listed) == len(files)


def test_a_crowd_of_files_with_few_deletions_is_merged_too(
    rows: ModuleType, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Below its share of deletions a file is not rewritten, and one with deletions is not merged.
    monkeypatch.setattr(maintain, "_DELETED_SHARE", "0.5")
    rows.some_runs(home, store, 3)
    kept = rows.read(home, "pages")
    pages = home / "warehouse" / "data" / "main" / "pages"
    assert len(list(pages.glob("*-delete.parquet"))) == 2
    store.maintain()
    assert len(live_files(store._connection, store.home, TABLES)["pages"]) == 3
    assert not store.is_crowded()
    monkeypatch.setattr(maintain, "CROWD", 2)
    assert store.is_crowded()
    store.maintain()
    [file] = live_files(store._connection, store.home, TABLES)["pages"]
    assert file.deletes is None
    assert not store.is_crowded()
    assert rows.read(home, "pages") == kept
    rows.assert_same(home, store)


def test_large_files_are_no_crowd_and_are_left_alone(
    rows: ModuleType, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintain, "CROWD", 1)
    rows.some_runs(home, store)
    assert store.is_crowded()
    monkeypatch.setattr(maintain, "SMALL_BYTES", 100)
    assert not store.is_crowded()
    monkeypatch.setattr(maintain, "_LEFT_ALONE_BYTES", 100)
    assert len(live_files(store._connection, store.home, TABLES)["runs"]) == 2
    store.maintain()
    assert len(live_files(store._connection, store.home, TABLES)["runs"]) == 2


def test_of_many_frozen_catalogs_the_newest_are_kept(
    rows: ModuleType, home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.some_runs(home, store)
    copies = sorted((home / "warehouse").glob("read-*.sqlite"))
    assert len(copies) == 3
    monkeypatch.setattr(maintain, "_FROZEN_KEPT", 2)
    store.maintain()
    left = sorted((home / "warehouse").glob("read-*.sqlite"))
    assert not copies[0].exists()
    assert left[:-1] == copies[1:]
    assert frozen_catalog(home) == left[-1]
