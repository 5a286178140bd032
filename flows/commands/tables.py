"""`khabar tables`: what there is to ask, and how much of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from warehouse.reader import Reader


def run(*, home: Path | None, config: Path | None) -> int:
    """Print every table and view with its row count and what it is for."""
    return guarded(lambda: _tables(home, config))


def _tables(home: Path | None, config: Path | None) -> int:
    from flows.settings import load_settings
    from warehouse.reader import connect
    from warehouse.tables import TABLES
    from warehouse.views import VIEWS

    with connect(load_settings(home=home, config=config).home) as reader:
        purposes = {m.table: (m.__doc__ or "").splitlines()[0] for m in TABLES}
        purposes |= {view.name: f"{view.question.partition('?')[0]}?" for view in VIEWS}
        width = max(map(len, purposes))
        for name, purpose in purposes.items():
            print(f"{name:{width}}  {_rows(reader, name):>10}  {purpose}")
    return 0


def _rows(reader: Reader, name: str) -> str:
    """Return how many rows a table or view has; a dash where the home is older than the view.

    The next run of any kind adds it.
    """
    import duckdb

    try:
        # The name is one of our own tables or views, never a user's word.
        found = reader.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]  # noqa: S608
    except duckdb.CatalogException:
        return "-"
    return f"{found:,}"
