"""What an export reads, and what a format is.

A format gets the tables of one snapshot under their own names, as `khabar.duckdb` has them: what
may not be exported is left out before it sees a row. It knows nothing of homes, catalogs,
settings, or of the file's being written beside and renamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from warehouse.home import Home
from warehouse.sqltext import fill, identifier, identifiers, literals
from warehouse.tables import TABLES, Field, Row

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from warehouse.snapshot import Looking

#: file: one file; folder: several; lines: one file of JSON lines, which standard output takes too.
Place = Literal["file", "folder", "lines"]

#: Whether a row's texts may be exported, by its source or by the page that it stands on. A page
#: that is not there says nothing of its source, and its texts stay here.
_OF_SOURCE = "(r.source_id NOT IN (FROM withheld))"
_OF_PAGE = "(r.page_id IN (SELECT page_id FROM lake.pages WHERE source_id NOT IN (FROM withheld)))"


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in an export, by table or kind of thing; what found no place in the format."""

    rows: Mapping[str, int]
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """One way out. `write` gets the path that it makes: a file, or a folder that is there, empty.

    A format of lines is written by `lines`: one object a line, counted by the second value.
    """

    name: str
    what: str
    place: Place
    write: Callable[[Shown, Path], Written] | None = None
    lines: Callable[[Shown, Counts], Iterator[dict[str, Any]]] | None = None


class Counts:
    """What a format of lines says of them while it yields them."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.left_out: dict[str, int] = {}

    def add(self, kind: str) -> None:
        """Count one line of a kind."""
        self.rows[kind] = self.rows.get(kind, 0) + 1


class Shown:
    """The tables of one snapshot without the texts that may not be exported.

    `connection` has them, and nothing else, under the names of the contract; rows come in the
    order of `ordered`, so that one snapshot gives the same export again.
    """

    def __init__(
        self, looking: Looking, connection: DuckDBPyConnection, withheld: Sequence[str]
    ) -> None:
        self.home: Home = looking.home
        self.snapshot: int = looking.snapshot
        self.withheld: tuple[str, ...] = tuple(withheld)
        self.connection = connection
        self._show()
        self.committed_at: datetime = self._one(
            "SELECT snapshot_time FROM ducklake_snapshots('lake') WHERE snapshot_id = ?",
            [self.snapshot],
        )
        self.last_run_id: str = self._one(
            "SELECT coalesce(max_by(run_id, (started_at, run_id)), '') FROM lake.runs"
        )

    def ordered(self, model: type[Row]) -> str:
        """Return the query of a table's rows, by its order and its key."""
        return fill(
            "SELECT {columns} FROM {table} ORDER BY {order}",
            columns=identifiers(each.name for each in model.fields()),
            table=identifier(model.table),
            order=identifiers(dict.fromkeys((*model.order_by, *model.key))),
        )

    def schema(self, model: type[Row]) -> pa.Schema:
        """Return the Arrow schema of a table as it is exported, with what each column means.

        Columns of text are nullable where some source's texts are withheld.
        """
        import pyarrow as pa

        from warehouse.tables.arrow import arrow_schema

        described = [
            arrow.with_nullable(not self.is_required(each))
            .with_metadata({"description": each.column.meaning})
            for arrow, each in zip(arrow_schema(model), model.fields(), strict=True)
        ]  # fmt: skip
        return pa.schema(described, metadata={"description": model.purpose()})

    def is_required(self, column: Field) -> bool:
        """Return whether a column of the contract has a value in every row that is exported."""
        return not (column.nullable or (self.withheld and column.column.is_text))

    def batches(self, model: type[Row]) -> Iterator[pa.RecordBatch]:
        """Yield a table in portions of its row groups: they are never in memory together."""
        schema = self.schema(model)
        result = self.connection.execute(self.ordered(model))
        for batch in result.to_arrow_reader(model.row_group):
            yield batch.cast(schema)

    def _show(self) -> None:
        self.connection.execute("CREATE TABLE withheld (source_id VARCHAR)")
        if self.withheld:
            rows = [[source] for source in self.withheld]
            self.connection.executemany("INSERT INTO withheld VALUES (?)", rows)
        for model in TABLES:
            parts = {"table": identifier(model.table), "select": self._select(model)}
            self.connection.execute(fill("CREATE VIEW {table} AS {select}", **parts))

    def _select(self, model: type[Row]) -> str:
        names = [each.name for each in model.fields()]
        texts = {each.name for each in model.fields() if each.column.is_text}
        kept = _OF_SOURCE if "source_id" in names else _OF_PAGE
        shown = [
            fill("CASE WHEN {kept} THEN r.{name} END AS {name}", kept=kept, name=identifier(name))
            if self.withheld and name in texts else fill("r.{name}", name=identifier(name))
            for name in names
        ]  # fmt: skip
        where = ""
        if self.withheld and model.text_rows is not None:
            column, values = model.text_rows
            where = fill(
                " WHERE NOT list_contains({values}, r.{column}) OR {kept}",
                values=literals(values), column=identifier(column), kept=kept,
            )  # fmt: skip
        table = identifier(model.table)
        return fill(
            "SELECT {shown} FROM lake.{table} AS r{where}",
            shown=", ".join(shown), table=table, where=where,
        )  # fmt: skip

    def _one(self, query: str, parameters: Sequence[object] = ()) -> Any:
        row = self.connection.execute(query, list(parameters)).fetchone()
        return row[0] if row else None
