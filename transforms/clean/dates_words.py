"""A text read as tokens, and each token as one letter of a small alphabet.

The grammar (`dates_rules`) is written over these letters, one a token, so that its patterns are
short. Beside the letters of `dates_lexicon.ROLES`: M, A, H months (Arabic, English, Hijri), µ an
Arabic month with و before it; N a number of one or two digits, Y a year from 1900 to 2100, J one
from 1300 to 1500, n any other number; x any other word; / - , . : ( ) + | ; for themselves and
what looks like them, ! a dash with blanks around it, _ any other sign; a newline for the end of a
line. White space and the controls of direction are no tokens.

A corpus repeats its words, so the letters are looked up by what stands between two blanks
("2018،" is "Y,"), and a token is only looked at where the grammar found something.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

from transforms.clean.dates_lexicon import (
    JOINED_MONTH,
    PAIR_HEAD,
    Word,
    fold_word,
    lexicon,
)

_SIGNS = dict(zip("،؛–—−‐‑‒／﹣@_\\", ",;------/-|-/", strict=True))
_PLAIN_SIGNS = frozenset("/-,.:()+|;")
_SPACE = (
    "[ \\t\u00a0\u061c\u1680\u2000-\u200b\u200e\u200f\u202a-\u202f\u205f-\u2064\u2066-\u2069"
    "\u3000\ufeff]"
)
_LETTER = (
    "[A-Za-z\u00c0-\u024f\u0300-\u036f\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc"
    "\u06df-\u06e8\u06ea-\u06ef\u06fa-\u06ff\u0750-\u077f\u0870-\u08ff\u200c\u200d"
    "\ufb50-\ufdff\ufe70-\ufefc]"
)
#: Abbreviations that are one token with their points: p.m., ت.غ.
_POINTED = r"(?<![^\W\d_])(?:[AaPp]\.[Mm]|ت\.غ)(?![^\W\d_])\.?"
_TOKEN = re.compile(f"{_POINTED}|{_LETTER}+|\\d+|[^{_SPACE[1:]}")
_ALL = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x10000)))
_LETTERS = frozenset(re.findall(_LETTER, _ALL))
#: Typed as a dash between blanks or numbers: 14 يونيو ـ 2020.
_TATWEEL = "\u0640"
_LINE_BREAKS = frozenset("\r\n\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
#: How a verb of what is to come begins: سيلتقي, وستعقد, سنلتقي.
_FUTURE = tuple(c + "س" + p for c in ("", "و", "ف") for p in "يتن")
#: The longest form of the lexicon with two proclitics and a mark on every letter is shorter.
_LONGEST = 40
#: Tags of tokens are remembered, for a corpus repeats its words. Emptied when full, which bounds
#: them to some 50 MB whatever a page throws in.
_REMEMBERED = 150_000

#: The tag of a dash with blanks around it: it parts, where one without them joins.
SPACED_DASH = "!"
_OTHER = Word("x", 0, "", 0)


class _Tags(dict[str, str]):
    """What stands between two blanks → the tags of its tokens; classifies what it has not seen."""

    def __missing__(self, chunk: str) -> str:
        tags = "".join([_word(token).tag for token in _TOKEN.findall(chunk)])
        if tags == "-":
            tags = SPACED_DASH
        if len(chunk) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[chunk] = tags
        return tags


_tags = _Tags()
_words: dict[str, Word] = {}


def _word(token: str) -> Word:
    """Return what a token is; forms that mean something are remembered."""
    word = _words.get(token)
    if word is None:
        word = _classify(token)
        if word.tag != "x" and len(token) <= _LONGEST:
            if len(_words) >= _REMEMBERED:
                _words.clear()
            _words[token] = word
    return word


class Piece(NamedTuple):
    """A token in its chunk: the code points from the chunk's start, and what it is."""

    start: int
    end: int
    word: Word


_pieces: dict[str, tuple[Piece, ...]] = {}


def _read_pieces(chunk: str) -> tuple[Piece, ...]:
    return tuple(
        Piece(match.start(), match.end(), _word(match[0])) for match in _TOKEN.finditer(chunk)
    )


