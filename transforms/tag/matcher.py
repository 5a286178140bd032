"""Known names in a key: one pass of an Aho-Corasick automaton, whole words only.

A name is searched from its first letter (without the alef of its article) to the space after its
last word; `proclitics` then judges what stands before it within its word. The longest match wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

from transforms.tag.keys import Key
from transforms.tag.lexicon import Bearer, Lexicon, lexicon
from transforms.tag.proclitics import BEFORE_ARTICLE, BEFORE_PLAIN, RARE, split_variants
from warehouse.tables.tag import EntityType

# A shorter word after one of the rare proclitics is nearly always another word (كمال, فرق).
SHORTEST_AFTER_RARE = 5


class Match(NamedTuple):
    """One name at [start, end) of a key: proclitics, folded form, type, and who may bear it.

    `bearers` is empty for a person whom the text names and the knowledge does not.
    """

    start: int
    end: int
    clitic: str | None
    form: str
    type: EntityType
    bearers: tuple[Bearer, ...]


class _Automaton(Protocol):
    def find_matches_as_indexes(
        self, haystack: str, overlapping: bool = False
    ) -> list[tuple[int, int, int]]: ...


class _Pattern(NamedTuple):
    plain: tuple[str, tuple[Bearer, ...]] | None
    article: tuple[str, tuple[Bearer, ...]] | None


@dataclass(frozen=True, slots=True)
class Matcher:
    """The automaton over all forms, and what each of its patterns means."""

    automaton: _Automaton
    patterns: list[_Pattern]
    cues: dict[str, frozenset[str]]
    types: dict[str, EntityType]


@cache
def matcher() -> Matcher:
    """Return the matcher over the whole lexicon, built at the first call."""
    return build(lexicon())


def build(words: Lexicon) -> Matcher:
    """Return a matcher over a lexicon."""
    import ahocorasick_rs

    patterns: dict[str, _Pattern] = {}
    for key, bearers in words.forms.items():
        meaning = (key, tuple(bearers))
        if _has_article(key):
            tail = key[1:] + " "
            patterns[tail] = patterns.get(tail, _Pattern(None, None))._replace(article=meaning)
        else:
            tail = key + " "
            patterns[tail] = patterns.get(tail, _Pattern(None, None))._replace(plain=meaning)
    types = {entity: known.type for entity, known in words.known.items()}
    searched = [tail.replace("|", " ") for tail in patterns]
    automaton = ahocorasick_rs.AhoCorasick(
        searched, implementation=ahocorasick_rs.Implementation.ContiguousNFA
    )
    return Matcher(automaton, list(patterns.values()), words.cues, types)


def find_known(key: Key, using: Matcher | None = None) -> list[Match]:
    """Return the known names in a key, in their order; none overlaps another."""
    known = using or matcher()
    found = []
    for pattern, start, end in known.automaton.find_matches_as_indexes(key.words, overlapping=True):
        match = _judge(key, known, known.patterns[pattern], start, end - 1)
        if match is not None:
            found.append(match)
    return longest(found)


def longest(found: Sequence[Match]) -> list[Match]:
    """Return the matches of which none overlaps a longer one, in their order."""
    kept: list[Match] = []
    taken = bytearray(max((m.end for m in found), default=0))
    for match in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if not any(taken[match.start : match.end]):
            taken[match.start : match.end] = b"\1" * (match.end - match.start)
            kept.append(match)
    return sorted(kept)


def _judge(key: Key, known: Matcher, pattern: _Pattern, start: int, end: int) -> Match | None:
    word_start = key.words.rfind(" ", 0, start) + 1
    before = key.words[word_start:start]
    meaning, left = pattern.article, BEFORE_ARTICLE.get(before)
    if meaning is None or left is None:
        meaning, left = pattern.plain, BEFORE_PLAIN.get(before)
    if meaning is None or left is None:
        return None
    form, bearers = meaning
    if not _stands_whole(key, form, start, end):
        return None
    if left.clitic in RARE and end - start < SHORTEST_AFTER_RARE:
        return None
    kept = tuple(b for b in bearers if b.cue is None or _has_cue(key, known, b.cue, word_start))
    if not kept:
        return None
    kind = known.types[kept[0].entity_id]
    return Match(start - left.letters, end, left.clitic, form, kind, kept)


def _stands_whole(key: Key, form: str, start: int, end: int) -> bool:
    """Return whether no barrier stands in the match that does not stand in the form."""
    written = key.marked[start:end]
    return "|" not in written or form.endswith(written)


def _has_cue(key: Key, known: Matcher, cue: str, word_start: int) -> bool:
    """Return whether one of the two words before is of the class `cue`."""
    before = key.marked[max(0, word_start - 40) : word_start - 1].rpartition("|")[2].split()
    cues = known.cues[cue]
    return any(variant in cues for word in before[-2:] for variant in _bare(word))


def _bare(word: str) -> list[str]:
    """Return a word as written and without proclitics and article."""
    found = [bare for bare, _ in split_variants(word)]
    return found + [bare[2:] for bare in found if bare.startswith("ال")]


def _has_article(key: str) -> bool:
    return key.startswith("ال") and len(key) > 3 and key[2] != " "
