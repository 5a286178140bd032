"""`khabar sql`: one query over the published tables, read-only, locked down."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

#: A person reads the first rows; csv and json give all.
_SHOWN = 200


def run(query: str, table_format: str, *, home: Path | None, config: Path | None) -> int:
    """Run `query` and print its rows; 2 where the query or the format is wrong."""
    from flows.settings import UsageError, load_settings

    if table_format not in ("table", "csv", "json"):
        print(f"--format takes table, csv or json, not {table_format!r}", file=sys.stderr)
        return 2
    try:
        settings = load_settings(home=home, config=config)
        return _query(settings.home, query, table_format)
    except UsageError as problem:
        print(problem, file=sys.stderr)
        return 2


def _query(home: Path, query: str, table_format: str) -> int:
    import duckdb
    from warehouse.reader import connect

    connection = connect(home)
    try:
        result = connection.execute(query)
    except duckdb.Error as problem:
        print(str(problem), file=sys.stderr)
        return 2
    names = [column[0] for column in result.description or []]
    if table_format == "json":
        while rows := result.fetchmany(1000):
            for row in rows:
                print(
                    json.dumps(
                        dict(zip(names, row, strict=True)), default=_plain, ensure_ascii=False
                    )
                )
    elif table_format == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        while rows := result.fetchmany(1000):
            writer.writerows([_guarded(value) for value in row] for row in rows)
    else:
        _table(names, result.fetchmany(_SHOWN + 1))
    return 0


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)


def _guarded(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula.

    Rule: OWASP, CSV Injection: a text that begins with = + - @ tab or return gets an apostrophe.
    """
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _table(names: list[str], rows: list[tuple[Any, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from flows.commands.terminal import isolated

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
