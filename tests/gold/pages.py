"""Pages of our own with a label for every line: tests/gold/pages/*.txt, as the tests read them.

README.md beside this file describes the form.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flows.commands.evaluate_gold import GoldLine, GoldSpan

FOLDER = Path(__file__).with_name("pages")
_SPAN = re.compile(r"⟦(\w+):(.*?)⟧")


class OwnPage(NamedTuple):
    """One page: its text, what each line is, and what it states of its main article."""

    id: str
    text: str
    lines: tuple[GoldLine, ...]
    stated: dict[str, str | None]

    def labelled(self, label: str) -> list[str]:
        """Return the lines of one label."""
        lines = self.text.split("\n")
        return [lines[line.line - 1] for line in self.lines if line.label == label]


@cache
def pages() -> tuple[OwnPage, ...]:
    """Return every page, by its name."""
    return tuple(_page(file) for file in sorted(FOLDER.glob("*.txt")))


def _page(file: Path) -> OwnPage:
    head, _, body = file.read_text("utf-8").partition("\n\n")
    stated: dict[str, str | None] = {}
    for line in head.split("\n"):
        key, value = line.removeprefix("@").split(" ", 1)
        stated[key] = None if value == "null" else value
    texts, lines = [], []
    for number, line in enumerate(body.removesuffix("\n").split("\n"), 1):
        label, marked = line.split("|", 1)
        text, spans = _plain(marked, label)
        texts.append(text)
        lines.append(GoldLine.model_validate({"line": number, "label": label, "spans": spans}))
    return OwnPage(file.stem, "\n".join(texts), tuple(lines), stated)


def _plain(marked: str, label: str) -> tuple[str, list[GoldSpan]]:
    """Return a line without its span marks, and its spans; none on a line of one kind."""
    text, spans, at = "", [], 0
    for match in [*_SPAN.finditer(marked), None]:
        before = marked[at : match.start() if match else len(marked)]
        if before:
            spans.append((len(text), len(text) + len(before), label))
            text += before
        if match:
            spans.append((len(text), len(text) + len(match[2]), match[1]))
            text += match[2]
            at = match.end()
    mixed = len(spans) > 1
    return text, [
        GoldSpan.model_validate({"start": start, "end": end, "label": kind})
        for start, end, kind in spans
        if mixed
    ]
