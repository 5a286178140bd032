"""Writes the reports of a home: by the run that has ended, or again from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from expectations import report as reports
from expectations.report import RunLine, RunReport
from flows.report_data import filled, run_named, runs_of, stored_report, without_texts
from transforms.plain import one_line
from warehouse.errors import NothingPublished
from warehouse.home import Home
from warehouse.reader import connect

if TYPE_CHECKING:
    from flows.settings import Settings

_WORDS = 300


def write(settings: Settings, report: RunReport) -> Path:
    """Write the report of a run that has just ended, and the index; return the report's path.

    Where the tables cannot be read the report has what the run itself knows, and says so: a run
    that published nothing may be the first one, and a disk that is full is seen here first.
    """
    exported = _exported(settings)
    try:
        with connect(settings.home) as reader:
            report, runs = filled(report, reader, exported), runs_of(reader)
    except Exception as problem:
        hidden = [source for source, allowed in exported.items() if not allowed]
        refusals = without_texts(report.quarantine, hidden)
        why = None if isinstance(problem, NothingPublished) else _words(problem)
        report, runs = replace(report, quarantine=refusals, unread=why), []
    own = _line(report)
    listed = runs if any(run.run_id == own.run_id for run in runs) else [own, *runs]
    folder = Home.at(settings.home).reports
    return reports.write_report(folder, report, listed)


def rebuild(settings: Settings, run_id: str) -> Path:
    """Write the report of an earlier run from the tables; `last` is the newest. Return its path.

    Raises UsageError where there is no such run, NothingPublished where there is none at all.
    """
    folder = Home.at(settings.home).reports
    with connect(settings.home) as reader:
        report = stored_report(reader, run_named(reader, run_id))
        report = filled(report, reader, _exported(settings))
        return reports.write_report(folder, report, runs_of(reader))


def data_docs(settings: Settings, run_id: str) -> Path:
    """Write Great Expectations' Data Docs of a run, unless they are there; return their index.

    Raises UsageError where there is no such run, NothingPublished where there is none at all.
    """
    from expectations.data_docs import FOLDER, write_data_docs

    with connect(settings.home) as reader:
        report = stored_report(reader, run_named(reader, run_id))
    folder = Home.at(settings.home).reports
    place = folder / FOLDER / reports.file_of(folder, report.run.run_id).stem
    return write_data_docs(place, report.run, report.gates)


def renew_index(home: Path) -> None:
    """Write the list of all runs anew; nothing where there is no run yet."""
    try:
        with connect(home) as reader:
            runs = runs_of(reader)
    except NothingPublished:
        return
    if runs:
        reports.write_index(Home.at(home).reports, runs)


def _exported(settings: Settings) -> Mapping[str, bool]:
    return {outlet.id: outlet.export_text for outlet in settings.sources}


def _line(report: RunReport) -> RunLine:
    run = report.run
    return RunLine(
        run.run_id, run.kind or "pipeline", run.state, run.started_at, run.seconds,
        run.pages_landed, run.pages_published, run.pages_quarantined, run.pages_held, run.message,
    )  # fmt: skip


def _words(problem: BaseException) -> str:
    return one_line(f"{type(problem).__name__}: {problem}", _WORDS)
