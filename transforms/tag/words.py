"""The words of a text as the student reads them, and the hashed features of a word.

A word is a run of letters (with its diacritics), a run of digits, one mark of punctuation or a
line break. Its features are what can be seen in it alone: the word as written and folded, its
stem without proclitics and article, its beginnings and ends, its trigrams, its shape, and what the
knowledge says of it. Each is hashed to a row of the student's table, so no list of words ships.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from zlib import crc32

from transforms.tag.clues import clues_of
from transforms.tag.keys import fold_name

#: Rows of the table. Half as many cost 1 point of F1 by collisions, twice as many 6 MB.
ROWS = 1 << 17
_MARKS = "\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_WORD = re.compile(rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*|\d+|\n|[^\w\s]|_")
_LEFT_OUT = re.compile(f"[{_MARKS}]")
_STEM = re.compile("[وف]?(?:[بك]?ال|لل|[بلك])?(?=..)")
_ALEFS = str.maketrans("أإآٱ", "اااا")
#: A word this long is no word; its features would only cost time.
LONGEST = 40
#: One word at [start, end) of a text. A plain pair: a text has hundreds.
Word = tuple[int, int]


class Features(NamedTuple):
    """Rows of the table that a word adds up; the trigrams are weighed down together."""

    whole: list[int]
    trigrams: list[int]


def words_of(text: str) -> list[Word]:
    """Return the words of a text in their order."""
    return [match.span() for match in _WORD.finditer(text)]


def features_of(word: str) -> Features:
    """Return the hashed features of one word."""
    plain = _LEFT_OUT.sub("", word[:LONGEST]).translate(_ALEFS).lower()
    folded = fold_name(plain) if plain[:1].isalnum() else plain
    stem = _STEM.sub("", folded, count=1)
    bound = f"^{folded}$"
    whole = [
        f"w{plain}",
        f"f{folded}",
        f"s{stem}",
        *(f"p{folded[:n]}" for n in (1, 2, 3, 4)),
        *(f"e{folded[-n:]}" for n in (1, 2, 3, 4)),
        f"h{shape_of(plain)}",
        *(f"k{clue}" for clue in clues_of(folded)),
    ]
    trigrams = [f"t{bound[at : at + 3]}" for at in range(max(1, len(bound) - 2))]
    return Features([_row(each) for each in whole], [_row(each) for each in trigrams])


def shape_of(word: str) -> str:
    """Return what kind of word it is and how long, as one short string."""
    first = word[:1]
    if first.isdigit():
        return f"0{min(len(word), 5)}"
    if not first.isalpha():
        return first
    kind = "a" if first.isascii() else "l" if first < "\u0600" else "ar"
    return f"{kind}{min(len(word), 9)}"


def _row(feature: str) -> int:
    return crc32(feature.encode()) % ROWS
