"""HTML pages: which lines of the rendered text trafilatura takes for the main content.

Runs in a child that can be killed: trafilatura does not finish in reasonable time on some markup,
and no limit is set here.
"""

from __future__ import annotations

import re

from transforms.clean.lines import Piece

#: Shorter lines stand in a text by chance; they count only where the lines around them do.
_LEAST = 12
#: Below this the extraction found a teaser or a notice, not an article.
_LEAST_MAIN = 80
_SPACE = re.compile(r"\s+")


def main_text(markup: str) -> str:
    """Return the main content that trafilatura finds, empty where it finds none."""
    import trafilatura

    found = trafilatura.extract(
        markup, include_comments=False, include_tables=False, deduplicate=False
    )
    return found or ""


def main_region(pieces: list[Piece], main: str) -> tuple[int, int] | None:
    """Return the pieces `first` to `last` (exclusive) that hold the main content, in order.

    Short lines between them that the extraction left out are marked as no part of the article.
    None where too little of the content is found on the page.
    """
    kept = _kept(pieces, main)
    prose = [index for index in kept if pieces[index].prose]
    if sum(len(pieces[index].text) for index in prose) < _LEAST_MAIN:
        return None
    first, last = min(prose), max(prose)
    for index in range(first, last):
        piece = pieces[index]
        if index not in kept and not (piece.blank or piece.prose or piece.hit or piece.fixed):
            piece.fixed, piece.rule = "other", "html.left_out"
    while last + 1 < len(pieces) and (pieces[last + 1].blank or last + 1 in kept):
        last += 1
    return first, last + 1


def _kept(pieces: list[Piece], main: str) -> set[int]:
    """Return the pieces whose text stands in the main content, found in the page's order."""
    content = _SPACE.sub("", main)
    kept: set[int] = set()
    at = 0
    for index, piece in enumerate(pieces):
        line = _SPACE.sub("", piece.text)
        if not line:
            continue
        if len(line) < _LEAST:
            if kept and content.startswith(line, at):
                kept.add(index)
                at += len(line)
            continue
        found = content.find(line, at)
        if found >= 0:
            kept.add(index)
            at = found + len(line)
        elif piece.prose and line in content:
            kept.add(index)
    return kept
