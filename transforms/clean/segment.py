"""What each span of a page is: pieces of the text given a kind, an article and a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from transforms.clean.blocks import Block, find_blocks
from transforms.clean.headers import Header, read_header
from transforms.clean.leads import agency_tail, dateline_end
from transforms.clean.lines import Piece, cut
from transforms.clean.marks import Hit, Mark, phrases
from transforms.clean.teasers import count_leads

#: After a related mark that stands alone follow one headline, rarely two or three.
_RELATED_LINES = 3
#: Keywords on lines of their own: at most so many words each, at most so many lines.
_KEYWORD_WORDS = 5
_KEYWORD_LINES = 15
#: Unfinished lines at the very end of a page without a foot still belong to the article.
_LAST_LINES = 2
#: A standfirst is one to three bulleted lines, with a caption or two before the first paragraph.
_STANDFIRST_LINES = 5
_ITEM = re.compile(r"\(?[0-9\u0660-\u0669]{1,4}\)?\s{0,2}[-\u2013.):/]\s?\D|[-\u2013*]\s?[^\s-]")
_BREADCRUMB = re.compile(r"\s[>»/|]\s")

DateCheck = Callable[[str], bool]


class Span(NamedTuple):
    """A piece of the page decided: `start`..`stop` as on the page, `shown`..`end` what shows."""

    start: int
    stop: int
    shown: int
    end: int
    kind: str
    article: int | None
    rule: str
    content: int = 0
    effect: str = ""


class Decided(NamedTuple):
    """The kinds of all pieces, and the blocks that the articles were read from."""

    spans: list[Span]
    articles: int
    prose_shares: list[float]


#: Furniture inside an article that belongs to no article.
_OF_NO_ARTICLE = frozenset(
    {"related_inline", "ad", "related_list", "nav", "other", "comment_form", "copyright", "blank"}
)


class _Sheet:
    """The decisions on a page while they are taken: the first decision on a piece stands."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.kinds: dict[int, tuple[str, int | None, str]] = {}

    def decide(self, index: int, kind: str, article: int | None, rule: str) -> None:
        if index not in self.kinds:
            self.kinds[index] = (kind, None if kind in _OF_NO_ARTICLE else article, rule)


def segment(text: str, is_date: DateCheck) -> Decided:
    """Return what each span of a page's text is, by the rules for plain text.

    The spans cover the text without gap or overlap; a span's own line break belongs to it.
    """
    pieces = cut(text)
    return decide(text, pieces, find_blocks(pieces), is_date)


def decide(text: str, pieces: list[Piece], blocks: list[Block], is_date: DateCheck) -> Decided:
    """Return the kinds of the pieces, given the blocks of the articles (the main one first)."""
    sheet = _Sheet(pieces)
    blocks = [
        _extend(pieces, block, _limit(blocks, number, pieces), is_date)
        for number, block in enumerate(blocks)
    ]
    for article, block in enumerate(blocks):
        _decide_leads(sheet, block)
        header = read_header(pieces, block, is_date)
        _write_header(sheet, header, article)
        _decide_inside(sheet, block, article)
        _decide_tail(sheet, block, article, _limit(blocks, article, pieces), is_date)
    _decide_outside(sheet, blocks, is_date)
    shares = [_prose_share(sheet, article) for article in range(len(blocks))]
    return Decided(_spans(text, sheet, len(blocks)), len(blocks), shares)


def _decide_leads(sheet: _Sheet, block: Block) -> None:
    """Decide the leads of other stories that close an article's stretch."""
    plain = [i for i in range(block.first, block.last) if _is_text(sheet.pieces[i])]
    leads = count_leads([sheet.pieces[i].text for i in plain])
    for index in plain[len(plain) - leads :]:
        sheet.decide(index, "related_list", None, "form.leads_at_end")


def _is_text(piece: Piece) -> bool:
    return not (piece.blank or piece.hit or piece.fixed)


def _limit(blocks: Sequence[Block], index: int, pieces: list[Piece]) -> int:
    """Return where the next article begins, the end of the page for the last one."""
    if index + 1 < len(blocks):
        following = blocks[index + 1]
        return following.mark if following.mark is not None else following.head
    return len(pieces)


