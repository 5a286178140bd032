"""Whether a payload could be a page in Arabic script, told by its bytes, before it is decoded.

For archives of a whole crawl, where most pages are in other languages: a look of microseconds
spares them everything else. It errs to one side only: what may hold an Arabic article passes, and
is judged by its text later (`transforms.clean.language`).
"""

from __future__ import annotations

import codecs
import re

#: Languages of `[[sources]] languages` that are written in Arabic letters.
ARABIC_SCRIPT = frozenset({"ar", "fa", "ur", "ckb", "ps"})
#: Letters that a page shows at least if it holds an article. A body is refused below 100
#: characters, about four in five of them letters; less is a name, or a link to the Arabic edition.
MIN_LETTERS = 60
#: UTF-8 lead bytes of U+0600 to U+06FF; in windows-1256 and ISO-8859-6 letters, but rare ones.
_LEADS = (b"\xd8", b"\xd9", b"\xda", b"\xdb")
#: The same of the presentation forms, U+FB50 to U+FDFF and U+FE70 to U+FEFF.
_FORMS = (b"\xef\xad", b"\xef\xae", b"\xef\xaf", b"\xef\xb0", b"\xef\xb9", b"\xef\xba", b"\xef\xbb")
#: In windows-1256 and ISO-8859-6 most letters of Arabic lie here. In Latin code pages accented
#: ones do, which stand alone between ASCII letters.
_WORD = re.compile(rb"[\xc1-\xed]{3,}")
#: A letter of Arabic as HTML or JSON spells it in ASCII: &#1575; &#x627; \u0627.
_SPELT = re.compile(rb"&#(?:1(?:5[3-9]|6\d|7[0-8])\d|x0?6[0-9a-f]{2});?|\\u06[0-9a-f]{2}", re.I)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Without such a mark, where a transport declares it: half of each letter, and in no other text.
_UTF_16_HALF = b"\x06"
#: Arabic in UTF-8 that somebody read in windows-1252 and stored again, as `mojibake` undoes it: a
#: letter of `Ø§Ù„`, or a word of `ÇáÚÑÈ`. In Latin languages no three accented letters touch.
_SPOILT = re.compile(rb"\xc3[\x98-\x9b](?=[\xc2\xc5\xc6\xcb\xe2])|(?:\xc3[\x80-\xbf]){3,}")
#: Counting is fast where there is nothing to count: the first steps are short, so that an Arabic
#: page costs little more than another one.
_FIRST_STEP = 512


def may_be_arabic(payload: bytes) -> bool:
    """Return whether `payload` may hold an article in Arabic letters, in any encoding read here.

    Costs about five microseconds a kilobyte where there is none; an Arabic page is known by its
    first paragraphs.
    """
    if payload.startswith(_UTF_16) or payload.count(_UTF_16_HALF) >= MIN_LETTERS:
        return True
    if _has_letters(payload) or _is_spelt(payload):
        return True
    if payload.isascii():
        return False
    if _has_forms(payload) or _is_spoilt(payload):
        return True
    return not _is_utf_8(payload) and len(b"".join(_WORD.findall(payload))) >= MIN_LETTERS


# One byte is counted at some gigabytes a second, two or more at one: the byte is asked first.


def _is_spelt(payload: bytes) -> bool:
    if payload.count(b"#") < MIN_LETTERS and payload.count(b"\\") < MIN_LETTERS:
        return False
    begins = payload.count(b"&#") + payload.count(b"\\u06")
    return begins >= MIN_LETTERS and len(_SPELT.findall(payload)) >= MIN_LETTERS


def _has_forms(payload: bytes) -> bool:
    if payload.count(b"\xef") < MIN_LETTERS:
        return False
    return sum([payload.count(form) for form in _FORMS]) >= MIN_LETTERS


def _is_spoilt(payload: bytes) -> bool:
    if payload.count(b"\xc3") < MIN_LETTERS:
        return False
    return len(b"".join(_SPOILT.findall(payload))) >= 2 * MIN_LETTERS


def _has_letters(payload: bytes) -> bool:
    if payload.isascii():
        return False
    letters, at, step = 0, 0, _FIRST_STEP
    while at < len(payload):
        letters += sum([payload.count(lead, at, at + step) for lead in _LEADS])
        if letters >= MIN_LETTERS:
            return True
        at, step = at + step, 2 * step
    return False


def _is_utf_8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
