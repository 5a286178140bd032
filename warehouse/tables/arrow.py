"""Arrow schemas of the declared tables, and rows to and from Arrow.

Every table that crosses a stage, a process or a file does so in the schema made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import pyarrow as pa

from warehouse.tables.base import Row

R = TypeVar("R", bound=Row)

_ARROW: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us", tz="UTC"),
    date: pa.date32(),
}


@cache
def arrow_schema(model: type[Row]) -> pa.Schema:
    """Return the Arrow schema of a table: same columns, same order, same nullability."""
    return pa.schema(
        [pa.field(f.name, _ARROW[f.type], nullable=f.nullable) for f in model.fields()]
    )


def to_arrow(model: type[R], rows: Sequence[R]) -> pa.Table:
    """Return `rows` as an Arrow table in the schema of `model`.

    Raises ValueError where a required column misses a value: Arrow itself would let it pass.
    """
    schema = arrow_schema(model)
    arrays = [
        pa.array(list(map(attrgetter(field.name), rows)), type=field.type) for field in schema
    ]
    for field, array in zip(schema, arrays, strict=True):
        if array.null_count and not field.nullable:
            raise ValueError(f"{model.table}.{field.name}: a required value is missing")
    return pa.Table.from_arrays(arrays, schema=schema)


def from_arrow(model: type[R], table: pa.Table) -> list[R]:
    """Return the rows of an Arrow table that carries the schema of `model`.

    The columns were typed when they were written, so the rows are not validated again.
    """
    names = [field.name for field in model.fields()]
    columns = [table.column(name).to_pylist() for name in names]
    return [
        model.model_construct(**dict(zip(names, values, strict=True)))
        for values in zip(*columns, strict=True)
    ]


def columns(table: pa.Table, *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield the values of some columns, row by row, without making rows of the contract."""
    return zip(*(table.column(name).to_pylist() for name in names), strict=True)


def concat(model: type[Row], tables: Iterable[pa.Table]) -> pa.Table:
    """Return the tables one after another; an empty table of the schema where there is none."""
    parts = list(tables)
    return pa.concat_tables(parts) if parts else arrow_schema(model).empty_table()
