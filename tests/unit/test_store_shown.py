"""`khabar.duckdb` shows what the catalog holds, wherever and by whom it is opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from warehouse.errors import HomeMoved, NothingPublished
from warehouse.exports import FORMATS
from warehouse.exports.write import export
from warehouse.freeze import frozen_catalog
from warehouse.home import Home
from warehouse.reader import connect
from warehouse.store import Store, relocate
from warehouse.tables import TABLES
from warehouse.views import VIEWS

pytestmark = pytest.mark.slow

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
        rows.some_runs(home, store)
    articles = rows.read(home, "articles")
    moved = tmp_path / "moved"
    home.rename(moved)
    with pytest.raises(duckdb.IOException):
        rows.read(moved, "articles")
    with pytest.raises(HomeMoved, match="khabar relocate"):
        connect(moved)
    assert relocate(moved) == moved / "khabar.duckdb"
    assert rows.read(moved, "articles") == articles
    with Store.open(moved) as store:
        rows.assert_same(moved, store)


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
    rows.some_runs(home, store)
    shown = {m.table: rows.read(home, m.table) for m in TABLES}
    shown |= {v.name: rows.read(home, v.name) for v in VIEWS}
    export(home, FORMATS["duckdb"], tmp_path / "copy.duckdb")
    home.rename(tmp_path / "gone")
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as copy:
        for name, expected in shown.items():
            assert copy.execute(f"FROM {name} ORDER BY ALL").fetchall() == expected
    assert not list(tmp_path.glob("copy.duckdb.*"))


def test_an_export_leaves_out_texts_that_may_not_be_exported(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    url = "https://naba.example/1"
    words = ("ملأ السد نصف خزانه في يوليو", "ملأ السد خزانه كله في أغسطس")
    for run_id, body in zip(("run-1", "run-2"), words, strict=True):
        page = rows.a_page(f"خبر أول عن السد\n{body}", run_id=run_id, url=url)
        rows.publish(store, run_id, [rows.stage(rows.a_batch(home, run_id), [page])])
    source = page.source_id
    copy = tmp_path / "copy.duckdb"
    made = export(home, FORMATS["duckdb"], copy, exported={source: False, "other": True})
    assert made.withheld == (source,)
    with duckdb.connect(str(copy), read_only=True) as connection:
        texts = connection.execute(
            "SELECT p.text, p.markup, a.body, a.title IS NOT NULL FROM pages AS p"
            " JOIN articles AS a USING (page_id)"
        ).fetchall()
        older = connection.execute("SELECT body, title IS NOT NULL FROM versions").fetchall()
        spans = connection.execute("SELECT count(*) FROM mentions").fetchone()
    assert texts and set(texts) == {(None, None, None, True)}
    assert older == [(None, True)]
    assert spans != (0,)
    assert not any(body.encode() in copy.read_bytes() for body in words)


def test_an_export_overwrites_nothing(home: Path, store: Store, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(FileExistsError):
        export(home, FORMATS["duckdb"], taken)
    assert taken.read_text() == "mine"
    with pytest.raises(NothingPublished):
        export(tmp_path / "nowhere", FORMATS["duckdb"], tmp_path / "file")
