"""From the contract to SQL: the tables of the catalog, and how older ones are brought up to it.

Nothing here touches a database: `migration` returns all statements or refuses before the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from warehouse.errors import SchemaRefused
from warehouse.sqltext import fill, identifier, literal
from warehouse.tables import Row
from warehouse.tables.base import Field

_SQL: dict[type, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    datetime: "TIMESTAMP WITH TIME ZONE",
    date: "DATE",
}

#: The one change of type that DuckLake makes without rewriting files and that loses nothing
#: here: counts stay far below 2^53, where a double still holds every whole number.
WIDENINGS = frozenset({("BIGINT", "DOUBLE")})


class LakeColumn(NamedTuple):
    """A column as it stands in the catalog.

    `default` is what rows older than the column show; `number` is how Parquet files know it.
    """

    type: str
    nullable: bool
    default: str | None = None
    number: int = 0


def sql_type(field: Field) -> str:
    """Return the column's SQL type as DuckDB spells it."""
    return _SQL[field.type]


def create_table(model: type[Row]) -> str:
    """Return the statement that makes a table in the catalog."""
    columns = ", ".join(_column(field) for field in model.fields())
    return fill(
        "CREATE TABLE lake.{table} ({columns})", table=identifier(model.table), columns=columns
    )


def migration(
    existing: Mapping[str, Mapping[str, LakeColumn]], models: Sequence[type[Row]]
) -> list[str]:
    """Return the statements that bring the catalog to the contract.

    New tables, new columns that are nullable or have a default in the row model, columns that
    become nullable, and the changes of type in `WIDENINGS` are made. Raises SchemaRefused, with
    every difference named, for anything else: nothing is dropped, narrowed or renamed.
    """
    statements: list[str] = []
    refused: list[str] = []
    for model in models:
        if model.table in existing:
            for_table = _columns_to_change(model, existing[model.table], refused)
            statements += for_table
        else:
            statements.append(create_table(model))
    unknown = sorted(set(existing) - {model.table for model in models})
    refused += [f"table {name} is on disk but not in the contract" for name in unknown]
    if refused:
        raise SchemaRefused(_message(refused))
    return statements


def _columns_to_change(
    model: type[Row], columns: Mapping[str, LakeColumn], refused: list[str]
) -> list[str]:
    statements: list[str] = []
    for field in model.fields():
        where = f"{model.table}.{field.name}"
        if field.name in columns:
            statements += _change(model, field, columns[field.name], where, refused)
        elif field.nullable or _default(model, field) is not None:
            statements.append(_add(model, field))
        else:
            refused.append(f"column {where} is new, not nullable, and has no default")
    gone = [name for name in columns if name not in model.model_fields]
    refused += [f"column {model.table}.{name} is on disk but not in the contract" for name in gone]
    return statements


def _change(
    model: type[Row], field: Field, column: LakeColumn, where: str, refused: list[str]
) -> list[str]:
    wanted = sql_type(field)
    statements: list[str] = []
    if (column.type, wanted) in WIDENINGS:
        statements.append(_alter(model, field, f"SET DATA TYPE {wanted}"))
    elif column.type != wanted:
        refused.append(f"column {where} is {column.type} on disk, {wanted} in the contract")
    if field.nullable and not column.nullable:
        statements.append(_alter(model, field, "DROP NOT NULL"))
    elif not field.nullable and column.nullable and column.default is None:
        refused.append(f"column {where} is nullable on disk, not in the contract")
    return statements


def _add(model: type[Row], field: Field) -> str:
    """An added column stays nullable on disk: DuckLake has no statistics yet to prove more."""
    default = None if field.nullable else _default(model, field)
    return fill(
        "ALTER TABLE lake.{table} ADD COLUMN {column} {type}{default}",
        table=identifier(model.table),
        column=identifier(field.name),
        type=sql_type(field),
        default="" if default is None else f" DEFAULT {literal(default)}",
    )


def _alter(model: type[Row], field: Field, action: str) -> str:
    return fill(
        "ALTER TABLE lake.{table} ALTER COLUMN {column} {action}",
        table=identifier(model.table),
        column=identifier(field.name),
        action=action,
    )


def _column(field: Field) -> str:
    return f"{identifier(field.name)} {sql_type(field)}{'' if field.nullable else ' NOT NULL'}"


def _default(model: type[Row], field: Field) -> str | int | float | bool | None:
    default = model.model_fields[field.name].default
    return default if isinstance(default, str | int | float | bool) else None


def _message(refused: Sequence[str]) -> str:
    listed = "\n".join(f"  - {reason}" for reason in refused)
    return (
        f"The warehouse and this version of Khabar declare different tables:\n{listed}\n"
        "Nothing was changed. Run the version of Khabar that wrote the warehouse; or make the "
        "column in the contract as it is on disk (new columns: nullable, or with a default); or "
        "start a new home and run the sources again."
    )
