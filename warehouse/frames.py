"""The narrow frames that a gate judges: one row a page or article, and one of batch measures.

Made by DuckDB over the staged Parquet files of one batch, by the queries in `frames/`. A frame
holds ids, numbers, flags and dates, never text: what the text and the child rows must satisfy
arrives as counts. A table that was not staged counts as empty. What some stage up to this one
refused is left out, with everything that stands on it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.engine import interruptible
from warehouse.staging import STAGES, Batch
from warehouse.tables import (
    Alias,
    Article,
    DateMention,
    Entity,
    Evidence,
    Mention,
    Page,
    Quarantine,
    Row,
    RunStage,
    Segment,
)  # fmt: skip
from warehouse.tables.arrow import arrow_schema
from warehouse.tables.base import Field

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Which stage writes which table; `publish` may write its own, which then takes precedence.
STAGED: dict[str, tuple[type[Row], ...]] = {
    "ingest": (Page,),
    "clean": (Segment, Article, Evidence),
    "tag": (DateMention, Mention, Entity, Alias),
}
#: Frames of each stage besides `batch`. `links` is not judged: it says which article stands on
#: which page and what was refused so far, so that a refusal can take along what hangs on it.
UNITS: dict[str, tuple[str, ...]] = {
    "ingest": ("page",),
    "clean": ("page", "article"),
    "tag": ("article",),
    "publish": (),
}
#: Columns too long to be judged value by value; their lengths are columns of their own. The text
#: of a page is read by its ingest gate only, the body of an article by its tag gate only.
_TEXT = {("pages", "text"), ("pages", "markup"), ("articles", "body")}
#: Tables whose contract a stage's gate judges, row by row.
_CHECKED: dict[str, tuple[type[Row], ...]] = {
    "ingest": (Page,),
    "clean": (Segment, Article, Evidence),
    "tag": (DateMention, Mention),
    "publish": (Entity, Alias),
}
_BODIES = {
    "article_id": pa.string(), "version": pa.string(), "chars": pa.int64(),
    "mentions_misplaced": pa.int64(), "dates_misplaced": pa.int64(),
}  # fmt: skip
_SQL = Path(__file__).with_suffix("")


def frames(batch: Batch, stage: str) -> dict[str, pa.Table]:
    """Return the frames of one stage of a batch: its units, `batch`, and `links` where judged.

    The ingest and publish frames take the number of records read and of duplicates from the
    `run_stages` row (unit page) that the ingest stage stages; without it they are 0.

    Raises:
        duckdb.Error: A staged file is unreadable or lacks a column.
    """
    import duckdb

    with (
        duckdb.connect(":memory:", config={"threads": 1}) as connection,
        interruptible(connection),
    ):
        _register(connection, batch, stage)
        return {name: _query(connection, stage, name) for name in frame_names(stage)}


def frame_names(stage: str) -> tuple[str, ...]:
    """Return the frames that a stage has, in the order in which they are judged."""
    links = ("links",) if UNITS[stage] and stage != "ingest" else ()
    return (*UNITS[stage], *links, "batch")


def _query(connection: DuckDBPyConnection, stage: str, name: str) -> pa.Table:
    table = connection.execute(_text(name if name == "links" else f"{stage}_{name}"))
    return _whole_numbers(table.to_arrow_table())


def _whole_numbers(table: pa.Table) -> pa.Table:
    """Return the table with DuckDB's 128-bit counts as 64-bit integers."""
    return table.cast(
        pa.schema(
            pa.field(f.name, pa.int64() if pa.types.is_decimal(f.type) else f.type)
            for f in table.schema
        )
    )


def _register(connection: DuckDBPyConnection, batch: Batch, stage: str) -> None:
    """Make what the queries read: each staged table so far, and what was refused so far."""
    reached = STAGES[: STAGES.index(stage) + 1]
    if stage == "ingest":
        connection.register("pages", _read_pages(batch))
    for written_by in reached if stage != "ingest" else ():
        for model in STAGED.get(written_by, ()):
            own = stage == "publish" and batch.has("publish", model)
            _view(connection, batch, "publish" if own else written_by, model, model.table)
    for model in _CHECKED[stage]:
        connection.execute(checked_view(model))
    _view(connection, batch, "ingest", RunStage, "landing")
    parts = []
    for each in reached:
        _view(connection, batch, each, Quarantine, f"refused_at_{each}")
        parts.append(f"SELECT * FROM refused_at_{each}")  # noqa: S608 - names of STAGES
    connection.execute("CREATE VIEW refused AS " + " UNION ALL ".join(parts))
    connection.execute(_text("standing_pages"))
    if "clean" in reached:
        connection.execute(_text("standing_articles"))
    if stage == "tag":
        connection.register("read_bodies", _read_bodies(connection, batch))


