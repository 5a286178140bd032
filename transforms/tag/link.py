"""Which entity a name stands for, decided over the whole article.

A name that the knowledge holds links by `alias`; where several bear it, to the one whose country
the article names most, else the source's. A short form of a person named in full in the article
links by `document` (see shortnames). A name that only the text knows gets an id made from its
folded form: the first mention has method `none` (nothing links it) and a lower score, later ones
`document`. A ministry or parliament named without its country is that of the one country whose
institution the article names, else of the source's; a parliament else of the country that the
article is about. Where none is known it is no mention.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from transforms.tag.keys import Key
from transforms.tag.lexicon import ANY, Lexicon
from transforms.tag.matcher import Match
from transforms.tag.shortnames import People, choose, introduced, short_names, text_name
from warehouse.tables.tag import EntityType, LinkMethod

# Confidence by kind of evidence. The order is what counts: a full known name, a choice among
# persons of the article, a choice among namesakes, a name that only the text knows, an open one.
# An article is about one country when it names it so often, and so many times as often as others.
NAMED_OFTEN = 4
MAIN = 1.5
SCORE_ALIAS = 0.95
SCORE_DOCUMENT = 0.85
SCORE_CHOSEN = 0.8
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


class _Article(NamedTuple):
    """What the whole article says that decides between entities of one name."""

    people: People
    countries: Counter[str]
    entities: frozenset[str]
    source_country: str | None
    keys: Sequence[Key]
    words: Lexicon


def link(
    keys: Sequence[Key], found: Sequence[Sequence[Match]], words: Lexicon, country: str | None
) -> list[list[Linked]]:
    """Return the names of each part with their entities; parts are in reading order.

    `country` is the source's, the last resort between places of one name.
    """
    article = _read(keys, found, words, country)
    seen: set[str] = set()
    return [
        _link_part(key, part, matches, article, seen)
        for part, (key, matches) in enumerate(zip(keys, found, strict=True))
    ]


def _read(
    keys: Sequence[Key], found: Sequence[Sequence[Match]], words: Lexicon, country: str | None
) -> _Article:
    countries: Counter[str] = Counter()
    entities = set()
    for matches in found:
        for match in matches:
            if len(match.bearers) == 1:
                entity = match.bearers[0].entity_id
                entities.add(entity)
                countries[words.known[entity].country or ""] += 1
    people = introduced(found, words)
    return _Article(people, countries, frozenset(entities), country, keys, words)


def _link_part(
    key: Key, part: int, matches: Sequence[Match], article: _Article, seen: set[str]
) -> list[Linked]:
    linked = []
    firm = [match for match in matches if not _is_loose(match)]
    for match, options in short_names(key, firm, article.people, article.words):
        linked.append(_short(match, options, part, article))
    taken = {at for one in linked for at in range(one.start, one.end)}
    for match in matches:
        if match.start in taken:
            continue
        one = _link_one(match, part, article, seen)
        if one is not None:
            linked.append(one)
    return sorted(linked)


def _is_loose(match: Match) -> bool:
    """Return whether a match is one word that no list holds: a person's short name goes before."""
    return not match.bearers and " " not in match.form


def _link_one(match: Match, part: int, article: _Article, seen: set[str]) -> Linked | None:
    by_last = article.people.by_last
    if match.type == "PER" and match.form in by_last and (match.bearers or " " not in match.form):
        return _short(match, by_last[match.form], part, article)
    if not match.bearers:
        return _by_text(match, seen)
    options = [bearer.entity_id for bearer in match.bearers]
    if options[0].startswith(ANY + "-"):
        return _institution(match, options[0], article)
    if len(options) == 1:
        return _linked(match, options[0], "alias", SCORE_ALIAS)
    return _linked(match, _likeliest(options, article), "alias", SCORE_CHOSEN)


def _by_text(match: Match, seen: set[str]) -> Linked:
    entity = text_name(match.form)
    if entity in seen:
        return _linked(match, entity, "document", SCORE_DOCUMENT)
    seen.add(entity)
    return _linked(match, entity, "none", SCORE_TEXT)


def _short(match: Match, options: list[str], part: int, article: _Article) -> Linked:
    at = (part, match.start)
    entity = choose(options, match.form, at, article.people, article.words)
    return _linked(match, entity, "document", SCORE_DOCUMENT)


def _institution(match: Match, entity: str, article: _Article) -> Linked | None:
    suffix = entity.removeprefix(ANY)
    named = [other for other in article.entities if other.endswith(suffix) and other != entity]
    if len(named) == 1:
        return _linked(match, named[0], "document", SCORE_DOCUMENT)
    about = None if "-ministry-" in entity else _main_country(article)
    at_home = (article.source_country or about or "").lower() + suffix
    if at_home in article.words.known and not named:
        return _linked(match, at_home, "alias", SCORE_CHOSEN)
    return None


def _main_country(article: _Article) -> str | None:
    """Return the country that the article names MAIN times as often as any other, or None."""
    ranked = [pair for pair in article.countries.most_common() if pair[0]][:2]
    if not ranked or ranked[0][1] < NAMED_OFTEN:
        return None
    clear = len(ranked) == 1 or ranked[0][1] >= MAIN * ranked[1][1]
    return ranked[0][0] if clear else None


def _likeliest(options: list[str], article: _Article) -> str | None:
    """Return the one option whose country the article names most, else the source's, else none.

    Of places in one country the first is meant, which the files put before the smaller ones.
    """
    known = article.words.known
    if len({(known[option].country, known[option].type) for option in options}) == 1:
        return options[0]
    named = {option: _weight(known[option].country, article) for option in options}
    first, second = sorted(options, key=lambda option: -named[option])[:2]
    if named[first] > named[second]:
        return first
    at_home = [o for o in options if known[o].country == article.source_country]
    return at_home[0] if len(at_home) == 1 else None


def _weight(country: str | None, article: _Article) -> int:
    """Return how often an article names a country: places, people, adjectives."""
    if country is None:
        return 0
    adjectives = article.words.nisbas.get(country, ())
    said = sum(key.words.count(f"{word} ") for key in article.keys for word in adjectives)
    return article.countries[country] + said


def _linked(match: Match, entity: str | None, method: LinkMethod, score: float) -> Linked:
    written = next((b.written for b in match.bearers if b.entity_id == entity), None)
    if entity is None:
        method, score = "none", SCORE_OPEN
    return Linked(match.start, match.end, match.clitic, match.type, entity, method, score, written)
