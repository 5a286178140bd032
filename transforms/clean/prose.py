"""Which lines read as prose: by their length and end, and by the word that they open with."""

from __future__ import annotations

import re
from functools import cache

from transforms.clean.leads import dateline_end
from transforms.clean.letters import fold
from transforms.clean.marks import phrases, read_rules, words_of

#: A line of this many characters is prose even without an end mark: headlines of the gold pages
#: stay below 130, and a paragraph that was scraped without its full stop is mostly longer.
_LONG = 140
#: A sentence that ends in a full stop; shorter ones are as often captions and menu entries.
_SENTENCE = 45
#: Questions and exclamations are as often headlines, so they must be longer to count as prose.
_QUESTION = 90
#: An unfinished line that opens with "و" or another connective continues a text.
_CONTINUED = 80
#: One that opens with "وال", "وت", "وي" or و and a verb does so at this length: no headline does.
_GOES_ON = 45
#: Headlines open with a noun or an unfinished verb: "أعلنت ..." of this length is a paragraph.
_LEAD = 60
#: Where a list is announced, so many characters from the line's end at most.
_ANNOUNCED = 160
#: A verb of three letters and its feminine ending.
_VERB = 3
#: Shorter words that begin so are nouns: وتر، ويل، والي.
_WAW_WORD = 4
_FIRST_WORD = re.compile(r"[\s\"'«“(]*([^\s\"'»”)،,:]{1,20})")


def is_prose(text: str, *, sentence: bool) -> bool:
    """Return whether a line that its form does not give away reads as a paragraph.

    `sentence` says whether it ends as a sentence does.
    """
    length = len(text)
    if length >= _LONG:
        return True
    if sentence:
        return length >= (_SENTENCE if text.rstrip("\"'»”) ")[-1:] == "." else _QUESTION)
    if length >= _GOES_ON and continues(text) and (length >= _CONTINUED or goes_on(text)):
        return True
    if length < _LEAD or ".." in text:
        return False
    return _first_word(text) in _verbs() or opens_list(text) or _opens_after_dateline(text)


def _opens_after_dateline(text: str) -> bool:
    """Return whether a dateline and a verb open a line: of a listed one, or of a feminine past.

    Without a dateline Beirut and Kuwait end as such verbs do.
    """
    end = dateline_end(text)
    word = _first_word(text[end:]) if end else ""
    return word in _verbs() or (len(word) > _VERB and word[-1] == "ت" and word[-2] != "ا")


def opens_list(text: str) -> bool:
    """Return whether a line announces a list: its end says "as follows"."""
    return bool(phrases("list_opening").search(text[-_ANNOUNCED:]))


def continues(text: str) -> bool:
    """Return whether a line opens as the continuation of a text: with و or another connective."""
    if text[0] == "و" and " " in text[:14]:
        return fold(text[: text.index(" ")]) not in _waw_words()
    return bool(phrases("connective").match(text))


def goes_on(text: str) -> bool:
    """Return whether a line opens with a و that is no letter of its word: والمتحف، ويقول، وقال."""
    first = fold(text[: text.find(" ")])
    if first[:1] != "و" or first in _waw_words():
        return False
    return (len(first) > _WAW_WORD and (first[1:3] == "ال" or first[1] in "يت")) or (
        first[1:] in _verbs() or first[1:] in words_of("no_place")
    )


def opens_with_verb(text: str) -> bool:
    """Return whether a line opens as a news lead does: with a verb of saying or happening."""
    return _first_word(text) in words_of("lead_verb")


def _first_word(text: str) -> str:
    first = _FIRST_WORD.match(text)
    return fold(first[1]) if first else ""


@cache
def _verbs() -> frozenset[str]:
    return words_of("lead_verb") | words_of("verb")


@cache
def _waw_words() -> frozenset[str]:
    rows = read_rules("phrases")
    return frozenset(fold(row["phrase"]) for row in rows if row["list"] == "waw_word")
