"""Which entity a name stands for, decided over the whole article.

A full name that the knowledge holds links by `alias`. A short form (the last part of a full name,
or a given name beside a word of kinship) links by `document` to the person of that name in the
same article. Where several could be meant, the choices in their order are: the one short form
that an editor keeps in curated.tsv, the only one introduced before, the one named in full at
least FREQUENT times as often as each other; otherwise the entity stays open (null).

A person whom only the text names gets an id made from the folded name: the first full mention has
method `none` (nothing links it) and a lower score, later ones `document`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from transforms.tag.keys import Key
from transforms.tag.lexicon import Lexicon
from transforms.tag.matcher import Match, occurrences
from transforms.tag.proclitics import split_variants
from warehouse.tables.tag import EntityType, LinkMethod

# A person named in full twice as often as any namesake is whom the article is about.
FREQUENT = 2
# A shorter last name (دي، آل) is found inside too much else.
SHORTEST = 3
# Confidence by kind of evidence; measured on the two gold pages and by reading, see
# docs/measurements.md. The order matters more than the values.
SCORE_ALIAS = 0.95
SCORE_CHOSEN = 0.8
SCORE_DOCUMENT = 0.85
SCORE_TEXT = 0.65
SCORE_OPEN = 0.5


class Linked(NamedTuple):
    """One name at [start, end) of its part's key and the entity that it stands for, if any.

    `written` is the form as the knowledge writes it, where the knowledge holds it.
    """

    start: int
    end: int
    clitic: str | None
    type: EntityType
    entity_id: str | None
    method: LinkMethod
    score: float
    written: str | None = None


@dataclass(slots=True)
class _People:
    """Who is named in full in the article: how often, and from where on."""

    full: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[int, int]] = field(default_factory=dict)
    by_last: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_given: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def text_person(form: str) -> str:
    """Return the mark of a person whom only the text names, until the rows are made."""
    return f"text:{form}"


def link(
    keys: Sequence[Key], found: Sequence[Sequence[Match]], words: Lexicon, country: str | None
) -> list[list[Linked]]:
    """Return the names of each part with their entities; parts are in reading order.

    `country` is the source's, the last resort between places of one name.
    """
    people = _introduced(found, words)
    places = _places(found, words)
    parts = []
    for part, (key, matches) in enumerate(zip(keys, found, strict=True)):
        named = [_link_one(m, part, people, places, words, country) for m in matches]
        named += _short_names(key, part, matches, people, words)
        parts.append(sorted(named))
    return parts


def _introduced(found: Sequence[Sequence[Match]], words: Lexicon) -> _People:
    people = _People()
    for part, matches in enumerate(found):
        for match in matches:
            names = match.form.split()
            if match.type != "PER" or (match.form in words.short and len(names) == 1):
                continue
            person = _person(match)
            if person not in people.first:
                people.first[person] = (part, match.start)
                people.by_last[_last_name(names)].append(person)
                people.by_given[names[0]].append(person)
            people.full[person] += 1
    return people


def _person(match: Match) -> str:
    return match.bearers[0].entity_id if match.bearers else text_person(match.form)


def _last_name(names: list[str]) -> str:
    return names[-1]


def _places(found: Sequence[Sequence[Match]], words: Lexicon) -> Counter[str]:
    """Return how often each country is named, by itself or by one of its places."""
    countries: Counter[str] = Counter()
    for matches in found:
        for match in matches:
            if len(match.bearers) == 1:
                country = words.known[match.bearers[0].entity_id].country
                if country:
                    countries[country] += 1
    return countries


def _link_one(
    match: Match,
    part: int,
    people: _People,
    places: Counter[str],
    words: Lexicon,
    country: str | None,
) -> Linked:
    entity: str | None
    method: LinkMethod
    if not match.bearers:
        entity = text_person(match.form)
        again = people.first[entity] != (part, match.start)
        method, score = ("document", SCORE_DOCUMENT) if again else ("none", SCORE_TEXT)
    elif match.form in people.by_last and match.type == "PER":
        entity = _choose(people.by_last[match.form], match.form, (part, match.start), people, words)
        method, score = ("document", SCORE_DOCUMENT) if entity else ("none", SCORE_OPEN)
    elif len(match.bearers) == 1:
        entity, method, score = match.bearers[0].entity_id, "alias", SCORE_ALIAS
    else:
        entity = _likeliest([b.entity_id for b in match.bearers], places, words, country)
        method, score = ("alias", SCORE_CHOSEN) if entity else ("none", SCORE_OPEN)
    written = next((b.written for b in match.bearers if b.entity_id == entity), None)
    return Linked(match.start, match.end, match.clitic, match.type, entity, method, score, written)


def _likeliest(
    options: list[str], places: Counter[str], words: Lexicon, country: str | None
) -> str | None:
    """Return the one option whose country the article names most, else the source's, else none."""
    countries = {o: words.known[o].country or "" for o in options}
    ranked = sorted(options, key=lambda o: -places[countries[o]])
    if places[countries[ranked[0]]] > places[countries[ranked[1]]]:
        return ranked[0]
    at_home = [o for o in options if country and countries[o] == country]
    return at_home[0] if len(at_home) == 1 else None


def _choose(
    options: list[str], form: str, at: tuple[int, int], people: _People, words: Lexicon
) -> str | None:
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


def _short_names(
    key: Key, part: int, matches: Sequence[Match], people: _People, words: Lexicon
) -> list[Linked]:
    """Return the short names of the article's people that no known name covers."""
    taken = {position for m in matches for position in (m.start, m.end - 1)}
    found: dict[int, Linked] = {}
    for form, options in people.by_last.items():
        if len(form) < SHORTEST or form in words.everyday:
            continue
        for start, end, clitic in occurrences(key, form):
            if start not in taken and end - 1 not in taken:
                found[start] = _short(start, end, clitic, form, part, options, people, words)
    for form, options in people.by_given.items():
        for start, end, clitic in occurrences(key, form):
            free = start not in taken and end - 1 not in taken and start not in found
            if free and _is_of_kin(key, start, people, words):
                found[start] = _short(start, end, clitic, form, part, options, people, words)
    return list(found.values())


def _short(
    start: int,
    end: int,
    clitic: str | None,
    form: str,
    part: int,
    options: list[str],
    people: _People,
    words: Lexicon,
) -> Linked:
    entity = _choose(options, form, (part, start), people, words)
    method: LinkMethod = "document" if entity else "none"
    return Linked(
        start, end, clitic, "PER", entity, method, SCORE_DOCUMENT if entity else SCORE_OPEN
    )


def _is_of_kin(key: Key, start: int, people: _People, words: Lexicon) -> bool:
    """Return whether a word of kinship stands before a given name (ابنه صدام).

    A second given name joined by و to the first is of kin with it (لابنيه خالد وصدام).
    """
    here = key.words.rfind(" ", 0, start) + 1
    before = key.words.rfind(" ", 0, max(0, here - 1)) + 1
    word = key.marked[before : max(before, here - 1)]
    variants = [bare for bare, _ in split_variants(word)]
    if any(bare in words.cues["kin"] for bare in variants):
        return True
    joined = key.words[here:start].startswith("و")
    return joined and word in people.by_given and _is_of_kin(key, before, people, words)
