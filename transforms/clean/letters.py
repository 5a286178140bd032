"""Letters: one form for each, without the marks that only steer the display; kept reversible.

`normalise` changes what is the same letter written otherwise: canonical composition (NFC),
tatweel, bidi and zero-width controls, presentation forms, and the Persian and Urdu look-alikes
that keyboards put into Arabic words. `fold` goes further and is a search key only.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache

#: Out: C0/C1 controls that are no white space, soft hyphen, tatweel, bidi and zero-width controls.
_REMOVED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u0640\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
)
_MARKS = (
    "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8"
    "\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff"
)
_SPACES = "\u00a0\u2007\u202f"
#: The Arabic letters' contextual forms; the ligatures of whole words (U+FDF0 on) stay but for one.
_FORMS = "\ufb50-\ufbb1\ufbd3-\ufbff\ufdf2\ufe80-\ufefc"
#: Alef alone and alef at a word's end, the commonest of them.
_ALEFS = ("\ufe8d", "\ufe8e")
_SURROGATES = "\ud800-\udfff"
_ALIKE = {
    "\u06cc": "\u064a",  # Farsi yeh
    "\u06a9": "\u0643",  # keheh
    "\u06aa": "\u0643",  # swash kaf
    "\u06c1": "\u0647",  # heh goal
    "\u06be": "\u0647",  # heh doachashmee
    "\u06c2": "\u0629",  # heh goal with hamza above
    "\u06c0": "\u0629",  # heh with yeh above
    "\u06c3": "\u0629",  # teh marbuta goal
}
_ALIKES = "".join(_ALIKE)
#: Letters that no Arabic word has: a word with one of them is foreign and keeps its spelling.
_FOREIGN = (
    "\u0679\u067e\u0681\u0685\u0686\u0688\u0689\u0691\u0693\u0695\u0698\u069a\u06af"
    "\u06b5\u06ba\u06c6\u06ce\u06d2\u06d5"
)
_SINGLE = _SPACES + _FORMS + _SURROGATES + _ALIKES
#: In Persian and Urdu 2.5 to 5 % of the letters are foreign to Arabic; a name or two in an Arabic
#: article stays far below 1 %.
_FOREIGN_SHARE = 0.01

_TOUCHED = re.compile(f"[{_MARKS}{_REMOVED}{_SINGLE}]+")
_TOUCHED_NFC = re.compile(f"[{_REMOVED}{_SINGLE}][{_MARKS}{_REMOVED}{_SINGLE}]*")
_ONLY_REMOVED = re.compile(f"[{_REMOVED}]+")
_FORM = re.compile(f"[{_FORMS}]")
_SURROGATE = re.compile(f"[{_SURROGATES}]")
_ALIKE_LETTER = re.compile(f"[{_ALIKES}]")
_FOREIGN_LETTER = re.compile(f"[{_FOREIGN}]")
_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f]")
_WORD = re.compile(
    f"[\u0620-\u065f\u066e-\u06d3\u06d5-\u06ff\u0750-\u077f{_FORMS}{_MARKS}{_REMOVED}]+"
)
_TOKEN = re.compile(r"\s+|\S+")
_TO_SPACE = dict.fromkeys(map(ord, _SPACES), " ")
_TO_ARABIC = {ord(k): v for k, v in _ALIKE.items()}

#: What `str.strip` takes off a line so that nothing invisible is left at its ends.
INVISIBLE = "".join(
    chr(code)
    for first, end in (
        (0x0, 0x21), (0x7F, 0xA1), (0xAD, 0xAE), (0x61C, 0x61D), (0x640, 0x641), (0x1680, 0x1681),
        (0x180E, 0x180F), (0x2000, 0x2010), (0x2028, 0x2030), (0x205F, 0x2070), (0x3000, 0x3001),
        (0xFEFF, 0xFF00),
    )
    for code in range(first, end)
)  # fmt: skip

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ؤ": "و", "ئ": "ي", "ى": "ي", "ة": "ه",
        "\u06cc": "ي", "\u06a9": "ك", "\u06aa": "ك",
        **dict.fromkeys("\u06c1\u06be\u06c0\u06c2\u06c3", "ه"),
        **{chr(0x660 + n): str(n) for n in range(10)},
        **{chr(0x6F0 + n): str(n) for n in range(10)},
    }
)  # fmt: skip
_MARK = re.compile(f"[{_MARKS}]+")
#: "name ـ place": what typists put for a dash.
_DASH = re.compile(r"(?<!\S)ـ+(?!\S)")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text with its letters normalised, and the way back to the source.

    The four lists describe runs of the normalised text in order: where a run starts in it, and
    which span of the source it stands for. A run of the same length maps letter by letter.
    """

    text: str
    starts: list[int]
    source_starts: list[int]
    source_ends: list[int]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source that `text[start:end]` was made from (code points).

        Raises:
            ValueError: `start` and `end` are no span of the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"{start}:{end} is no span of a text of {len(self.text)}")
        first = self._at(start, last=False)
        return (first, first) if start == end else (first, self._at(end - 1, last=True))

    def _at(self, position: int, *, last: bool) -> int:
        run = bisect_right(self.starts, position) - 1
        if run < 0:
            return position
        start, source, source_end = self.starts[run], self.source_starts[run], self.source_ends[run]
        stop = self.starts[run + 1] if run + 1 < len(self.starts) else len(self.text)
        if stop - start == source_end - source:
            return source + position - start + last
        return source_end if last or position >= stop else source