def _extend(pieces: list[Piece], block: Block, limit: int, is_date: DateCheck) -> Block:
    """Return the block with the lines around its paragraphs that still belong to it.

    Above, an unfinished line that goes on below; below, the items of a list that a line opens or
    numbers, and one or two lines that end the page.
    """
    first, last = block.first, block.last
    while first > block.head and _goes_on(pieces[first - 1]):
        first -= 1
    opened = _opens_list(pieces[last - 1].text)
    rest = [i for i in range(last, limit) if not pieces[i].blank]
    plain = []
    for index in rest:
        piece = pieces[index]
        if piece.hit or piece.fixed or piece.prose or is_date(piece.text):
            break
        plain.append(index)
    listed = 0
    for index in plain:
        opened = opened or pieces[index].text.endswith(":")
        if not (opened or _ITEM.match(pieces[index].text)):
            break
        listed += 1
    if len(plain) == len(rest) and len(plain) - listed <= _LAST_LINES:
        listed = len(plain)
    return block._replace(first=first, last=plain[listed - 1] + 1 if listed else last)


def _goes_on(piece: Piece) -> bool:
    """Return whether a line right above a paragraph opens it: it ends in a colon or a comma."""
    return _is_text(piece) and not piece.bullet and piece.text[-1] in ":،" and len(piece.text) >= 30


def _opens_list(text: str) -> bool:
    return text.endswith(":") or bool(phrases("list_opening").search(text[-160:]))


def _write_header(sheet: _Sheet, header: Header, article: int) -> None:
    for index, (kind, rule) in header.kinds.items():
        sheet.decide(index, kind, article, rule)


def _decide_inside(sheet: _Sheet, block: Block, article: int) -> None:
    """Decide the pieces of an article's stretch: its prose and subheads, and what interrupts it."""
    related = 0
    listed = False
    last_prose = block.last - 1
    opening = _opening(sheet, block)
    for index in range(block.first, block.last):
        piece = sheet.pieces[index]
        if piece.blank or index in sheet.kinds:
            continue
        if (related or listed) and not piece.prose and piece.hit is None:
            related -= 1
            kind = "related_list" if listed else "related_inline"
            sheet.decide(index, kind, article, "after.related_mark")
            continue
        related, listed = 0, piece.effect == "list"
        if piece.hit and _counts_inside(piece.hit.mark):
            sheet.decide(index, piece.hit.mark.kind, article, piece.hit.mark.rule)
            if piece.effect == "inline" and piece.hit.content >= len(piece.text):
                related = _RELATED_LINES
        elif piece.fixed and (
            piece.fixed != "nav" and (piece.fixed != "source" or index == last_prose)
        ):
            sheet.decide(index, piece.fixed, article, piece.rule)
        elif index < opening:
            kind = "summary" if piece.bullet and piece.prose else "caption"
            sheet.decide(index, kind, article, f"{kind}.above_body")
        elif index < last_prose and not piece.sentence and agency_tail(piece.text) is not None:
            sheet.decide(index, "caption", article, "caption.credit_in_brackets")
        else:
            sheet.decide(index, "body", article, "body.prose" if piece.prose else "body.short")


def _counts_inside(mark: Mark) -> bool:
    """Return whether a mark counts within an article: names and dates may open a subhead."""
    return (
        mark.position != "name"
        and mark.kind != "date"
        and not (mark.effect == "tail" or (mark.kind == "other" and mark.position == "line"))
    )


def _opening(sheet: _Sheet, block: Block) -> int:
    """Return the first paragraph below a bulleted standfirst; the block's first piece without."""
    if not sheet.pieces[block.first].bullet:
        return block.first
    plain = (i for i in range(block.first, block.last) if _plain_prose(sheet.pieces[i]))
    first = next(plain, block.first)
    between = [p for p in sheet.pieces[block.first : first] if not p.blank]
    return first if len(between) <= _STANDFIRST_LINES else block.first


def _plain_prose(piece: Piece) -> bool:
    return piece.prose and not piece.bullet and piece.hit is None


