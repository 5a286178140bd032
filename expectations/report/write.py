"""Writes the report of a run, and the index over all runs, in a folder: each in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.report import figures, words
from expectations.report.charts import Chart, charts_of, drawn, history_charts
from expectations.report.data import RunLine, RunReport
from expectations.report.files import write_csv, write_json
from expectations.report.page import files_of, named, put, render, stem_of
from expectations.report.words import LANGUAGES, Language

if TYPE_CHECKING:
    from expectations.report.charts import Drawn
    from expectations.rules import Rule

INDEX = "index"


def write_report(folder: Path, report: RunReport, runs: Sequence[RunLine]) -> Path:
    """Write the report of a run in both languages, the same as JSON and CSV, and the index anew.

    `runs` are those of the index, newest first. Returns the path of the Arabic page,
    `<run_id>.html`. Each file is written beside its place and renamed, so that a reader never sees
    half of one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = stem_of(report.run.run_id)
    checks = figures.check_lines(report.gates)
    failing = [line for line in checks if line.action != "pass"]
    rules = [line.rule for line in (failing or checks) if line.rule in report.trends]
    # All at once: most of what a drawing costs is the start of the process that draws.
    charts: dict[str, Mapping[str, Chart]] = {"index": _index_charts(runs)}
    charts |= {language: charts_of(report, language, rules) for language in LANGUAGES}
    pictures = drawn(charts)
    for language in LANGUAGES:
        put(
            folder / named(stem, language),
            _page(report, checks, stem, language, pictures[language]),
        )
    write_json(folder / f"{stem}.json", report)
    write_csv(folder, stem, report)
    _write_index(folder, runs, pictures["index"])
    return folder / named(stem, "ar")


def write_index(folder: Path, runs: Sequence[RunLine]) -> Path:
    """Write the list of runs, newest first, in both languages; return the path of the Arabic one.

    A run is linked where its report lies in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_index(folder, runs, drawn({"index": _index_charts(runs)})["index"])
    return folder / named(INDEX, "ar")


def _index_charts(runs: Sequence[RunLine]) -> dict[str, Chart]:
    charts = {language: history_charts(runs[::-1], language) for language in LANGUAGES}
    return {language: own["history"] for language, own in charts.items() if own}


def _write_index(folder: Path, runs: Sequence[RunLine], charts: Mapping[str, Drawn]) -> None:
    for language in LANGUAGES:
        files = files_of(folder, (run.run_id for run in runs), language)
        page = render(
            "index.html.j2", language, runs=runs, files=files, chart=charts.get(language),
            stem=INDEX, has_latest=(folder / "latest.html").exists(),
        )  # fmt: skip
        put(folder / named(INDEX, language), page)


def _page(
    report: RunReport, checks: Sequence[figures.CheckLine], stem: str, language: Language,
    charts: Mapping[str, Drawn],
) -> str:  # fmt: skip
    return render(
        "run.html.j2",
        language,
        report=report,
        run=report.run,
        stem=stem,
        state=words.STATES[report.run.state],
        accounts=figures.accounts(report.run),
        stages=figures.stage_lines(report.stages),
        failing=[line for line in checks if line.action != "pass"],
        passing=[line for line in checks if line.action == "pass"],
        rules=_rules(),
        reasons=figures.reasons(report.quarantine, report.run),
        asked=sorted(report.asked, key=lambda line: line.problem is None),
        charts=charts,
        words=words,
        has_latest=True,
    )


@cache
def _rules() -> dict[str, Rule]:
    """Return the rules of the gates by id: why one is there, and what to do where it fails."""
    from expectations.catalogue import all_rules

    return {rule.id: rule for rule in all_rules()}
