"""What stands on the same line as prose: a dateline before it, an agency's credit after it."""

from __future__ import annotations

import re

from transforms.clean.letters import fold
from transforms.clean.marks import words_of

#: A dateline is short; a dash further on belongs to the sentence.
_LONGEST = 90
_MOST_WORDS = 8
#: A shorter line is a credit of its own; its dash does not open a paragraph.
_LEAST_LINE = 60
#: Without an agency a dateline is a place alone: الدار البيضاء، شرم الشيخ، مكة المكرمة.
_PLACE_WORDS = 3
_WITH_AGENCY = re.compile(
    r"[^().:؟!\"«»“”\n]{0,60}\([^()\n]{2,25}\)[ \u00a0]*(?:[-\u2013\u2014ـ]{1,3}|:)[ \u00a0]*"
)
_PLACE = re.compile(
    r"([^().:؟!\"«»“”\n\d]{2,40}?)(?:[ \u00a0]+[-\u2013\u2014ـ]|[ \u00a0]*--)[ \u00a0]+"
)
_PLACE_AND_AGENCY = re.compile(
    r"[^().:؟!\"«»“”\n\d-]{2,40}?[ \u00a0]*[-\u2013\u2014/][ \u00a0]*([^().:؟!\"«»“”\n-]{2,20}?)"
    r"[ \u00a0]*[-\u2013\u2014:][ \u00a0]*"
)
#: "أبوظبي في 3 سبتمبر / وام /", "رام الله 11-5-2022 وفا-": a place, a day, and whose report it is.
_PLACE_DAY_AND_AGENCY = re.compile(
    r"[^\W\d_][^().:؟!\"«»“”\n\d/]{1,25}\s\d{1,2}[^().:؟!\"«»“”\n]{0,40}?"
    r"(?:/\s?[^\W\d_][^/\n]{1,15}\s?/|\s[^\W\d_]{2,10}\s?[-\u2013\u2014ـ])[ \u00a0:.-]*"
)
#: "شفق نيوز/ ...": an agency that signs before its report.
_OUTLET = re.compile(r"(\S{2,15}(?:\s\S{2,12})?)\s?/\s")
#: "بغداد/ المدى: أعلنت ...", "الرياض - المثال: أعلنت ...", with a second slash too: a place, any
#: outlet, and a verb that opens the report.
_PLACE_AND_OUTLET = re.compile(
    r"[^\W\d_]{2,15}(?:\s[^\W\d_]{2,12})?(?:\s?/\s?|\s[-\u2013]\s)[^\W\d_]{2,15}(?:\s[^\W\d_]{2,12})?\s?[:/]\s+(?=(\S+))"
)
#: "المكلا (مثال نت) تمتد ...": a place and an outlet whose name ends as outlets' names do.
_PLACE_AND_NAMED = re.compile(
    r"[^\W\d_]{2,15}(?:\s[^\W\d_]{2,12})?\s?\([^\W\d_]{2,12}\s([^\W\d_]{2,10})\)\s+(?=\w)"
)
_IN_BRACKETS = re.compile(r"\(([^()\n]{2,40})\)[\s.]*$")
#: "و.م.ع": three letters of an agency's name or more.
_DOTTED = re.compile(r"(?<!\w)\w(?:\.\w){2,}\.?(?!\w)")
_WORD = re.compile(r"[^\s،,/.\-–—]+")


def dateline_end(line: str) -> int:
    """Return the length of the dateline that opens a paragraph, 0 without one.

    A place with an agency in brackets ("... (CNN) -- "), with an agency between dashes, with the
    day, an outlet before a slash, or a place alone before a dash that stands free.
    """
    if len(line) < _LEAST_LINE:
        return 0
    head = line[:_LONGEST]
    match = _WITH_AGENCY.match(head)
    if match and len(match[0].split()) <= _MOST_WORDS + 1:
        return match.end()
    match = _PLACE_AND_AGENCY.match(head)
    if match and is_agency(match[1]):
        return match.end()
    match = _PLACE_DAY_AND_AGENCY.match(head)
    if match and len(match[0].split()) <= _MOST_WORDS + 2:
        return match.end()
    match = _OUTLET.match(head)
    if match and fold(match[1].split()[-1]) in words_of("outlet"):
        return match.end()
    match = _PLACE_AND_OUTLET.match(head)
    if match and fold(match[1]) in words_of("lead_verb") | words_of("verb"):
        return match.end()
    match = _PLACE_AND_NAMED.match(head)
    if match and fold(match[1]) in words_of("outlet"):
        return match.end()
    match = _PLACE.match(head)
    if match and len(match[1].split()) <= _PLACE_WORDS and not _small_word(match[1]):
        return match.end()
    return 0


def agency_tail(line: str) -> int | None:
    """Return where an agency in brackets begins that ends a paragraph, None without one."""
    match = _IN_BRACKETS.search(line[-60:])
    if match is None or not is_agency(match[1]):
        return None
    at = len(line) - min(60, len(line)) + match.start()
    return at if at else None


def credit_tail(line: str) -> int | None:
    """Return where the credit of a picture in brackets begins that ends a line, None without."""
    match = _IN_BRACKETS.search(line[-60:])
    if match is None or not _consists_of(match[1], words_of("agency") | words_of("credit")):
        return None
    return (len(line) - min(60, len(line)) + match.start()) or None


def is_agency(text: str) -> bool:
    """Return whether a text consists of names of news agencies only, dots between letters or not:
    وات، و.ا.ت.
    """
    known = words_of("agency")
    return _consists_of(text, known) or ("." in text and _consists_of(_undotted(text), known))


def _undotted(text: str) -> str:
    return _DOTTED.sub(lambda match: match[0].replace(".", ""), text)


def _consists_of(text: str, known: frozenset[str]) -> bool:
    words = [fold(word) for word in _WORD.findall(text)]
    return bool(words) and all(
        word in known or (word[:1] == "و" and word[1:] in known) for word in words
    )


def _small_word(place: str) -> bool:
    return fold(place.split()[0]) in words_of("no_place")
