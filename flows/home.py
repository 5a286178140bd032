"""Make a home where there is none: said in words where it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

from flows.settings import UsageError


def make_home(home: Path) -> None:
    """Make the folder of a home.

    Raises:
        UsageError: It cannot be made, or not be written.
    """
    there = next(path for path in (home, *home.parents) if path.exists())
    if not there.is_dir():
        raise UsageError(f"--home {home}: {there} is a file, and a home is a folder")
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(f"--home {home}: cannot be made: {problem.strerror}") from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise UsageError(f"--home {home}: you may not write there")
