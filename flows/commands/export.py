"""`khabar export`: the published tables in one file that depends on nothing else."""

from __future__ import annotations

import sys
from pathlib import Path


def run(kind: str, file: Path, *, home: Path | None, config: Path | None) -> int:
    """Write the export; 2 where the kind is unknown or the file exists already."""
    from flows.settings import UsageError, load_settings

    if kind != "duckdb":
        print(f"khabar export takes duckdb, not {kind!r}", file=sys.stderr)
        return 2
    if file.exists():
        print(f"{file} exists already; name another or remove it first", file=sys.stderr)
        return 2
    from warehouse.export import export_duckdb

    try:
        settings = load_settings(home=home, config=config)
        export_duckdb(settings.home, file.absolute())
    except UsageError as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{file}  {file.stat().st_size / 1e6:.1f} MB: any DuckDB from 1.5 on opens it")
    return 0
