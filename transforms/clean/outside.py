"""Outside an article's stretch: what closes it, and what belongs to no article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.clean.blocks import Block
from transforms.clean.bylines import may_sign_below
from transforms.clean.lines import Piece
from transforms.clean.marks import Hit
from transforms.clean.sheet import Sheet
from transforms.clean.titles import DateCheck, is_name_and_place

#: Keywords on lines of their own: at most so many words each, at most so many lines.
_KEYWORD_WORDS = 5
_KEYWORD_LINES = 15
#: A keyword that has a line of its own: "جامع الملك خالد".
_ONE_KEYWORD = 4
#: What a mark announces on the next line: a source's name, or all keywords at once.
_ANNOUNCED = 14
_ITEMS = "-\u2013\u2022*[("
#: Farther below, a source or a date belongs to something else on the page.
_TAIL_LINES = 6
_DATE_LINES = 3
#: What parts keywords in one line.
_PARTED = re.compile(r"\s[|/]\s")
_BREADCRUMB = re.compile(r"\s[>»/|]\s")


def decide_tail(sheet: Sheet, block: Block, article: int, limit: int, is_date: DateCheck) -> None:
    """Decide what stands between an article's last paragraph and the page's other matter."""
    keywords = _keyword_run(sheet.pieces, block, limit)
    seen = 0
    for index in range(block.last, limit):
        piece = sheet.pieces[index]
        if piece.blank:
            continue
        if index in keywords:
            sheet.decide(index, "keywords", article, "keywords.run")
            continue
        if not piece.hit and _are_terms(piece.text, sheet.pieces[block.first : block.last]):
            sheet.decide(index, "keywords", article, "keywords.parted")
            continue
        if decision := _closing(piece, seen, is_date):
            sheet.decide(index, decision[0], article, decision[1])
            if piece.hit and piece.effect == "close":
                _announced(sheet, index, piece.hit, article)
        elif piece.effect in ("end", "list"):
            return
        elif piece.effect == "inline":  # the date below is of the story that it links
            seen = max(seen, _DATE_LINES)
        seen += 1
        if seen > _TAIL_LINES:
            return


def _closing(piece: Piece, seen: int, is_date: DateCheck) -> tuple[str, str] | None:
    """Return kind and rule of a line that closes an article: source, keywords, credit, date."""
    if piece.hit and (piece.effect == "close" or piece.hit.mark.kind == "byline"):
        return piece.hit.mark.kind, piece.hit.mark.rule
    if piece.fixed in ("source", "social_embed", "keywords", "byline"):
        return piece.fixed, piece.rule
    if seen == 0 and is_name_and_place(piece) and may_sign_below(piece.text):
        return "byline", "byline.name_and_place"
    if seen < _DATE_LINES and is_date(piece.text):
        return "date", "date.after_body"
    return None


def _announced(sheet: Sheet, index: int, hit: Hit, article: int) -> None:
    """Decide the lines after a mark that stands alone: the source or the keywords it announces.

    All keywords may stand on one line; references are numbered or have dashes.
    """
    if hit.content < len(sheet.pieces[index].text):
        return
    found: list[int] = []
    for following in range(index + 1, len(sheet.pieces)):
        candidate = sheet.pieces[following]
        if candidate.blank:
            continue
        words = len(candidate.text.split())
        if candidate.prose or candidate.hit or candidate.fixed not in (None, hit.mark.kind):
            break
        if hit.mark.kind == "keywords":
            more = words <= (_KEYWORD_WORDS if found else _ANNOUNCED)
            more = more and len(found) < _KEYWORD_LINES
        else:
            first = candidate.text[0]
            more = words <= _ANNOUNCED and (not found or first.isdigit() or first in _ITEMS)
        if not more:
            break
        found.append(following)
    rule = f"after.{hit.mark.rule}"
    if hit.mark.kind == "keywords" and _are_keywords([sheet.pieces[i].text for i in found]):
        rule = "keywords.lines"
    for following in found:
        sheet.decide(following, hit.mark.kind, article, rule)


def _are_keywords(lines: list[str]) -> bool:
    """Return whether each line below a mark is one keyword: a line of several stands alone."""
    return len(lines) > 1 and all(len(line.split()) <= _ONE_KEYWORD for line in lines)


def _keyword_run(pieces: list[Piece], block: Block, limit: int) -> set[int]:
    """Return the lines right after the body and its source that are its keywords, one a line.

    At least two short lines, half of them words of the article (a menu shares none with it), or
    hashtags.
    """
    run: list[int] = []
    tagged = False
    for index in range(block.last, limit):
        piece = pieces[index]
        if piece.blank or (not run and _is_source(piece)):
            continue
        words = len(piece.text.split())
        if piece.prose or piece.hit or piece.fixed or words > _KEYWORD_WORDS:
            break
        if not any(map(str.isalpha, piece.text)) or (tagged and piece.text[0] != "#"):
            break
        tagged = piece.text[0] == "#"
        run.append(index)
    if not 2 <= len(run) <= _KEYWORD_LINES:
        return set()
    article = "\n".join(p.text for p in pieces[max(0, block.first - 12) : block.last])
    known = 2 * sum(pieces[i].text in article for i in run) >= len(run)
    return set(run) if known or tagged else set()


def _are_terms(text: str, article: Sequence[Piece]) -> bool:
    """Return whether bars or slashes part a line into short terms, half of them the article's."""
    terms = [term.strip() for term in _PARTED.split(text)]
    if not 3 <= len(terms) <= _KEYWORD_LINES or max(map(_words, terms)) > _KEYWORD_WORDS:
        return False
    return 2 * sum(any(term in piece.text for piece in article) for term in terms) >= len(terms)


def _words(text: str) -> int:
    return len(text.split()) if text else _KEYWORD_WORDS + 1


def _is_source(piece: Piece) -> bool:
    return (piece.hit.mark.kind if piece.hit else piece.fixed) == "source"


def decide_outside(sheet: Sheet, blocks: Sequence[Block], is_date: DateCheck) -> None:
    """Decide what belongs to no article: by its mark, its form, and the list it stands in."""
    start = blocks[0].first if blocks else 0
    listed: str | None = None
    dates = 0
    for index, piece in enumerate(sheet.pieces):
        if index in sheet.kinds:
            listed = None
            continue
        if piece.blank:
            sheet.decide(index, "blank", None, "blank")
        elif piece.hit:
            sheet.decide(index, piece.hit.mark.kind, None, piece.hit.mark.rule)
            listed = _opens(piece.hit.mark.kind)
        elif piece.fixed:
            sheet.decide(index, piece.fixed, None, piece.rule)
        elif listed and (not piece.prose or listed == "comment_form"):
            sheet.decide(index, listed, None, f"after.{listed}")
        elif index < start and dates < 3 and len(piece.text) < 80 and is_date(piece.text):
            dates += 1
            sheet.decide(index, "date", None, "date.page")
        else:
            sheet.decide(index, *_by_form(piece))


def _opens(kind: str) -> str | None:
    return {
        "related_list": "related_list", "related_inline": "related_list",
        "comment_form": "comment_form", "copyright": "copyright",
    }.get(kind)  # fmt: skip


def _by_form(piece: Piece) -> tuple[str, None, str]:
    words = len(piece.text.split(None, 5))
    if piece.prose:
        return "other", None, "form.prose_outside"
    if piece.bullet or (words >= 5 and not _BREADCRUMB.search(piece.text)):
        return "related_list", None, "form.headline"
    return "nav", None, "form.short_line"
