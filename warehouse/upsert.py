"""Rows that take the place of those under their keys; names by which statements read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse.sqltext import fill, identifier, identifiers
from warehouse.tables import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: The rows of a table with a key that differ from what stands; one a key, whatever came first.
_FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT {columns} FROM {rows} AS i
WHERE NOT EXISTS (FROM lake.{table} AS l WHERE {same})
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {columns}) = 1
"""


def upsert(connection: DuckDBPyConnection, model: type[Row], rows: str) -> None:
    """Write the rows whose content differs from what stands under their key."""
    if not any_row(connection, rows):
        return
    names = [field.name for field in model.fields()]
    connection.execute(
        fill(
            _FRESH,
            columns=columns_of(model),
            rows=rows,
            table=identifier(model.table),
            same=" AND ".join(f'l."{n}" IS NOT DISTINCT FROM i."{n}"' for n in names),
            key=identifiers(model.key),
        )
    )
    if not any_row(connection, "fresh"):
        return
    parts = {"table": identifier(model.table), "columns": columns_of(model)}
    key = identifiers(model.key)
    connection.execute(
        fill(
            "DELETE FROM lake.{table} WHERE ({key}) IN (SELECT ({key}) FROM fresh)",
            key=key,
            **parts,
        )
    )
    connection.execute(
        fill("INSERT INTO lake.{table} ({columns}) SELECT {columns} FROM fresh", **parts)
    )


@contextmanager
def named_rows(
    connection: DuckDBPyConnection, model: type[Row], rows: Sequence[Row]
) -> Iterator[str]:
    """Make rows readable as the table whose name this gives."""
    from warehouse.tables.arrow import to_arrow

    connection.register("given_rows", to_arrow(model, rows))
    try:
        yield "given_rows"
    finally:
        connection.unregister("given_rows")


def columns_of(model: type[Row]) -> str:
    """Return the columns of a table as SQL, in their declared order."""
    return identifiers(field.name for field in model.fields())


def any_row(connection: DuckDBPyConnection, table: str) -> bool:
    """Return whether a table, or a query in parentheses, has a row."""
    row = connection.execute(fill("SELECT 1 FROM {table} LIMIT 1", table=table)).fetchone()
    return row is not None
