"""Short names of the people whom an article names in full: حفتر after خليفة حفتر.

The last part of a full name stands for its bearer anywhere in the article; a given name does so
only beside a word of kinship (ابنه صدام، لابنيه خالد وصدام). Where several bear the short name,
the choices in their order are: the one short form that an editor keeps in curated.tsv, the only
bearer introduced before, the one named in full FREQUENT times as often as each other; otherwise
the entity stays open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from transforms.tag.keys import Key
from transforms.tag.lexicon import Lexicon, NameCounts
from transforms.tag.matcher import Match, occurrences
from transforms.tag.proclitics import split_variants

# A person named in full twice as often as any namesake is whom the article is about.
FREQUENT = 2
# A shorter last name (دي، آل) is found inside too much else.
SHORTEST = 3
# A last name that no list holds must be longer to be trusted alone.
SHORTEST_UNKNOWN = 5
# A ruler goes by a given name (قابوس بن سعيد) only where few others bear it.
RARE_GIVEN = 30
_NOBODY = NameCounts(0, 0)
_TEXT = "text:"
# Second words of names whose first word belongs to them: نصر الله، عبد الرحمن، أبو الغيط.
_SECOND_HALVES = frozenset(["الله", "الدين", "الاسلام", "العابدين"])
_FIRST_HALVES = frozenset(["عبد", "ابو", "بن", "ولد", "ال", "ابن", "دي", "دو", "فون"])


@dataclass(slots=True)
class People:
    """Who is named in full in the article: how often, and from where on (part, offset)."""

    full: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[int, int]] = field(default_factory=dict)
    by_last: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_given: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def text_name(form: str) -> str:
    """Return the mark of a name that only the text knows, until the rows are made."""
    return _TEXT + form


def identity(match: Match) -> str:
    """Return the entity that a match most likely stands for, or the mark of its form."""
    return match.bearers[0].entity_id if match.bearers else text_name(match.form)


def introduced(found: Sequence[Sequence[Match]], words: Lexicon) -> People:
    """Return the people whom the parts of an article name in full."""
    people = People()
    for part, matches in enumerate(found):
        for match in matches:
            if match.type != "PER" or match.form in words.short:
                continue
            person = identity(match)
            if person not in people.first:
                people.first[person] = (part, match.start)
                _index(people, person, match.form, words)
            people.full[person] += 1
    return people


def _index(people: People, person: str, form: str, words: Lexicon) -> None:
    names = form.split()
    if len(names) < 2:
        return
    halves = names[-1] in _SECOND_HALVES or names[-2] in _FIRST_HALVES
    people.by_last[" ".join(names[-2:]) if halves else names[-1]].append(person)
    if halves and names[-2] not in {"عبد", "ابو"} | _SECOND_HALVES:
        people.by_last[names[-1]].append(person)
    people.by_given[names[0]].append(person)
    if names[1] == "بن" and words.names.get(names[0], _NOBODY).given < RARE_GIVEN:
        people.by_last[names[0]].append(person)


def choose(
    options: list[str], form: str, at: tuple[int, int], people: People, words: Lexicon
) -> str | None:
    """Return whom a short form stands for at a place (part, offset), or None."""
    if len(options) == 1:
        return options[0]
    kept = [entity for entity in words.short.get(form, ()) if entity in options]
    if len(kept) == 1:
        return kept[0]
    before = [entity for entity in options if people.first[entity] < at]
    if len(before) == 1:
        return before[0]
    ranked = sorted(options, key=lambda entity: -people.full[entity])
    often = people.full[ranked[0]] >= FREQUENT * people.full[ranked[1]]
    return ranked[0] if often else None


def short_names(
    key: Key, matches: Sequence[Match], people: People, words: Lexicon
) -> Iterator[tuple[Match, list[str]]]:
    """Yield the short names that no known name covers, each with the people who bear it."""
    taken = bytearray(len(key.words))
    for match in matches:
        taken[match.start : match.end] = b"\1" * (match.end - match.start)
    for form, options in people.by_last.items():
        if _is_telling(form, options, words):
            for found in _free(key, form, taken):
                yield found, options
    for form, options in people.by_given.items():
        for found in _free(key, form, taken):
            if _is_of_kin(key, found, people, words):
                yield found, options


def _is_telling(form: str, options: list[str], words: Lexicon) -> bool:
    """Return whether a last name alone is evidence: no everyday word, and long or borne.

    The class "noun" of cues.tsv holds family names that a text uses more often as nouns.
    """
    if len(form) < SHORTEST or form in words.everyday or form in words.cues["noun"]:
        return False
    known = any(not option.startswith(_TEXT) for option in options)
    return known or form in words.names or len(form) >= SHORTEST_UNKNOWN


def _free(key: Key, form: str, taken: bytearray) -> Iterator[Match]:
    for start, end, clitic in occurrences(key, form):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            yield Match(start, end, clitic, form, "PER", ())


def _is_of_kin(key: Key, match: Match, people: People, words: Lexicon) -> bool:
    """Return whether a word of kinship stands before a given name.

    A second given name joined by و to the first is of kin with it (لابنيه خالد وصدام).
    """
    at = match.start
    joined = (match.clitic or "").startswith("و")
    while True:
        here = key.words.rfind(" ", 0, at) + 1
        before = key.words.rfind(" ", 0, max(0, here - 1)) + 1
        word = key.marked[before : max(before, here - 1)]
        variants = [bare for bare, _ in split_variants(word)]
        if any(bare in words.cues["kin"] for bare in variants):
            return True
        if not (joined and any(bare in people.by_given for bare in variants)):
            return False
        joined, at = word.startswith("و"), before
