"""Scores of the main body on the text of a page, by lines and by characters.

A line is taken where at least half of its visible characters are in body segments of the main
article. Lines labelled blank, summary or dateline count neither way; of a mixed line each span
counts for itself in the character score. Sums are over all documents of a group, so long pages
weigh more than short ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.commands.evaluate_gold import FREE, GoldLine, GoldPage, check_lines, read_pages
from flows.commands.evaluate_groups import Scored, groups
from flows.commands.evaluate_measures import RESAMPLES, f1
from flows.commands.evaluate_pages import Read, check_digest, read_gold_pages, refused
from flows.commands.evaluate_shapes import EvaluateShape, WorstShape, left_out
from flows.commands.explained import Explained
from flows.settings import UsageError

if TYPE_CHECKING:
    from flows.settings import Settings

MEASURES = {
    "line_f1": f1("lines_right", "lines_added", "lines_lost"),
    "char_f1": f1("chars_right", "chars_added", "chars_lost"),
}
_COUNTS = ("lines_right", "lines_added", "lines_lost", "chars_right", "chars_added", "chars_lost")
_WORST = 5


class PageScore(NamedTuple):
    """What one page's body has right, too much and too little."""

    right: list[int]
    added: list[int]
    lost: list[int]
    chars_right: int
    chars_added: int
    chars_lost: int
    covered: float

    @property
    def counts(self) -> dict[str, float]:
        """Return the sums that the measures are made of."""
        lines = (len(self.right), len(self.added), len(self.lost))
        chars = (self.chars_right, self.chars_added, self.chars_lost)
        return dict(zip(_COUNTS, (*lines, *chars), strict=True))

    @property
    def line_f1(self) -> float:
        """Return the F1 of this page alone."""
        twice = 2 * len(self.right)
        return twice / (twice + len(self.added) + len(self.lost)) if twice else 0.0


def evaluate_segments(
    gold: Path, root: Path, settings: Settings, source: str | None = None
) -> EvaluateShape:
    """Return the scores of the program on the pages of a gold.

    Raises:
        UsageError: the gold is malformed, or does not fit the files under `root`.
    """
    pages = read_pages(gold)
    labelled = [page for page in pages if page.lines]
    scored = [page for page in labelled if not (page.is_markup and page.text)]
    if not scored:
        raise UsageError(f"{gold}: no entry has labelled lines of a page's text")
    files = [root / page.file for page in scored]
    read = read_gold_pages(scored, files, settings, source)
    results = [
        (each.gold, score_page(each.gold.lines, *text_and_marks(each, file)))
        for each, file in zip(read, files, strict=True)
    ]
    return EvaluateShape(
        task="segments",
        gold=str(gold),
        documents=len(results),
        resamples=RESAMPLES,
        groups=groups(
            [
                Scored(score.counts, {"kind": page.kind, "outlet": page.outlet})
                for page, score in results
            ],
            MEASURES,
            _COUNTS,
        ),
        refused=refused(read),
        worst=_worst(results),
        left_out=left_out(
            ("no labelled line", len(pages) - len(labelled)),
            ("HTML labelled in a text of its own: see html", len(labelled) - len(scored)),
        ),
    )


def text_and_marks(read: Read, file: Path) -> tuple[str, bytearray, float]:
    """Return the text that the gold's lines count in, which of its code points are main body
    (1 or 0), and the share of it that has a segment.

    Raises:
        UsageError: the gold labels another text than the page's.
    """
    check_digest(read.gold, file)
    text = _text(read, file)
    check_lines(read.gold, text)
    inside = bytearray(len(text))
    for start, end in main_body(read.explained):
        inside[start:end] = b"\1" * (end - start)
    covered = sum(segment.end - segment.start for segment in read.explained.segments)
    return text, inside, covered / max(1, len(text))


def main_body(explained: Explained) -> list[tuple[int, int]]:
    """Return the spans of the main article's body in the page's text."""
    if not explained.articles:
        return []
    main = explained.articles[0].article_id
    return [
        (segment.start, segment.end)
        for segment in explained.segments
        if segment.kind == "body" and segment.article_id == main
    ]


def _text(read: Read, file: Path) -> str:
    """Return the page's text; of a page that is refused, the gold's own or the file's."""
    page = read.explained.page
    if page is None:
        return read.gold.text or file.read_bytes().decode("utf-8", "replace")
    if read.gold.text is not None and read.gold.text != page.text:
        raise UsageError(
            f"{read.gold.name}: its `text` is not the page's "
            "(`khabar explain --json --text` prints that), so its lines cannot be found"
        )
    return page.text


def score_page(
    labels: Sequence[GoldLine], text: str, inside: bytearray, covered: float
) -> PageScore:
    """Return how the code points marked in `inside` agree with the labels."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    outcomes: dict[tuple[bool, bool], list[int]] = {}
    chars: Counter[str] = Counter()
    for label in labels:
        if label.label in FREE:
            continue
        line, start = lines[label.line - 1], starts[label.line - 1]
        taken = _taken(line, inside, start, 0, len(line))
        is_taken = any(taken) and sum(taken) >= len(taken) / 2
        outcomes.setdefault((is_taken, label.label == "body"), []).append(label.line)
        chars += _chars(label, line, inside, start)
    return PageScore(
        right=outcomes.get((True, True), []),
        added=outcomes.get((True, False), []),
        lost=outcomes.get((False, True), []),
        chars_right=chars["right"],
        chars_added=chars["added"],
        chars_lost=chars["lost"],
        covered=covered,
    )


def _chars(label: GoldLine, line: str, inside: bytearray, start: int) -> Counter[str]:
    """Return how many of the line's visible characters are right, added and lost."""
    chars: Counter[str] = Counter()
    spans = [(s.start, s.end, s.label) for s in label.spans] or [(0, len(line), label.label)]
    for first, end, kind in spans:
        if kind in FREE:
            continue
        taken = _taken(line, inside, start, first, end)
        if kind == "body":
            chars["right"] += sum(taken)
            chars["lost"] += len(taken) - sum(taken)
        else:
            chars["added"] += sum(taken)
    return chars


def _taken(line: str, inside: bytearray, start: int, first: int, end: int) -> list[int]:
    """Return for each visible character of line[first:end] whether it is main body."""
    return [inside[start + at] for at in range(first, end) if not line[at].isspace()]


def _worst(results: Sequence[tuple[GoldPage, PageScore]]) -> list[WorstShape]:
    worst = [
        WorstShape(
            id=page.name,
            value=round(score.line_f1, 3),
            covered=round(score.covered, 3),
            added=score.added,
            lost=score.lost,
        )
        for page, score in results
    ]
    return sorted(worst, key=lambda each: (each.value, each.id, each.covered))[:_WORST]
