"""The language of an article, by script and by the letters and small words that tell it apart."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.clean.letters import normalise
from transforms.clean.marks import read_rules

#: Letters, as first and last code points; marks, digits and tatweel are none.
_ARABIC = (
    (0x620, 0x63F), (0x641, 0x64A), (0x66E, 0x66F), (0x671, 0x6D3), (0x6D5, 0x6D5),
    (0x6FA, 0x6FF), (0x750, 0x77F),
)  # fmt: skip
_OTHER = (
    (0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x5EA), (0x900, 0x1FFF),
    (0x3040, 0x9FFF), (0xAC00, 0xD7A3),
)  # fmt: skip
_LATIN_WORD = re.compile("[a-z\u00e0-\u017f]+")
#: The language of a long text shows in its beginning; more would only cost time.
_SAMPLE = 3000
#: A news page in the Arabic script counts as Arabic unless others' letters are this common; names
#: like غوارديولا written with foreign letters stay below, a Persian sentence has 2.5 % and more.
_FOREIGN_SHARE = 0.012
#: One word in twelve of running English or French is among the listed function words.
_WORD_SHARE = 1 / 12
#: One word in five of Arabic news opens with the article; Persian and Urdu hardly have it.
_ARTICLE_SHARE = 0.03


#: Of the languages told apart, those that a page in the Arabic script may be in.
IN_ARABIC_SCRIPT = frozenset({"ar", "fa", "ur", "ckb", "ps"})
#: A shorter span is a name, a number or a menu entry.
_SHORTEST = 20
#: In so many letters of Persian or Urdu several are their own.
_TELLING = 100
#: A letter of no Arabic word: Latin and other scripts, and what Persian, Urdu, Kurdish, Pashto add.
_NOT_ARABIC = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u05ea\u0671-\u06d3\u06d5\u0900-\uffee]")
#: Hardly an Arabic word of four letters has neither.
_ALEF_OR_LAM = re.compile("[\u0627\u0644]")


#: Twice as many as Persian ever has: beside foreign letters a sign of two languages in one text.
_MIXED_SHARE = 0.08


class Letters(NamedTuple):
    """How many letters of a text are of the Arabic script and how many of any other."""

    arabic: int
    other: int

    @property
    def arabic_share(self) -> float:
        """Return the share of Arabic letters, 0.0 in a text without letters."""
        return self.arabic / (self.arabic + self.other) if self.arabic + self.other else 0.0


class _Evidence(NamedTuple):
    letters: re.Pattern[str] | None
    words: frozenset[str]


def language_of_span(text: str, default: str) -> str | None:
    """Return the ISO 639 code of a span, None where it shows too little.

    A short span in the Arabic script is of the language of most of the page (`default`): a name
    that borrows a letter is no evidence of another.
    """
    if len(text) < _SHORTEST:
        return None
    if not _NOT_ARABIC.search(text):
        return default if _ALEF_OR_LAM.search(text) else None
    letters = count_letters(text)
    if letters.arabic + letters.other < _SHORTEST / 2:
        return None
    if letters.arabic_share >= 0.5 and letters.arabic < _TELLING:
        return default
    return language(text, letters)


def count_letters(text: str) -> Letters:
    """Return how many letters of `text` are Arabic and how many are not (marks do not count)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    scripts = _scripts()[codes]
    return Letters(int(np.count_nonzero(scripts == 1)), int(np.count_nonzero(scripts == 2)))


@cache
def _scripts() -> NDArray[np.uint8]:
    """Return for each code point 1 (an Arabic letter), 2 (another script's letter) or 0."""
    scripts = np.zeros(0x110000, np.uint8)
    for script, ranges in ((1, _ARABIC), (2, _OTHER)):
        for first, last in ranges:
            scripts[first : last + 1] = script
    return scripts


def language(body: str, letters: Letters) -> str:
    """Return the ISO 639 code of most of the body; `und` where the evidence does not decide.

    `letters` are the counts of the whole body.

    The script decides first; within the Arabic script the letters that Arabic lacks, then small
    words between the candidates; in the Latin script the share of English and French small words.
    """
    if letters.arabic + letters.other < 2:
        return "und"
    if letters.arabic_share >= 0.5:
        return _in_arabic_script(body[:_SAMPLE])
    return _in_latin_script(body[:_SAMPLE])


def _in_arabic_script(sample: str) -> str:
    found = _count_foreign(sample)
    letters = len(sample) - sample.count(" ")
    foreign = max(found.values()) >= _FOREIGN_SHARE * letters
    articles = sample.count(" ال")
    if not foreign and articles > _ARTICLE_SHARE * sample.count(" "):
        return "ar"
    if foreign and "\n" in sample and articles > _MIXED_SHARE * sample.count(" "):
        return _of_most_lines(sample)
    words = sample.split()
    small = {code: sum(map(_evidence()[code].words.__contains__, words)) for code in found}
    if not foreign and max(small.values()) < _WORD_SHARE * len(words):
        return "ar"
    scores = {code: found[code] + 3 * small[code] for code in found}
    # Every other language has letters of its own beside those that it shares with Persian.
    others = {code: scores[code] for code in scores if code != "fa" and found[code]}
    if others and max(others.values()) >= scores["fa"]:
        return max(others, key=lambda code: (others[code], code))
    return "fa"


def _of_most_lines(sample: str) -> str:
    """Return the language of most of a text in which two are mixed, judged line by line."""
    weights: dict[str, int] = {}
    for line in sample.split("\n"):
        code = _in_arabic_script(line)
        weights[code] = weights.get(code, 0) + len(line)
    return max(weights, key=lambda code: (weights[code], code == "ar"))


def _count_foreign(sample: str) -> dict[str, int]:
    """Return for each language how often letters stand that it has and Arabic has not.

    One search tells that there are none of any, as on most pages.
    """
    patterns = {code: each.letters for code, each in _evidence().items() if each.letters}
    if not _any_foreign().search(sample):
        return dict.fromkeys(patterns, 0)
    return {code: len(pattern.findall(sample)) for code, pattern in patterns.items()}


@cache
def _any_foreign() -> re.Pattern[str]:
    rows = (row for row in read_rules("languages") if row["evidence"] == "letters")
    return re.compile(f"[{''.join(row['value'] for row in rows)}]")


def _in_latin_script(sample: str) -> str:
    words = _LATIN_WORD.findall(sample.lower())
    if not words:
        return "und"
    shares = {
        code: sum(map(_evidence()[code].words.__contains__, words)) / len(words)
        for code in ("en", "fr")
    }
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _WORD_SHARE else "und"


@cache
def _evidence() -> dict[str, _Evidence]:
    letters: dict[str, str] = {}
    words: dict[str, list[str]] = {}
    for row in read_rules("languages"):
        if row["evidence"] == "letters":
            letters[row["language"]] = row["value"]
        else:
            words[row["language"]] = [normalise(word).text for word in row["value"].split()]
    return {
        code: _Evidence(
            re.compile(f"[{letters[code]}]") if code in letters else None,
            frozenset(words.get(code, ())),
        )
        for code in sorted({*letters, *words})
    }
