"""The report of a run for programs and spreadsheets: one JSON file, and CSV beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from expectations.report import figures
from expectations.report.data import RunReport
from expectations.report.page import put
from transforms.plain import plain
from transforms.spreadsheet import MARK, csv_line
from warehouse.tables import Quarantine

SCHEMA = "khabar.report/1"
#: A spreadsheet is scrolled: of more refusals the table quarantine has all.
_REFUSALS = 10_000
_OWN = ("run", "stages", "gates", "quarantine")


def write_json(path: Path, report: RunReport) -> None:
    """Write what the report says as one JSON object; texts are plain, without control characters.

    `checks` has a line a rule and `reasons` one a reason; single results and refusals are in the
    tables gate_results and quarantine.
    """
    told: dict[str, Any] = {"schema": SCHEMA, "run": report.run.model_dump()}
    told["stages"] = [
        line._asdict() | {"stage": line.stage.en, "unit": line.unit.en}
        for line in figures.stage_lines(report.stages)
    ]
    told["checks"] = [
        asdict(line) | {"trend": list(report.trends.get(line.rule, ()))}
        for line in figures.check_lines(report.gates)
    ]
    told["reasons"] = [
        asdict(line)
        | {"stage": line.stage.en, "unit": line.unit.en}
        | {"samples": [row.model_dump() for row in line.samples]}
        for line in figures.reasons(report.quarantine, report.run)
    ]
    for each in fields(report):
        if each.name not in (*_OWN, "trends"):
            told[each.name] = getattr(report, each.name)
    put(path, json.dumps(_plain(told), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def write_csv(folder: Path, stem: str, report: RunReport) -> None:
    """Write stages, gates, sources and quarantine as `<stem>.<what>.csv`."""
    put(folder / f"{stem}.stages.csv", _sheet(_stages(report)))
    put(folder / f"{stem}.gates.csv", _sheet(_gates(report)))
    put(folder / f"{stem}.sources.csv", _sheet(_sources(report)))
    put(folder / f"{stem}.quarantine.csv", _sheet(_quarantine(report)))


def _stages(report: RunReport) -> Iterator[Iterable[Any]]:
    yield figures.StageLine._fields
    for line in figures.stage_lines(report.stages):
        yield (line.stage.en, line.unit.en, *line[2:])


def _gates(report: RunReport) -> Iterator[Iterable[Any]]:
    names = [each.name for each in fields(figures.CheckLine)]
    yield (*names, "trend")
    for line in figures.check_lines(report.gates):
        trend = " ".join(f"{value:.4g}" for value in report.trends.get(line.rule, ()))
        yield (*(getattr(line, name) for name in names), trend)


def _sources(report: RunReport) -> Iterator[Iterable[Any]]:
    measures = ("pages", "dated", "boilerplate", "chars")
    yield (
        "source_id", "name", "change", "last_at", *measures,
        *(f"usual_{name}" for name in measures), "found",
    )  # fmt: skip
    for line in report.sources:
        both = (line.now, line.usual)
        values = (getattr(each, name, None) for each in both for name in measures)
        found = "; ".join(f"{each.rule}: {each.observed or ''}" for each in line.found)
        yield (line.source_id, line.name, line.change, line.last_at, *values, found)


def _quarantine(report: RunReport) -> Iterator[Iterable[Any]]:
    names = [each.name for each in Quarantine.fields()]
    yield names
    rows = sorted(report.quarantine, key=lambda row: (row.record_id, row.stage))
    for row in rows[:_REFUSALS]:
        yield (getattr(row, name) for name in names)


def _sheet(rows: Iterable[Iterable[Any]]) -> str:
    return MARK + "".join(csv_line(map(_said, row)) for row in rows)


def _said(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return plain(value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """Return a value as JSON can say it; NaN and the infinities, which it cannot, as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {plain(str(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if value - value == 0 else None
    return _said(value)
