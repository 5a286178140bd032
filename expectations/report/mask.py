"""Take the words of forgotten pages out of the reports that runs have left."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

#: Everything that a report says stands between two tags: values are escaped (`write._render`).
_SAID = re.compile(r">([^<>]*\S[^<>]*)<")


def mask_reports(folder: Path, quotes: Callable[[str], bool], mask: str) -> int:
    """Write `mask` in the place of each value that quotes; return how many reports had any."""
    masked = 0
    for report in sorted(folder.glob("*.html")):
        text = report.read_text(encoding="utf-8")
        without = _SAID.sub(lambda m: f">{mask}<" if quotes(m[1]) else m[0], text)
        if without != text:
            partial = report.with_suffix(".partial")
            partial.write_text(without, encoding="utf-8")
            partial.replace(report)
            masked += 1
    for left in folder.glob("*.partial"):
        left.unlink(missing_ok=True)
    return masked
