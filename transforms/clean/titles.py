"""The headline of an article: which line above its first paragraph it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from transforms.clean.blocks import Block, shared_words
from transforms.clean.letters import fold
from transforms.clean.lines import Piece
from transforms.clean.marks import words_of

#: A headline further above than this many lines belongs to something else on the page.
_REACH = 40
#: A quarter of a headline's longer words return in the article; of another story's, hardly one.
LIKELY = 0.25
#: Where its place speaks for a line, one shared word of ten is enough.
_HARDLY = 0.1
#: A headline of four long words or more is judged by its words alone.
_LONG_WORDS = 4
#: A date or a credit follows a headline; a caption or a subtitle follows them. The line that opens
#: a page with nothing much above the article is its headline more often than the one below it.
_BEFORE_CREDIT = 0.25
_OPENS = 0.3
_AFTER_CREDIT = -0.3
#: A page that opens so close above its first paragraph opens with the headline.
_NEAR = 8
_OPENING_PARAGRAPHS = 24
#: Below the page's first line shorter lines are names and places more often than headlines.
_TITLE_WORDS = 4
_SHORTEST_TITLE = 3
_LONGEST_TITLE = 220
#: An unfinished line that is longer is the article's own, whatever stands around it.
_LONGEST_UNFINISHED = 140
#: Above the first paragraph stand the headline and one line more.
_TITLE_AND_SUBHEAD = 2
#: An outlet's name is short: "صحيفة وادي النيل الإخبارية".
_NAME_WORDS = 5
_CREDIT_WORDS = 7
#: A columnist's name, a section: "شؤون عربية".
_NAME_PARTS = 3
_CREDIT_PART = 4
_NAME_AND_PLACE = re.compile(
    r"(\S.{0,40}?)(?:\s*[-–—:|/]\s*|\sـ\s)([^\s\-–—].{0,30})|\S.{1,30}\s*\||(\S.{2,40}?)\s*\(([^()]{2,25})\)"
)
#: The number in the name of an outlet: "فرانس 24 - ...".
_NUMBERED = re.compile(r"^[^\W\d_]{3,15}\s\d\d(?=\s[-–—:|/])")
_NAMES = re.compile("[،,]")
_HANDLE = re.compile(r"\s+@\w{1,30}$")
_BREADCRUMB = re.compile(r"\s[>»]\s")
_DIGIT = re.compile(r"\d")

DateCheck = Callable[[str], bool]


def find_title(pieces: list[Piece], block: Block, is_date: DateCheck) -> tuple[int | None, str]:
    """Return the headline above a block and the rule: the line that the article takes up most.

    Where none is taken up, the line that opens the page, if the article follows close below.
    """
    body = opening_text(pieces, block)
    lines = [i for i in range(block.head, block.first) if not pieces[i].blank]
    near = len(lines) <= _NEAR
    best, best_score = None, 0.0
    reach = lines[-_REACH:]
    for at, index in enumerate(reach):
        text = pieces[index].text
        opens = near and index == lines[0]
        if not _may_be_title(pieces[index], opens=opens):
            continue
        share = shared_words(text, body) * min(1, _long_words(text) / _LONG_WORDS)
        if share <= _HARDLY or is_date(text):
            continue
        place = _OPENS * opens + _place(pieces, reach, at, is_date)
        if share > (LIKELY if place <= 0 else _HARDLY) and share + place > best_score:
            best, best_score = index, share + place
    if best is not None:
        if near and _is_below_title(pieces, lines, best, body):
            return lines[0], "title.first_line"
        return best, "title.shared_words"
    if near and _is_below_name(pieces, lines, is_date):
        return lines[1], "title.below_name"
    if near and (first := _first_title(pieces, lines)) is not None:
        return first, "title.first_line"
    return None, ""


def _is_below_title(pieces: list[Piece], lines: list[int], best: int, body: str) -> bool:
    """Return whether the line that the article takes up most stands below the page's headline.

    The page's first line is the headline of a subtitle if the article takes it up half as much,
    and of the subhead right above the first paragraph if it is longer. Kickers are shorter.
    """
    first = lines[0]
    title, line = pieces[first].text, pieces[best].text
    if first == best or not pieces[first].title_like or _long_words(title) < _LONG_WORDS:
        return False
    if lines[-1] == best and len(lines) == _TITLE_AND_SUBHEAD:
        return len(title) > len(line)
    return lines[1] == best and 2 * shared_words(title, body) >= shared_words(line, body)


def below_headline(pieces: list[Piece], block: Block, is_date: DateCheck) -> Block:
    """Return the block without a headline that reads as prose: a date or a credit follows it."""
    if block.title is not None or not may_be_unfinished(pieces[block.first].text):
        return block
    following = [i for i in range(block.first + 1, block.last) if not pieces[i].blank]
    prose = [i for i in following if pieces[i].prose and not pieces[i].hit]
    if not prose or not _is_about(pieces[following[0]], is_date):
        return block
    return block._replace(first=prose[0])


def may_be_unfinished(text: str) -> bool:
    """Return whether a line may be a headline though it reads as prose: short and no full stop."""
    return len(text) < _LONGEST_UNFINISHED and not text.endswith(".")


def opening_text(pieces: list[Piece], block: Block) -> str:
    """Return the first paragraphs of a block."""
    return "\n".join(
        p.text for p in pieces[block.first : block.last][:_OPENING_PARAGRAPHS] if p.prose
    )


def is_outlet(text: str) -> bool:
    """Return whether a text has the form of an outlet's name: صحيفة ..., ... الإخبارية."""
    words = [fold(word) for word in text.split()]
    kind, last = words_of("outlet_kind"), words_of("outlet")
    return 0 < len(words) <= _NAME_WORDS and (words[0] in kind or not last.isdisjoint(words[1:]))


