"""Persons whom the knowledge does not name, recognised by their given name and what follows it.

A name starts with a given name and goes on with names, with عبد، أبو، بن، آل and the word after
them, or with a word that no list holds where the evidence is strong: after a foreign given name
(جوزيبي غاليانو), or a family name in ي or بو after a title. The lists are names.tsv (how many
people bear a word as given and as family name), given.tsv (foreign given names in Arabic letters)
and words.tsv (everyday words that are also names, or that follow names). A single word is never
taken for a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from transforms.tag.keys import Key
from transforms.tag.lexicon import Lexicon, lexicon
from transforms.tag.matcher import Match

# Borne by fewer people, a word is more often a word than a given name (measured by reading).
GIVEN_BORNE = 8
# As the rest of a name: bearers in all. Rarer ones are taken only beside a title.
NAME_BORNE = 3
# A given name that opens a name without a title before it.
GIVEN_ALONE = 30
# No name of the news has more words; a longer run is a list of people.
LONGEST = 6
# How far before the name a title stands: وزير الدفاع الروسي سيرغي شويغو.
TITLE_REACH = 3
SHORTEST_UNKNOWN = 3

_LINKS = frozenset(["بن", "بنت", "ولد", "ال", "ابن", "ابو", "ابي", "ام"])
_SECOND_HALVES = frozenset(["الدين", "العابدين", "الاسلام", "الله", "النبي"])
_PROCLITICS = "ولبفك"
_VERB_HEADS = ("ي", "ت", "سي", "ست")


@dataclass(frozen=True, slots=True)
class _Lists:
    starts: frozenset[str]
    foreign: frozenset[str]
    alone: frozenset[str]
    names: frozenset[str]
    rare: frozenset[str]
    words: frozenset[str]
    titles: frozenset[str]
    named_after: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a key with their places, and which of them begin after a barrier."""

    words: list[str]
    starts: list[int]
    key: Key
    text: str

    def end(self, number: int) -> int:
        return self.starts[number] + len(self.words[number])

    def breaks(self, number: int) -> bool:
        """Return whether a barrier stands between the word before and this one."""
        return "|" in self.key.marked[self.end(number - 1) : self.starts[number]]

    def is_preposition(self, number: int) -> bool:
        """Return whether a word that folds to علي is written على."""
        if self.words[number] != "علي":
            return False
        _, end = self.key.to_source(self.starts[number], self.end(number))
        return self.text[end - 1] == "ى"


def find_people(key: Key, text: str) -> list[Match]:
    """Return the persons that the text names in full; `key` is the key of `text`."""
    lists = _lists()
    starts = lists.starts
    words = key.words[1:-1].split(" ")
    found = []
    view: _Words | None = None
    after = 0
    for number, word in enumerate(words):
        if number < after:
            continue
        letters = 0
        if word not in starts:
            if not word or word[0] not in _PROCLITICS or word[1:] not in starts:
                continue
            letters = 1
        if view is None:
            view = _Words(words, _starts(words), key, text)
        match = _read(view, number, letters, lists)
        if match is not None:
            found.append(match[0])
            after = match[1]
    return found


def _starts(words: list[str]) -> list[int]:
    places = []
    at = 1
    for word in words:
        places.append(at)
        at += len(word) + 1
    return places


def _read(view: _Words, number: int, letters: int, lists: _Lists) -> tuple[Match, int] | None:
    if view.is_preposition(number):
        return None
    first = view.words[number][letters:]
    titled = _follows(view, number, lists.titles, TITLE_REACH)
    if not titled and first not in lists.alone:
        return None
    if _follows(view, number, lists.named_after, 2):
        return None
    last = number
    for units, end in enumerate(_units(view, number, first, titled, lists), 1):
        last = end
        if units >= LONGEST:
            break
    if last == number or (first == "عبد" and last == number + 1):
        return None
    start, stop = view.starts[number] + letters, view.end(last)
    clitic = view.words[number][:letters] or None
    form = " ".join(view.words[number : last + 1])[letters:]
    return Match(start, stop, clitic, form, "PER", ()), last + 1


def _units(view: _Words, number: int, first: str, titled: bool, lists: _Lists) -> Iterator[int]:
    """Yield the number of the last word of each further part of the name."""
    at, unknown = number + 1, 0
    foreign = first in lists.foreign
    while at < len(view.words) and not view.breaks(at) and view.words[at]:
        word = view.words[at]
        if word in _LINKS or (at == number + 1 and first in _LINKS | {"عبد"}) or word == "عبد":
            step = 1 if first in ("عبد", "ابو") and at == number + 1 else 2
            at += step
            if at > len(view.words) or (step == 2 and view.breaks(at - 1)):
                return
        elif _is_name(view, at, titled, lists):
            at += 1
        elif unknown == 0 and _is_plausible(word, foreign, titled, lists):
            at, unknown = at + 1, 1
        else:
            return
        yield at - 1


def _is_name(view: _Words, at: int, titled: bool, lists: _Lists) -> bool:
    word = view.words[at]
    if word in _SECOND_HALVES:
        return True
    if word in lists.words or view.is_preposition(at):
        return False
    return word in lists.names or (titled and word in lists.rare)


def _is_plausible(word: str, foreign: bool, titled: bool, lists: _Lists) -> bool:
    """Return whether a word that no list of names holds may end the name."""
    if word in lists.words or len(word) < SHORTEST_UNKNOWN:
        return False
    if foreign:
        is_arabic = word.startswith("ال") or (word.startswith(_VERB_HEADS) and not titled)
        return not is_arabic
    if not titled:
        return False
    return (word.startswith("ال") and word.endswith("ي")) or word.startswith(("بو", "بن"))


def _follows(view: _Words, number: int, cues: frozenset[str], reach: int) -> bool:
    for before in range(number - 1, max(-1, number - 1 - reach), -1):
        if view.breaks(before + 1):
            return False
        word = view.words[before]
        if word in cues or (word[:1] in _PROCLITICS and word[1:] in cues):
            return True
        if word.startswith("لل") and "ا" + word[1:] in cues:
            return True
    return False


@cache
def _lists() -> _Lists:
    return _read_lists(lexicon())


def _read_lists(words: Lexicon) -> _Lists:
    everyday, foreign = words.everyday, words.given
    counted = {n: c for n, c in words.names.items() if n not in everyday and n not in _LINKS}
    given = {n for n, c in counted.items() if c.given >= GIVEN_BORNE} | {"عبد", "ابو"}
    return _Lists(
        starts=frozenset(given | foreign),
        foreign=foreign,
        alone=frozenset(
            {n for n in given if n in counted and counted[n].given >= GIVEN_ALONE}
            | foreign
            | {"عبد"}
        ),
        names=frozenset(n for n, c in counted.items() if sum(c) >= NAME_BORNE) | foreign,
        rare=frozenset(counted),
        words=everyday,
        titles=words.cues["title"],
        named_after=words.cues["named_after"],
    )
