"""`khabar.duckdb` shows exactly what the catalog holds, wherever and by whom it is opened."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Annotated, ClassVar

import duckdb
import pytest

import warehouse.export
import warehouse.store
from warehouse.errors import NothingPublished, SchemaRefused
from warehouse.export import export_duckdb
from warehouse.freeze import frozen_catalog
from warehouse.home import Home
from warehouse.store import Store, relocate
from warehouse.tables import TABLES, Column, Row, Source
from warehouse.views import VIEWS

SITE = "https://akhbar.example/"


def assert_same(home: Path, store: Store) -> int:
    """Compare every table with the catalog, both ways; return the number of rows compared."""
    connection, compared = store._connection, 0
    path = str(home / "khabar.duckdb").replace("'", "''")
    connection.execute(f"ATTACH '{path}' AS compared (READ_ONLY)")
    try:
        for model in TABLES:
            shown, kept = f"compared.{model.table}", f"lake.{model.table}"
            for one, other in ((shown, kept), (kept, shown)):
                # EXCEPT ALL: a row that is there twice is a difference too.
                differing = connection.execute(f"FROM {one} EXCEPT ALL FROM {other}").fetchall()
                assert differing == [], f"{one} has rows that {other} has not"
            compared += connection.execute(f"SELECT count(*) FROM {kept}").fetchall()[0][0]
    finally:
        connection.execute("DETACH compared")
    return compared


def some_runs(rows: ModuleType, home: Path, store: Store, runs: int = 4) -> None:
    """Publish runs that add pages, replace articles, refuse and release, renew the transforms."""
    for run in range(runs):
        run_id, at = f"run-{run}", rows.NOON + timedelta(hours=run)
        new = [rows.a_page(f"خبر {run}\nالمتن {n}", run_id=run_id) for n in range(5)]
        changed = [
            rows.a_page(f"خبر متجدد {n}\nالمتن {run}", run_id=run_id, url=f"{SITE}{n}")
            for n in range(3)
        ]
        renewed = rows.a_page("خبر ثابت\nمتن ثابت", run_id=run_id, transforms=str(run))
        refused = [rows.a_refusal(new[0].page_id, new[0], run_id=run_id, at=at)]
        batch = rows.stage(rows.a_batch(home, run_id), [*new, *changed, renewed], refused=refused)
        rows.publish(store, run_id, [batch], at)


def test_every_table_is_the_catalogs_after_every_kind_of_change(
    rows: ModuleType, home: Path, store: Store
) -> None:
    some_runs(rows, home, store)
    deletes = list((home / "warehouse" / "data").rglob("*-delete.parquet"))
    assert deletes, "no run deleted by key, so this test proves nothing"
    before = assert_same(home, store)
    # Compaction, expiry of all old snapshots, and removal of what they alone refer to.
    done = store.maintain(keep=timedelta(days=-1))
    assert done.files_compacted > 0
    assert done.snapshots_expired > 0
    assert done.files_removed > 0
    assert assert_same(home, store) == before
    assert not [file for file in deletes if file.exists()]
    some = rows.stage(rows.a_batch(home, "run-9"), [rows.a_page(run_id="run-9")])
    rows.publish(store, "run-9", [some])
    assert assert_same(home, store) > before


def test_clean_up_leaves_what_a_reader_may_still_have_open(
    rows: ModuleType, home: Path, store: Store
) -> None:
    some_runs(rows, home, store)
    files = set((home / "warehouse" / "data").rglob("*.parquet"))
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as reader:
        before = reader.execute("SELECT * FROM articles ORDER BY ALL").fetchall()
        done = store.maintain()
        assert (done.snapshots_expired, done.files_removed) == (0, 0)
        assert files <= set((home / "warehouse" / "data").rglob("*.parquet"))
        assert reader.execute("SELECT * FROM articles ORDER BY ALL").fetchall() == before
    assert_same(home, store)


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


_OPEN = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True, config={
    "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
print(con.sql("SELECT count(*) FROM articles").fetchone()[0], end=" ")
print(con.sql("SELECT articles FROM source_activity").fetchone()[0], end=" ")
print([n for n, in con.sql("SELECT extension_name FROM duckdb_extensions() WHERE loaded"
      " AND extension_name IN ('ducklake', 'sqlite_scanner')").fetchall()])
"""


