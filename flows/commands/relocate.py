"""`khabar relocate`: mend absolute paths after the home folder was moved."""

from __future__ import annotations

import sys
from pathlib import Path


def run(*, home: Path | None, config: Path | None) -> int:
    """Write khabar.duckdb anew with the paths of where the home is now."""
    from warehouse.freeze import relocate

    from flows.settings import UsageError, load_settings

    try:
        settings = load_settings(home=home, config=config)
        relocate(settings.home)
    except UsageError as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{settings.home / 'khabar.duckdb'} now reads the files where they are")
    return 0