class Line:
    """A text as the tags of its tokens; where a token lies is found out on demand."""

    __slots__ = (
        "_chunks", "_ends", "_known", "_lengths", "_long", "_merged", "_months", "_written",
        "has_clock", "tags", "text",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text
        self._chunks = text.split(" ")
        self._written = list(map(_tags.__getitem__, self._chunks))
        self.tags = "".join(self._written)
        self._ends: list[int] = []  # of each chunk, how many tokens end with it
        self._lengths: list[int] = []  # of each chunk, the code points before it, blanks left out
        self._known: dict[int, tuple[int, Piece]] = {}  # tokens that were looked up
        self._long: dict[int, tuple[Piece, ...]] = {}
        self._merged: list[int] = []  # tokens that are months of two words
        self._months: dict[int, Word] = {}
        if PAIR_HEAD in self.tags:
            self._merge_pairs()
        self.has_clock = ":" in self.tags or "T" in self.tags

    def word(self, token: int) -> Word:
        """Return what a token is."""
        if not self._months:
            return self._unmerged(token)[1].word
        month = self._months.get(token)
        return month or self._unmerged(token + bisect_left(self._merged, token))[1].word

    def written(self, token: int) -> str:
        """Return a token as written."""
        start, end = self.place(token)
        return self.text[start:end]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the code points from token `first` to token `last`, proclitic left out."""
        offset, piece = self._unmerged(first + bisect_left(self._merged, first))
        return offset + piece.start + piece.word.lead, self.place(last)[1]

    def place(self, token: int) -> tuple[int, int]:
        """Return the code points of a token."""
        if not self._merged:
            offset, piece = self._unmerged(token)
            return offset + piece.start, offset + piece.end
        before = bisect_left(self._merged, token)
        offset, piece = self._unmerged(token + before)
        start, end = offset + piece.start, offset + piece.end
        if before < len(self._merged) and self._merged[before] == token:
            offset, piece = self._unmerged(token + before + 1)
            end = offset + piece.end
        return start, end

    def _unmerged(self, token: int) -> tuple[int, Piece]:
        """Return a token, counted before pairs were merged, and where its chunk begins."""
        known = self._known.get(token)
        if known is not None:
            return known
        if not self._ends:
            self._ends = list(accumulate(map(len, self._written)))
            self._lengths = list(accumulate(map(len, self._chunks), initial=0))
        at = bisect_right(self._ends, token)
        pieces = _pieces.get(self._chunks[at]) or self._read_chunk(at)
        found = self._lengths[at] + at, pieces[token - (self._ends[at - 1] if at else 0)]
        self._known[token] = found
        return found

    def _read_chunk(self, at: int) -> tuple[Piece, ...]:
        chunk = self._chunks[at]
        if len(chunk) > _LONGEST:
            if at not in self._long:
                self._long[at] = _read_pieces(chunk)
            return self._long[at]
        if len(_pieces) >= _REMEMBERED:
            _pieces.clear()
        return _pieces.setdefault(chunk, _read_pieces(chunk))

    def _merge_pairs(self) -> None:
        """Make one token of each month of two words (كانون الثاني, ذو القعدة)."""
        tags, count = self.tags, len(self.tags)
        letters: list[str] = []
        merged: list[int] = []
        done = size = 0
        at = tags.find(PAIR_HEAD)
        while at >= 0:
            following = self.written(at + 1) if at + 1 < count else ""
            month, is_pair = _pair(self.written(at), following)
            letters += [tags[done:at], month.tag]
            size += at - done
            self._months[size] = month
            if is_pair:
                merged.append(size)
            size += 1
            done = at + 1 + is_pair
            at = tags.find(PAIR_HEAD, done)
        self.tags = "".join(letters) + tags[done:]
        self._merged = merged


def read_line(text: str) -> Line:
    """Return `text` as tokens."""
    return Line(text)


def _classify(token: str) -> Word:
    token = token[: _LONGEST + 1]
    folded = fold_word(token)
    found = lexicon().words.get(folded)
    if found is not None:
        return _in_place(token, found)
    first = token[0]
    if first.isdecimal():
        return _number(token)
    if first in _LETTERS:
        if first == _TATWEEL and not folded:
            return Word("-", 0, "", 0)
        return Word(">", 0, "", 0) if _is_future(folded) else _OTHER
    if first in _LINE_BREAKS:
        return Word("\n", 0, "", 0)
    return Word(first if first in _PLAIN_SIGNS else _SIGNS.get(first, "_"), 0, "", 0)


def _in_place(word: str, found: Word) -> Word:
    """Return what the lexicon says of a word, with the lengths as written."""
    lead = _written_length(word, found.lead)
    if word[lead:] in lexicon().unlike.get(fold_word(word[lead:]), ()):
        return _OTHER
    return found._replace(lead=lead)


def _written_length(word: str, letters: int) -> int:
    """Return how many code points of `word` its first letters take, marks included."""
    at = 0
    while letters or (at < len(word) and at and not fold_word(word[at])):
        letters -= bool(fold_word(word[at]))
        at += 1
    return at


def _is_future(folded: str) -> bool:
    if not folded.startswith(_FUTURE):
        return False
    stem = folded if folded[0] == "س" else folded[1:]
    names = lexicon()
    return (
        len(stem) > 3
        and stem not in names.not_future_words
        and not stem.startswith(names.not_future)
    )


def _number(digits: str) -> Word:
    """Return a number; its digits beyond four are a note, for they are a time or a count."""
    size = len(digits)
    value = int(digits) if size <= 8 else 0
    if size <= 2:
        return Word("N", value, "", 0)
    if size == 4 and 1900 <= value <= 2100:
        return Word("Y", value, "", 0)
    if size == 4 and 1300 <= value <= 1500:
        return Word("J", value, "", 0)
    return Word("n", value, "", 0)


def _pair(token: str, following: str) -> tuple[Word, bool]:
    """Return the month that two tokens name, else the first alone; and whether it took both."""
    names, head = lexicon(), _word(token)
    month = names.pairs.get((head.note, fold_word(following[: _LONGEST + 1])))
    if month is None:
        return names.alone.get(head.note, _OTHER)._replace(lead=head.lead), False
    joined = month.tag == "M" and head.lead > 0 and fold_word(token[0]) in ("و", "ف")
    return month._replace(tag=JOINED_MONTH if joined else month.tag, lead=head.lead), True
