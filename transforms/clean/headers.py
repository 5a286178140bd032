"""What stands above an article's first paragraph: headline, date, byline, caption."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.blocks import Block, shared_words
from transforms.clean.bylines import may_be_name
from transforms.clean.letters import fold
from transforms.clean.lines import Piece
from transforms.clean.marks import Mark, words_of
from transforms.clean.titles import DateCheck, find_title, is_name_and_place, opening_text

#: Lines above a headline or an untitled article that may repeat it or date it.
_NEAR = 8
#: "د. name", "أ.د. name".
_DEGREE = re.compile(r"^(?:[\u0621-\u064a]\s?\.\s?){1,2}(?=\S{2})")
_ABOVE_NAME = ("date", "caption", "nav", "summary")
_DASHES = "-\u2013"
#: Shorter ones are buttons: "-A".
_LEAST_SUMMARY = 8
#: "name من place", as Saudi dailies sign.
_FROM_PLACE = re.compile(r"\sمن\s\S+(?:\s\S+)?$")


class Header(NamedTuple):
    """The kind and the rule of each piece of a header, by the piece's index."""

    kinds: dict[int, tuple[str, str]]
    title: int | None


def read_header(pieces: list[Piece], block: Block, is_date: DateCheck) -> Header:
    """Return what the pieces above an article's first paragraph are."""
    title, rule = (
        (block.title, block.title_rule)
        if block.title is not None
        else find_title(pieces, block, is_date)
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
    _above_title(pieces, block, title, is_date, kinds)
    if (publisher := _publisher_line(pieces, block, title)) is not None:
        kinds[publisher] = ("source", "publisher.header")
    return Header(kinds, title)


def _publisher_line(pieces: list[Piece], block: Block, title: int) -> int | None:
    """Return the page's first line where it names the outlet: a few words and a colon."""
    first = next(i for i in range(block.head, title + 1) if not pieces[i].blank)
    text = pieces[first].text
    named = first < title and text[-1] == ":" and len(text.split()) <= 5 and not pieces[first].hit
    return first if named else None


def _below_title(
    pieces: list[Piece],
    index: int,
    title: int,
    block: Block,
    is_date: DateCheck,
    kinds: dict[int, tuple[str, str]],
) -> tuple[str, str]:
    piece = pieces[index]
    if _same(piece.text, pieces[title].text):
        return "title", "title.repeat"
    if piece.hit and piece.hit.mark.kind != "keywords":
        return _marked(piece.hit.mark)
    if piece.fixed:
        signed = piece.rule == "form.initials" and _may_sign(pieces, index, title, kinds)
        return ("byline", "byline.initials") if signed else (piece.fixed, piece.rule)
    if is_date(piece.text):
        return "date", "date.below_title"
    if previous := _announcing(pieces, index):
        return previous
    if _is_of_picture(piece.text):
        return "caption", "caption.credit"
    if rule := _credit(pieces, index, title, block, kinds):
        return "byline", rule
    dashed = piece.text[0] in _DASHES and len(piece.text) >= _LEAST_SUMMARY
    if piece.prose or piece.bullet or dashed:
        return "summary", "summary.above_body"
    if len(piece.text.split(None, 3)) >= 4:
        return "caption", "caption.above_body"
    return "other", "form.short_line"


def _is_of_picture(text: str) -> bool:
    """Return whether a line ends as a picture's does: "... - أرشيفية"."""
    head, dash, last = text.rpartition("-")
    return bool(dash and head) and fold(last.strip(" ()")) in words_of("picture")


def _marked(mark: Mark) -> tuple[str, str]:
    """Return what a mark makes of a line above an article: "© agency" there is a picture's."""
    return ("caption", "caption.credit") if mark.kind == "copyright" else (mark.kind, mark.rule)


def _credit(
    pieces: list[Piece],
    index: int,
    title: int,
    block: Block,
    kinds: dict[int, tuple[str, str]],
) -> str | None:
    """Return the rule by which a line names the author: its form, or a name below the headline.

    Words that return in the article are a caption's or a subtitle's, not its author's.
    """
    piece = pieces[index]
    if not may_be_name(piece.text):
        return None
    if is_name_and_place(piece):
        return "byline.name_and_place"
    name = _FROM_PLACE.sub("", piece.text)
    if not 2 <= sum(map(_has_letter, name.split())) <= 4 or not _may_sign(
        pieces, index, title, kinds
    ):
        return None
    shared = shared_words(name, opening_text(pieces, block))
    return "byline.below_title" if shared == 0 else None


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))


def _announcing(pieces: list[Piece], index: int) -> tuple[str, str] | None:
    """Return what a mark on the line above announces: المصدر: and the source on the next line."""
    above = pieces[index - 1]
    if above.hit and above.effect == "close" and above.hit.content >= len(above.text):
        return above.hit.mark.kind, "after." + above.hit.mark.rule
    return None


def _may_sign(
    pieces: list[Piece], index: int, title: int, kinds: dict[int, tuple[str, str]]
) -> bool:
    """Return whether a line may be the author's name: between the headline and it stand no name
    yet, but the date, a picture's line, a standfirst and one section or column, and it has no
    other marks than a degree's.
    """
    text = _DEGREE.sub("", pieces[index].text)
    between = [kinds.get(i, ("", "")) for i in range(title + 1, index) if not pieces[i].blank]
    sections = sum(kind == "nav" or rule == "form.short_line" for kind, rule in between)
    return (
        all(kind in _ABOVE_NAME or rule == "form.short_line" for kind, rule in between)
        and sections <= 1
        and text[0].isalpha()
        and (pieces[index].rule == "form.initials" or not any(c in text for c in '؟?!.،,:"«“'))
    )


def _above_title(
    pieces: list[Piece],
    block: Block,
    title: int,
    is_date: DateCheck,
    kinds: dict[int, tuple[str, str]],
) -> None:
    """Decide a credit and a date right above the headline: an agency's head of its report."""
    above = [i for i in range(block.head, title) if not pieces[i].blank][-2:]
    if len(above) < 2 or not {*above}.isdisjoint(kinds):
        return
    credit, day = (pieces[i] for i in above)
    if _is_credit(credit) and day.hit is None and is_date(day.text):
        kinds[above[0]] = ("byline", "byline.name_and_place")
        kinds[above[1]] = ("date", "date.above_title")


def _is_credit(piece: Piece) -> bool:
    return may_be_name(piece.text) and is_name_and_place(piece)


def _above_untitled(
    pieces: list[Piece],
    block: Block,
    is_date: DateCheck,
    kinds: dict[int, tuple[str, str]],
) -> None:
    lines = [i for i in range(block.head, block.first) if not pieces[i].blank][-_NEAR:]
    dated = [i for i in lines if pieces[i].hit is None and is_date(pieces[i].text)]
    for index in dated:
        kinds[index] = ("date", "date.above_body")
    if dated and dated[0] > lines[0] and _is_credit(pieces[lines[0]]):
        kinds[lines[0]] = ("byline", "byline.name_and_place")


def _same(a: str, b: str) -> bool:
    return a == b or "".join(a.split()) == "".join(b.split())
