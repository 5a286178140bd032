"""Read `khabar.duckdb` with somebody else's SQL: one SELECT at a time, nothing but the tables.

Two walls. DuckDB itself: read-only, no file outside the data folder, no extension, settings
locked. And the statement: the data folder must be readable for the views, and DuckDB's list of
allowed folders does not tell reading from writing, so that COPY, EXPORT, EXPLAIN ANALYZE COPY
or a prepared COPY could overwrite a data file; only what parses as one SELECT is run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from warehouse import spill
from warehouse.engine import SEALED, interruptible
from warehouse.errors import Damaged, HomeMoved, NothingPublished
from warehouse.home import Home
from warehouse.sqltext import fill, literal, literals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Enough to sort and join a million articles' numbers; beyond it a query spills, then fails,
#: and the machine stays usable for the run beside it.
_MEMORY_LIMIT = "2GB"
_THREADS = 2
_SPILL_LIMIT = "20GB"

#: Table functions that act or reach beyond the tables although they stand in a SELECT.
_REFUSED_FUNCTIONS = frozenset(
    {
        "arrow_scan",
        "arrow_scan_dumb",
        "checkpoint",
        "disable_logging",
        "enable_logging",
        "force_checkpoint",
        "json_execute_serialized_sql",
        "pandas_scan",
        "python_map_function",
        "query",
        "truncate_duckdb_logs",
        "write_log",
    }
)

Parameters = Sequence[object] | Mapping[str, object]


class Reader:
    """The published tables and views of one home, at the snapshot that was the newest."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, query: str, parameters: Parameters | None = None) -> DuckDBPyConnection:
        """Run one SELECT (or SHOW, DESCRIBE, SUMMARIZE, or EXPLAIN of one); return its result.

        Raises duckdb.PermissionException on anything else, and duckdb.Error as DuckDB does.
        """
        with interruptible(self._connection):
            self._check(query)
            return self._connection.execute(query, parameters)

    def interrupt(self) -> None:
        """Stop the query that is running, from another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the file; a query that was broken off is ended first, not waited for."""
        self._connection.interrupt()
        self._connection.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _check(self, query: str) -> None:
        import duckdb

        statements = self._connection.extract_statements(query)
        if len(statements) != 1:
            raise duckdb.PermissionException("One query at a time, please.")
        row = self._connection.execute(
            "SELECT json_serialize_sql($query)", {"query": _without_explain(query)}
        ).fetchone()
        parsed = json.loads(row[0]) if row else {"error": True}
        if parsed["error"]:
            raise duckdb.PermissionException(
                "This connection only reads: SELECT, FROM, WITH, SHOW, DESCRIBE, SUMMARIZE. "
                "For more, make a copy of your own: khabar export duckdb FILE"
            )
        refused = _REFUSED_FUNCTIONS.intersection(_functions(parsed))
        if refused:
            raise duckdb.PermissionException(f"Not available here: {', '.join(sorted(refused))}.")


def connect(home: Home | Path, *, memory_limit: str = _MEMORY_LIMIT) -> Reader:
    """Open `khabar.duckdb` for reading.

    Raises NothingPublished where there is none yet, HomeMoved where it points elsewhere, Damaged
    where it is no database.

    Whoever keeps it open keeps its snapshot; connect again to see a newer one. The file is
    attached, not connected to: DuckDB gives a process that connects to a path that is open the
    database that it has open, which is no longer the file of that name.
    """
    import duckdb

    home = Home.at(home)
    if not home.database.exists():
        raise NothingPublished(f"Nothing has been published in {home.root} yet: khabar run PATH")
    limits = {"memory_limit": memory_limit, "threads": str(_THREADS)}
    connection = duckdb.connect(":memory:", config={**SEALED, **limits})
    try:
        _open(connection, home)
        for setting in _locked(home):
            connection.execute(setting)
        _check_place(connection, home)
    except BaseException:
        connection.close()
        raise
    return Reader(connection)


def _open(connection: DuckDBPyConnection, home: Home) -> None:
    import duckdb

    try:
        connection.execute(
            fill("ATTACH {file} AS khabar (READ_ONLY)", file=literal(str(home.database)))
        )
    except duckdb.IOException as problem:
        raise Damaged(
            f"{home.database} cannot be opened ({problem}). "
            f"It is written anew by: khabar relocate --home {home.root}"
        ) from None


def _check_place(connection: DuckDBPyConnection, home: Home) -> None:
    row = connection.execute("SELECT data_path FROM published_snapshot").fetchone()
    if row and row[0] != str(home.data):
        raise HomeMoved(
            f"{home.root} was moved or copied: its tables still point to {row[0]}. "
            f"Mend them with: khabar relocate --home {home.root}"
        )


def _locked(home: Home) -> Iterator[str]:
    """Yield what opens and shuts the doors, in order: after the last, nothing can be set."""
    yield "USE khabar"
    yield "SET TimeZone = 'UTC'"
    yield "SET python_enable_replacements = false"
    yield "SET enable_progress_bar = false"
    yield fill("SET temp_directory = {folder}", folder=literal(str(spill.own_folder(home))))
    yield fill("SET max_temp_directory_size = {size}", size=literal(_SPILL_LIMIT))
    yield fill("SET allowed_directories = {folders}", folders=literals([f"{home.data}/"]))
    yield "SET enable_external_access = false"
    yield "SET lock_configuration = true"


def _without_explain(query: str) -> str:
    """Return the statement that an EXPLAIN explains, or the query itself.

    EXPLAIN ANALYZE runs what it explains, whatever that is.
    """
    import duckdb

    words = [start for start, _ in duckdb.tokenize(query)]
    for word in ("explain", "analyze"):
        if words and query.encode()[words[0] :].decode().lower().startswith(word):
            words = words[1:]
        else:
            break
    return query.encode()[words[0] :].decode() if words else query


def _functions(parsed: Any) -> Iterator[str]:
    """Yield the name of every function called in a parsed query, at any depth."""
    if isinstance(parsed, dict):
        name = parsed.get("function_name")
        if isinstance(name, str):
            yield name.lower()
        for value in parsed.values():
            yield from _functions(value)
    elif isinstance(parsed, list):
        for value in parsed:
            yield from _functions(value)
