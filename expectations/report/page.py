"""How a page of a report is made: its language, its style and policy, and what values become.

Everything that a page says is data: it is escaped, without control and bidi characters, never a
link, and the page's own policy forbids scripts and every request.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.report.words import Language, Words
from transforms.plain import plain

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
#: A report is read, not searched: the whole of a value is in the tables.
_LONGEST = 2_000


def named(stem: str, language: Language) -> str:
    """Return the name of a page's file: Arabic in the plain one, its English twin beside it."""
    return f"{stem}.html" if language == "ar" else f"{stem}.{language}.html"


def file_of(folder: Path, run_id: str, language: Language = "ar") -> Path:
    """Return where the report of a run lies."""
    return folder / named(stem_of(run_id), language)


def files_of(folder: Path, run_ids: Iterable[str], language: Language) -> dict[str, str]:
    """Return the file names of the reports that lie in a folder, by run."""
    found = {run_id: file_of(folder, run_id, language) for run_id in run_ids}
    return {run_id: file.name for run_id, file in found.items() if file.exists()}


def stem_of(run_id: str) -> str:
    """Return what the files of a run's report are called before their ends."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", run_id)


def render(template: str, language: Language, **values: Any) -> str:
    """Return a page: every value is escaped text, without control and bidi characters."""
    return _environment(language).get_template(template).render(values)


def put(path: Path, text: str) -> None:
    """Write a file beside its place and put it there: no reader sees half of one."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text, encoding="utf-8", newline="")
    partial.replace(path)


@cache
def _environment(language: Language) -> Environment:
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
    arabic = language == "ar"
    environment.filters |= {
        "number": lambda value: f"{value:,}",
        "percent": _percent,
        "when": _when,
        "say": lambda words: _say(words, arabic),
    }
    style = (_TEMPLATES / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals |= {
        "style": style,
        "style_hash": f"sha256-{digest}",
        "lang": language,
        "dir": "rtl" if arabic else "ltr",
        "end": named("", language),
        "twin": named("", "en" if arabic else "ar"),
        "t": lambda ar, en: ar if arabic else en,
    }
    return environment


def _say(words: Words, arabic: bool) -> str:
    return words.ar if arabic else words.en


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _when(moment: datetime | None) -> str:
    return "–" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _safe(value: str) -> bool:
    return hasattr(value, "__html__")