def is_name_and_place(piece: Piece) -> bool:
    """Return whether a line is a credit: "name - place", "place: name", "name (place)", "it |"."""
    text = piece.text
    if piece.prose or piece.sentence or piece.hit or len(text.split()) > _CREDIT_WORDS:
        return False
    text = _HANDLE.sub("", text)
    match = None if _DIGIT.search(_NUMBERED.sub("", text)) else _NAME_AND_PLACE.fullmatch(text)
    return match is not None and all(
        len(name.split()) <= _CREDIT_PART
        for part in match.groups()
        if part
        for name in _NAMES.split(part)
    )


def _place(pieces: list[Piece], lines: Sequence[int], at: int, is_date: DateCheck) -> float:
    """Return what a line's neighbours say for its being a headline."""
    score = 0.0
    if at + 1 < len(lines) and _is_about(pieces[lines[at + 1]], is_date):
        score += _BEFORE_CREDIT
    if at and _is_about(pieces[lines[at - 1]], is_date):
        score += _AFTER_CREDIT
    return score


def _is_about(piece: Piece, is_date: DateCheck) -> bool:
    """Return whether a line says when, by whom or from where an article is."""
    if piece.hit:
        return piece.hit.mark.kind in ("date", "byline", "source")
    return is_name_and_place(piece) or is_date(piece.text)


def _may_be_title(piece: Piece, *, opens: bool) -> bool:
    """Return whether a line has the form of a headline."""
    text = piece.text
    if piece.fixed or piece.bullet or not (_SHORTEST_TITLE <= len(text) <= _LONGEST_TITLE):
        return False
    if piece.prose and not may_be_unfinished(text):
        return False
    if piece.hit and (piece.effect != "inline" or piece.hit.content >= len(text)):
        return False
    if _BREADCRUMB.search(text) or (opens and is_name_and_place(piece)):
        return False
    return len(text.split(None, _TITLE_WORDS)) >= _TITLE_WORDS


def _first_title(pieces: list[Piece], lines: list[int]) -> int | None:
    """Return the first line above an article that may be its headline, best one of some length."""
    titles = [i for i in lines if pieces[i].title_like and not pieces[i].bullet]
    titles = [i for i in titles if not _is_outlet_and_place(pieces[i])]
    if titles and len(pieces[titles[0]].text.split(None, _TITLE_WORDS)) >= _TITLE_WORDS:
        return titles[0]
    return lines[0] if lines and _is_plain(pieces[lines[0]]) else next(iter(titles), None)


def _is_below_name(pieces: list[Piece], lines: list[int], is_date: DateCheck) -> bool:
    """Return whether a page opens with a columnist's name or a section, and the headline below it:
    it has words that no name has, and a date or a credit follows it.
    """
    if len(lines) <= _TITLE_AND_SUBHEAD:
        return False
    name, title, below = (pieces[i] for i in lines[:3])
    return (
        _is_plain(name)
        and _is_plain(title)
        and len(name.text.split()) <= _NAME_PARTS
        and _links_words(title.text)
        and not _links_words(name.text)
        and _is_about(below, is_date)
    )


def _links_words(text: str) -> bool:
    """Return whether function words stand between a line's words: in, from, who."""
    return any(fold(word) in words_of("no_place") for word in text.split()[1:])


def _is_outlet_and_place(piece: Piece) -> bool:
    """Return whether a line signs with an outlet's name and a place: "مثال برس - تعز"."""
    name, sign, place = piece.text.rpartition(" - ")
    return bool(sign) and len(place.split()) == 1 and is_outlet(name) and is_name_and_place(piece)


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
