"""Writes the report of a run and the index over all runs in a folder.

Everything that a page says is data: it is escaped, without control and bidi characters, never a
link, and the page's own policy forbids scripts and every request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.report import figures
from transforms.plain import plain
from warehouse.tables import GateResult, Quarantine, Run, RunStage

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_META = "khabar-run"
_SUMMARY = {
    "run_id", "state", "started_at", "seconds", "landed", "published", "quarantined", "held",
}  # fmt: skip
#: A report is read, not searched: the whole of a value is in the tables.
_LONGEST = 2_000


def write_report(
    folder: Path,
    run: Run,
    stages: Sequence[RunStage],
    gates: Sequence[GateResult],
    quarantine: Sequence[Quarantine],
    excerpts: Mapping[str, str] | None = None,
    asked: Sequence[figures.AskedLine] = (),
) -> Path:
    """Write `<run_id>.html` and renew `index.html` in `folder`; return the path of the first.

    `excerpts` may hold a few words of refused records by record id, `asked` what was fetched; those
    with problems come first. Both files are written beside
    and renamed, so that a reader never sees half of one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', run.run_id)}.html"
    checks = figures.check_lines(gates)
    text = render(
        "run.html.j2",
        run=run,
        state=figures.STATES[run.state],
        meta=json.dumps(_summary(run)),
        accounts=figures.accounts(run),
        stages=figures.stage_lines(stages),
        failing=[line for line in checks if line.action != "pass"],
        passing=[line for line in checks if line.action == "pass"],
        reasons=figures.reasons(quarantine, run),
        refused=len(quarantine),
        excerpts=excerpts or {},
        asked=sorted(asked, key=lambda line: line.problem is None),
    )
    replace(report, text)
    replace(folder / "index.html", render("index.html.j2", runs=_known_runs(folder)))
    return report


def _summary(run: Run) -> dict[str, Any]:
    """Return what the index says of a run; each report carries it in its head."""
    return {
        "run_id": run.run_id,
        "state": run.state,
        "started_at": f"{run.started_at:%Y-%m-%d %H:%M} UTC",
        "seconds": run.seconds,
        "landed": run.pages_landed,
        "published": run.pages_published,
        "quarantined": run.pages_quarantined,
        "held": run.pages_held,
    }


def _known_runs(folder: Path) -> list[dict[str, Any]]:
    """Return the runs whose reports lie in a folder, newest first."""
    runs = [
        summary | {"file": path.name, "words": figures.STATES[summary["state"]]}
        for path in folder.glob("*.html")
        if path.name != "index.html" and (summary := _read_summary(path))
    ]
    return sorted(runs, key=lambda run: (run["started_at"], run["run_id"]), reverse=True)


def _read_summary(path: Path) -> dict[str, Any] | None:
    with path.open(encoding="utf-8", errors="replace") as file:
        head = _Head(file.read(16_384))
    try:
        summary = json.loads(head.content or "null")
    except ValueError:
        return None
    known = isinstance(summary, dict) and summary.get("state") in figures.STATES
    return summary if known and summary.keys() >= _SUMMARY else None


class _Head(HTMLParser):
    """Finds the summary in the head of a report."""

    content: str | None = None

    def __init__(self, text: str) -> None:
        super().__init__()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and values.get("name") == _META and self.content is None:
            self.content = values.get("content")


def render(template: str, **values: Any) -> str:
    """Return a page: every value is escaped text, without control and bidi characters."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: (
            plain(value[:_LONGEST]) if isinstance(value, str) and not _safe(value) else value
        ),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["percent"] = lambda share: f"{100 * share:.1f} %"
    style = (_TEMPLATES / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals["style"] = style
    environment.globals["style_hash"] = f"sha256-{digest}"
    return environment


def _safe(value: str) -> bool:
    return hasattr(value, "__html__")


def replace(path: Path, text: str) -> None:
    """Write a file beside its place and put it there: no reader sees half of one."""
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
