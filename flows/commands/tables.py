"""`khabar tables`: what there is to ask, and how much of it."""

from __future__ import annotations

import sys
from pathlib import Path


def run(*, home: Path | None, config: Path | None) -> int:
    """Print every table and view with its row count and what it is for."""
    from warehouse.reader import connect
    from warehouse.views import VIEWS

    from flows.settings import UsageError, load_settings
    from warehouse.tables import TABLES

    try:
        connection = connect(load_settings(home=home, config=config).home)
    except UsageError as problem:
        print(problem, file=sys.stderr)
        return 2
    purposes = {m.table: (m.__doc__ or "").splitlines()[0] for m in TABLES}
    purposes |= {view.name: view.question for view in VIEWS}
    width = max(map(len, purposes))
    for name, purpose in purposes.items():
        # The name is one of our own tables or views, never a user's word.
        rows = connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]  # noqa: S608
        print(f"{name:{width}}  {rows:>10,}  {purpose}")
    return 0
