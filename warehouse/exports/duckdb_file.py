"""`khabar export duckdb FILE`: tables with their rows, and the analyst's views, in one file."""

from __future__ import annotations

from pathlib import Path

from warehouse.database import About, comment_table, create_views, describe_file, new_database
from warehouse.exports.base import Format, Shown, Written
from warehouse.sqltext import fill, identifier, literal
from warehouse.tables import TABLES


def write(shown: Shown, file: Path) -> Written:
    """Write a database that any DuckDB from 1.5 on opens, without the home and extensions."""
    rows = {}
    connection = shown.connection
    connection.execute(fill("ATTACH {file} AS copy", file=literal(str(file))))
    for model in TABLES:
        parts = {"table": identifier(model.table), "select": shown.ordered(model)}
        made = connection.execute(fill("CREATE TABLE copy.{table} AS {select}", **parts))
        rows[model.table] = int((made.fetchone() or (0,))[0])
    connection.execute("DETACH copy")
    with new_database(file, anew=False) as (copy, _):
        about = About(shown.snapshot, shown.last_run_id)
        describe_file(copy, shown.home, about, shown.committed_at)
        for model in TABLES:
            comment_table(copy, "TABLE", model)
        create_views(copy)
    return Written(rows)


FORMAT = Format("duckdb", "one file with tables, rows and views", "file", write)