def test_it_opens_from_anywhere_without_extensions_while_the_store_is_open(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    opened = subprocess.run(
        [sys.executable, "-c", _OPEN, str(home / "khabar.duckdb")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (opened.stdout.split(), opened.stderr) == (["1", "1", "[]"], "")


def test_it_works_attached_under_another_name(rows: ModuleType, home: Path, store: Store) -> None:
    # As BI tools do that have a connection of their own.
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    path = str(home / "khabar.duckdb").replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS news (READ_ONLY)")
        assert connection.execute("SELECT mentions FROM news.entity_top").fetchall() == [(1,)]


def test_an_empty_warehouse_shows_every_table_with_its_types(home: Path, store: Store) -> None:
    connection = store._connection
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as reader:
        for model in TABLES:
            shown = reader.execute(f"DESCRIBE {model.table}").fetchall()
            kept = connection.execute(f"DESCRIBE lake.{model.table}").fetchall()
            assert [row[:2] for row in shown] == [row[:2] for row in kept]
            assert reader.execute(f"FROM {model.table}").fetchall() == []
        for view in VIEWS:
            assert reader.execute(f"FROM {view.name}").fetchall() == []


def test_tables_columns_and_views_are_described_in_it(home: Path, store: Store) -> None:
    assert store.snapshot == 1
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as reader:
        views = dict(
            reader.execute(
                "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
        )
        columns = {
            (table, column): comment
            for table, column, comment in reader.execute(
                "SELECT table_name, column_name, comment FROM duckdb_columns()"
            ).fetchall()
        }
    assert set(views) == {m.table for m in TABLES} | {v.name for v in VIEWS}
    assert all(views.values())
    assert views["entity_top"] == next(v.question for v in VIEWS if v.name == "entity_top")
    assert all(columns[m.table, f.name] for m in TABLES for f in m.fields())
    assert columns["articles", "body_words"] == "White-space separated words of the body (words)"


def test_a_moved_home_is_mended_by_relocate(rows: ModuleType, home: Path, tmp_path: Path) -> None:
    with Store.open(home) as store:
        some_runs(rows, home, store)
    articles = rows.read(home, "articles")
    moved = tmp_path / "moved"
    home.rename(moved)
    with pytest.raises(duckdb.IOException):
        rows.read(moved, "articles")
    assert relocate(moved) == moved / "khabar.duckdb"
    assert rows.read(moved, "articles") == articles
    with Store.open(moved) as store:
        assert_same(moved, store)


def test_a_write_ahead_log_beside_the_old_file_is_removed(
    rows: ModuleType, home: Path, store: Store
) -> None:
    log = home / "khabar.duckdb.wal"
    log.write_bytes(b"of someone who opened the file for writing and was killed")
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    assert not log.exists()
    assert len(rows.read(home, "articles")) == 1


def test_the_frozen_catalog_is_of_the_snapshot_that_is_shown(
    rows: ModuleType, home: Path, store: Store
) -> None:
    snapshot = rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    frozen = frozen_catalog(home)
    assert frozen == Home.at(home).frozen(snapshot)
    newest = store._connection.execute(
        "SELECT max(snapshot_id) FROM sqlite_scan(?, 'ducklake_snapshot')", [str(frozen)]
    ).fetchall()
    assert newest == [(snapshot,)]
    assert not frozen.with_name(f"{frozen.name}-wal").exists()


def test_an_export_needs_nothing_else(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    some_runs(rows, home, store)
    shown = {m.table: rows.read(home, m.table) for m in TABLES}
    shown |= {v.name: rows.read(home, v.name) for v in VIEWS}
    export_duckdb(home, tmp_path / "copy.duckdb")
    home.rename(tmp_path / "gone")
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as copy:
        for name, expected in shown.items():
            assert copy.execute(f"FROM {name} ORDER BY ALL").fetchall() == expected
    assert not list(tmp_path.glob("copy.duckdb.*"))


def test_an_export_overwrites_nothing(home: Path, store: Store, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(FileExistsError):
        export_duckdb(home, taken)
    assert taken.read_text() == "mine"
    with pytest.raises(NothingPublished):
        export_duckdb(tmp_path / "nowhere", tmp_path / "file")


class WiderSource(Row):
    """A source, declared again: two new columns, one that may be null now."""

    table: ClassVar[str] = "sources"
    key: ClassVar[tuple[str, ...]] = ("source_id",)

    source_id: Annotated[str, Column("Id")]
    name_ar: Annotated[str | None, Column("Arabic name")] = None
    name_en: Annotated[str | None, Column("Latin name")] = None
    country: Annotated[str | None, Column("Country")] = None
    kind: Annotated[str | None, Column("Kind")] = None
    language: Annotated[str, Column("Language of most pages")] = "ar"
    weight: Annotated[float | None, Column("Weight")] = None


def declare(monkeypatch: pytest.MonkeyPatch, model: type[Row]) -> None:
    tables = tuple(model if m is Source else m for m in TABLES)
    monkeypatch.setattr(warehouse.store, "TABLES", tables)
    monkeypatch.setattr(warehouse.export, "TABLES", tables)


def test_files_older_than_a_column_show_its_default(
    rows: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(home) as store:
        rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    declare(monkeypatch, WiderSource)
    columns = "source_id, kind, language, weight"
    with Store.open(home) as store:
        assert rows.read(home, "sources", columns) == [(rows.SOURCE, "files", "ar", None)]
        newer = WiderSource(source_id="sahifa", language="fr", weight=0.5)
        store._connection.register("newer", _one(newer))
        store._connection.execute("INSERT INTO lake.sources BY NAME FROM newer")
        store.maintain()
        expected = [(rows.SOURCE, "files", "ar", None), ("sahifa", None, "fr", 0.5)]
        assert rows.read(home, "sources", columns) == expected


class NarrowerSource(Row):
    """A source that lost a column: no migration makes this of that."""

    table: ClassVar[str] = "sources"
    key: ClassVar[tuple[str, ...]] = ("source_id",)

    source_id: Annotated[str, Column("Id")]
    name_ar: Annotated[str | None, Column("Arabic name")] = None
    name_en: Annotated[str | None, Column("Latin name")] = None
    country: Annotated[str | None, Column("Country")] = None
    added: Annotated[str | None, Column("New")] = None


def test_a_refused_migration_changes_nothing(
    rows: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(home) as store:
        snapshot = store.snapshot
    with monkeypatch.context() as patched:
        declare(patched, NarrowerSource)
        with pytest.raises(SchemaRefused, match=r"sources\.kind is on disk but not in the"):
            Store.open(home).__enter__()
    with Store.open(home) as store:
        assert store.snapshot == snapshot
    assert rows.read(home, "sources") == []


def test_a_migration_that_fails_in_the_middle_changes_nothing(
    rows: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(home) as store:
        snapshot = store.snapshot
        before = store._connection.execute("DESCRIBE lake.sources").fetchall()
    with monkeypatch.context() as patched:
        patched.setattr(
            "warehouse.catalog.migration",
            lambda *_: ["ALTER TABLE lake.sources ADD COLUMN half VARCHAR", "SELECT 1/'no'::INT"],
        )
        with pytest.raises(duckdb.Error):
            Store.open(home).__enter__()
    with Store.open(home) as store:
        assert store.snapshot == snapshot
        assert store._connection.execute("DESCRIBE lake.sources").fetchall() == before


def _one(row: Row) -> object:
    from warehouse.tables.arrow import to_arrow

    return to_arrow(type(row), [row])
