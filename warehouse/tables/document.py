"""The contract as a page for people: docs/tables.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from warehouse.tables import TABLES, Row
from warehouse.tables.base import Column, Field

_TYPES: dict[type, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true/false",
    datetime: "time (UTC)",
    date: "day",
}

_REPLACED = {
    "key": "A newer row of the same key replaces it.",
    "page": "A page's rows are replaced together.",
    "document": "Replaced with the document, when a newer version of it is published.",
    "never": "Rows are only added.",
}

_HEAD = """\
# The tables

Written by `make docs` from the row models in `warehouse/tables/`, where each table is declared
once. `khabar.duckdb` holds all of them, as views over Parquet files; the analyst's views beside
them are in [views.md](views.md). Offsets count code points; an end is one past the last.
"""


def tables_markdown() -> str:
    """Return docs/tables.md: every table with its key and every column."""
    return "\n".join((_HEAD, *_index(), *(line for model in TABLES for line in _table(model))))


def _index() -> Iterator[str]:
    yield "| table | stage | one row is | key |"
    yield "|---|---|---|---|"
    for model in TABLES:
        stage = model.__module__.rpartition(".")[2]
        purpose = model.purpose().split(". ")[0].rstrip(".")
        link = f"[{model.table}](#{model.table})"
        yield f"| {link} | {stage} | {_cell(purpose)} | {', '.join(model.key)} |"
    yield ""


def _table(model: type[Row]) -> Iterator[str]:
    yield f"## {model.table}"
    yield ""
    yield model.purpose()
    yield ""
    yield f"Key: {', '.join(f'`{name}`' for name in model.key)}. {_REPLACED[model.replaced_with]}"
    if model.text_rows is not None:
        column, values = model.text_rows
        yield f"Rows whose `{column}` is {', '.join(values)} are text: left out of exports where a"
        yield "source says so."
    yield ""
    yield "| column | type | null | meaning | values |"
    yield "|---|---|---|---|---|"
    for field in model.fields():
        yield _row(field)
    yield ""


def _row(field: Field) -> str:
    cells = (
        f"`{field.name}`",
        _TYPES[field.type],
        "yes" if field.nullable else "",
        _cell(field.column.meaning),
        _cell(_values(field)),
    )
    return f"| {' | '.join(cells)} |"


def _values(field: Field) -> str:
    if field.values:
        return ", ".join(field.values)
    return "; ".join(_bounds(field.column))


def _bounds(column: Column) -> Iterator[str]:
    if column.ge is not None and column.le is not None:
        yield f"{column.ge:g} to {column.le:g}"
    elif column.ge is not None:
        yield f"at least {column.ge:g}"
    elif column.le is not None:
        yield f"at most {column.le:g}"
    if column.min_chars == 1:
        yield "not empty"
    elif column.min_chars is not None:
        yield f"at least {column.min_chars} characters"
    if column.pattern is not None:
        yield f"`{column.pattern}`"
    if column.references is not None:
        yield f"a row of [{column.references}](#{column.references})"
    if column.is_text:
        yield "text, left out of exports where a source says so"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
