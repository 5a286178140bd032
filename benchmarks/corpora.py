"""What cleaning cuts from the articles of the evaluation corpora, line by line.

The corpora hold extracted texts, so most lines should stay. Two silver lists name lines that
should not: leads and titles of other stories. They were made by comparing stories, not by
reading, and are not complete: a cut line that is on neither list is not always a false cut.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from flows.commands.afresh import read_afresh
from flows.commands.explained import Explained
from flows.settings import Settings

#: Of the main article, but no matter of taste for its body: a headline kept as a headline.
_KEPT = frozenset({"title", "summary", "dateline", "blank"})


class Line(NamedTuple):
    """One line of an article's text: its visible characters, by what became of them."""

    number: int
    visible: int
    body: int
    kept: int
    cause: str

    @property
    def is_body(self) -> bool:
        """Whether at least half of it is in the main body."""
        return 2 * self.body >= self.visible

    @property
    def is_cut(self) -> bool:
        """Whether more than half of it is in no part of the main article."""
        return 2 * (self.body + self.kept) < self.visible


class Text(NamedTuple):
    """One article of a corpus and what became of the lines of its text that show anything."""

    name: str
    lines: list[Line]


def texts(corpus: Path, settings: Settings, workers: int, limit: int | None) -> Iterator[Text]:
    """Yield the articles of a corpus of JSON lines, read as records, as a user's export is."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines if line.strip())
        records = read_afresh([corpus], settings, workers=workers)
        for row, (_, explained) in islice(zip(rows, records, strict=True), limit):
            name = row.get("docno") or row["path"]
            yield Text(name, list(_lines(row["text"], explained)))


def _lines(text: str, explained: Explained) -> Iterator[Line]:
    page = explained.page
    marks, causes = _marks(explained, len(page.text if page else text))
    start = len(page.text) - len(text) if page else 0
    if page and not page.text.endswith(text):
        raise ValueError(f"{page.locator}: the page's text does not end with the record's")
    for number, line in enumerate(text.split("\n"), 1):
        at = [start + offset for offset, char in enumerate(line) if not char.isspace()]
        start += len(line) + 1
        if at:
            marked = [marks[each] for each in at]
            cause = next((why for stop, why in causes if at[len(at) // 2] < stop), "refused")
            yield Line(number, len(at), marked.count(1), marked.count(2), cause)


def _marks(explained: Explained, length: int) -> tuple[bytearray, list[tuple[int, str]]]:
    """Return for each code point 1 (main body), 2 (kept) or 0, and what each span is by its end."""
    main = explained.articles[0].article_id if explained.articles else ""
    marks = bytearray(length)
    causes: list[tuple[int, str]] = []
    for segment in explained.segments:
        if segment.article_id == main or segment.kind == "blank":
            mark = 1 if segment.kind == "body" else 2 * (segment.kind in _KEPT)
            marks[segment.start : segment.end] = bytes([mark]) * (segment.end - segment.start)
        causes.append((segment.end, f"{segment.kind}\t{segment.rule}"))
    return marks, causes


def silver_leads(gold: Path) -> dict[str, set[int]]:
    """Return by article the lines that are leads of other stories."""
    return {entry["docno"]: set(entry["lines"]) for entry in _entries(gold)}


def silver_titles(gold: Path, *, unmarked: bool) -> dict[str, set[int]]:
    """Return by article the lines that are other stories' titles; `unmarked`: without a mark."""
    found: dict[str, set[int]] = {}
    for entry in _entries(gold):
        if not (unmarked and entry["marked"]):
            found.setdefault(entry["docno"], set()).add(entry["line"])
    return found


def _entries(gold: Path) -> list[dict[str, Any]]:
    return list(json.loads(gold.read_text("utf-8")))
