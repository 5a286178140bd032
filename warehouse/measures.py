"""What each source of a run brought, over all its batches: shares and means of its articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from warehouse.engine import interruptible
from warehouse.sqltext import fill, literal
from warehouse.staging import STAGES, Batch
from warehouse.tables import Article, Mention, Quarantine, Row
from warehouse.tables.arrow import arrow_schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: The source_id of the run as a whole.
WHOLE = "*"
_SQL = Path(__file__).with_name("frames") / "publish_source.sql"


class Brought(NamedTuple):
    """What a source brought: articles that stand, main ones and those in Arabic among them.

    Shares are of main articles or of mentions, None where there is none. `body_chars` is the
    median length of the main bodies, in code points.
    """

    source_id: str
    articles: int
    mains: int
    tagged: int
    body_chars: float | None
    dated_share: float | None
    boilerplate_share: float | None
    mentions_per_article: float | None
    mentions_open_share: float | None
    unknown_share: float | None


def measure_sources(batches: Sequence[Batch]) -> dict[str, Brought]:
    """Return what the sources of tagged batches brought, by id, and `WHOLE` for all together.

    A source without a standing article is not there.

    Raises:
        duckdb.Error: A staged file is unreadable or lacks a column.
    """
    import duckdb

    with (
        duckdb.connect(":memory:", config={"threads": 1}) as connection,
        interruptible(connection),
    ):
        _view(connection, Article, [each.path("clean", Article.table) for each in batches])
        _view(connection, Mention, [each.path("tag", Mention.table) for each in batches])
        refused = [each.path(stage, Quarantine.table) for each in batches for stage in STAGES]
        _view(connection, Quarantine, refused)
        rows = connection.execute(_SQL.read_text("utf8")).fetchall()
    return {row[0]: Brought(*row) for row in rows}


def _view(connection: DuckDBPyConnection, model: type[Row], paths: Sequence[Path]) -> None:
    """Name the staged files of a table as one; read_parquet takes patterns, so names are quoted."""
    there = [re.sub(r"([*?\[])", r"[\1]", str(path)) for path in paths if path.exists()]
    if not there:
        connection.register(f"staged_{model.table}", arrow_schema(model).empty_table())
        return
    connection.execute(
        fill(
            "CREATE TEMP VIEW staged_{table} AS FROM read_parquet([{files}])",
            table=model.table,
            files=", ".join(map(literal, there)),
        )
    )
