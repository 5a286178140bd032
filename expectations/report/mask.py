"""Take the words of forgotten pages out of the reports that runs have left."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from expectations.data_docs import FOLDER as DATA_DOCS
from expectations.report.page import put
from transforms.spreadsheet import MARK, csv_line

Quotes = Callable[[str], bool]

#: A passage whose names are marked: its pieces are too short to tell whose they are.
_MARKED = re.compile(r"<(p|h3|li|td)\b([^<>]*)>((?:[^<]|</?mark\b[^<>]*>)*</mark>(?:[^<])*)</\1>")
_MARK = re.compile(r"</?mark\b[^<>]*>")
#: Everything else that a report says stands between two tags, or where it describes a picture:
#: values are escaped (`page.render`).
_SAID = re.compile(r">([^<>]*\S[^<>]*)<")
_DESCRIBES = re.compile(r'( (?:aria-label|title|alt|content)=")([^"<>]*\S[^"<>]*)"')


def mask_reports(folder: Path, quotes: Quotes, mask: str) -> int:
    """Write `mask` in the place of each value that quotes; return how many files had any.

    Data Docs are removed whole: they are built on demand, and then from what is left.
    """
    masked = 0
    shutil.rmtree(folder / DATA_DOCS, ignore_errors=True)
    for suffix, without in _FORMS.items():
        for file in sorted(folder.glob(f"*{suffix}")):
            text = file.read_text(encoding="utf-8")
            kept = without(text, quotes, mask)
            if kept != text:
                put(file, kept)
                masked += 1
    for left in folder.glob("*.partial"):
        left.unlink(missing_ok=True)
    return masked


def _page(text: str, quotes: Quotes, mask: str) -> str:
    def passage(m: re.Match[str]) -> str:
        return f"<{m[1]}{m[2]}>{mask}</{m[1]}>" if quotes(_MARK.sub("", m[3])) else m[0]

    text = _MARKED.sub(passage, text)
    text = _SAID.sub(lambda m: f">{mask}<" if quotes(m[1]) else m[0], text)
    return _DESCRIBES.sub(lambda m: f'{m[1]}{mask}"' if quotes(m[2]) else m[0], text)


def _json(text: str, quotes: Quotes, mask: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        return mask
    kept = _values(told, quotes, mask)
    return text if kept == told else json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _values(told: Any, quotes: Quotes, mask: str) -> Any:
    if isinstance(told, dict):
        return {key: _values(value, quotes, mask) for key, value in told.items()}
    if isinstance(told, list):
        return [_values(value, quotes, mask) for value in told]
    return mask if isinstance(told, str) and quotes(told) else told


def _csv(text: str, quotes: Quotes, mask: str) -> str:
    rows = list(csv.reader(io.StringIO(text.removeprefix(MARK), newline="")))
    kept = [[mask if quotes(value) else value for value in row] for row in rows]
    # What was guarded stays so: an apostrophe begins no formula, and gets no second one.
    return text if kept == rows else MARK + "".join(map(csv_line, kept))


_FORMS: dict[str, Callable[[str, Quotes, str], str]] = {
    ".html": _page, ".json": _json, ".csv": _csv,
}  # fmt: skip