def _view(
    connection: DuckDBPyConnection, batch: Batch, stage: str, model: type[Row], name: str
) -> None:
    """Name a staged table: as a view that reads what a query asks for, or empty."""
    path = batch.path(stage, model.table)
    if path.exists():
        escaped = re.sub(r"([*?\[])", r"[\1]", str(path))  # read_parquet takes a pattern
        connection.execute(f"CREATE VIEW {name} AS FROM read_parquet({_quoted(escaped)})")
    else:
        connection.register(name, arrow_schema(model).empty_table())


def _read_pages(batch: Batch) -> pa.Table:
    path = batch.path("ingest", Page.table)
    if not path.exists():
        return arrow_schema(Page).empty_table()
    return _read(path, [field.name for field in Page.fields() if field.name != "markup"])


def _read(path: Path, columns: list[str]) -> pa.Table:
    """Read columns with long texts, which pyarrow decodes twice as fast as DuckDB."""
    with pq.ParquetFile(path) as file:
        return file.read(columns, use_threads=False)


def _read_bodies(connection: DuckDBPyConnection, batch: Batch) -> pa.Table:
    """Return a row an article: its real length, and how many spans do not give their surface.

    Python slices a text by code point at once; SQL counts from its start for every span, which
    took longer than everything else that the frames of the tag stage need.
    """
    articles = batch.path("clean", Article.table)
    if not articles.exists():
        return pa.table({name: pa.array([], kind) for name, kind in _BODIES.items()})
    table = _read(articles, ["article_id", "version", "body"])
    bodies: list[Any] = table.column("body").to_pylist()
    connection.register(
        "numbered",
        table.select(["article_id", "version"]).append_column(
            "number", pa.array(range(len(bodies)))
        ),
    )
    counts = [[len(body) for body in bodies]]
    for spans in (Mention.table, DateMention.table):
        columns = (
            connection.execute(
                f'SELECT number, start, "end", surface FROM {spans} '  # noqa: S608
                "JOIN numbered USING (article_id, version) "
                'WHERE start IS NOT NULL AND "end" IS NOT NULL'
            )
            .to_arrow_table()
            .columns
        )
        misplaced = [0] * len(bodies)
        for number, start, end, surface in zip(*(c.to_pylist() for c in columns), strict=True):
            misplaced[number] += start < 0 or bodies[number][start:end] != surface
        counts.append(misplaced)
    keys = table.select(["article_id", "version"]).columns
    arrays = [*keys, *(pa.chunked_array([c], pa.int64()) for c in counts)]
    return pa.Table.from_arrays(arrays, names=list(_BODIES))


@cache
def _text(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text("utf8")


@cache
def checked_view(model: type[Row]) -> str:
    """Return the SQL of the view `<table>_checked`: the table and `broken`.

    `broken` names the columns of the row whose values break what the contract says of them, with
    the value, and is null where there are none.
    """
    faults = [
        f"CASE WHEN {condition} THEN '{field.name}=' "
        f"|| coalesce(left(CAST(\"{field.name}\" AS VARCHAR), 40), 'null') END"
        for field in model.fields()
        if (model.table, field.name) not in _TEXT and (condition := violated(field))
    ]
    return (
        f"CREATE VIEW {model.table}_checked AS "  # noqa: S608 - names of declared tables
        f"SELECT *, nullif(concat_ws(', ', {', '.join(faults)}), '') AS broken FROM {model.table}"
    )


def violated(field: Field) -> str:
    """Return the SQL condition that is true of a value which breaks the contract of a column.

    Empty where the contract says nothing. Not-a-number breaks every column.
    """
    name, column = f'"{field.name}"', field.column
    tests = [] if field.nullable else [f"{name} IS NULL"]
    if field.type is float:
        tests.append(f"isnan({name})")
    if column.ge is not None:
        tests.append(f"{name} < {column.ge:g}")
    if column.le is not None:
        tests.append(f"{name} > {column.le:g}")
    if column.min_chars is not None:
        tests.append(f"length({name}) < {column.min_chars}")
    if column.pattern is not None:
        tests.append(f"NOT regexp_full_match({name}, {_quoted(column.pattern)})")
    if field.values:
        tests.append(f"{name} NOT IN ({', '.join(map(_quoted, field.values))})")
    return " OR ".join(tests)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
