"""`khabar sql`: one query over the published tables, read-only, locked down."""

from __future__ import annotations

import csv
import json
import math
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: A person reads the first rows; csv and json give all.
_SHOWN = 200
_FETCHED = 1000


def run(query: str, table_format: str, *, home: Path | None, config: Path | None) -> int:
    """Run `query` and print its rows; 2 where the query or the format is wrong."""
    return guarded(lambda: _query(query, table_format, home, config))


def _query(query: str, table_format: str, home: Path | None, config: Path | None) -> int:
    import duckdb

    from flows.settings import UsageError, load_settings
    from warehouse.reader import connect

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
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    while rows := result.fetchmany(_FETCHED):
        writer.writerows([_guarded(value) for value in row] for row in rows)


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


def _guarded(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula.

    Rule: OWASP, CSV Injection: a text that begins with = + - @ tab or return gets an apostrophe.
    """
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _write_table(names: list[str], result: DuckDBPyConnection) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from flows.commands.terminal import isolated

    rows = result.fetchmany(_SHOWN + 1)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows[:_SHOWN]:
        table.add_row(
            *(
                Text(
                    isolated(value)
                    if isinstance(value, str)
                    else ""
                    if value is None
                    else str(value)
                )
                for value in row
            )
        )
    console = Console(highlight=False)
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"... the first {_SHOWN} rows; --format csv or json prints all", style="dim")


_WRITERS = {"table": _write_table, "csv": _write_csv, "json": _write_json}
