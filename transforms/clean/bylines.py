"""What a credit says: whose name it holds, and the date, the agency and the labels beside it.

Sections, buttons and the logins of publishing software stand where an author's name does; none of
them is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from transforms.clean.blocks import shared_words
from transforms.clean.leads import is_agency
from transforms.clean.letters import fold
from transforms.clean.marks import date_labels, phrases, words_of
from transforms.clean.when import resolve

#: An address, a pictogram or a button's sign stands in no name.
_NO_NAME = re.compile(r"https?:|www\.|[+#=]|[\u2190-\u2bff\U0001f000-\U0001faff]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_HANDLE = re.compile(r"\s+@\w{1,30}\s*$")
_COLON = re.compile("[:/]")
_DASH = re.compile(r"\s*[-–—/]\s*|\sـ\s")
#: "مراسل المثال: name", "ترجمة وتحرير: name": a label of up to three words.
_LABEL = re.compile(r"\s*([^\W\d_]+)(?:\s[^\W\d_]+){0,2}\s?[:/]\s*")
_NEXT_LABEL = re.compile(r"\s*[|/،\-–—]\s*([^\W\d_]+)(?:\s[^\W\d_]+){0,2}\s?:")
#: "place (agency)"; dashes after it make it a dateline: "... (CNN) --".
_IN_BRACKETS = re.compile(r"(.+?)\s*\(([^()]{2,25})\)\s*([-–—:]*)\s*")
_PLACE = "an agency and a place, no author"
#: A day that does not say which of its numbers is the month is no part of a name either.
_NUMERIC = re.compile(r"(?<=\S\s)\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b")
_FROM = re.compile(r"\s*من\s+(?=\S+\s\S)")
_FRAME = " \t\u00a0()[]|.-–—ـ:،,/\u200e\u200f"
#: A name on a date's line has a surname at least; more words are another thing's.
_FEWEST, _MOST = 2, 4


class Credit(NamedTuple):
    """The spans of a credit's parts; `reason` says why its name is nobody's."""

    start: int
    end: int
    date: tuple[int, int] | None
    agency: tuple[int, int] | None
    reason: str | None


def may_be_name(text: str) -> bool:
    """Return whether a line may name an author or an outlet: no section, no button, no address."""
    first = _WORD.search(text)
    return (
        first is not None
        and fold(first[0]) not in words_of("no_name")
        and not _NO_NAME.search(text)
    )


def may_sign_below(text: str) -> bool:
    """Return whether a line "name - place" below an article signs it.

    Before a colon or a slash stands an agency there, or the line says something else:
    "في المقال: ...".
    """
    parts = _COLON.split(text, 1)
    return may_be_name(text) and (len(parts) == 1 or is_agency(parts[0]))


def no_author(value: str) -> str | None:
    """Return why a value names nobody: it is a login of publishing software; None for a name."""
    words = [fold(word) for word in value.split()]
    return "a login, not a name" if words_of("login").issuperset(words) else None


def read_credit(text: str, start: int, end: int, country: str | None) -> Credit:
    """Return the parts of the credit that stands at `start` to `end` of a page's text."""
    end -= len(text[start:end]) - len(_HANDLE.sub("", text[start:end]))
    date = _date_in(text, start, end, country)
    if date is not None:
        end = _before_date(text, start, date[0])
    for pattern in (_LABEL, _FROM):
        label = pattern.match(text, start, end)
        if label and (pattern is _FROM or fold(label[1]) in words_of("role")):
            start = label.end()
    for other in _NEXT_LABEL.finditer(text, start, end):
        if fold(other[1]) in words_of("role"):
            end = other.start()
            break
    if (post := _IN_BRACKETS.fullmatch(text, start, end)) and _is_post(post[2]):
        end = post.end(1)
    agency, reason = _agency(text, start, end)
    return Credit(start, end, date, agency, reason or no_author(text[start:end].strip(_FRAME)))


def _is_post(text: str) -> bool:
    """Return whether a text says what an author is: "كاتب لبناني"."""
    return fold(text.split()[0]) in words_of("role") | words_of("post") if text.strip() else False


def beside_date(
    text: str, start: int, end: int, body: Callable[[], str], country: str | None
) -> tuple[int, int] | None:
    """Return the name that shares a line with a date, before it or after it; None without one.

    A place shares such lines too: it is known, of one word, or taken up by the article.
    """
    found = resolve(text[start:end], country)
    if found is None:
        return None
    parts = (start, start + found.start), (start + found.end, end)
    named = [part for part in parts if _WORD.search(text, *part)]
    named = [(a, _before_date(text, a, b)) for a, b in named]
    named = [(a, b) for a, b in named if text[a:b].strip(_FRAME)]
    if len(named) != 1:
        return None
    name = text[slice(*named[0])].strip(_FRAME)
    return named[0] if _is_full_name(name) and not shared_words(name, body()) else None


def _is_full_name(name: str) -> bool:
    words = name.split()
    folded = [fold(word) for word in words]
    known = words_of("no_name") | words_of("counter") | words_of("share")
    return (
        _FEWEST <= len(words) <= _MOST
        and all(map(_WORD.fullmatch, words))
        and known.isdisjoint(folded)
        and folded[0] not in words_of("outlet_kind")
        and not folded[-1].endswith(tuple(words_of("weekday")))  # glued to the date's weekday
        and not words_of("nav").issuperset(word.removeprefix("و") for word in folded)
        and not phrases("place").fullmatch(name)
        and not date_labels().search(name)
    )


def _date_in(text: str, start: int, end: int, country: str | None) -> tuple[int, int] | None:
    """Return the span of the day that follows a name; None without one."""
    line = text[start:end]
    if not any(map(str.isdigit, line)):
        return None
    found = resolve(line, country)
    if found is not None and found.precision in ("day", "time"):
        return (start + found.start, start + found.end) if found.start else None
    unclear = _NUMERIC.search(line)
    return (start + unclear.start(), start + unclear.end()) if unclear else None


def _before_date(text: str, start: int, end: int) -> int:
    """Return where the words end that a date stands after: without في، يوم، a weekday."""
    while True:
        line = text[start:end].rstrip(_FRAME)
        end = start + len(line)
        last = line.split()[-1] if line else ""
        if not last or fold(last) not in words_of("before_date") | words_of("weekday"):
            return end
        end -= len(last)


def _agency(text: str, start: int, end: int) -> tuple[tuple[int, int] | None, str | None]:
    """Return the agency that a credit opens or ends with, and why then nobody is named."""
    line = text[start:end]
    if (match := _IN_BRACKETS.fullmatch(line)) and is_agency(match[2]):
        reason = _PLACE if match[3] or _is_place(match[1]) else None
        return (start + match.start(2), start + match.end(2)), reason
    cuts = [*_DASH.finditer(line)]
    if not cuts:
        return None, None
    if is_agency(line[cuts[-1].end() :].strip(_FRAME)):
        return (start + cuts[-1].end(), end), None
    if not is_agency(line[: cuts[0].start()].strip(_FRAME)):
        return None, None
    return (start, start + cuts[0].start()), _PLACE if _is_place(line[cuts[0].end() :]) else None


def _is_place(text: str) -> bool:
    """Return whether what stands beside an agency is a place: one word, or known."""
    bare = text.strip(_FRAME)
    return len(bare.split()) == 1 or phrases("place").fullmatch(bare) is not None
