"""The words of dates, read from rules/months.tsv, rules/date_words.tsv and rules/date_order.tsv.

A form matches whatever the hamza, the diacritics, the accents, the tatweel or the case; a
proclitic (و ف ب ل ك) may stand before it.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

#: The letter of each role in date_words.tsv, which the grammar (`dates_rules`) is written in.
ROLES = {
    "weekday": "W", "weekday-english": "V", "ordinal": "O", "first": "0", "ten": "Q",
    "year": "y", "years": "z", "month": "m", "day": "d", "week": "w", "unit": "u", "dual": "U",
    "count": "c", "one": "6", "today": "t", "relative": "r", "tomorrow": "R", "after": "D",
    "ago": "g",
    "past": "P", "current": "C", "coming": "F", "this": "h", "same": "~", "every": "*",
    "edge": "e", "preposition": "i", "from": "I", "until": "L", "between": "b", "and": "&",
    "equals": "=", "hijri-era": "B", "gregorian-era": "G",
    "event": "E", "named-event": "X", "named-thing": "j", "quantity": "q", "day-adjective": "k",
    "not-weekday": "f", "outlet": "o", "medium": "l", "office": "s", "part": "%",
    "time-word": "S", "am": "a", "pm": "p", "zone": "Z", "zone-word": "K", "iso-t": "T",
    "clock-sign": ":", "suffix": "v", "future": ">", "due": "$", "happened": "<",
    "bare-weekday": "#", "nth": "2", "noon": "3", "decade": "9", "decade-of": "7", "century": "8",
    "weekday-french": "V", "zone-place": "5", "condition": "?", "goes-back": "@",
}  # fmt: skip
_CALENDARS = {"gregorian": "M", "english": "A", "french": "A", "hijri": "H"}
#: The tag of a month written with و or ف, which is no second name of the month before it.
JOINED_MONTH = "µ"
#: The tag of a word that opens a month of two words, until its second word is seen.
PAIR_HEAD = "1"
#: Function words take the conjunctions only (بمن is no من); a counted noun takes no proclitic.
_ONLY_CONJUNCTION = frozenset("ibILg&=~*hGBvTap><$fSKZ5?@")
_NO_PROCLITIC = frozenset("q6")
_CONJUNCTIONS = ("و", "ف")
_PREPOSITIONS = ("ب", "ل", "ك")
_MARKS = [
    *range(0x300, 0x370), *range(0x610, 0x61B), 0x640, *range(0x64B, 0x660), 0x670,
    *range(0x6D6, 0x6ED), 0x200C, 0x200D,
]  # fmt: skip
_PRESENTATION = [*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)]
_FOLD = {
    **dict.fromkeys(_MARKS, ""),
    **{form: unicodedata.normalize("NFKC", chr(form)) for form in _PRESENTATION},
    **{ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    **dict.fromkeys(map(ord, "أإآٱ"), "ا"),
    **{
        ord(one): other
        for one, other in zip("ؤئىة\u06cc\u06a9\u06be\u06c1", "وييهيكهه", strict=True)
    },
    **{
        ord(one): other
        for one, other in zip("éèêëàâùûüôîïçÉÈÀÂÛÔÎÇ", "eeeeaauuuoiiceeaauoic", strict=True)
    },
    **{ord(digit): str(value % 10) for value, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")},
}


class Word(NamedTuple):
    """What a token is: its letter, its value, and where its form lies in it.

    `lead` is the length of a proclitic, in code points of the text as written; `note` a role's own
    remark (a unit, an offset).
    """

    tag: str
    value: int
    note: str
    lead: int


class Lexicon(NamedTuple):
    """The forms of the rule files.

    `words`: a folded word, with its proclitics, to what it is (`lead` in folded letters).
    `unlike`: spellings that fold to a form and are another word (أب is no آب). `pairs`: months of
    two words; `alone`: what their first words are without the second (ربيع is a season).
    """

    words: dict[str, Word]
    unlike: dict[str, frozenset[str]]
    pairs: dict[tuple[str, str], Word]
    alone: dict[str, Word]
    not_future: tuple[str, ...]
    not_future_words: frozenset[str]


def fold_word(word: str) -> str:
    """Return the form that a word is looked up by: no marks, one alef, lower case."""
    return word.translate(_FOLD)


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a TSV of transforms/clean/rules, each by column name."""
    text = (files("transforms.clean") / "rules" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def lexicon() -> Lexicon:
    """Return the forms of the rule files.

    Raises:
        ValueError: two rows of one form: the files contradict themselves.
        KeyError: an unknown role or calendar.
    """
    return make_lexicon(read_table("date_words.tsv"), read_table("months.tsv"))


@cache
def country_rules() -> dict[str, dict[str, str]]:
    """Return how each country writes numeric dates: `order`, and what an `unmarked` 1440 is."""
    return {row["country"]: row for row in read_table("date_order.tsv")}


def make_lexicon(words: list[dict[str, str]], months: list[dict[str, str]]) -> Lexicon:
    """Return the lexicon of the rows of date_words.tsv and months.tsv."""
    single: dict[str, Word] = {}
    pairs: dict[tuple[str, str], Word] = {}
    unlike: dict[str, frozenset[str]] = {}
    not_future: dict[bool, list[str]] = {True: [], False: []}  # by whether a whole word
    for row in words:
        form = fold_word(row["form"])
        if row["role"] == "not-future":
            not_future[row["value"] == "whole"].append(form)
        else:
            _add(single, form, _word(row))
    for row in months:
        month = Word(_CALENDARS[row["calendar"]], int(row["month"]), row["alone"], 0)
        first, _, second = fold_word(row["form"]).partition(" ")
        if second:
            pairs[first, second] = month
            continue
        _add(single, first, month)
        if row["unlike"]:
            unlike[first] = frozenset(row["unlike"].split(" "))
    heads = {first for first, _ in pairs}
    alone = {first: single[first] for first in heads if first in single}
    single.update({first: Word(PAIR_HEAD, 0, first, 0) for first in heads})
    return Lexicon(
        _with_proclitics(single), unlike, pairs, alone,
        tuple(not_future[False]), frozenset(not_future[True]),
    )  # fmt: skip


def _word(row: dict[str, str]) -> Word:
    number = row["value"].removeprefix("-").isdigit()
    return Word(ROLES[row["role"]], int(row["value"]) if number else 0, row["value"], 0)


def _add(single: dict[str, Word], form: str, word: Word) -> None:
    if form in single:
        raise ValueError(f"{form}: two rows of the date lexicon claim this form")
    single[form] = word


def _with_proclitics(single: dict[str, Word]) -> dict[str, Word]:
    """Return the forms and all that they may be written with; the shortest proclitic wins."""
    words = dict(single)
    written = [
        (len(conjunction) + len(preposition), conjunction + preposition + form, word)
        for base, word in single.items()
        for conjunction in ("", *_CONJUNCTIONS)
        for preposition, form in _with_preposition(base, word)
        if _may_join(base, word, conjunction, preposition)
    ]
    for lead, form, word in sorted(written, key=lambda one: one[0]):
        joined = word.tag == "M" and form[0] in _CONJUNCTIONS
        tag = JOINED_MONTH if joined else word.tag
        words.setdefault(form, word._replace(tag=tag, lead=lead))
    return words


def _with_preposition(form: str, word: Word) -> Iterator[tuple[str, str]]:
    yield "", form
    if word.tag in _ONLY_CONJUNCTION or len(form) < 3:
        return
    for preposition in _PREPOSITIONS:
        yield preposition, form
    if form.startswith("ال"):
        yield "", "لل" + form[2:]


def _may_join(base: str, word: Word, conjunction: str, preposition: str) -> bool:
    """Return whether the form takes the proclitic: ص and م stand for themselves."""
    if not conjunction and not preposition:
        return True
    return word.tag not in _NO_PROCLITIC and len(base) > 1
