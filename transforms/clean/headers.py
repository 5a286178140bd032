"""What stands above an article's first paragraph: headline, date, byline, caption."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from transforms.clean.blocks import Block, shared_words
from transforms.clean.lines import Piece

#: A headline further above than this many lines belongs to something else on the page.
_REACH = 40
#: Half of a headline's longer words return in the article; of another story's, hardly one.
_SURE = 0.5
_LIKELY = 0.25
#: A page that opens so close above its first paragraph opens with the headline.
_NEAR = 8
_OPENING_PARAGRAPHS = 12
_CREDIT_WORDS = 7
_NAME_AND_PLACE = re.compile(r"\S.{0,40}?\s*[-–—:|]\s*\S.{0,30}|\S.{1,30}\s*\|")
_DIGIT = re.compile(r"\d")


class Header(NamedTuple):
    """The kind and the rule of each piece of a header, by the piece's index."""

    kinds: dict[int, tuple[str, str]]
    title: int | None


def read_header(pieces: list[Piece], block: Block, is_date: Callable[[str], bool]) -> Header:
    """Return what the pieces above an article's first paragraph are."""
    title, rule = (
        (block.title, block.title_rule) if block.title is not None else _title(pieces, block)
    )
    kinds: dict[int, tuple[str, str]] = {}
    if block.mark is not None:
        kinds[block.mark] = ("related_inline", "mark.second_article")
    if title is None:
        _above_untitled(pieces, block, is_date, kinds)
        return Header(kinds, None)
    kinds[title] = ("title", rule)
    for index in range(title + 1, block.first):
        piece = pieces[index]
        if not piece.blank:
            kinds[index] = _below_title(pieces, index, title, block, is_date, kinds)
    for index in range(max(block.head, title - _NEAR), title):
        if _same(pieces[index].text, pieces[title].text):
            kinds[index] = ("title", "title.repeat")
    if (publisher := _publisher_line(pieces, block, title)) is not None:
        kinds[publisher] = ("source", "publisher.header")
    return Header(kinds, title)


def _publisher_line(pieces: list[Piece], block: Block, title: int) -> int | None:
    """Return the page's first line where it names the outlet: a few words and a colon."""
    first = next(i for i in range(block.head, title + 1) if not pieces[i].blank)
    text = pieces[first].text
    named = first < title and text[-1] == ":" and len(text.split()) <= 5 and not pieces[first].hit
    return first if named else None


def _title(pieces: list[Piece], block: Block) -> tuple[int | None, str]:
    """Return the headline above a block: the first line that shares its words with the article."""
    body = "\n".join(
        p.text for p in pieces[block.first : block.last][: 2 * _OPENING_PARAGRAPHS] if p.prose
    )
    best, best_share = None, _LIKELY
    lines = [i for i in range(block.head, block.first) if not pieces[i].blank]
    for index in lines[-_REACH:]:
        if not pieces[index].title_like or pieces[index].bullet:
            continue
        share = shared_words(pieces[index].text, body) * min(1, _long_words(pieces[index].text) / 3)
        if share >= _SURE:
            return index, "title.shared_words"
        if share > best_share:
            best, best_share = index, share
    if best is not None:
        return best, "title.shared_words"
    if (
        len(lines) <= _NEAR
        and (first := next((i for i in lines if pieces[i].title_like), None)) is not None
    ):
        return first, "title.first_line"
    return None, ""


def _long_words(text: str) -> int:
    return sum(len(word) >= 4 for word in text.split())


def _below_title(
    pieces: list[Piece],
    index: int,
    title: int,
    block: Block,
    is_date: Callable[[str], bool],
    kinds: dict[int, tuple[str, str]],
) -> tuple[str, str]:
    piece = pieces[index]
    if _same(piece.text, pieces[title].text):
        return "title", "title.repeat"
    if piece.hit and piece.hit.mark.kind != "keywords":
        return piece.hit.mark.kind, piece.hit.mark.rule
    if piece.fixed:
        return piece.fixed, piece.rule
    if is_date(piece.text):
        return "date", "date.below_title"
    if previous := _announcing(pieces, index):
        return previous
    words = len(piece.text.split())
    if is_name_and_place(piece):
        return "byline", "byline.name_and_place"
    bylines = any(kind == "byline" for kind, _ in kinds.values())
    if 2 <= words <= 4 and not bylines and _first_below(pieces, index, title):
        return "byline", "byline.below_title"
    if piece.prose:
        return "summary", "summary.above_body"
    if words >= 4:
        return "caption", "caption.above_body"
    return "other", "form.short_line"


def is_name_and_place(piece: Piece) -> bool:
    """Return whether a line is a credit such as "name - place", "place: name" or "outlet |"."""
    text = piece.text
    return (
        not piece.prose
        and not piece.sentence
        and len(text.split()) <= _CREDIT_WORDS
        and not _DIGIT.search(text)
        and _NAME_AND_PLACE.fullmatch(text) is not None
    )


def _announcing(pieces: list[Piece], index: int) -> tuple[str, str] | None:
    """Return what a mark on the line above announces: المصدر: and the source on the next line."""
    above = pieces[index - 1]
    if above.hit and above.effect == "close" and above.hit.content >= len(above.text):
        return above.hit.mark.kind, "after." + above.hit.mark.rule
    return None


def _first_below(pieces: list[Piece], index: int, title: int) -> bool:
    text = pieces[index].text
    return (
        all(p.blank for p in pieces[title + 1 : index])
        and text[0].isalpha()
        and not any(c in text for c in '؟?!.،,"«“')
    )


def _above_untitled(
    pieces: list[Piece],
    block: Block,
    is_date: Callable[[str], bool],
    kinds: dict[int, tuple[str, str]],
) -> None:
    lines = [i for i in range(block.head, block.first) if not pieces[i].blank][-_NEAR:]
    for index in lines:
        if pieces[index].hit is None and is_date(pieces[index].text):
            kinds[index] = ("date", "date.above_body")


def _same(a: str, b: str) -> bool:
    return a == b or "".join(a.split()) == "".join(b.split())
