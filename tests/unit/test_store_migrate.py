"""A changed contract on a warehouse that is there already: migrated whole, or refused whole."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated, ClassVar

import duckdb
import pyarrow as pa
import pytest

import warehouse.database
import warehouse.freeze
import warehouse.store
from warehouse.errors import SchemaRefused
from warehouse.store import Store
from warehouse.tables import TABLES, Column, Row, Source
from warehouse.tables.arrow import to_arrow


class WiderSource(Row):
    """A source, declared again: two new columns, one that may be null now."""

    table: ClassVar[str] = "sources"
    key: ClassVar[tuple[str, ...]] = ("source_id",)

    source_id: Annotated[str, Column("Id")]
    name_ar: Annotated[str | None, Column("Arabic name")] = None
    name_en: Annotated[str | None, Column("Latin name")] = None
    country: Annotated[str | None, Column("Country")] = None
    kind: Annotated[str | None, Column("Kind")] = None
    address: Annotated[str | None, Column("Addresses")] = None
    terms: Annotated[str | None, Column("Terms")] = None
    text_exported: Annotated[bool | None, Column("Exported")] = None
    languages: Annotated[str | None, Column("Languages")] = None
    language: Annotated[str, Column("Language of most pages")] = "ar"
    weight: Annotated[float | None, Column("Weight")] = None


def declare(monkeypatch: pytest.MonkeyPatch, model: type[Row]) -> None:
    tables = tuple(model if m is Source else m for m in TABLES)
    monkeypatch.setattr(warehouse.store, "TABLES", tables)
    monkeypatch.setattr(warehouse.database, "TABLES", tables)
    monkeypatch.setattr(warehouse.freeze, "TABLES", tables)


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


def _one(row: Row) -> pa.Table:
    return to_arrow(type(row), [row])
