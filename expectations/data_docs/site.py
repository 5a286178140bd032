"""Writes a run's Data Docs: a page a gate and batch, and an index; on demand, once a run."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from expectations.catalogue import all_rules
from expectations.data_docs.view import shown
from expectations.from_table import OUT_OF_CONTRACT
from expectations.rules import Rule
from expectations.suite import great_expectations_at_work
from transforms.plain import plain
from warehouse.tables import GateResult, Run

if TYPE_CHECKING:
    from jinja2 import Environment

#: Folder of the Data Docs of all runs, in that of the reports.
FOLDER = "data-docs"
_TEMPLATES = Path(__file__).parent / "templates"
_STAGES = ("ingest", "clean", "tag", "publish")
#: What an outcome led to, the worst first.
_ACTIONS = ("hold", "quarantine", "warn", "pass")


class Page(NamedTuple):
    """One gate's judgement of one batch, as the index lists it."""

    file: str
    gate: str
    batch_id: str
    source_id: str
    rules: int
    failed: int
    action: str


class Failure(NamedTuple):
    """One rule that did not hold, and what its declaration of today says of it, if it has one."""

    result: GateResult
    rule: Rule | None


def write_data_docs(folder: Path, run: Run, results: Sequence[GateResult]) -> Path:
    """Write the pages of a run into `folder`, unless they are there; return the index's path.

    `results` are all rows of `gate_results` of the run. The folder is written beside its place and
    renamed, so that it is whole or not there. Nothing in it asks for anything: no script, no
    request, no text of an article.
    """
    index = folder / "index.html"
    if index.exists():
        return index
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        with great_expectations_at_work():
            told = [_without_text(each) for each in results]
            pages = [_write_page(partial, run, rows) for rows in _by_gate_and_batch(told)]
        _write(partial / "index.html", "index.html.j2", run=run, pages=pages)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return index


def _without_text(result: GateResult) -> GateResult:
    """Return the result without values that break a table's contract: they may be texts."""
    if result.rule.endswith(f".{OUT_OF_CONTRACT}"):
        return result.model_copy(update={"observed": None})
    return result


def _by_gate_and_batch(results: Sequence[GateResult]) -> list[list[GateResult]]:
    def place(result: GateResult) -> tuple[str, int]:
        return result.batch_id, _STAGES.index(result.gate)

    ordered = sorted(results, key=lambda each: (place(each), each.rule))
    return [list(rows) for _, rows in groupby(ordered, key=place)]


def _write_page(folder: Path, run: Run, results: list[GateResult]) -> Page:
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

    from expectations.data_docs.results import validation_result

    first = results[0]
    page = Page(
        file=f"{_file_name(first.batch_id)}.{first.gate}.html",
        gate=first.gate,
        batch_id=first.batch_id,
        source_id=first.source_id,
        rules=len(results),
        failed=sum(not each.success for each in results),
        action=min((each.action for each in results), key=_ACTIONS.index),
    )
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(
        validation_result(run, results)
    )
    sections = [
        [shown(block) for block in section["content_blocks"]]
        for section in document.to_json_dict()["sections"]
    ]
    declared = {rule.id: rule for rule in all_rules()}
    failures = [Failure(each, declared.get(each.rule)) for each in results if not each.success]
    _write(
        folder / page.file, "gate.html.j2", run=run, page=page, sections=sections, failures=failures
    )
    return page


def _file_name(batch_id: str) -> str:
    """Return a name that no batch id leaves the folder by, and that no two share."""
    plainer = re.sub(r"[^A-Za-z0-9-]+", "_", batch_id)[:80]
    return f"{plainer}-{hashlib.sha256(batch_id.encode()).hexdigest()[:8]}"


def _write(path: Path, template: str, **values: Any) -> None:
    path.write_text(_environment().get_template(template).render(values), encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: plain(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_TEMPLATES / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals |= {"style": style, "style_hash": f"sha256-{digest}"}
    return environment
