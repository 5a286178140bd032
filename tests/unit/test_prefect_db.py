"""The kept database of the temporary server: made once, copied into every new home."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from flows import prefect_db


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "installed" / "kept.db"
    monkeypatch.setattr(prefect_db, "_kept", lambda: place)
    return place


def made(home: Path) -> Path:
    home.mkdir()
    with sqlite3.connect(home / "prefect.db") as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE flow_run (id)")
    connection.close()
    return home


def tables(database: Path) -> list[tuple[str]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT name FROM sqlite_master").fetchall()
    finally:
        connection.close()


def test_the_first_home_makes_it_and_the_next_has_a_copy(tmp_path: Path, kept: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    assert prefect_db.seed(first)
    first.rmdir()
    prefect_db.keep(made(first))
    second.mkdir()
    assert not prefect_db.seed(second)
    assert tables(second / "prefect.db") == [("flow_run",)]
    assert [path.name for path in second.iterdir()] == ["prefect.db"]


def test_a_database_that_is_there_is_left_alone(tmp_path: Path, kept: Path) -> None:
    prefect_db.keep(made(tmp_path / "first"))
    home = tmp_path / "used"
    home.mkdir()
    (home / "prefect.db").write_bytes(b"runs of long ago")
    assert not prefect_db.seed(home)
    assert (home / "prefect.db").read_bytes() == b"runs of long ago"


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path, kept: Path) -> None:
    kept.parent.write_text("a file where the folder should be")
    prefect_db.keep(made(tmp_path / "first"))
    second = tmp_path / "second"
    second.mkdir()
    assert prefect_db.seed(second)
