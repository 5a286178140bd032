"""What cleaning cuts from the articles of the evaluation corpora, line by line.

The corpora hold extracted texts, so most lines should stay. Two silver lists name lines that
should not: leads and titles of other stories. They were made by comparing stories, not by
reading, and are not complete: a cut line that is on neither list is not always a false cut.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from flows.commands.afresh import read_afresh
from flows.commands.explained import Explained
from flows.run import run_pipeline
from flows.settings import Settings, load_settings
from warehouse.reader import connect
from warehouse.tables import Segment
from warehouse.tables.arrow import from_arrow

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


def published(corpus: Path, home: Path, workers: int, limit: int | None) -> list[Text]:
    """Return the articles of a corpus as a run publishes them, each outlet a source of its own.

    What the other pages of the outlet show has its say here. An article that was refused, or
    came twice under one address, is left out.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in islice(lines, limit):
            rows.setdefault(json.loads(line)["docno"][:2].lower(), []).append(json.loads(line))
    for outlet, own in rows.items():
        folder = home.parent / "outlets" / outlet
        folder.mkdir(parents=True)
        export = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in own)
        (folder / "articles.jsonl").write_text(export, "utf-8")
    run_pipeline(
        load_settings(home=home, workers=workers), [home.parent / "outlets" / o for o in rows]
    )
    return [text for outlet, own in rows.items() for text in _published(home, outlet, own)]


def _published(home: Path, outlet: str, rows: Sequence[dict[str, Any]]) -> Iterator[Text]:
    with connect(home) as reader:
        pages = reader.execute(
            "SELECT p.page_id, p.locator, p.text, a.article_id FROM pages AS p"
            " JOIN articles AS a ON a.page_id = p.page_id AND a.role = 'main'"
            " WHERE p.source_id = ? ORDER BY p.locator",
            [outlet],
        ).fetchall()
        spans = from_arrow(
            Segment,
            reader.execute(
                "SELECT s.* FROM segments AS s SEMI JOIN (FROM pages WHERE source_id = ?) AS p"
                " ON p.page_id = s.page_id ORDER BY s.page_id, s.seq",
                [outlet],
            ).to_arrow_table(),
        )
    by_page: dict[str, list[Segment]] = {}
    for span in spans:
        by_page.setdefault(span.page_id, []).append(span)
    for page_id, locator, text, article_id in pages:
        row = rows[int(locator.rpartition("#")[2]) - 1]
        yield Text(row["docno"], list(_of_spans(row["text"], text, by_page[page_id], article_id)))


def _lines(text: str, explained: Explained) -> Iterator[Line]:
    page = explained.page
    main = explained.articles[0].article_id if explained.articles else ""
    yield from _of_spans(text, page.text if page else text, explained.segments, main)


def _of_spans(text: str, page: str, spans: Sequence[Segment], main: str) -> Iterator[Line]:
    marks, causes = _marks(spans, main, len(page))
    start = len(page) - len(text)
    if not page.endswith(text):
        raise ValueError(f"the page's text does not end with the record's: {page[:60]}")
    for number, line in enumerate(text.split("\n"), 1):
        at = [start + offset for offset, char in enumerate(line) if not char.isspace()]
        start += len(line) + 1
        if at:
            marked = [marks[each] for each in at]
            cause = next((why for stop, why in causes if at[len(at) // 2] < stop), "refused")
            yield Line(number, len(at), marked.count(1), marked.count(2), cause)


def _marks(
    spans: Sequence[Segment], main: str, length: int
) -> tuple[bytearray, list[tuple[int, str]]]:
    """Return for each code point 1 (main body), 2 (kept) or 0, and what each span is by its end."""
    marks = bytearray(length)
    causes: list[tuple[int, str]] = []
    for segment in spans:
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
