"""HTML pages: which lines of the rendered text hold the main article.

Most pages are decided by the shape of their boxes, in a millisecond. Where that leaves doubt,
trafilatura is asked as a second witness. It does not finish in reasonable time on some markup and
sets itself no limit, so this runs in a child that can be killed, and only on markup of a size
that it can cope with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from transforms.clean.html_boxes import Layout
from transforms.clean.html_main import Main, find_main, named_furniture
from transforms.clean.html_text import Texts
from transforms.clean.html_within import demote_links, mark_interruptions, mark_lists
from transforms.clean.lines import Piece
from transforms.clean.markup import Seen, title_lines

#: The share of the text in all that might be the article's from which the boxes decide alone.
_SURE = 0.75
#: Two witnesses agree where what both take is so much of what either takes.
_AGREED = 0.8
#: Trafilatura takes half a second for so many tags and, on some markup, minutes for ten times as
#: many. Real pages stay under 5,000.
_MOST_TAGS = 20_000
#: A copy of the article in the markup is one from so many characters on; a longer one than the
#: second is no article.
_LEAST_STATED = 300
_LONGEST_BODY = 200_000
#: Shorter lines stand in a text by chance; they count only where the lines around them do.
_LEAST = 12
#: Below this the extraction found a teaser or a notice, not an article.
_LEAST_MAIN = 80
_SPACE = re.compile(r"\s+")


class Region(NamedTuple):
    """Where the main article stands: pieces `first` to `last` (exclusive), and what says so:
    the shape of the page's boxes, or a text of the article found elsewhere.
    """

    first: int
    last: int
    by: Literal["boxes", "text"]


def find_region(text: str, pieces: list[Piece], markup: str, seen: Seen) -> Region | None:
    """Return where the main article stands on a page, None where nobody can tell.

    `text` is the rendered page that `pieces` were cut from; where another version of the renderer
    landed it, its lines are not those seen now and no box is known of them. Lines in the region
    that are known not to be the article's are decided in their pieces.
    """
    aligned = is_aligned(text, seen)
    found = _by_boxes(pieces, seen) if aligned else None
    if found is not None and found.main.confidence >= _SURE:
        return found.region(seen)
    if aligned:
        demote_links(seen.lines, pieces)
    kept = _second_witness(pieces, markup, seen)
    if found is not None and (_agree(pieces, found, kept) or _is_above(pieces, found, kept)):
        return found.region(seen)
    span = main_region(pieces, kept)
    return None if span is None else Region(*span, "text")


def is_aligned(text: str, seen: Seen) -> bool:
    """Return whether a page's text is of the lines that are seen now."""
    return "\n".join(line.text for line in seen.lines) == text


class _Boxes(NamedTuple):
    """What the boxes of a page say of its main article."""

    layout: Layout
    texts: Texts
    main: Main
    headline: int

    def pieces(self) -> range:
        """Return the pieces of the article."""
        spans = self.layout.spans
        return range(spans[self.main.first][0], spans[self.main.last - 1][1])

    def region(self, seen: Seen) -> Region:
        """Return the article's region; what interrupts it is decided in its pieces."""
        mark_interruptions(self.layout, self.texts, self.main, live=seen.is_live)
        mark_lists(self.layout, self.main)
        own = self.pieces()
        return Region(own.start, own.stop, "boxes")


def _by_boxes(pieces: list[Piece], seen: Seen) -> _Boxes | None:
    titles = title_lines(seen)
    heads = [title for title in titles if seen.lines[title].block.tag == "h1"]
    headline = min(heads or titles, default=0)
    layout = Layout(seen.lines, pieces, headline)
    texts = Texts(layout, named_furniture(layout, titles), headline)
    main = find_main(layout, texts, headline if titles else None, live=seen.is_live)
    return None if main is None else _Boxes(layout, texts, main, headline)


def _second_witness(pieces: Sequence[Piece], markup: str, seen: Seen) -> set[int]:
    """Return the pieces of the article as the markup's own copy of it or trafilatura has them."""
    if len(seen.body) <= _LONGEST_BODY:
        stated = kept_pieces(pieces, seen.body)
        if _weight(pieces, stated) >= _LEAST_STATED:
            return stated
    return kept_pieces(pieces, main_text(markup))


def main_text(markup: str) -> str:
    """Return the main content that trafilatura finds, empty where it finds none or is not asked."""
    if markup.count("<") > _MOST_TAGS:
        return ""
    import trafilatura

    found = trafilatura.extract(
        markup, include_comments=False, include_tables=False, deduplicate=False
    )
    return found or ""


def main_region(pieces: list[Piece], kept: set[int]) -> tuple[int, int] | None:
    """Return the pieces `first` to `last` (exclusive) that hold the main content, in order.

    `kept` are the pieces that stand in it. Short lines between them that the extraction left out
    are marked as no part of the article. None where too little of the content is on the page.
    """
    prose = [index for index in kept if pieces[index].prose]
    if _weight(pieces, prose) < _LEAST_MAIN:
        return None
    first, last = min(prose), max(prose)
    for index in range(first, last):
        piece = pieces[index]
        if index not in kept and not (piece.blank or piece.prose or piece.hit or piece.fixed):
            piece.fixed, piece.rule = "other", "html.left_out"
    while last + 1 < len(pieces) and (pieces[last + 1].blank or last + 1 in kept):
        last += 1
    return first, last + 1


def _agree(pieces: Sequence[Piece], found: _Boxes, kept: set[int]) -> bool:
    """Return whether the article that the boxes tell is the one that the other witness has."""
    own = set(found.pieces())
    either = _weight(pieces, kept | own)
    return either > 0 and _weight(pieces, kept & own) >= _AGREED * either


def _is_above(pieces: Sequence[Piece], found: _Boxes, kept: set[int]) -> bool:
    """Return whether the other witness has what stands above the headline: another story."""
    headline = found.layout.spans[found.headline][0]
    above = {index for index in kept if index < headline}
    return 2 * _weight(pieces, above) > _weight(pieces, kept)


def _weight(pieces: Sequence[Piece], some: Iterable[int]) -> int:
    return sum(len(pieces[index].text) for index in some if pieces[index].prose)


def kept_pieces(pieces: Sequence[Piece], main: str) -> set[int]:
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
