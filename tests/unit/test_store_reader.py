"""Somebody else's SQL reads the published tables and does nothing else."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from warehouse.errors import NothingPublished
from warehouse.home import Home
from warehouse.reader import Reader, connect
from warehouse.store import Store


@pytest.fixture(scope="module")
def published(rows: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("home") / "reader's home"
    with Store.open(home) as store:
        rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    return home


@pytest.fixture(scope="module")
def reader(published: Path) -> Reader:
    return connect(published)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM articles",
        "FROM articles",
        "WITH a AS (FROM articles) FROM a",
        "/* مقالات */ EXPLAIN ANALYZE SELECT count(*) FROM articles",
        "explain from articles",
        "DESCRIBE articles",
        "SHOW TABLES",
        "SUMMARIZE sources",
        "VALUES (1)",
        "FROM run_history;",
        "FROM (PIVOT mentions ON type IN ('LOC', 'PER') USING count(*))",
        "SELECT 'COPY x TO y; ATTACH z' AS harmless",
    ],
)
def test_what_reads_runs(reader: Reader, query: str) -> None:
    assert reader.execute(query).fetchall()


def test_values_travel_as_parameters(reader: Reader) -> None:
    found = reader.execute("SELECT title FROM articles WHERE source_id = ?", ["akhbar"]).fetchall()
    assert len(found) == 1
    hostile = "akhbar'; DROP VIEW articles; --"
    found = reader.execute("FROM articles WHERE source_id = $s", {"s": hostile}).fetchall()
    assert found == []


REFUSED = [
    "COPY (SELECT 1) TO '{data}/x.csv'",
    "COPY articles TO '{data}/main/x.parquet'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{data}/x.csv'",
    "/* شيء */ explain /* x */ analyze copy (select 1) to '{data}/x.csv'",
    "PREPARE p AS COPY (SELECT 1) TO '{data}/x.csv'",
    "EXPORT DATABASE '{data}/x'",
    "SELECT 1; COPY (SELECT 1) TO '{data}/x.csv'",
    "ATTACH '{data}/x.duckdb'",
    "ATTACH '{outside}' AS other",
    "ATTACH ':memory:' AS other",
    "CREATE TEMP TABLE t AS FROM articles",
    "INSERT INTO articles FROM articles",
    "DELETE FROM articles",
    "DROP VIEW articles",
    "SET enable_external_access = true",
    "SET memory_limit = '1TB'",
    "RESET allowed_directories",
    "PRAGMA enable_logging",
    "CALL enable_logging()",
    "FROM enable_logging(storage = 'file', storage_path = '{data}/log')",
    "FROM checkpoint()",
    "FROM query('FROM checkpoint()')",
    "SELECT * FROM articles WHERE EXISTS (FROM force_checkpoint())",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{data}/x.duckdb_extension'",
    "FROM read_csv('{outside}')",
    "FROM '{outside}'",
    "FROM read_text('{outside}')",
    "FROM read_blob('{data}/../catalog.sqlite')",
    "FROM read_parquet('{outside}')",
    "FROM parquet_metadata('{outside}')",
    "FROM sniff_csv('{outside}')",
    "FROM glob('{outside}')",
    "FROM glob('/*')",
    "FROM read_csv('https://akhbar.example/x.csv')",
    "VACUUM",
    "BEGIN",
    "",
    "-- nothing",
]


@pytest.mark.parametrize("query", REFUSED)
def test_what_does_more_is_refused(
    reader: Reader, published: Path, tmp_path: Path, query: str
) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a,b\n1,2\n")
    home = Home.at(published)
    files = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    quoted = {"data": str(home.data).replace("'", "''"), "outside": str(outside)}
    with pytest.raises((duckdb.PermissionException, duckdb.CatalogException)):
        reader.execute(query.format(**quoted)).fetchall()
    now = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    assert now == files
    assert reader.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]


def test_the_program_s_own_variables_are_out_of_reach(reader: Reader) -> None:
    import pyarrow as pa

    secret = pa.table({"a": [1]})
    with pytest.raises(duckdb.CatalogException):
        reader.execute("FROM secret")
    assert secret.num_rows == 1


def test_a_query_beyond_its_memory_fails_and_the_reader_goes_on(published: Path) -> None:
    with connect(published, memory_limit="50MB") as small:
        with pytest.raises(duckdb.OutOfMemoryException):
            small.execute(
                "SELECT list(a) FROM (SELECT md5(i::VARCHAR) AS a FROM range(3000000) r(i))"
            ).fetchall()
        assert small.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]


def test_before_the_first_run_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished, match="khabar run"):
        connect(tmp_path)


def test_an_open_reader_keeps_its_snapshot(rows: ModuleType, home: Path, store: Store) -> None:
    rows.publish(store, "run-1", [rows.stage(rows.a_batch(home), [rows.a_page()])])
    with connect(home) as old:
        page = rows.a_page("خبر ثان\nمتنه", run_id="run-2")
        rows.publish(store, "run-2", [rows.stage(rows.a_batch(home, "run-2"), [page])])
        assert old.execute("SELECT count(*) FROM pages").fetchall() == [(1,)]
        with connect(home) as new:
            assert new.execute("SELECT count(*) FROM pages").fetchall() == [(2,)]
