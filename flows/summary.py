"""What `khabar run` prints when it is done: the closing table, the account, where to go next."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.fetched import fetched_lines
from flows.outcome import MESSAGE, NOTHING_PUBLISHED, Outcome, nothing_new
from flows.refusals import TOLD, advice_of
from flows.settings import Settings
from transforms.plain import one_line
from warehouse.tables import RunStage

if TYPE_CHECKING:
    from rich.table import Table

#: The unit by which each stage is told: what it takes in and hands on.
_TOLD = (
    ("ingest", "page"), ("clean", "page"), ("clean", "article"), ("tag", "article"),
    ("publish", "page"), ("publish", "article"),
)  # fmt: skip
COLUMNS = ("stage", "in", "out", "quarantined", "held", "checks", "seconds")


class StageLine(NamedTuple):
    """One line of the closing table: a stage over all batches. `known` are duplicates."""

    stage: str
    unit: str
    rows_in: int
    rows_out: int
    known: int
    quarantined: int
    held: int
    checks: int
    seconds: float


def stage_lines(stages: Sequence[RunStage]) -> list[StageLine]:
    """Return the sums of every stage and unit, in the order of the stages."""
    lines = []
    for stage, unit in _TOLD:
        rows = [row for row in stages if (row.stage, row.unit) == (stage, unit)]
        whole = [row for row in stages if row.stage == stage]
        first = unit == "page" or stage == "tag"
        lines.append(
            StageLine(
                stage, unit, sum(r.rows_in for r in rows), sum(r.rows_out for r in rows),
                sum(r.duplicate for r in rows), sum(r.quarantined for r in rows),
                sum(r.held for r in rows), sum(r.checks for r in whole) if first else 0,
                round(sum(r.seconds for r in whole), 1) if first else 0.0,
            )
        )  # fmt: skip
    return lines


def as_json(outcome: Outcome, settings: Settings) -> dict[str, Any]:
    """Return the run as one JSON object: its row of `runs`, the stages, held batches, paths."""
    run = outcome.run.model_dump(mode="json")
    return {
        "schema": "khabar.run/1",
        **run,
        "exit_code": outcome.exit_code,
        "headline": outcome.headline,
        "fetched": [each._asdict() for each in outcome.fetched],
        "refused_for": [each._asdict() for each in outcome.refused_for],
        "snapshot": outcome.snapshot,
        "stages": [line._asdict() for line in stage_lines(outcome.stages)],
        "home": str(settings.home),
        "report": str(outcome.report) if outcome.report else None,
        "reprocessed": _followed(outcome),
        "follow_up_problem": outcome.follow_up_problem,
        "broken_off": outcome.broken_off,
        "unshown": outcome.unshown,
    }


def _followed(outcome: Outcome) -> dict[str, Any] | None:
    """Return the run that read pages again with what this one taught, None where none did."""
    after = outcome.reprocessed
    if after is None:
        return None
    return {**after.run.model_dump(mode="json"), "snapshot": after.snapshot}


def print_summary(outcome: Outcome, settings: Settings) -> None:
    """Print the closing table, the account and the three lines that say where to go next."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=True)
    if outcome.stages and outcome.run.state != "nothing_new":
        console.print(_table(outcome.stages))
    for line in account_lines(outcome):
        console.print(line)
    for line in nothing_lines(outcome, settings):
        console.print(line, style="bold red" if line.startswith(NOTHING_PUBLISHED) else None)
    for line in next_lines(outcome, settings):
        console.print(line)


