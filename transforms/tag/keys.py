"""The search key of a text: folded so that spellings meet, with a way back to the text.

A key is one line of space-separated words: Arabic letters folded (alef and hamza forms, taa
marbuta, alef maqsura, Persian look-alikes), diacritics, tatweel, controls and quotation marks
left out, every other mark of punctuation and every line break a barrier that no name may cross.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

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
_DIGITS = re.compile("[٠-٩۰-۹]")
_CAPITALS = re.compile("[A-Z]")
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
    gone = [m.start() for m in _LEFT_OUT.finditer(text)]
    shifts = [at - count for count, at in enumerate(gone)]
    kept = _LEFT_OUT.sub("", text) if gone else text
    kept = _fold_letters(_SPACES.sub(" ", kept))
    marked = f" {_BARRIERS.sub(BARRIER, kept)} "
    return Key(marked.replace(BARRIER, " "), marked, shifts)


def fold_name(name: str) -> str:
    """Return a name as it stands in a key: single spaces between words, barriers kept."""
    kept = _LEFT_OUT.sub("", name).translate(_TABLE)
    marked = _BARRIERS.sub(BARRIER, _SPACES.sub(" ", kept))
    return " ".join(marked.split())


def with_marks(text: str, end: int) -> int:
    """Return `end` moved past the diacritics that follow, which belong to the letter before."""
    match = _MARKS.match(text, end)
    return match.end() if match else end


def without_marks(name: str) -> str:
    """Return a name as it is shown: single spaces, no diacritics, quotation marks, tatweel."""
    return " ".join(_LEFT_OUT.sub("", name).split())


def _fold_letters(text: str) -> str:
    """Return a long text folded: a chain of replacements is faster there than a table."""
    for written, folded in _SAME_LETTER.items():
        text = text.replace(written, folded)
    text = _DIGITS.sub(lambda m: str(int(m.group())), text)
    return _CAPITALS.sub(lambda m: m.group().lower(), text)
