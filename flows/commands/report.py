"""`khabar report`: the last seven days on one page, or the report of one run built again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from flows.settings import Settings


def run(
    run_id: str | None, *, language: str, show: bool, home: Path | None, config: Path | None,
    data_docs: bool = False,
) -> int:  # fmt: skip
    """Write the report and say where it is; 2 for wrong use."""
    if data_docs:
        return guarded(lambda: _data_docs(run_id, show, home, config))
    return guarded(lambda: _report(run_id, language, show, home, config))


def _data_docs(run_id: str | None, show: bool, home: Path | None, config: Path | None) -> int:
    from flows.report_files import data_docs
    from flows.settings import load_settings

    index = data_docs(load_settings(home=home, config=config), run_id or "last")
    print(f"Data Docs: {index}")
    if show:
        _open(index)
    return 0


def _report(
    run_id: str | None, language: str, show: bool, home: Path | None, config: Path | None
) -> int:
    from flows.home import make_home
    from flows.settings import UsageError, load_settings

    if language not in ("ar", "en"):
        raise UsageError(f"--lang takes ar or en, not {language!r}")
    settings = load_settings(home=home, config=config)
    make_home(settings.home)
    path = _of_run(settings, run_id) if run_id else _of_the_week(settings)
    page = path if language == "ar" else path.with_suffix(f".{language}.html")
    print(f"Report: {page}")
    if show:
        _open(page)
    return 0


def _of_run(settings: Settings, run_id: str) -> Path:
    from flows.report_files import rebuild

    return rebuild(settings, run_id)


def _of_the_week(settings: Settings) -> Path:
    from flows.report_files import renew_index
    from flows.week import told, week_of, write_week

    week = week_of(settings.home)
    print(told(week))
    page = write_week(settings.home, week)
    renew_index(settings.home)
    return page


def _open(page: Path) -> None:
    import webbrowser

    if not webbrowser.open(page.as_uri()):
        print(
            "no browser could be opened here: copy the file to where there is one", file=sys.stderr
        )
