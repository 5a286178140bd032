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
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.engine import interruptible
from warehouse.spans import count_unlike, read_columns
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
#: of a page is read by its ingest and tag gates only, the body of an article by its tag gate only.
_TEXT = {("pages", "text"), ("pages", "markup"), ("articles", "body")}
#: Tables whose contract a stage's gate judges, row by row.
_CHECKED: dict[str, tuple[type[Row], ...]] = {
    "ingest": (Page,),
    "clean": (Segment, Article, Evidence),
    "tag": (DateMention, Mention),
    "publish": (Entity, Alias),
}
_REFUSED = ["record_id", "unit", "rule", "reason", "last_seen", "state"]
_NOTHING_REFUSED = arrow_schema(Quarantine).empty_table().select(_REFUSED)
#: The queries join what they need in the order that is written. Searching for another one took
#: 9 of the 11 ms of a query over small batches and gains nothing over large ones.
_PLAIN = "join_order"
_SQL = Path(__file__).with_suffix("")


def frames(batch: Batch, stage: str) -> dict[str, pa.Table]:
    """Return the frames of one stage of a batch: its units, `batch`, and `links` where judged.

    The ingest and publish frames take the number of records read and of duplicates from the
    `run_stages` row (unit page) that the ingest stage stages; without it they are 0.

    Raises:
        duckdb.Error: A staged file is unreadable or lacks a column.
    """
    with _engine().cursor() as connection, interruptible(connection):
        _register(connection, batch, stage)
        return {name: _query(connection, stage, name) for name in frame_names(stage)}


def frame_names(stage: str) -> tuple[str, ...]:
    """Return the frames that a stage has, in the order in which they are judged."""
    links = ("links",) if UNITS[stage] and stage != "ingest" else ()
    return (*UNITS[stage], *links, "batch")


@cache
def _engine() -> DuckDBPyConnection:
    """Return the process's DuckDB for frames: starting one costs as much as two of the queries.

    Each batch works in a cursor, whose temporary views and tables go with it.
    """
    import duckdb

    return duckdb.connect(":memory:", config={"threads": 1, "disabled_optimizers": _PLAIN})


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
        check_contract(connection, model)
    _view(connection, batch, "ingest", RunStage, "landing")
    refused = {each: _read_refused(batch, each) for each in reached}
    for each, rows in refused.items():
        connection.register(f"refused_at_{each}", rows)
    connection.register("refused", pa.concat_tables(refused.values()))
    connection.execute(_text("standing_pages"))
    if "clean" in reached:
        connection.execute(_text("standing_articles"))
    if stage == "tag":
        connection.register("read_texts", count_unlike(connection, batch))


def _view(
    connection: DuckDBPyConnection, batch: Batch, stage: str, model: type[Row], name: str
) -> None:
    """Name a staged table: as a view that reads what a query asks for, or empty."""
    path = batch.path(stage, model.table)
    if path.exists():
        escaped = re.sub(r"([*?\[])", r"[\1]", str(path))  # read_parquet takes a pattern
        connection.execute(f"CREATE TEMP VIEW {name} AS FROM read_parquet({_quoted(escaped)})")
    else:
        connection.register(name, arrow_schema(model).empty_table())


def _read_pages(batch: Batch) -> pa.Table:
    path = batch.path("ingest", Page.table)
    if not path.exists():
        return arrow_schema(Page).empty_table()
    return read_columns(path, [field.name for field in Page.fields() if field.name != "markup"])


def _read_refused(batch: Batch, stage: str) -> pa.Table:
    """Return what a stage and its gate refused: few rows, which most queries of a frame ask for."""
    path = batch.path(stage, Quarantine.table)
    if not path.exists():
        return _NOTHING_REFUSED
    rows = read_columns(path, _REFUSED)
    return rows.filter(pc.field("state") == "quarantined")


@cache
def _text(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text("utf8")


def check_contract(connection: DuckDBPyConnection, model: type[Row]) -> None:
    """Make the view `<table>_checked` of a connection: the table and `broken`.

    `broken` names the columns of the row whose values break what the contract says of them, with
    the value, and is null where there are none. The words are only made where a row breaks it:
    to plan them costs three times what it costs to find out.
    """
    broken = "NULL::VARCHAR"
    if connection.execute(_any_broken(model)).fetchone():
        broken = _broken(model)
    connection.execute(
        f"CREATE TEMP VIEW {model.table}_checked AS "  # noqa: S608 - names of declared tables
        f"SELECT *, {broken} AS broken FROM {model.table}"
    )


@cache
def _any_broken(model: type[Row]) -> str:
    conditions = " OR ".join(condition for _, condition in _judged(model))
    return f"SELECT 1 FROM {model.table} WHERE {conditions} LIMIT 1"  # noqa: S608


@cache
def _broken(model: type[Row]) -> str:
    faults = [
        f"CASE WHEN {condition} THEN '{name}=' "
        f"|| coalesce(left(CAST(\"{name}\" AS VARCHAR), 40), 'null') END"
        for name, condition in _judged(model)
    ]
    return f"nullif(concat_ws(', ', {', '.join(faults)}), '')"


def _judged(model: type[Row]) -> list[tuple[str, str]]:
    """Return the columns of which the contract says something, with what breaks it."""
    return [
        (field.name, condition)
        for field in model.fields()
        if (model.table, field.name) not in _TEXT and (condition := violated(field))
    ]


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
