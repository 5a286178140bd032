"""What interrupts the article within its own box, and what lists other stories below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.clean.html_boxes import HEADLINE, Box, Layout, spans_of
from transforms.clean.html_main import Main
from transforms.clean.html_text import Texts
from transforms.clean.lines import Piece
from transforms.clean.marks import ends_sentence
from transforms.clean.markup import TAG
from transforms.ingest.shown import Line

#: Of a line's characters; the rest is a mark's bracket or bullet.
_NOTHING_BUT = 0.9
#: The time of a post: 10:30, with a word for morning, evening or a zone.
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s[^\d\s]\S{0,9}){0,2}")
#: 12.50 in the cell of a table is a price.
_CELLS = frozenset({"td", "th"})
#: A subhead may say three words of the text again, a line of so many characters is torn from it.
_PULLED = 40
_LONGEST_PULLED = 300
_LONGEST_TEXT = 100_000
_QUOTES = " .\"'«»“”…"
#: Elements of a text that hold several lines of their own.
_OF_TEXT = frozenset({"ul", "ol", "dl", "table", "tbody", "tr", "blockquote", "pre"})
#: What assistive technology is told to announce as a part of the page beside the text.
_ROLES = frozenset({"region", "complementary", "navigation", "search"})
#: Farther below, tags are other stories' or a cloud of the site's.
_TAGS_BELOW = 12
#: Within an article, menus and lists of headlines are one thing: links that interrupt it.
_INTERRUPTS = {"nav": "related_inline", "related_list": "related_inline"}


def mark_interruptions(layout: Layout, texts: Texts, main: Main, *, live: bool) -> None:
    """Decide the lines between the article's first and last paragraph that are not its text.

    The posts of a `live` page are not looked into: each has lines of its own that are no text.
    """
    todo = [main.box]
    while todo:
        box = todo.pop()
        text = texts.children(box)
        for child in box.children:
            if child.last <= main.first or child.first >= main.last:
                continue
            if child in texts.shut:
                said = child.says or "other"
                _fix(layout, child, _INTERRUPTS.get(said, said), "names")
            elif child.lines > 1:
                found = None if live or child in text else _foreign(child)
                if found is None:
                    todo.append(child)
                else:
                    _fix(layout, child, *found)
    paragraphs = [layout.lines[n].text for n in range(main.first, main.last) if layout.weights[n]]
    # Looked through for each short line: what is longer than any article is left alone.
    if sum(map(len, paragraphs)) > _LONGEST_TEXT:
        paragraphs = []
    for line in range(main.first, main.last):
        _mark_line(layout, line, paragraphs)


def demote_links(lines: Sequence[Line], pieces: Sequence[Piece]) -> None:
    """Take lines that are links and nothing else for no paragraphs, however long they are."""
    for line, span in zip(lines, spans_of(lines, pieces), strict=True):
        if line.linked >= _NOTHING_BUT * (len(line.text) - line.text.count(" ")):
            for piece in pieces[slice(*span)]:
                piece.prose = False


def mark_lists(layout: Layout, main: Main) -> None:
    """Decide the lines below the article that are its tags or stand in lists of other stories.

    What a mark says of a line (copyright, contact, comments) stands.
    """
    _mark_tags(layout, main)
    done: set[Box] = set()
    for box in layout.boxes:
        if box.parent in done:
            done.add(box)
        elif box.first >= main.last and box.is_list and _lists_headlines(layout, box):
            done.add(box)
            for line in range(box.first, box.last):
                pieces = [p for p in layout.pieces_of(line) if _may_be_listed(p)]
                _fix_pieces(pieces, "related_list", "list")


def _mark_tags(layout: Layout, main: Main) -> None:
    """Decide the lines right below the article whose links the markup calls tags."""
    for line in range(main.last, min(main.last + _TAGS_BELOW, len(layout.lines))):
        pieces = layout.pieces_of(line)
        if not layout.is_link(line) or any(piece.hit or piece.fixed for piece in pieces):
            continue
        block = layout.lines[line].block
        if any(TAG.search(link.attributes.get("rel") or "") for link in block.css("a[rel]")):
            _fix_pieces(pieces, "keywords", "tags")


def _lists_headlines(layout: Layout, box: Box) -> bool:
    links = [len(layout.lines[n].text) for n in range(box.first, box.last) if layout.is_link(n)]
    return sum(links) >= HEADLINE * len(links)


def _may_be_listed(piece: Piece) -> bool:
    return not piece.fixed and (piece.hit is None or piece.hit.mark.kind.startswith("related"))


def _foreign(box: Box) -> tuple[str, str] | None:
    """Return kind and rule of a box of several lines that is not text; None leaves it open."""
    if box.is_list:
        return "related_inline", "list"
    if box.tag in _OF_TEXT:
        return None
    if box.paragraphs == 0:
        return ("caption", "image") if _shows_image(box) else None
    return ("other", "role") if box.node.attributes.get("role") in _ROLES else None


def _mark_line(layout: Layout, line: int, paragraphs: Sequence[str]) -> None:
    """Decide a line of the text by itself: a link, the time of a post, what stands below an image,
    and a pull quote, which repeats a part of one of the text's paragraphs.
    """
    pieces, box = layout.pieces_of(line), layout.box_of[line]
    if any(piece.fixed for piece in pieces):
        return
    text, linked = layout.lines[line].text, layout.lines[line].linked
    if len(text) >= HEADLINE and (box.is_link or linked >= _NOTHING_BUT * len(text)):
        _fix_pieces(pieces, "related_inline", "link")
    elif _CLOCK.fullmatch(text) and not (box.tag in _CELLS and "." in text):
        _fix_pieces(pieces, "date", "clock")
    elif linked >= HEADLINE and not layout.weights[line] and _is_box_of_link(layout, line):
        _fix_pieces(pieces, "related_inline", "link")
    elif not layout.weights[line] and box.lines == 1 and _shows_image(box):
        _fix_pieces(pieces, "caption", "image")
    elif _PULLED <= len(text) <= _LONGEST_PULLED:
        words = text.strip(_QUOTES)
        if any(words in paragraph and len(paragraph) > len(text) for paragraph in paragraphs):
            _fix_pieces(pieces, "other", "pull_quote")


def _is_box_of_link(layout: Layout, line: int) -> bool:
    """Return whether a line is a label and a linked headline: no sentence, most of it a link."""
    return layout.is_link(line) and not ends_sentence(layout.lines[line].text)


def _shows_image(box: Box) -> bool:
    return box.node.css_first("img, amp-img") is not None


def _fix(layout: Layout, box: Box, kind: str, rule: str) -> None:
    for line in range(box.first, box.last):
        _fix_pieces(layout.pieces_of(line), kind, rule)


def _fix_pieces(pieces: Sequence[Piece], kind: str, rule: str) -> None:
    for piece in pieces:
        piece.hit, piece.prose, piece.fixed, piece.rule = None, False, kind, f"html.{rule}"