def normalise(text: str) -> Normalised:
    """Return `text` with its letters normalised; doing it twice changes nothing."""
    nfc = unicodedata.is_normalized("NFC", text)
    if nfc and not _TOUCHED_NFC.search(text):
        return Normalised(text, [0], [0], [len(text)])
    kept = _foreign_words(text)
    runs: list[tuple[int, int, str]] = []
    for match in (_TOUCHED_NFC if nfc else _TOUCHED).finditer(text):
        start, end = match.span()
        if _ONLY_REMOVED.fullmatch(match[0]):
            runs.append((start, end, ""))
            continue
        base = start - 1 if start and not text[start - 1].isspace() else start
        if runs and base < runs[-1][1]:
            base = start
        new = _letters(text[base:end], kept.holds(start))
        if base < start and new[:1] == text[base]:  # the letter before took nothing up
            base, new = start, new[1:]
        if new != text[base:end]:
            runs.append((base, end, new))
    done = _rebuild(text, runs)
    if unicodedata.is_normalized("NFC", done.text) and not _ONLY_REMOVED.search(done.text):
        return done
    return _rebuild(
        text,
        [
            (m.start(), m.end(), new)
            for m in _TOKEN.finditer(text)
            if (new := _letters(m[0], kept.holds(m.start()))) != m[0]
        ],
    )


def plain_forms(text: str) -> str:
    """Return `text` with the contextual forms that stand for one letter as that letter.

    Each character stays one, so that offsets hold; the ligatures of several letters stay too.
    A text of such forms has an alef among them.
    """
    return text.translate(_plain_letters()) if any(a in text for a in _ALEFS) else text


@cache
def _plain_letters() -> dict[int, str]:
    forms = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB50, 0xFEFD)}
    return {code: plain for code, plain in forms.items() if len(plain) == 1 and plain != chr(code)}


def folded(text: str) -> str:
    """Return a search key: normalised, no diacritics, one form of alef, hamza, ya and ta marbuta.

    Latin letters lose their case and digits become ASCII. Never shown to a reader.
    """
    return _MARK.sub("", normalise(text).text.casefold()).translate(_FOLDED)


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """Return `folded(text)`, remembered: for words and short lines, which come again."""
    return folded(text)


def tidy(text: str) -> str:
    """Return `text` as a value of one line: letters normalised, white space single.

    A tatweel that stands free is a dash, which normalising would remove.
    """
    text = _DASH.sub("-", text) if "ـ" in text else text
    return " ".join(normalise(text).text.split())


@dataclass(frozen=True, slots=True)
class _Kept:
    """Which positions keep their look-alike letters: none, all, or those in foreign words."""

    everything: bool
    starts: list[int]
    ends: list[int]

    def holds(self, position: int) -> bool:
        if self.everything or not self.starts:
            return self.everything
        word = bisect_right(self.starts, position) - 1
        return word >= 0 and position < self.ends[word]


_NONE_KEPT = _Kept(False, [], [])


def _foreign_words(text: str) -> _Kept:
    if not _ALIKE_LETTER.search(text):
        return _NONE_KEPT
    plain = _FORM.sub(_plain_form, text)
    foreign = len(_FOREIGN_LETTER.findall(plain))
    if not foreign:
        return _NONE_KEPT
    if foreign >= _FOREIGN_SHARE * len(_LETTER.findall(plain)):
        return _Kept(True, [], [])
    words = [m.span() for m in _WORD.finditer(text) if _FOREIGN_LETTER.search(m[0])]
    return _Kept(False, [a for a, _ in words], [b for _, b in words])


def _plain_form(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _letters(text: str, foreign: bool) -> str:
    text = _ONLY_REMOVED.sub("", text).translate(_TO_SPACE)
    text = unicodedata.normalize("NFC", _FORM.sub(_plain_form, _SURROGATE.sub("\ufffd", text)))
    return text if foreign else unicodedata.normalize("NFC", text.translate(_TO_ARABIC))


def _by_letter(source: str) -> bool:
    """Return whether each character of a run became one: what goes and a ligature even out."""
    return all(len(_letters(char, foreign=False)) == 1 for char in source)


def _rebuild(text: str, runs: list[tuple[int, int, str]]) -> Normalised:
    """Return the text with each `(start, end, new)` replaced; the runs are in order."""
    parts: list[str] = []
    starts: list[int] = []
    source_starts: list[int] = []
    source_ends: list[int] = []
    at = length = 0
    for start, end, new in [*runs, (len(text), len(text), "")]:
        pieces = [(text[at:start], at, start), (new, start, end)]
        if len(new) == end - start > 1 and not _by_letter(text[start:end]):
            pieces[1:] = [(new[:1], start, end), (new[1:], start, end)]
        for piece, a, b in pieces:
            if piece:
                parts.append(piece)
                starts.append(length)
                source_starts.append(a)
                source_ends.append(b)
                length += len(piece)
        at = end
    return Normalised("".join(parts), starts, source_starts, source_ends)
