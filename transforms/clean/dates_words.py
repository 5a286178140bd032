"""A text read as tokens, and each token as one letter of a small alphabet.

The grammar (`dates_rules`) is written over these letters, one a token, so that its patterns are
short and the work per code point is one pass of the tokeniser and one look-up a token. Beside the
letters of `dates_lexicon.ROLES`: M, A, H months (Arabic, English, Hijri), µ an Arabic month with و
before it; N a number of one or two digits, Y a year from 1900 to 2100, J one from 1300 to 1500, n
any other number; x any other word; / - , . : ( ) + | ; for themselves and what looks like them, _
any other sign; a blank for white space that opens the text, a newline for the end of a line.
"""

from __future__ import annotations

import re
from itertools import accumulate

from transforms.clean.dates_lexicon import (
    JOINED_MONTH,
    PAIR_HEAD,
    Word,
    fold_word,
    folding,
    lexicon,
)

_SIGNS = dict(zip("،؛–—−‐‑‒／﹣@", ",;------/-|", strict=True))
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
_TOKEN = re.compile(f"(?:{_LETTER}+|\\d+|{_SPACE}|\\S){_SPACE}*|\\s")
_ALL = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x10000)))
_LETTERS = frozenset(re.findall(_LETTER, _ALL))
_SPACES = "".join(re.findall(_SPACE, _ALL))
_LINE_BREAKS = frozenset("\r\n\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_FOLD = folding(_SPACES)
#: How a verb of what is to come begins: سيلتقي, وستعقد, سنلتقي.
_FUTURE = tuple(c + "س" + p for c in ("", "و", "ف") for p in "يتن")
#: The longest form of the lexicon with two proclitics and a mark on every letter is shorter.
_LONGEST = 40
#: Tags of tokens are remembered, for a corpus repeats its words. Emptied when full, which bounds
#: them to some 25 MB whatever a page throws in.
_REMEMBERED = 150_000


_OTHER = Word("x", 0, "", 0)


class _Tags(dict[str, str]):
    """Token as written, white space included → its tag; classifies what it has not seen."""

    def __missing__(self, token: str) -> str:
        word = _classify(token)
        if len(token) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
                _words.clear()
            self[token] = word.tag
            if word.tag != "x":
                _words[token] = word
        return word.tag


_tags = _Tags()
_words: dict[str, Word] = {}


class Line:
    """A text as tokens and their tags, one letter each; what few tokens need is made on demand."""

    __slots__ = ("_months", "_starts", "_tokens", "tags", "text")

    def __init__(self, text: str, tokens: list[str], tags: str, months: dict[int, Word]) -> None:
        self.text = text
        self.tags = tags
        self._tokens = tokens
        self._months = months
        self._starts: list[int] = []

    def word(self, token: int) -> Word:
        """Return what a token is."""
        written = self._tokens[token]
        return self._months.get(token) or _words.get(written) or _classify(written)

    def start(self, token: int) -> int:
        """Return the code point at which a token begins, its proclitic included."""
        if not self._starts:
            self._starts = list(accumulate(map(len, self._tokens), initial=0))
        return self._starts[token]

    def written(self, token: int) -> str:
        """Return a token as written, without the white space behind it."""
        return self._tokens[token].rstrip(_SPACES)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the code points from token `first` to token `last`, proclitic left out."""
        start = self.start(first) + self.word(first).lead
        return start, self.start(last) + len(self.written(last))


def read_line(text: str) -> Line:
    """Return `text` as tokens; every code point belongs to exactly one."""
    tokens = _TOKEN.findall(text)
    tags = "".join(map(_tags.__getitem__, tokens))
    if PAIR_HEAD in tags:
        return _join_pairs(text, tokens, tags)
    return Line(text, tokens, tags, {})


def _classify(token: str) -> Word:
    if len(token) > _LONGEST:
        token = token.rstrip(_SPACES)[: _LONGEST + 1]
    folded = token.translate(_FOLD)
    found = lexicon().words.get(folded)
    if found is not None:
        return _in_place(token.rstrip(_SPACES), found)
    first = token[0]
    if first.isdecimal():
        return _number(token.rstrip(_SPACES))
    if first in _LETTERS:
        return Word(">", 0, "", 0) if _is_future(folded) else _OTHER
    if folded.strip():
        return Word(first if first in _PLAIN_SIGNS else _SIGNS.get(first, "_"), 0, "", 0)
    return Word(" " if _LINE_BREAKS.isdisjoint(token) else "\n", 0, "", 0)


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
    return len(stem) > 3 and not stem.startswith(lexicon().not_future)


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


def _join_pairs(text: str, tokens: list[str], tags: str) -> Line:
    """Make one token of each month of two words (كانون الثاني, ذو القعدة)."""
    joined: list[str] = []
    letters: list[str] = []
    months: dict[int, Word] = {}
    index = 0
    while index < len(tokens):
        taken = 1
        if tags[index] == PAIR_HEAD:
            months[len(joined)], taken = _pair(
                tokens[index], "".join(tokens[index + 1 : index + 2])
            )
        joined.append("".join(tokens[index : index + taken]))
        letters.append(months[len(joined) - 1].tag if tags[index] == PAIR_HEAD else tags[index])
        index += taken
    return Line(text, joined, "".join(letters), months)


def _pair(token: str, following: str) -> tuple[Word, int]:
    """Return the month that two tokens name, else the first alone; and how many it took."""
    names, head = lexicon(), _words.get(token) or _classify(token)
    month = names.pairs.get((head.note, following[: _LONGEST + 1].translate(_FOLD)))
    if month is None:
        return names.alone.get(head.note, _OTHER)._replace(lead=head.lead), 1
    joined = month.tag == "M" and head.lead > 0 and fold_word(token[0]) in ("و", "ف")
    return month._replace(tag=JOINED_MONTH if joined else month.tag, lead=head.lead), 2
