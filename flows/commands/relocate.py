"""`khabar relocate`: khabar.duckdb written anew, after a move or where it is damaged."""

from __future__ import annotations

from pathlib import Path

from flows.commands.wrong_use import guarded


def run(*, home: Path | None, config: Path | None) -> int:
    """Write khabar.duckdb anew with the paths of where the home is now."""
    return guarded(lambda: _relocate(home, config))


def _relocate(home: Path | None, config: Path | None) -> int:
    from flows.settings import load_settings
    from warehouse.errors import NothingPublished
    from warehouse.home import Home
    from warehouse.store import relocate

    there = Home.at(load_settings(home=home, config=config).home)
    if not there.catalog.exists():
        raise NothingPublished(f"There is no warehouse in {there.root}")
    print(f"{relocate(there)} now reads the files where they are")
    return 0
