"""`khabar report`: the last seven days on one page."""

from __future__ import annotations

from pathlib import Path

from flows.commands.wrong_use import guarded


def run(*, home: Path | None, config: Path | None) -> int:
    """Write the report and say where it is; 2 for wrong use."""
    return guarded(lambda: _report(home, config))


def _report(home: Path | None, config: Path | None) -> int:
    from flows.home import make_home
    from flows.settings import load_settings
    from flows.week import told, week_of, write_week

    place = load_settings(home=home, config=config).home
    make_home(place)
    week = week_of(place)
    print(f"{told(week)}\nReport: {write_week(place, week)}")
    return 0
