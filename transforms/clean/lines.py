"""A page's text cut in pieces (lines, or parts of a mixed line) with the features that decide."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from transforms.clean.body import LINE_BREAK
from transforms.clean.forms import form_of
from transforms.clean.letters import INVISIBLE, fold
from transforms.clean.marks import (
    LONGEST_MARKED,
    SHORT,
    Hit,
    Mark,
    ends_sentence,
    find_mark,
    inside_marks,
    tail_starts,
    words_of,
)
from transforms.clean.prose import is_prose

_LATIN_PROSE_SHARE = 0.6
_BULLET = re.compile(r"[\u2022\u25cf\u25aa\u25e6\u2023\u00b7\u2043*][\s\u00a0]+")
#: Pictures and arrows that draw the eye to a line, with what joins or colours them.
_SYMBOLS = re.compile(
    r"(?:[>\u00bb\u2039\u203a\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+\s*)+"
)
_BAR = re.compile(r"\s\|\s+")
#: "12:05", "09:10 م": beside a bar it is the hour of the day on the bar's other side.
_CLOCK = re.compile(r"\s*\d{1,2}:\d\d(?:\s\S{1,6})?[\s|]*")
_DAY = re.compile(r"\d\D{1,25}\d{4}|\d{4}\D\d")
#: What is read of a line up to this long is kept for the next page that shows it.
_REMEMBERED = 80
#: "من" is a word of menus only before another.
_PREPOSITION = 2
_DIGIT = re.compile(r"\d")
_MENU_ENTRY = 36
#: A cell of a table: a number that is no year.
_NUMBER = re.compile(r"\s*[-+]?(?!\d{4}\s*$)\d[\d.,\u066b\u066c]*\s*%?\s*")
#: A longer line with bars is a menu.
_BARRED = 140
#: So many words, most of them known networks and buttons, are a share bar with some unknown.
_SHARE_BAR = 5
_SHORTCODE = re.compile(r"\[/?[a-z][\w-]*[^\]\n]{0,80}\]", re.IGNORECASE)
_TWEET_SIGNATURE = re.compile(r"[\u2014\u2013-]+\s?.{1,80}\(@\w{1,20}\)")
#: "@name: ...": what somebody wrote in a network.
_POST = re.compile(r"@\w{2,30}\s?:\s")
_LONGEST_POST = 320
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[A-Za-z]")
#: All bytes that are no ASCII letter.
_NO_LATIN = bytes(code for code in range(256) if not (code < 0x80 and chr(code).isalpha()))
_SCRIPT = re.compile(r"[{};=<>]|\bfunction\b|\bvar\b|=>|</?\w|^//|\$\(|!important")
_CONTACT = re.compile(r"(?:\S{1,20}\s?[:|]\s*)?(?:[\w.+-]{1,60}@[\w.-]{1,60}|@\w{2,30})")
_WORD = re.compile(r"[^\s|/،,()\[\]:–—\-]+")
#: Joints that no single Arabic word has: a letter after ta marbuta or alef maqsura, hamza alef
#: after alef; and an article in the middle of a long word.
_GLUED = re.compile(r"[ةى](?=[ء-ي])|ا(?=[أإآ])")
#: Arabic words of so many letters are rare; two in one unfinished line without a comma are joints.
_LONG_WORD = re.compile(r"[ء-ي]{13,}")
_STOP = re.compile(r"[.؛]\s")
_JOINT_EVERY = 200
_PAUSE = re.compile(r"[،,.:؛]")
_GLUED_ARTICLE = re.compile(r"(?<=[ء-ي]{4})(?<!ل)ال(?=[ء-ي]{4})")


@dataclass(slots=True)
class Piece:
    """A line of the page, or a part of one; offsets are code points of the page's text.

    `start`..`stop` is the share of the page that the piece covers, its line break included;
    `text` is what shows of it, beginning at `shown`.
    """

    start: int
    stop: int
    shown: int
    text: str
    hit: Hit | None = None
    bullet: bool = False
    prose: bool = False
    sentence: bool = False
    fixed: str | None = None
    rule: str = ""

    @property
    def blank(self) -> bool:
        """Return whether nothing of the piece shows."""
        return not self.text

    @property
    def end(self) -> int:
        """Return one past the last code point that shows."""
        return self.shown + len(self.text)

    @property
    def effect(self) -> str:
        """Return the effect of the piece's mark, empty without one."""
        return self.hit.mark.effect if self.hit else ""

    @property
    def title_like(self) -> bool:
        """Return whether the piece could be a headline: some words, no sentence, no mark."""
        return (
            not self.prose
            and self.hit is None
            and self.fixed is None
            and 12 <= len(self.text) <= 220
            and len(self.text.split(None, 3)) >= 3
        )


