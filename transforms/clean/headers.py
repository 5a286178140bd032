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
#: Below the page's first line shorter lines are names and places more often than headlines.
_TITLE_WORDS = 4
_SHORTEST_TITLE = 3
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
        (block.title, block.title_rule)
        if block.title is not None
        else _title(pieces, block, is_date)
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


def _title(
    pieces: list[Piece], block: Block, is_date: Callable[[str], bool]
) -> tuple[int | None, str]:
    """Return the headline above a block: the first line that shares its words with the article.

    Where none does, the line that opens the page, if the article follows close below.
    """
    body = _opening_text(pieces, block)
    lines = [i for i in range(block.head, block.first) if not pieces[i].blank]
    near = len(lines) <= _NEAR
    best, best_share = None, _LIKELY
    for index in lines[-_REACH:]:
        opens = near and index == lines[0]
        if not _may_be_title(pieces[index], opens=opens):
            continue
        text = pieces[index].text
        share = shared_words(text, body) * min(1, _long_words(text) / 3)
        if share > _LIKELY and is_date(text):
            continue
        if share >= _SURE:
            return index, "title.shared_words"
        if share > best_share:
            best, best_share = index, share
    if best is not None:
        return best, "title.shared_words"
    if near and (first := _first_title(pieces, lines)) is not None:
        return first, "title.first_line"
    return None, ""


def _opening_text(pieces: list[Piece], block: Block) -> str:
    return "\n".join(
        p.text for p in pieces[block.first : block.last][: 2 * _OPENING_PARAGRAPHS] if p.prose
    )


def _may_be_title(piece: Piece, *, opens: bool) -> bool:
    """Return whether a line has the form of a headline; the page's first line may be short."""
    if opens and not _is_plain(piece):
        return False
    if not opens and (piece.bullet or not piece.title_like or is_name_and_place(piece)):
        return False
    return len(piece.text.split(None, _TITLE_WORDS)) >= _TITLE_WORDS


def _first_title(pieces: list[Piece], lines: list[int]) -> int | None:
    """Return the first line above an article that may be its headline, best one of some length."""
    titles = [i for i in lines if pieces[i].title_like and not pieces[i].bullet]
    if titles and len(pieces[titles[0]].text.split(None, _TITLE_WORDS)) >= _TITLE_WORDS:
        return titles[0]
    return lines[0] if lines and _is_plain(pieces[lines[0]]) else next(iter(titles), None)


def _is_plain(piece: Piece) -> bool:
    """Return whether the page's first line may be a headline: no furniture, a word of letters.

    A related mark (شاهد: ...) opens no page, so there it belongs to the headline.
    """
    text = piece.text
    if piece.fixed or piece.prose or piece.bullet or is_name_and_place(piece):
        return False
    if piece.hit and (piece.effect != "inline" or piece.hit.content >= len(text)):
        return False
    return len(text) >= _SHORTEST_TITLE and text[-1] != ":" and not text.isdecimal()


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
    named = any(kind == "byline" for kind, _ in kinds.values())
    if rule := _credit(pieces, index, title, block, named=named):
        return "byline", rule
    if piece.prose:
        return "summary", "summary.above_body"
    if len(piece.text.split(None, 3)) >= 4:
        return "caption", "caption.above_body"
    return "other", "form.short_line"


def _credit(
    pieces: list[Piece], index: int, title: int, block: Block, *, named: bool
) -> str | None:
    """Return the rule by which a line names the author: its form, or a name below the headline.

    Words that return in the article are a caption's or a subtitle's, not its author's.
    """
    piece = pieces[index]
    if is_name_and_place(piece):
        return "byline.name_and_place"
    if named or not 2 <= len(piece.text.split()) <= 4 or not _first_below(pieces, index, title):
        return None
    shared = shared_words(piece.text, _opening_text(pieces, block))
    return "byline.below_title" if shared == 0 else None


def is_name_and_place(piece: Piece) -> bool:
    """Return whether a line is a credit such as "name - place", "place: name" or "outlet |"."""
    text = piece.text
    return (
        not piece.prose
        and not piece.sentence
        and piece.hit is None
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
