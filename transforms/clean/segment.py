"""What each span of a page is: pieces of the text given a kind, an article and a rule."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.clean.blocks import Block, find_blocks
from transforms.clean.headers import read_header
from transforms.clean.inside import decide_inside, decide_leads, decide_posts, extend
from transforms.clean.known_lines import KnownLines, set_mastheads_aside
from transforms.clean.lines import Piece, cut
from transforms.clean.outside import decide_outside, decide_tail
from transforms.clean.sheet import Decided, Sheet
from transforms.clean.titles import DateCheck, below_headline


def segment(text: str, is_date: DateCheck, known: KnownLines | None = None) -> Decided:
    """Return what each span of a page's text is, by the rules for plain text.

    The spans cover the text without gap or overlap; a span's own line break belongs to it.
    """
    pieces = cut(text)
    if known is not None:
        set_mastheads_aside(pieces, known)
    return decide(text, pieces, find_blocks(pieces), is_date)


def decide(text: str, pieces: list[Piece], blocks: list[Block], is_date: DateCheck) -> Decided:
    """Return the kinds of the pieces, given the blocks of the articles (the main one first)."""
    sheet = Sheet(pieces)
    blocks = [below_headline(pieces, block, is_date) for block in blocks]
    blocks = [
        extend(pieces, block, _limit(blocks, number, pieces), is_date)
        for number, block in enumerate(blocks)
    ]
    for article, block in enumerate(blocks):
        decide_leads(sheet, block)
        decide_posts(sheet, block, article, is_date)
        for index, (kind, rule) in read_header(pieces, block, is_date).kinds.items():
            sheet.decide(index, kind, article, rule)
        decide_inside(sheet, block, article)
        decide_tail(sheet, block, article, _limit(blocks, article, pieces), is_date)
    decide_outside(sheet, blocks, is_date)
    shares = [sheet.prose_share(article) for article in range(len(blocks))]
    return Decided(sheet.spans(text, len(blocks)), len(blocks), shares)


def _limit(blocks: Sequence[Block], index: int, pieces: list[Piece]) -> int:
    """Return where the next article begins, the end of the page for the last one."""
    if index + 1 < len(blocks):
        following = blocks[index + 1]
        return following.mark if following.mark is not None else following.head
    return len(pieces)
