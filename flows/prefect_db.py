"""The database of a home's temporary Prefect server: a copy of the first one ever made here.

Prefect makes a new database by some 160 migrations, about 7 s of CPU. They are done once an
installation: the fresh database is kept beside the installed packages, before any run is in it,
and every further home starts with a copy. Where that place cannot be written nothing is kept.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

_NAME = "prefect.db"


def seed(prefect_home: Path) -> bool:
    """Give a new home a copy; return whether the server will have to make its database itself."""
    database = prefect_home / _NAME
    if database.exists():
        return False
    with suppress(OSError):
        partial = database.with_suffix(f".{os.getpid()}")
        shutil.copyfile(_kept(), partial)
        partial.replace(database)
        return False
    return True


def keep(prefect_home: Path) -> None:
    """Keep a database that the server has just made, before any run is in it."""
    kept = _kept()
    partial = kept.with_suffix(f".{os.getpid()}")
    with suppress(OSError, sqlite3.Error):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with (
            closing(sqlite3.connect(prefect_home / _NAME)) as made,
            closing(sqlite3.connect(partial)) as copy,
        ):
            made.backup(copy)
        partial.replace(kept)


@cache
def _kept() -> Path:
    """Return the place of the kept database: what makes its tables is in its name."""
    made_by = f"{version('prefect')}-{version('sqlalchemy')}"
    return Path(sys.prefix) / "share" / "khabar" / f"prefect-{made_by}.db"
