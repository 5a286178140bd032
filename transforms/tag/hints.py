"""What the knowledge found in a text, told to a tagger word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from transforms.tag.keys import Key
from transforms.tag.matcher import Match
from transforms.tag.words import Word
from warehouse.tables.tag import EntityType

_BEGINS = {"PER": 1, "ORG": 3, "LOC": 5}
#: A person whom only given names and titles show.
_BEGINS_UNSURE = 7
#: How many kinds of words there are: in no name, and first and further words of each of four.
KINDS = 9


class Hint(NamedTuple):
    """A name at [start, end) of a text; `sure` where the knowledge holds it."""

    start: int
    end: int
    type: EntityType
    sure: bool


def hints_of(key: Key, matches: Sequence[Match]) -> list[Hint]:
    """Return the matches of a key as hints in its text."""
    return [
        Hint(*key.to_source(match.start, match.end), match.type, bool(match.bearers))
        for match in matches
    ]


def kinds_of(words: Sequence[Word], hints: Sequence[Hint]) -> list[int]:
    """Return the kind of each word; hints are in their order and overlap none."""
    kinds = [0] * len(words)
    at = 0
    for hint in hints:
        while at < len(words) and words[at][1] <= hint.start:
            at += 1
        kind = _BEGINS[hint.type] if hint.sure else _BEGINS_UNSURE
        while at < len(words) and words[at][0] < hint.end:
            kinds[at] = kind
            kind += kind % 2
            at += 1
    return kinds
