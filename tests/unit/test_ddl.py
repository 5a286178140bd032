"""The contract as SQL, and which differences from it are migrated or refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

import pytest

from warehouse.ddl import LakeColumn, create_table, migration, sql_type
from warehouse.errors import SchemaRefused
from warehouse.tables import TABLES, Column, Row


class Outlet(Row):
    """An invented table with every type."""

    table: ClassVar[str] = "outlets"
    key: ClassVar[tuple[str, ...]] = ("outlet_id",)

    outlet_id: Annotated[str, Column("Id")]
    kind: Annotated[Literal["paper", "agency"], Column("Kind")]
    pages: Annotated[int, Column("Pages")]
    share: Annotated[float | None, Column("Share")] = None
    active: Annotated[bool, Column("Active")]
    since: Annotated[date | None, Column("First day")] = None
    seen: Annotated[datetime | None, Column("Last seen")] = None


DISK = {
    "outlet_id": LakeColumn("VARCHAR", nullable=False),
    "kind": LakeColumn("VARCHAR", nullable=False),
    "pages": LakeColumn("BIGINT", nullable=False),
    "share": LakeColumn("DOUBLE", nullable=True),
    "active": LakeColumn("BOOLEAN", nullable=False),
    "since": LakeColumn("DATE", nullable=True),
    "seen": LakeColumn("TIMESTAMP WITH TIME ZONE", nullable=True),
}


def changes(model: type[Row], disk: dict[str, LakeColumn]) -> list[str]:
    return migration({model.table: disk}, [model])


def refusal(model: type[Row], disk: dict[str, LakeColumn]) -> str:
    with pytest.raises(SchemaRefused) as caught:
        changes(model, disk)
    return str(caught.value)


def test_a_table_is_made_with_types_and_nullability() -> None:
    assert create_table(Outlet) == (
        'CREATE TABLE lake."outlets" ("outlet_id" VARCHAR NOT NULL, "kind" VARCHAR NOT NULL, '
        '"pages" BIGINT NOT NULL, "share" DOUBLE, "active" BOOLEAN NOT NULL, "since" DATE, '
        '"seen" TIMESTAMP WITH TIME ZONE)'
    )


def test_every_column_of_the_contract_has_an_sql_type() -> None:
    assert {sql_type(field) for model in TABLES for field in model.fields()} == {
        "VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP WITH TIME ZONE",
    }  # fmt: skip


def test_an_up_to_date_table_needs_nothing() -> None:
    assert changes(Outlet, DISK) == []


def test_a_missing_table_is_made() -> None:
    assert migration({}, [Outlet]) == [create_table(Outlet)]


def test_a_new_nullable_column_is_added() -> None:
    disk = {name: column for name, column in DISK.items() if name != "since"}
    assert changes(Outlet, disk) == ['ALTER TABLE lake."outlets" ADD COLUMN "since" DATE']


def test_a_new_column_with_a_default_is_added_with_it() -> None:
    class Dated(Outlet):
        """With a default that has a quote."""

        note: Annotated[str, Column("Note")] = "editor's"

    assert changes(Dated, DISK) == [
        "ALTER TABLE lake.\"outlets\" ADD COLUMN \"note\" VARCHAR DEFAULT 'editor''s'"
    ]
    # Once added it may hold null on disk: its default fills the rows from before.
    added = LakeColumn("VARCHAR", nullable=True, default="editor's")
    assert changes(Dated, {**DISK, "note": added}) == []


def test_a_new_column_that_old_rows_cannot_fill_is_refused() -> None:
    disk = {name: column for name, column in DISK.items() if name != "pages"}
    said = refusal(Outlet, disk)
    assert "column outlets.pages is new, not nullable, and has no default" in said
    assert "Nothing was changed." in said


def test_whole_numbers_may_become_fractions_but_not_back() -> None:
    disk = {**DISK, "share": LakeColumn("BIGINT", nullable=True)}
    assert changes(Outlet, disk) == [
        'ALTER TABLE lake."outlets" ALTER COLUMN "share" SET DATA TYPE DOUBLE'
    ]
    disk = {**DISK, "pages": LakeColumn("DOUBLE", nullable=False)}
    assert "outlets.pages is DOUBLE on disk, BIGINT in the contract" in refusal(Outlet, disk)


def test_nullability_may_be_loosened_but_not_tightened() -> None:
    disk = {**DISK, "share": LakeColumn("DOUBLE", nullable=False)}
    assert changes(Outlet, disk) == [
        'ALTER TABLE lake."outlets" ALTER COLUMN "share" DROP NOT NULL'
    ]
    disk = {**DISK, "pages": LakeColumn("BIGINT", nullable=True)}
    assert "outlets.pages is nullable on disk" in refusal(Outlet, disk)


def test_what_the_contract_does_not_know_is_refused() -> None:
    disk = {**DISK, "colour": LakeColumn("VARCHAR", nullable=True)}
    assert "outlets.colour is on disk but not in the contract" in refusal(Outlet, disk)
    with pytest.raises(SchemaRefused, match="table papers is on disk but not in the contract"):
        migration({"outlets": DISK, "papers": DISK}, [Outlet])


def test_all_differences_are_named_at_once() -> None:
    disk = {
        "outlet_id": LakeColumn("BIGINT", nullable=False),
        "colour": LakeColumn("VARCHAR", nullable=True),
    }
    assert refusal(Outlet, disk).count("\n  - ") == 5
