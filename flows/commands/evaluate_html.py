"""Scores of the main article on raw HTML: words of the body, publication day, title.

The body's words are compared as a bag (each as often as it stands there) with those of the gold's
lines labelled body. The figure of a group is the mean over its pages, so that a long page weighs
no more than a short one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.commands.evaluate_gold import GoldPage, check_lines, read_pages
from flows.commands.evaluate_groups import Scored, groups
from flows.commands.evaluate_measures import RESAMPLES, share
from flows.commands.evaluate_pages import Read, check_digest, read_gold_pages, refused
from flows.commands.evaluate_shapes import EvaluateShape, WorstShape, left_out
from flows.settings import UsageError

if TYPE_CHECKING:
    from flows.settings import Settings

MEASURES = {
    "token_f1": share("token_f1", "pages"),
    "dates": share("dates_right", "pages"),
    "titles": share("titles_right", "pages"),
}
_COUNTS = ("pages", "dates_right", "titles_right")
_WORST = 5
_TOKEN = re.compile(r"\w+")


class HtmlScore(NamedTuple):
    """One page: F1 of the body's words, and whether day and title are the gold's."""

    token_f1: float
    is_dated: bool
    is_titled: bool

    @property
    def counts(self) -> dict[str, float]:
        """Return the sums that the measures are made of."""
        return {
            "pages": 1,
            "token_f1": self.token_f1,
            "dates_right": self.is_dated,
            "titles_right": self.is_titled,
        }


def evaluate_html(
    gold: Path, root: Path, settings: Settings, source: str | None = None
) -> EvaluateShape:
    """Return the scores of the program on the HTML pages of a gold.

    Raises:
        UsageError: the gold is malformed, or does not fit the files under `root`.
    """
    entries = read_pages(gold)
    labelled = [page for page in entries if page.lines]
    pages = [page for page in labelled if page.html or page.is_markup]
    if not pages:
        raise UsageError(f"{gold}: no entry with labelled lines names an HTML page (`html`)")
    files = [root / (page.html or page.file) for page in pages]
    read = read_gold_pages(pages, files, settings, source)
    results = [(each.gold, score_html(each, gold_body(each.gold, root))) for each in read]
    return EvaluateShape(
        task="html",
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
            ("no labelled line", len(entries) - len(labelled)),
            ("no HTML", len(labelled) - len(pages)),
        ),
    )


def gold_body(page: GoldPage, root: Path) -> str:
    """Return the lines of the page's text that are labelled body.

    Raises:
        UsageError: the text is missing, or is not the one that was labelled.
    """
    text = page.text
    if text is None:
        file = root / page.file
        if page.is_markup or not file.is_file():
            raise UsageError(f"{page.name}: there is no text that its lines count in: {file}")
        check_digest(page, file)
        text = file.read_text("utf-8", errors="replace")
    check_lines(page, text)
    lines = text.split("\n")
    return "\n".join(lines[each.line - 1] for each in page.lines if each.label == "body")


def score_html(read: Read, body: str) -> HtmlScore:
    """Return how the main article agrees with the gold; a page without article has nothing right.

    A page that states no date or title is right where none is given.
    """
    article = read.explained.articles[0] if read.explained.articles else None
    stated = read.gold.metadata
    published = (article.published_at if article else None) or ""
    title = (article.title if article else None) or ""
    return HtmlScore(
        token_f1=token_f1(article.body if article else "", body),
        is_dated=published[:10] == (stated.published or ""),
        is_titled=_TOKEN.findall(title) == _TOKEN.findall(stated.title or ""),
    )


def token_f1(found: str, expected: str) -> float:
    """Return the F1 of the words of two texts, as bags."""
    got, want = Counter(_TOKEN.findall(found)), Counter(_TOKEN.findall(expected))
    both = (got & want).total()
    precision, recall = both / max(1, got.total()), both / max(1, want.total())
    return 2 * precision * recall / (precision + recall) if both else 0.0


def _worst(results: Sequence[tuple[GoldPage, HtmlScore]]) -> list[WorstShape]:
    worst = [WorstShape(id=page.name, value=round(score.token_f1, 3)) for page, score in results]
    return sorted(worst, key=lambda each: (each.value, each.id))[:_WORST]
