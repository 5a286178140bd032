"""Arabic that was read in the wrong encoding and stored again: found by its shape, and undone.

Three mistakes make nearly all of it, and each leaves what no sound text has:

- UTF-8 read as windows-1252 or Latin-1: `Ø§Ù„Ø¹Ø±Ø¨`, each letter a Ø, Ù, Ú or Û and a sign;
- UTF-8 read as windows-1256: `ط§ظ„ط¹ط±ط¨`, each letter a ط, ظ, ع or غ and a sign;
- windows-1256 read as windows-1252: `ÇáÚÑÈ`, words of accented capitals and signs alone.

A text is touched only where it shows three such letters in a row (or, for the third, words that
begin with the article); then everything that can only have come in the same way is undone, single
lines of a sound page as well as whole pages. Offsets count the mended text; the payload stays.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

REPLACEMENT = "\ufffd"
#: An alef (U+0627, in UTF-8 D8 A7) becomes a letter and this sign in both code pages, and no
#: sound article has it: looking for one character costs next to nothing.
_ALEF = "§"
#: Three letters in a row: in windows-1256 the leads are Arabic letters themselves, and two of
#: them, each before a mark (`حظ، ظ؟`), can be met in sound text; three never were.
_STRONG = 3
#: The same leads spoilt once more.
_TWICE = ("Ã˜", "Ã™")
_LETTER = re.compile("[\u0621-\u064a]")
#: Continuations that stand beside the four leads in sound Arabic: marks, quotes, white space.
_USUAL_MARKS = "،؛؟«»“”‘’…–—•\u00a0\u200c\u200d\u200e\u200f\u00ad"
_USUAL_LETTERS = "ٹپچژڈگکڑںھ"
_ARABIC = "\u0621-\u063f\u0641-\u064a\u0671-\u06d3"
_ARTICLE = "Çá"
#: So many words with the article show that a text was windows-1256: no other language has them.
_ARTICLES = 3
#: A word of windows-1256 read as windows-1252: no ASCII letter is among it.
_LATIN_WORD = re.compile("(?<![A-Za-zÀ-ÿ])[À-ÖØ-öø-ÿ¡º¿ŒœŽžŠšŸƒ\u008d\u008e\u0090]+(?![A-Za-z])")


class Mended(NamedTuple):
    """A text without mojibake, and how many of its characters were mended."""

    text: str
    mended: int


class _Page(NamedTuple):
    """How spoilt UTF-8 looks in one code page."""

    strong: re.Pattern[str]
    spoilt: re.Pattern[str]
    to_byte: dict[int, int]


def mend(text: str) -> Mended:
    """Return `text` with mojibake undone; the same text where there is none."""
    mended = 0
    if "Ã" in text and sum(map(text.count, _TWICE)) >= _STRONG:
        text, mended = _undo_layers(text)
    for codec in ("cp1256", "cp1252") if _ALEF in text else ():
        text, count = _undo_utf_8(text, _page(codec))
        mended += count
    if "Ç" in text and text.count(_ARTICLE) >= _ARTICLES:
        text, count = _undo_1256(text)
        mended += count
    return Mended(text, mended)


def _undo_layers(text: str) -> tuple[str, int]:
    """Undo what was spoilt twice, by ftfy, in the lines that show it: it tries the ways back."""
    from ftfy import fix_encoding

    mended, lines = 0, text.split("\n")
    for number, line in enumerate(lines):
        if sum(map(line.count, _TWICE)) >= _STRONG:
            fixed = fix_encoding(line)
            letters = len(_LETTER.findall(fixed))
            if letters >= _STRONG:
                lines[number], mended = fixed, mended + letters
    return "\n".join(lines), mended


def _undo_utf_8(text: str, page: _Page) -> tuple[str, int]:
    if not page.strong.search(text):
        return text, 0
    count = 0

    def undone(match: re.Match[str]) -> str:
        nonlocal count
        spoilt = match[0]
        read = bytes(page.to_byte[ord(c)] for c in spoilt if c != REPLACEMENT)
        # Of a letter whose second byte was lost, the loss is left: it is not known which it was.
        letters = REPLACEMENT if REPLACEMENT in spoilt else read.decode("utf-8", "replace")
        count += len(letters)
        return letters

    return page.spoilt.sub(undone, text), count


def _undo_1256(text: str) -> tuple[str, int]:
    count = 0

    def undone(match: re.Match[str]) -> str:
        nonlocal count
        word = match[0].translate(_latin_to_arabic())
        if len(word) > 1 or word in _ONE_LETTER_WORDS:
            count += len(word)
            return word
        return match[0]

    return _LATIN_WORD.sub(undone, text), count


_ONE_LETTER_WORDS = "و،؛؟"


@cache
def _latin_to_arabic() -> dict[int, str]:
    read = {byte: _character("cp1252", byte) for byte in range(0x80, 0x100)}
    return {ord(latin): bytes([byte]).decode("cp1256") for byte, latin in read.items()}


@cache
def _page(codec: str) -> _Page:
    """Return the patterns of UTF-8 letters of Arabic, and of what stands between them."""
    shown = {byte: [_character(codec, byte)] for byte in range(0x80, 0x100)}
    if codec == "cp1252":  # and Latin-1, which shows controls where windows-1252 has signs
        for byte in range(0x80, 0xA0):
            shown[byte].append(chr(byte))
    every = {byte: "".join(map(re.escape, chars)) for byte, chars in shown.items()}
    lead = "".join(every[byte] for byte in range(0xD8, 0xDC))
    follow = "".join(every[byte] for byte in range(0x80, 0xC0)) + REPLACEMENT
    letter = f"[{lead}][{follow}]"
    two = f"[{every[0xC2]}{every[0xC3]}][{follow}]"
    sure = letter
    if codec == "cp1256":
        sure = f"[{lead}](?![{_USUAL_MARKS}{_USUAL_LETTERS}])[{follow}]"
        sure += f"|(?<![{_ARABIC}])[{lead}][{_USUAL_LETTERS}](?![{_ARABIC}])"
        two = f"{every[0xC2]}(?![،؛؟])[{follow}]|{every[0xC3]}(?![{_USUAL_MARKS}])[{follow}]"
    marks = (
        f"{two}|[{every[0xE2]}][{every[0x80]}{every[0x81]}][{follow}]"
        f"|[{every[0xEF]}][{follow}][{follow}]"
    )
    return _Page(
        re.compile(f"(?:{letter}){{{_STRONG}}}"),
        # A letter that could be two sound characters is one beside another letter only.
        re.compile(f"{sure}|{letter}(?={letter})|(?<={letter}){letter}|{marks}"),
        {ord(char): byte for byte, chars in shown.items() for char in chars},
    )


def _character(codec: str, byte: int) -> str:
    """Return what a code page shows for a byte; where it has nothing, the control of Latin-1."""
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)
