"""Short lines that their form alone gives away: breadcrumbs, initials, addresses, counters.

What they say differs from page to page, so no list of marks can hold them.
"""

from __future__ import annotations

import re

from transforms.clean.leads import is_agency
from transforms.clean.letters import fold
from transforms.clean.marks import words_of

#: Longer lines say something.
_LONGEST = 120
_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_BREADCRUMB = re.compile(r"(\S{3,12})\s*[/>»›\\|<«:\u2190-]\s*\S")
_BOX_END = re.compile(r"\S.{2,40}\s،?\s?نهاية")
_LIST = re.compile(r"list (?:(of \d+ items)|\d+ of \d+)")
#: Initials of an agency's editors: "س م / ع ح", "ر.ح.", "--(بترا) أ ع/ن ح".
_INITIALS = re.compile(
    r"[\W_ـ]*(?:\([^()]{2,12}\)\s?)?[\u0621-\u064a](?:\s?[./\s-]\s?[\u0621-\u064a]){1,6}[./]?\)?"
)
#: "المثال24/ أ ف ب", "المثال / رويترز": whoever prints it, and the agency or its three letters.
_CREDIT = re.compile(r"[^\W\d_]{2,12}\d{0,2}(?:\s[^\W\d_]{2,12})?\s?/\s?(\S.{1,20})")
_LETTERS = re.compile(r"[\u0621-\u064a](?:\s?[.\s]\s?[\u0621-\u064a]){1,3}\.?")
#: An agency's "the end" stands between brackets, slashes or dashes; without them it is a subhead.
_STORY_END = re.compile(r"[(/=\u0640*-][\s(/=\u0640*-]*(\w+)[\s)/=\u0640*-]*[)/=\u0640*-]")
#: "انتهى م.ح", "انتهى/ ك": the same with the initials of who wrote it.
_SIGNED_END = re.compile(
    r"(\w+)\s?[-\u2013./]?\s?[\u0621-\u064a](?:\s?[.\s/]\s?[\u0621-\u064a]){0,3}\.?"
)
#: "م.س/ ع.ج (د ب أ)": initials of editors and the agency that they wrote after.
_INITIALS_OF_AGENCY = re.compile(r"([^()]{3,20}?)\s?\(([^()]{3,60})\)")
#: "فيديو: ... (02:14)": a film's name and its length.
_FILM = re.compile(r"\(?\d{1,2}:\d\d\)?$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
#: "تويتر: name", "إيميل: name@example com": what follows has no Arabic letter.
_CONTACT = re.compile(r"([^\W\d_]{3,12})\s?[:/|]\s?[\x00-\x7f]{3,60}")
#: "88999 - Example": the number that a telephone network takes messages by, no year.
_SHORT_CODE = re.compile(r"(?!(?:19|20)\d\d\D)\d{4,7}\s?[-\u2013:]\s?[A-Za-z]{2,12}")
#: "جريدة المثال - العدد 1423 - السبت 11 حزيران 2005": a number of its own and the day it is of.
_ISSUE = re.compile(r"[-–—|،,]\s*(?:السنة\s\S+\s)?العدد\s?[:(]?\s?\d+\)?\s*(?:[-–—|،,]|$)")
_HASHTAG_WORDS = 4
_COUNTED_WORDS = 6
_LONGEST_COUNTER = 50


def form_of(text: str) -> tuple[str, str] | None:
    """Return kind and rule of a stripped line that its form gives away, None for any other."""
    if len(text) > _LONGEST:
        return None
    if address := _address(text):
        return "other", address
    if "#" in text and _is_hashtags(text):
        return "keywords", "form.hashtags"
    if box := _box(text):
        return "related_list", box
    if _is_breadcrumb(text):
        return "nav", "form.breadcrumb"
    if "العدد" in text and _is_masthead(text):
        return "date", "date.page"
    if signed := _signature(text):
        return signed
    if text.startswith("فيديو") and _FILM.search(text):
        return "caption", "form.film"
    return ("source", "form.credit") if "/" in text and _is_credit(text) else _counter(text)


def _signature(text: str) -> tuple[str, str] | None:
    """Return kind and rule of a line that an agency's editors sign their report with, else None."""
    if _INITIALS.fullmatch(text):
        return "other", "form.initials"
    if _is_story_end(text):
        return "other", "form.story_end"
    signed = text[-1] == ")" and _is_initials_of_agency(text)
    return ("byline", "form.initials_of_agency") if signed else None


def _is_story_end(text: str) -> bool:
    """Return whether a line is an agency's "the end": framed, or signed with initials."""
    end = _STORY_END.fullmatch(text) or _SIGNED_END.fullmatch(text)
    return end is not None and fold(end[1]) in words_of("story_end")


def _is_initials_of_agency(text: str) -> bool:
    """Return whether a line is editors' initials with agencies in brackets."""
    match = _INITIALS_OF_AGENCY.fullmatch(text)
    return (
        match is not None
        and _INITIALS.fullmatch(match[1].rstrip("،, ")) is not None
        and is_agency(match[2])
    )


def _is_credit(text: str) -> bool:
    """Return whether a line names its outlet and, behind a slash, an agency."""
    credit = _CREDIT.fullmatch(text)
    return credit is not None and (is_agency(credit[1]) or bool(_LETTERS.fullmatch(credit[1])))


def _address(text: str) -> str | None:
    """Return the rule of a line by which somebody is reached, else None."""
    if _ADDRESS.fullmatch(text):
        return "form.address"
    if _SHORT_CODE.fullmatch(text):
        return "form.short_code"
    contact = _CONTACT.fullmatch(text)
    return "form.contact" if contact and fold(contact[1]) in words_of("contact") else None


def _box(text: str) -> str | None:
    """Return the rule of a line that screen readers find around a box of headlines, else None."""
    if text.startswith("list ") and (match := _LIST.fullmatch(text)):
        return "form.box_start" if match[1] else "form.box_line"
    ends = text == "end of list" or (text.endswith("نهاية") and _BOX_END.fullmatch(text))
    return "form.box_end" if ends else None


def _is_masthead(text: str) -> bool:
    """Return whether a line is the head of a printed page; a reference names no weekday."""
    weekday = any(fold(word) in words_of("weekday") for word in _WORD.findall(text))
    return weekday and _ISSUE.search(text) is not None


def _is_breadcrumb(text: str) -> bool:
    """Return whether a line is a path from the home page: "الرئيسية / رياضة / ..."."""
    match = _BREADCRUMB.match(text)
    return match is not None and fold(match[1]) in words_of("home")


def _is_hashtags(text: str) -> bool:
    """Return whether a line consists of hashtags, or of short terms that # separates.

    A single one is a column's heading as often.
    """
    parts = [part.split() for part in text.split("#") if part.strip()]
    if len(parts) < 2 or text.count("#") < 2:
        return False
    return all(len(words) <= (1 if text[0] == "#" else _HASHTAG_WORDS) for words in parts)


def _counter(text: str) -> tuple[str, str] | None:
    """Return kind and rule of a line that counts minutes, readers or comments, or tells an age:
    "3 دقائق للقراءة"، "قبل ساعتين".
    """
    if len(text) > _LONGEST_COUNTER:
        return None
    words = [fold(word) for word in _WORD.findall(text)]
    ago = words[:1] and words[0] in words_of("ago")
    counted = words[1:] if ago else words
    if not 1 <= len(counted) <= _COUNTED_WORDS or not words_of("counter").issuperset(counted):
        return None
    if ago:
        return "date", "form.ago"
    several = len(words) > 1 or any(char.isdigit() for char in text)
    return ("other", "form.counter") if several else None
