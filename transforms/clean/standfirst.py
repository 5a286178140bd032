"""The line below a headline that the markup sets apart as its standfirst: a heading, or by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from transforms.clean.html_boxes import HEADINGS, spans_of
from transforms.clean.lines import Piece
from transforms.clean.marks import words_of
from transforms.clean.titles import DateCheck, is_name_and_place
from transforms.ingest.shown import Line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

#: Shorter lines are names, places and sections.
_LEAST_WORDS = 4
_NAME = re.compile(r"[A-Za-z]+")


def mark_standfirst(
    lines: Sequence[Line], pieces: list[Piece], title: int, first: int, is_date: DateCheck
) -> None:
    """Decide the first line between headline and body that is set apart as a standfirst.

    `lines` are those that the pieces were cut from; `first` is the article's first piece.
    """
    for line, (start, stop) in zip(lines, spans_of(lines, pieces), strict=True):
        if start >= first:
            return
        if start <= title or stop - start != 1 or 2 * line.linked > len(line.text):
            continue
        if _may_be(pieces[start], is_date) and _is_set_apart(line.block):
            pieces[start].fixed, pieces[start].rule = "summary", "html.standfirst"
            return


def _may_be(piece: Piece, is_date: DateCheck) -> bool:
    is_plain = piece.hit is None and piece.fixed is None
    long = len(piece.text.split(None, _LEAST_WORDS - 1)) == _LEAST_WORDS
    return is_plain and long and not is_name_and_place(piece) and not is_date(piece.text)


def _is_set_apart(block: LexborNode) -> bool:
    """Return whether an element is a heading, or is called a standfirst itself or by its box."""
    if block.tag in HEADINGS:
        return True
    around = (block, block.parent) if block.parent is not None else (block,)
    return any(
        words_of("standfirst").intersection(_NAME.findall(node.attributes.get("class") or ""))
        for node in around
    )
