"""The writer's DuckDB: extensions from wheels, never from the network.

The wheels `duckdb-extension-*` carry the binaries that DuckDB signs; the hashes of the wheels
are pinned in the lock file, and the signature is checked at LOAD.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.errors import ExtensionMissing
from warehouse.sqltext import fill, literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EXTENSIONS = ("sqlite_scanner", "ducklake")

#: Nothing is fetched and nothing unsigned is loaded, whatever a query or a setting file says.
SEALED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_unsigned_extensions": "false",
}


@contextmanager
def interruptible(connection: DuckDBPyConnection) -> Iterator[None]:
    """Let an interrupt through as what it is, and end the query that it met.

    DuckDB stops waiting for a query with a RuntimeError of which the interrupt is the cause. The
    query itself goes on, and whatever the connection is asked next waits for its end.
    """
    try:
        yield
    except RuntimeError as problem:
        interrupt = problem.__cause__
        if interrupt is None or isinstance(interrupt, Exception):
            raise
        connection.interrupt()
        raise interrupt from None


def extension_file(name: str) -> Path:
    """Return the extension's binary for this DuckDB; raises ExtensionMissing without one."""
    import duckdb

    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    folders = spec.submodule_search_locations if spec is not None else None
    wheel = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
    if not folders:
        raise ExtensionMissing(f"Install {wheel}: the store needs DuckDB's extension {name}.")
    versioned = Path(folders[0]) / "extensions" / f"v{duckdb.__version__}"
    file = versioned / f"{name}.duckdb_extension"
    if not file.exists():
        raise ExtensionMissing(
            f"The installed extension {name} is not for DuckDB {duckdb.__version__}. "
            f"Install {wheel}; DuckDB and its extensions go in step."
        )
    return file


def connect(spill: Path, memory_limit: str) -> DuckDBPyConnection:
    """Return a connection with the extensions loaded, in UTC, spilling to `spill`."""
    import duckdb

    connection = duckdb.connect(":memory:", config={**SEALED, "memory_limit": memory_limit})
    try:
        connection.execute(fill("SET temp_directory = {path}", path=literal(str(spill))))
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET enable_progress_bar = false")
        for name in EXTENSIONS:
            connection.execute(fill("LOAD {file}", file=literal(str(extension_file(name)))))
    except BaseException:
        connection.close()
        raise
    return connection