def _decide_tail(sheet: _Sheet, block: Block, article: int, limit: int, is_date: DateCheck) -> None:
    """Decide what stands between an article's last paragraph and the page's other matter."""
    index = block.last
    keywords = _keyword_run(sheet.pieces, block, limit)
    seen = 0
    while index < limit:
        piece = sheet.pieces[index]
        if piece.blank:
            index += 1
            continue
        if index in keywords:
            sheet.decide(index, "keywords", article, "keywords.run")
        elif piece.hit and piece.effect == "close":
            sheet.decide(index, piece.hit.mark.kind, article, piece.hit.mark.rule)
            _announced(sheet, index, piece.hit, article)
        elif piece.fixed in ("source", "social_embed"):
            sheet.decide(index, piece.fixed, article, piece.rule)
        elif piece.hit and piece.hit.mark.kind == "byline":
            sheet.decide(index, "byline", article, piece.hit.mark.rule)
        elif seen < 3 and is_date(piece.text):
            sheet.decide(index, "date", article, "date.after_body")
        elif piece.effect in ("end", "list", "inline"):
            break
        seen += index not in keywords
        if seen > 6:
            break
        index += 1


def _announced(sheet: _Sheet, index: int, hit: Hit, article: int) -> None:
    """Decide the line after a mark that stands alone: the source or the keywords it announces."""
    if hit.content < len(sheet.pieces[index].text):
        return
    for following in range(index + 1, min(index + 3, len(sheet.pieces))):
        candidate = sheet.pieces[following]
        if candidate.blank:
            continue
        if not candidate.prose and candidate.hit is None and len(candidate.text) <= 80:
            sheet.decide(following, hit.mark.kind, article, f"after.{hit.mark.rule}")
        return


def _keyword_run(pieces: list[Piece], block: Block, limit: int) -> set[int]:
    """Return the lines right after the body that are its keywords, one a line.

    At least two short lines, half of them words of the article; a menu shares none with it.
    """
    run = []
    for index in range(block.last, limit):
        piece = pieces[index]
        if piece.blank:
            continue
        words = len(piece.text.split())
        if piece.prose or piece.hit or piece.fixed or words > _KEYWORD_WORDS:
            break
        run.append(index)
    if not 2 <= len(run) <= _KEYWORD_LINES:
        return set()
    article = "\n".join(p.text for p in pieces[max(0, block.first - 12) : block.last])
    return set(run) if 2 * sum(pieces[i].text in article for i in run) >= len(run) else set()


def _decide_outside(sheet: _Sheet, blocks: Sequence[Block], is_date: DateCheck) -> None:
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
        elif listed and not piece.prose:
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


def _prose_share(sheet: _Sheet, article: int) -> float:
    """Return the share of an article's body (in characters) that reads as prose."""
    prose = total = 0
    for index, piece in enumerate(sheet.pieces):
        kind, owner, _ = sheet.kinds[index]
        if kind == "body" and owner == article:
            total += len(piece.text)
            prose += len(piece.text) if piece.prose else 0
    return prose / total if total else 0.0


def _spans(text: str, sheet: _Sheet, articles: int) -> list[Span]:
    spans = []
    for index, piece in enumerate(sheet.pieces):
        kind, article, rule = sheet.kinds[index]
        content = piece.hit.content if piece.hit else 0
        spans.append(
            Span(
                piece.start, piece.stop, piece.shown, piece.end, kind, article, rule, content,
                piece.effect,
            )
        )  # fmt: skip
    return split_body(text, spans, articles)


def split_body(text: str, spans: list[Span], articles: int) -> list[Span]:
    """Return the spans with each article's dateline and its closing credit split from its body."""
    opened = [False] * articles
    done = []
    for span in spans:
        if span.kind == "body" and span.article is not None and not opened[span.article]:
            opened[span.article] = True
            if length := dateline_end(text[span.shown : span.end]):
                at = span.shown + length
                done.append(
                    Span(
                        span.start, at, span.shown, at, "dateline", span.article, "dateline.opening"
                    )
                )
                span = span._replace(start=at, shown=at)
        done.append(span)
    return _split_credits(text, done)


def _split_credits(text: str, spans: list[Span]) -> list[Span]:
    """Return the spans with an agency in brackets split from the end of each article's body."""
    last = {s.article: i for i, s in enumerate(spans) if s.kind == "body"}
    done = []
    for index, span in enumerate(spans):
        at = None
        if last.get(span.article) == index and span.kind == "body":
            at = agency_tail(text[span.shown : span.end])
        if at is None:
            done.append(span)
            continue
        middle = span.shown + at
        done.append(span._replace(stop=middle, end=middle))
        done.append(
            Span(middle, span.stop, middle, span.end, "source", span.article, "source.in_brackets")
        )
    return done
