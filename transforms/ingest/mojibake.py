"""Arabic that was read in the wrong encoding and stored again: found by its shape, and undone.

Three mistakes make nearly all of it, and each leaves what no sound text has:

- UTF-8 read as windows-1252 or Latin-1: `Ø§Ù„Ø¹Ø±Ø¨`, each letter a Ø, Ù, Ú or Û and a sign;
- UTF-8 read as windows-1256: `ط§ظ„ط¹ط±ط¨`, each letter a ط, ظ, ع or غ and a sign;
- windows-1256 read as windows-1252 or Latin-1: `ÇáÚÑÈ`, words of accented capitals and signs alone.

A text is touched only where it shows three such letters in a row (or, for the third, such words);
then everything that can only have come in the same way is undone, single lines of a sound page as
well as whole pages, whether the signs stand as they are or as HTML entities. Offsets count the
mended text; the payload stays.
"""

from __future__ import annotations

import html
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
_LATIN = "À-ÖØ-öø-ÿ¡º¿ŒœŽžŠšŸƒ\u008d\u008e\u0090"
#: A word of windows-1256 read as windows-1252: no ASCII letter is among it.
_LATIN_WORD = re.compile(f"(?<![A-Za-zÀ-ÿ])[{_LATIN}]+(?![A-Za-z])")
#: Three of them in a row, of three letters and more, where a headline has no article.
_LATIN_WORDS = re.compile(
    f"(?<![A-Za-z{_LATIN}])(?:[{_LATIN}]{{3,}}[ .:]+){{2}}[{_LATIN}]{{3,}}(?![A-Za-z])"
)
#: What was written, and spoilt, as a whole: a line, or what stands between two tags.
_STRETCH = re.compile(r"[^\n<>]+")
#: A word of a Latin language, which is none of windows-1256: its accents are other letters there.
_SOUND_LATIN = re.compile("[a-z][À-ßñãäåìíðòóõöøúýþ]|[À-ßñãäåìíðòóõöøúýþ][a-z]")
#: The signs that give spoilt letters away, and all that may stand beside them, as HTML spells them.
_TELLING = re.compile("&(?:sect|Ccedil|#0*(?:167|199)|#[xX]0*(?:[aA]|[cC])7);")
_SPELT = re.compile("&(?:[A-Za-z]{2,8}[0-9]{0,2}|#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6});")


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
    found = _mend(text)
    if "&" in text and (_TELLING.search(found.text) or _ALEF in found.text or "Ç" in found.text):
        spelt = _mend(_SPELT.sub(_foreign, found.text))
        if spelt.mended:
            return Mended(spelt.text, found.mended + spelt.mended)
    return found


def _foreign(entity: re.Match[str]) -> str:
    """Return the character beyond ASCII that an entity stands for; what could be markup stays."""
    shown = html.unescape(entity[0])
    return entity[0] if shown.isascii() else shown


def _mend(text: str) -> Mended:
    mended = 0
    if "Ã" in text and sum(map(text.count, _TWICE)) >= _STRONG:
        text, mended = _undo_layers(text)
    for codec in ("cp1256", "cp1252") if _ALEF in text else ():
        text, count = _undo_utf_8(text, _page(codec))
        mended += count
    if "Ç" in text and (text.count(_ARTICLE) >= _ARTICLES or _LATIN_WORDS.search(text)):
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
        stretch = match[0]
        if not any(len(word) > 1 for word in _LATIN_WORD.findall(stretch)):
            return stretch
        if _SOUND_LATIN.search(stretch):
            arabic = _LATIN_WORD.sub(_word_undone, stretch)
        else:
            arabic = stretch.translate(_latin_to_arabic())
        count += sum(map(str.__ne__, stretch, arabic))
        return arabic

    return _STRETCH.sub(undone, text), count


def _word_undone(match: re.Match[str]) -> str:
    word = match[0].translate(_latin_to_arabic())
    return word if len(word) > 1 or word in _ONE_LETTER_WORDS else match[0]


_ONE_LETTER_WORDS = "و،؛؟"


@cache
def _latin_to_arabic() -> dict[int, str]:
    """Return what stands in windows-1256 where windows-1252, or Latin-1, has a character."""
    arabic = {byte: bytes([byte]).decode("cp1256") for byte in range(0x80, 0x100)}
    latin = {ord(_character("cp1252", byte)): shown for byte, shown in arabic.items()}
    return arabic | latin


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
