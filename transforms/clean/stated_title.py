"""Which line above an article is the headline that the page's markup states, if one is.

A site's name stands in the markup as headlines do: in <title>, and in many templates of blogs in
the page's only <h1>. Such a statement names no article.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from transforms.clean.blocks import Block, shared_words
from transforms.clean.lines import Piece
from transforms.clean.markup import Fact
from transforms.clean.titles import LIKELY, is_outlet, opening_text

#: A site's name is often appended to its pages' titles; the headline is the longer beginning.
_LEAST_TITLE = 15
#: Of two lines that <title> names, the site's has a word of the article by chance: النيل.
_TWICE = 2
#: Statements of the page as such; the others are of its article.
_OF_PAGE = ("html.h1", "html.title")


class _Shown(NamedTuple):
    """The lines above an article without their spaces, the nearest first, and its opening."""

    lines: dict[str, int]
    pieces: Sequence[Piece]
    body: str

    def share(self, index: int) -> float:
        """Return the share of a line's words that the article takes up."""
        return shared_words(self.pieces[index].text, self.body)


def headline(
    pieces: list[Piece], facts: Sequence[Fact], block: Block, names: Collection[str]
) -> tuple[int, str] | None:
    """Return the line above a block that the markup calls its headline, and the rule.

    A line that only names the site is decided in its piece, so that no other rule takes it.
    `names` are those of the site as far as they are known beside the page.
    """
    lines = {_bare(pieces[i].text): i for i in range(block.first - 1, -1, -1)}
    shown = _Shown(lines, pieces, opening_text(pieces, block))
    site = {_bare(name) for name in names}
    site |= {_bare(fact.value) for fact in facts if fact.field == "publisher"}
    titles = [(_bare(f.value), f.rule) for f in facts if f.field == "title"]
    of_page = next((stated for stated, rule in titles if rule == "html.title"), "")
    for stated, rule in titles:
        index = _line_of(stated, lines)
        if index is None:
            continue
        if rule in _OF_PAGE and (other := _better(shown, index, of_page)) is not None:
            return other, "html.title"
        if _bare(pieces[index].text) not in site and not (
            rule in _OF_PAGE and _is_outlet(shown, index, of_page)
        ):
            return index, rule
        pieces[index].fixed, pieces[index].rule = "nav", "html.site_name"
    return None


def _line_of(stated: str, lines: dict[str, int]) -> int | None:
    """Return the line that a statement is, else the nearest one that it begins or ends with."""
    if len(stated) >= _LEAST_TITLE and stated in lines:
        return lines[stated]
    parts = (i for line, i in lines.items() if len(line) >= _LEAST_TITLE and _holds(stated, line))
    return next(parts, None)


def _better(shown: _Shown, index: int, of_page: str) -> int | None:
    """Return the line below that the page's title names beside the one at `index`, or instead.

    It is the headline if the article takes it up twice as much as the other, or no less than one
    that the title does not name.
    """
    own = shown.share(index)
    is_named = _holds(of_page, _bare(shown.pieces[index].text))
    for line, other in shown.lines.items():
        if other <= index or len(line) < _LEAST_TITLE or not _holds(of_page, line):
            continue
        share = shown.share(other)
        if (share > LIKELY and share >= _TWICE * own) if is_named else share >= own:
            return other
    return None


def _holds(stated: str, line: str) -> bool:
    return stated.startswith(line) or stated.endswith(line)


def _is_outlet(shown: _Shown, index: int, of_page: str) -> bool:
    """Return whether a line names the outlet.

    One that the page's title names beside another is the headline, and so is one that the article
    takes up.
    """
    text = shown.pieces[index].text
    is_beside = of_page not in ("", _bare(text))
    return not is_beside and is_outlet(text) and shown.share(index) <= LIKELY


def _bare(text: str) -> str:
    return "".join(text.split())