def account_lines(outcome: Outcome) -> list[str]:
    """Return the law of the pipeline in this run's numbers, and how the run ended."""
    run = outcome.run
    lines = [
        f"{run.pages_landed} pages = {run.pages_published} published + {run.pages_duplicate} known"
        f" + {run.pages_quarantined} quarantined + {run.pages_held} held",
        f"{run.articles_landed} articles = {run.articles_published} published"
        f" + {run.articles_duplicate} known + {run.articles_quarantined} quarantined"
        f" + {run.articles_held} held",
    ]
    if run.state == "nothing_new" and not run.pages_quarantined:
        words = nothing_new(run.pages_landed, web=bool(outcome.fetched))
        lines = [f"{words[0].upper()}{words[1:]}."]
    lines = [*fetched_lines(outcome.fetched), *lines]
    if outcome.unshown:
        lines.append(
            f"COMMITTED, BUT NOT SHOWN YET: {outcome.unshown}. Readers see the tables as they were "
            "before; `khabar relocate`, or the next run, shows them what this one brought."
        )
    elif outcome.broken_off:
        lines.append(
            f"The run is published whole; what came after was broken off: {outcome.broken_off}"
        )
    if run.message and run.state == "nothing_new":
        lines.append(f"{one_line(run.message, MESSAGE)}.")
    elif run.message and run.state != "refused":
        lines.append(f"{run.state.upper()}: {one_line(run.message, MESSAGE)}")
    after = outcome.reprocessed
    if after is not None and (after.run.pages_landed or after.exit_code):
        lines.append(reprocessed_line(after))
    if outcome.follow_up_problem:
        lines.append(f"FOLLOW-UP FAILED: {one_line(outcome.follow_up_problem, MESSAGE)}")
    if run.pages_held:
        lines.append(
            f"Held batches are kept in staging/{run.run_id} of the home, and are judged again by "
            "the next run. If their refusals are right, remove that folder first: the rest passes."
        )
    return lines


def reprocessed_line(after: Outcome) -> str:
    """Return what a run of published pages came to, in one line."""
    run = after.run
    line = (
        f"Read again, knowing more of their source: {run.pages_landed} pages = "
        f"{run.pages_published} better + {run.pages_duplicate} unchanged"
        f" + {run.pages_quarantined} quarantined + {run.pages_held} held"
    )
    if run.articles_published > run.pages_published:
        # A page is read as before, and its names are linked by other decisions.
        line += f"; {run.articles_published} articles changed"
    return f"{line}; {run.state.upper()}: {one_line(run.message, MESSAGE)}" if run.message else line


def next_lines(outcome: Outcome, settings: Settings) -> list[str]:
    """Return the three lines: where the report is, how to query, how to run one's own pages."""
    khabar, home = _khabar(), _home(settings)
    report = _short(outcome.report) if outcome.report else outcome.report_problem or "none"
    refused = outcome.run.pages_quarantined or outcome.run.message
    question = "SELECT * FROM quarantine_reasons"
    if not refused:
        question = "SELECT * FROM entity_top LIMIT 10"
    problem = [f"Copies:         {outcome.group_problem}"] if outcome.group_problem else []
    return [
        *problem,
        f"Report:         {report}",
        f'Query:          {khabar} sql{home} "{question}"',
        f"Your own pages: {khabar} run{home} FOLDER   (or `{khabar} init` for your sources)",
    ]


def nothing_lines(outcome: Outcome, settings: Settings) -> list[str]:
    """Return, of a run that published nothing, that it did not, why, and what to do about it."""
    if not outcome.nothing_published:
        return []
    refused = outcome.run.pages_quarantined
    if not refused:
        return [f"{NOTHING_PUBLISHED}."]
    lines = [f"{NOTHING_PUBLISHED}. {refused} of {outcome.run.pages_landed} pages were refused:"]
    for each in outcome.refused_for[:TOLD]:
        lines.append(f"  {each.records} by {each.rule} ({each.stage}): {one_line(each.reason)}")
        lines.append(f"      such as {one_line(each.locator)}: {each.evidence}")
        advice = advice_of(each.rule)
        lines += [f"      {advice}"] if advice else []
    left = sum(each.records for each in outcome.refused_for[TOLD:])
    lines += [f"  {left} for other reasons"] if left else []
    khabar, home = _khabar(), _home(settings)
    asked = f"FROM quarantine WHERE run_id = '{outcome.run.run_id}'"
    lines.append(f'  each of them:    {khabar} sql{home} "{asked}"')
    lines.append(f"  what is on one:  {khabar} explain FILE")
    return lines


def _khabar() -> str:
    return "khabar" if shutil.which("khabar") else ".venv/bin/khabar"


def _home(settings: Settings) -> str:
    return "" if settings.home == Path("data").absolute() else f" --home {_short(settings.home)}"


def _short(path: Path) -> str:
    with suppress(ValueError):
        path = path.relative_to(Path.cwd())
    return shlex.quote(str(path))


def _table(stages: Sequence[RunStage]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "stage" else "right")
    for line in stage_lines(stages):
        table.add_row(
            f"{line.stage} ({line.unit}s)", str(line.rows_in), str(line.rows_out),
            str(line.quarantined), str(line.held), str(line.checks or ""),
            f"{line.seconds:.1f}" if line.seconds or line.checks else "",
        )  # fmt: skip
    return table