def cut(text: str) -> list[Piece]:
    """Return the pieces of a page's text in order; they cover it without gap or overlap."""
    pieces: list[Piece] = []
    at = 0
    for match in LINE_BREAK.finditer(text):
        pieces.append(_piece(text, at, match.end(), match.start()))
        at = match.end()
    if at < len(text):
        pieces.append(_piece(text, at, len(text), len(text)))
    pieces = _split_by_bars(text, _split_by_marks(text, pieces))
    latin_page = _mostly_latin(text)
    for piece in pieces:
        if piece.text and not piece.rule:
            _describe(piece, latin_page)
    return pieces


def _piece(text: str, start: int, stop: int, end: int) -> Piece:
    line = text[start:end]
    shown = line.lstrip(INVISIBLE)
    return Piece(start, stop, start + len(line) - len(shown), shown.rstrip(INVISIBLE))


def _split_by_marks(text: str, pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with those split that hold a tail mark, and inside marks noted."""
    found = inside_marks(text)
    if not found:
        return pieces
    starts = [piece.start for piece in pieces]
    cuts: dict[int, tuple[int, Mark]] = {}
    for at, mark in found:
        index = bisect_right(starts, at) - 1
        piece = pieces[index]
        if mark.position in ("inside", "short"):
            if _may_hold(piece.text, mark):
                credit = _credit(piece.text) if mark.kind == "caption" else None
                piece.hit = piece.hit or credit or Hit(mark, 0)
        elif mark.position == "opening":
            if at == piece.shown and at + len(mark.mark) < piece.end:
                cuts.setdefault(index, (at + len(mark.mark), mark))
        elif tail_starts(piece.text, at - piece.shown, mark):
            cuts.setdefault(index, (at, mark))
    split: list[Piece] = []
    for index, piece in enumerate(pieces):
        split += _split(text, piece, *cuts[index]) if index in cuts else [piece]
    return split


def _credit(text: str) -> Hit | None:
    """Return the mark of a byline that opens a line; the picture's credit may follow in it."""
    hit = find_mark(text) if text else None
    return hit if hit and hit.mark.kind == "byline" else None


def _may_hold(text: str, mark: Mark) -> bool:
    if mark.position == "short":
        return len(text) <= SHORT and not ends_sentence(text)
    return len(text) <= LONGEST_MARKED


def _split_by_bars(text: str, pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with those split that line up credit, date and section: "A | 2015 | B"."""
    if " | " not in text:
        return pieces
    split: list[Piece] = []
    for piece in pieces:
        line = piece.text
        bars = [m.end() for m in _BAR.finditer(line)] if len(line) <= _BARRED else []
        if not piece.hit and 0 < len(bars) <= 4 and _is_credit_line(line):
            bars = _between_others(line, bars)
        else:
            bars = []
        if not bars:
            split.append(piece)
            continue
        cuts = [piece.start, *(piece.shown + bar for bar in bars), piece.stop]
        for a, b in pairwise(cuts):
            end = (
                piece.end
                if b == piece.stop
                else b
                - len(line[: b - piece.shown])
                + len(line[: b - piece.shown].rstrip(" |\u00a0"))
            )
            split.append(_piece(text, a, b, end))
    return split


def _between_others(line: str, bars: list[int]) -> list[int]:
    """Return the bars without those that part a day from its hour."""
    parts = [line[a:b] for a, b in pairwise([0, *bars, len(line)])]
    beside = zip(bars, pairwise(parts), strict=True)
    return [bar for bar, sides in beside if not _is_day_and_hour(*sides)]


def _is_day_and_hour(a: str, b: str) -> bool:
    """Return whether one side of a bar is a clock and the other holds a day with its year."""
    if _CLOCK.fullmatch(b):
        return _DAY.search(a) is not None
    return _CLOCK.fullmatch(a) is not None and _DAY.search(b) is not None


def _is_credit_line(line: str) -> bool:
    return bool(_DIGIT.search(line)) and not any(map(_NUMBER.fullmatch, line.split("|")))


def _split(text: str, piece: Piece, at: int, mark: Mark) -> list[Piece]:
    """Return a piece cut in two at a mark: what it opens with, or what it ends with."""
    head, tail = _piece(text, piece.start, at, at), _piece(text, at, piece.stop, piece.end)
    marked = head if mark.position == "opening" else tail
    marked.hit = Hit(mark, _after_mark(marked.text, len(mark.mark)))
    marked.rule = mark.rule
    return [head, tail]


def _after_mark(text: str, end: int) -> int:
    rest = text[end:]
    return end + len(rest) - len(rest.lstrip(" \t\u00a0:|\u200f\u200e"))


def _describe(piece: Piece, latin_page: bool) -> None:
    """Fill the features of a piece that shows something."""
    short = piece.hit is None and len(piece.text) <= _REMEMBERED
    look = (_remembered if short else _look)(piece.text, piece.hit, latin_page)
    piece.hit, piece.bullet, piece.sentence, piece.fixed, piece.rule, piece.prose = look


class _Look(NamedTuple):
    """The features that a line's text alone gives: see `Piece`."""

    hit: Hit | None
    bullet: bool
    sentence: bool
    fixed: str | None
    rule: str
    prose: bool


def _look(text: str, hit: Hit | None, latin_page: bool) -> _Look:
    bullet = _BULLET.match(text)
    symbols = _SYMBOLS.match(text, bullet.end() if bullet else 0)
    if (before := symbols or bullet) and before.end() < len(text):
        text = text[before.end() :]
        found = find_mark(text) if hit is None else None
        hit = found._replace(content=found.content + before.end()) if found else hit
    elif hit is None:
        hit = find_mark(text)
    sentence = ends_sentence(text)
    is_end = hit is not None and hit.mark.effect in ("end", "tail")
    fixed, rule = _furniture(text, sentence=sentence, latin_page=latin_page or is_end)
    prose = fixed is None and is_prose(text, sentence=sentence)
    return _Look(hit, bullet is not None, sentence, fixed, rule, prose)


#: Menus and buttons are the same on each page of an outlet: two lines of three of a page of HTML.
_remembered = lru_cache(maxsize=16_384)(_look)


def _furniture(text: str, *, sentence: bool, latin_page: bool) -> tuple[str | None, str]:
    """Return the kind that a line's form alone decides, with the rule; None and "" else."""
    if _SHORTCODE.fullmatch(text):
        return "ad", "form.shortcode"
    if "@" in text and (form := _of_network(text)):
        return form
    if not latin_page and _is_foreign(text):
        return "social_embed", "form.latin_line"
    if len(text) > 20 and _is_script(text[:2000]):
        return "other", "form.script"
    if text.count("|") >= 2 and is_menu(text):
        return "nav", "form.menu"
    if len(text) <= 160 and (kind := _by_words(text)):
        return kind[0], f"words.{kind[1]}"
    if form := form_of(text):
        return form
    if 60 <= len(text) <= LONGEST_MARKED and not sentence and is_glued(text):
        return "related_list", "form.glued_titles"
    return None, ""


def _of_network(text: str) -> tuple[str, str] | None:
    """Return kind and rule of an address, of a tweet's signature, of a post with its writer."""
    if _CONTACT.fullmatch(text):
        return "other", "form.contact"
    if _TWEET_SIGNATURE.match(text):
        return "social_embed", "form.tweet_signature"
    if len(text) <= _LONGEST_POST and _POST.match(text):
        return "social_embed", "form.post"
    return None


def is_menu(text: str) -> bool:
    """Return whether bars part a line into short entries; a table's row has a number among them."""
    entries = text.split("|")
    return max(map(len, entries)) <= _MENU_ENTRY and not any(map(_NUMBER.fullmatch, entries))


def _is_script(text: str) -> bool:
    """Return whether a line is code or style: one sign of code in every 25 characters.

    Braces around Arabic hold a verse of the Quran.
    """
    if not any(sign in text for sign in ("{", "}", ";", "=", "<", "//")):
        return False
    if len(_ARABIC.findall(text)) > _count_latin(text):
        return False
    return len(_SCRIPT.findall(text)) * 25 > len(text)


def _is_foreign(text: str) -> bool:
    if not _LATIN.search(text[:60]):
        return False
    shown = len(text) - text.count(" ")
    return len(text) >= 40 and _count_latin(text) >= _LATIN_PROSE_SHARE * shown


def _by_words(text: str) -> tuple[str, str] | None:
    first = _WORD.search(text)
    if first is None or fold(first[0]) not in _vocabulary():
        return None
    words = [fold(word) for word in _WORD.findall(text)]
    if len(words) > 16 or len(text) <= _PREPOSITION:
        return None
    for name, kind in (("share", "other"), ("nav", "nav"), ("poll", "other"), ("agency", "source")):
        known = words_of(name)
        if name == "share" and _SHARE_BAR <= len(words) < 2 * sum(map(known.__contains__, words)):
            return kind, name
        if all(word in known or (word[:1] == "و" and word[1:] in known) for word in words):
            return kind, name
    return None


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset().union(*(words_of(name) for name in ("share", "nav", "poll", "agency")))


def is_glued(text: str) -> bool:
    """Return whether an unfinished line looks like headlines run together without a space.

    A slip of the keyboard joins two words of a paragraph too, but not in every hundred letters.
    """
    if _STOP.search(text):
        return False
    joints = len(_GLUED.findall(text))
    if joints * _JOINT_EVERY >= len(text) and joints + len(_GLUED_ARTICLE.findall(text)) >= 2:
        return True
    return len(_LONG_WORD.findall(text)) >= 2 and not _PAUSE.search(text)


def _mostly_latin(text: str) -> bool:
    sample = text[:4000]
    shown = len(sample) - sample.count(" ") - sample.count("\n")
    return _count_latin(sample) > 0.6 * shown


def _count_latin(text: str) -> int:
    """Return how many ASCII letters a text has."""
    return len(text.encode("ascii", "ignore").translate(None, _NO_LATIN))
