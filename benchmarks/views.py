"""Speed of the analyst's views on a home made as large as one likes.

    python benchmarks/views.py HOME [--articles 100000]

The tables of HOME are written several times over, ids changed, into Parquet files such as the
warehouse has, and every view is read to its end three times: the least of wall-clock seconds
counts, with as many threads as there are cores.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb

from warehouse.sqltext import fill, identifier, literal
from warehouse.tables import TABLES, Row
from warehouse.views import VIEWS

#: Ids that name rows of what is written several times: each time is a home of its own.
_IDS = (
    "article_id", "other_id", "nearest_id", "copy_of", "group_id", "story_id", "first_id",
    "page_id", "document_id", "record_id",
)  # fmt: skip
#: Tables that say the same whatever the number of articles.
_ONCE = ("sources", "entities", "aliases", "decisions", "id_changes", "runs", "run_stages",
         "gate_results")  # fmt: skip


def write(connection: duckdb.DuckDBPyConnection, model: type[Row], times: int, file: Path) -> None:
    """Write a table several times over."""
    names = [field.name for field in model.fields()]
    columns = ", ".join(
        f"n || substr({identifier(name)}, 2) AS {identifier(name)}" if name in _IDS else
        identifier(name)
        for name in names
    )  # fmt: skip
    copies = 1 if model.table in _ONCE else times
    order = f"ORDER BY {', '.join(model.order_by)}" if model.order_by else ""
    connection.execute(
        fill(
            "COPY (SELECT {columns} FROM shown.{table}, (SELECT format('{{:x}}', i) AS n"
            " FROM range({copies}) AS r(i)) {order}) TO {file} (FORMAT parquet, COMPRESSION zstd)",
            columns=columns, table=identifier(model.table), copies=str(copies), order=order,
            file=literal(str(file)),
        )
    )  # fmt: skip


def main() -> None:
    """Write, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--articles", type=int, default=100_000)
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="khabar-bench-") as name,
        duckdb.connect() as connection,
    ):
        shown = literal(str(args.home / "khabar.duckdb"))
        connection.execute(fill("ATTACH {shown} AS shown (READ_ONLY)", shown=shown))
        [(there,)] = connection.execute("SELECT count(*) FROM shown.articles").fetchall()
        times = min(15, -(-args.articles // there))
        for model in TABLES:
            file = Path(name) / f"{model.table}.parquet"
            write(connection, model, times, file)
            connection.execute(
                fill(
                    "CREATE VIEW {table} AS FROM read_parquet({file})",
                    table=identifier(model.table), file=literal(str(file)),
                )
            )  # fmt: skip
        [(articles,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
        print(f"{articles} articles, {there} of them {times} times over")
        for view in VIEWS:
            connection.execute(f"CREATE VIEW {identifier(view.name)} AS {view.select}")
            seconds = []
            for _ in range(3):
                start = time.perf_counter()
                rows = connection.execute(f"FROM {identifier(view.name)}").to_arrow_table().num_rows
                seconds.append(time.perf_counter() - start)
            print(f"{view.name:24} {1000 * min(seconds):8.0f} ms {rows:10} rows")


if __name__ == "__main__":
    main()
