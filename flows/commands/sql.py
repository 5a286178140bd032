"""`khabar sql`: one query over the published tables, read-only, locked down."""

from __future__ import annotations

import json
import math
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.wrong_use import guarded
from transforms.plain import one_line
from transforms.spreadsheet import csv_line

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from rich.table import Table
    from rich.text import Text

#: A person reads the first rows; csv and json give all.
_SHOWN = 200
_FETCHED = 1000
#: Characters of a line that a column needs at least; in fewer, words and numbers fall apart.
_COLUMN = 14
_GAP = 2


def run(query: str, table_format: str, *, home: Path | None, config: Path | None) -> int:
    """Run `query` and print its rows; 2 where the query or the format is wrong."""
    return guarded(lambda: _query(query, table_format, home, config))


def _query(query: str, table_format: str, home: Path | None, config: Path | None) -> int:
    import duckdb

    from flows.settings import UsageError, load_settings
    from warehouse.reader import connect

    if not query.strip():
        raise UsageError("the query is empty; khabar tables lists what there is to ask")
    write = _WRITERS.get(table_format)
    if write is None:
        raise UsageError(f"--format takes table, csv or json, not {table_format!r}")
    with connect(load_settings(home=home, config=config).home) as reader:
        try:
            result = reader.execute(query)
            write([column[0] for column in result.description or []], result)
        except duckdb.Error as problem:
            raise UsageError(str(problem)) from None
    return 0


def _write_json(names: list[str], result: DuckDBPyConnection) -> None:
    keys = _distinct(names)
    while rows := result.fetchmany(_FETCHED):
        for row in rows:
            named = {key: _plain(value) for key, value in zip(keys, row, strict=True)}
            print(json.dumps(named, ensure_ascii=False, allow_nan=False))


def _distinct(names: list[str]) -> list[str]:
    """Return the names with _2, _3 ... after what stood before: an object has a key once."""
    keys: list[str] = []
    for name in names:
        key, number = name, 1
        while key in keys or (number > 1 and key in names):
            number += 1
            key = f"{name}_{number}"
        keys.append(key)
    return keys


def _write_csv(names: list[str], result: DuckDBPyConnection) -> None:
    sys.stdout.write(csv_line(names))
    while rows := result.fetchmany(_FETCHED):
        sys.stdout.writelines(csv_line(map(_as_text, row)) for row in rows)


def _plain(value: Any) -> Any:
    """Return a value as JSON can say it; NaN and the infinities, which it cannot, as null."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)


def _as_text(value: Any) -> Any:
    """Return a value as a cell of CSV can hold it: what is nested as JSON."""
    if isinstance(value, dict | list | tuple):
        return json.dumps(_plain(value), ensure_ascii=False)
    return value


def _write_table(names: list[str], result: DuckDBPyConnection) -> None:
    from rich.console import Console

    rows = result.fetchmany(_SHOWN + 1)
    console = Console(highlight=False)
    cells = [[_cell(value) for value in row] for row in rows[:_SHOWN]]
    if _is_too_wide(names, cells, console.width):
        for number, row in enumerate(cells, 1):
            console.print(f"row {number}", style="dim")
            console.print(_upright(names, row))
    else:
        console.print(_table(names, cells))
    if len(rows) > _SHOWN:
        console.print(f"... the first {_SHOWN} rows; --format csv or json prints all", style="dim")


def _cell(value: Any) -> Text:
    from rich.text import Text

    from flows.commands.terminal import isolated

    if isinstance(value, str):
        return Text(isolated(value))
    return Text("" if value is None else one_line(str(value)))


def _is_too_wide(names: list[str], rows: list[list[Text]], width: int) -> bool:
    """Return whether a line a row would break the words of a terminal apart."""
    needed = [max([len(name), *(len(row[at]) for row in rows)]) for at, name in enumerate(names)]
    return sum(needed) + _GAP * len(needed) > width and width < _COLUMN * len(needed)


def _table(names: list[str], rows: list[list[Text]]) -> Table:
    """Return one line a row."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _upright(names: list[str], row: list[Text]) -> Table:
    """Return one line a column."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, cell in zip(names, row, strict=True):
        table.add_row(name, cell)
    return table


_WRITERS = {"table": _write_table, "csv": _write_csv, "json": _write_json}
