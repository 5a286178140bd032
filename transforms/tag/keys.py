"""The search key of a text: folded so that spellings meet, with a way back to the text.

A key is one line of space-separated words: Arabic letters folded (alef and hamza forms, taa
marbuta, alef maqsura, Persian look-alikes), diacritics, tatweel, controls and quotation marks
left out, every other mark of punctuation and every line break a barrier that no name may cross.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BARRIER = "|"

# Left out: tatweel, harakat and Quranic marks, soft hyphen, zero-width and bidi controls, and
# quotation marks, which stand inside names (القيادة العامة "للقوات المسلحة) and between a
# proclitic and its name (بـ"الجيش الوطني").
_LEFT_OUT = re.compile(
    "[\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u061c\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\ufeff\"'\u00ab\u00bb\u2018-\u201f\u2039\u203a]"
)
_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]*")
_SPACES = re.compile(r"[^\S\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029 ]")
_BARRIERS = re.compile(r"[^\w ]|_|[\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_SAME_LETTER = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
    "ک": "ك", "ہ": "ه", "ھ": "ه", "گ": "غ", "ڤ": "ف", "پ": "ب", "چ": "ج",
}  # fmt: skip
#: The letters of news, and nearly all others, are no later than this; emoji are.
_LAST = 0xFFFF
#: What a left-out character folds to; NUL itself is a barrier.
_GONE = 0
_TABLE = str.maketrans(
    _SAME_LETTER
    | {chr(0x41 + n): chr(0x61 + n) for n in range(26)}
    | {chr(first + n): str(n) for first in (0x660, 0x6F0) for n in range(10)}
)


@dataclass(frozen=True, slots=True)
class Key:
    """A folded text. `words` has one space before the first and after the last word.

    `words` and `marked` have the same length; `marked` keeps the barriers that are spaces in
    `words`. `shifts` holds, for every left-out character, its place in the key.
    """

    words: str
    marked: str
    shifts: list[int]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source text that the key's span [start, end) was made from.

        The span starts and ends with a character that was kept, so quotation marks around a
        name stay outside it.
        """
        if not self.shifts:
            return start - 1, end - 1
        first = start - 1 + bisect_right(self.shifts, start - 1)
        last = end - 2 + bisect_right(self.shifts, end - 2)
        return first, last + 1


def make_key(text: str) -> Key:
    """Return the key of `text`."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    folded = _folded()[np.minimum(codes, _LAST)]
    for at in np.flatnonzero(codes > _LAST):
        folded[at] = ord(_fold(text[at]))
    gone = np.flatnonzero(folded == _GONE)
    shifts = gone - np.arange(gone.size)
    kept = folded[folded != _GONE] if gone.size else folded
    marked = f" {kept.tobytes().decode('utf-32-le')} "
    return Key(marked.replace(BARRIER, " "), marked, shifts.tolist())


def fold_name(name: str) -> str:
    """Return a name as it stands in a key: single spaces between words, barriers kept."""
    return " ".join(_fold(_LEFT_OUT.sub("", name)).split())


def with_marks(text: str, end: int) -> int:
    """Return `end` moved past the diacritics that follow, which belong to the letter before."""
    match = _MARKS.match(text, end)
    return match.end() if match else end


def without_marks(name: str) -> str:
    """Return a name as it is shown: single spaces, no diacritics, quotation marks, tatweel."""
    return " ".join(_LEFT_OUT.sub("", name).split())


def _fold(text: str) -> str:
    """Return a text folded, character by character; none is left out."""
    return _BARRIERS.sub(BARRIER, _SPACES.sub(" ", text).translate(_TABLE))


@cache
def _folded() -> NDArray[np.uint32]:
    """Return for each code point up to the last one of the table what it folds to."""
    import numpy as np

    every = "".join(map(chr, range(_LAST + 1)))
    folded = np.frombuffer(_fold(every).encode("utf-32-le"), "<u4").copy()
    folded[list(map(ord, _LEFT_OUT.findall(every)))] = _GONE
    return folded
