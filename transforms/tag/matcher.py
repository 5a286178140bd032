"""Known names in a key: one pass of an Aho-Corasick automaton, whole words only.

A name is searched from its first letter (without the alef of its article) to the space after its
last word; `proclitics` then judges what stands before it within its word. The longest match wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple, Protocol

from transforms.tag.keys import Key
from transforms.tag.lexicon import Bearer, Lexicon, lexicon
from transforms.tag.proclitics import BEFORE_ARTICLE, BEFORE_PLAIN, RARE, Left, split_variants
from warehouse.tables.tag import EntityType

# A shorter word after one of the rare proclitics is nearly always another word (كمال, فرق).
SHORTEST_AFTER_RARE = 5


#: The class of cues after which a word can only be a place, and of those that ask for one.
WHERE, PLACE = "where", "place"
#: Nouns after which a feminine adjective is a name: زار الوفد السعودية.
MASCULINE, TITLE = "masculine", "title"
#: Plurals in ي, after which it is none: الأراضي السعودية.
PLURAL = "plural"
#: What is called after a place and lies elsewhere: حي القاهرة.
QUARTER = "quarter"
#: Adverbs and particles that end in alef and stand before the name of a country.
ADVERB = "adverb"
SHORTEST_NOUN = 4
#: A DFA searches in half the time. For 3,000 given names it takes 4 MB and 10 ms to build; for
#: the 14,000 forms of the lexicon it would be 30 MB and a seventh of a second at every start.
_FEW = 5_000
#: In place of proclitics: a form that only looks like a name, dropped once it has won its place.
DECOY = "|"


class Match(NamedTuple):
    """One name at [start, end) of a key: proclitics, folded form, type, and who may bear it.

    `bearers` is empty for a person whom only the text names.
    """

    start: int
    end: int
    clitic: str | None
    form: str
    type: EntityType
    bearers: tuple[Bearer, ...]


class Automaton(Protocol):
    """What this package uses of ahocorasick_rs, which has no types."""

    def find_matches_as_indexes(
        self, haystack: str, overlapping: bool = False
    ) -> list[tuple[int, int, int]]:
        """Return pattern, start and end of each match."""
        ...


_TOWNS = frozenset(["city", "capital", "territory"])
_TOLD_APART = frozenset(["club", "newspaper", "channel", "agency", "radio"])
_WITH_ADJECTIVE = ("وكاله ", "الوكاله ", "الترجي الرياضي", "النادي ")


class _Meaning(NamedTuple):
    """A form and who bears it; `cut` letters at its end tell the bearer but are not its name."""

    form: str
    bearers: tuple[Bearer, ...]
    cut: int


class _Pattern(NamedTuple):
    plain: _Meaning | None
    article: _Meaning | None


@dataclass(frozen=True, slots=True)
class Matcher:
    """The automaton over all forms, and what each of its patterns means."""

    automaton: Automaton
    patterns: list[_Pattern]
    cues: dict[str, frozenset[str]]
    types: dict[str, EntityType]
    place_words: frozenset[str]
    accusatives: frozenset[str]
    attributes: dict[str, frozenset[str]]
    countries: frozenset[str]
    towns: frozenset[str]


@cache
def matcher() -> Matcher:
    """Return the matcher over the whole lexicon, built at the first call."""
    return build(lexicon())


def build(words: Lexicon) -> Matcher:
    """Return a matcher over a lexicon."""
    patterns: dict[str, _Pattern] = {}
    for key, bearers in words.forms.items():
        meaning = _Meaning(key, tuple(bearers), _adjective(key, bearers, words))
        if _has_article(key):
            tail = key[1:] + " "
            patterns[tail] = patterns.get(tail, _Pattern(None, None))._replace(article=meaning)
        else:
            tail = key + " "
            patterns[tail] = patterns.get(tail, _Pattern(None, None))._replace(plain=meaning)
    types = {entity: known.type for entity, known in words.known.items()}
    searched = [tail.replace("|", " ") for tail in patterns]
    places = {
        key.rpartition(" ")[2]
        for key, bearers in words.forms.items()
        if any(types[bearer.entity_id] == "LOC" for bearer in bearers)
    }
    accusatives = {
        adjective.removeprefix("ال") + "ا"
        for adjectives in words.nisbas.values()
        for adjective in adjectives
    }
    return Matcher(
        automaton_of(searched),
        list(patterns.values()),
        words.cues,
        types,
        frozenset(places),
        frozenset(accusatives),
        _attributes(words, types),
        frozenset(
            key.rpartition(" ")[2]
            for key, bearers in words.forms.items()
            if any(words.known[bearer.entity_id].subtype == "territory" for bearer in bearers)
        ),
        frozenset(entity for entity, each in words.known.items() if each.subtype in _TOWNS),
    )


def _attributes(words: Lexicon, types: dict[str, EntityType]) -> dict[str, frozenset[str]]:
    """Return the countries whose name is their feminine adjective, with their places' last words.

    السعودية is both the country and what الشركة السعودية is.
    """
    places: dict[str | None, set[str]] = {}
    for key, bearers in words.forms.items():
        for entity, *_ in bearers:
            if types[entity] == "LOC":
                last = key.rpartition(" ")[2]
                places.setdefault(words.known[entity].country, set()).add(last)
    return {
        form: frozenset(places.get(country, set()) - {form})
        for country, adjectives in words.nisbas.items()
        for form in adjectives.intersection(words.forms)
    }


def automaton_of(patterns: list[str]) -> Automaton:
    """Return an automaton over patterns; the library is loaded here, not at import."""
    import ahocorasick_rs

    kinds = ahocorasick_rs.Implementation
    kind = kinds.DFA if len(patterns) <= _FEW else kinds.ContiguousNFA
    automaton: Automaton = ahocorasick_rs.AhoCorasick(patterns, implementation=kind)
    return automaton


def find_known(key: Key, using: Matcher | None = None) -> list[Match]:
    """Return the known names in a key, in their order; none overlaps another."""
    return [match for match in _found(key, using or matcher()) if match.clitic != DECOY]


def look_alikes(key: Key) -> list[tuple[int, int]]:
    """Return where a key only looks as if a name stood there: صلاة المغرب."""
    return [(match.start, match.end) for match in _found(key, matcher()) if match.clitic == DECOY]


def _found(key: Key, known: Matcher) -> list[Match]:
    found = []
    for pattern, start, end in known.automaton.find_matches_as_indexes(key.words, overlapping=True):
        match = _judge(key, known, known.patterns[pattern], start, end - 1)
        if match is not None:
            found.append(match)
    return longest(found)


def occurrences(key: Key, form: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield start, end and proclitics of each place where a single word stands in a key."""
    tail, before = form + " ", BEFORE_PLAIN
    if _has_article(form):
        tail, before = form[1:] + " ", BEFORE_ARTICLE
    at = key.words.find(tail)
    while at >= 0:
        left = _left(key, at, before)
        end = at + len(tail) - 1
        if left is not None and not _is_too_short(left, at, end):
            yield at - left.letters, end, left.clitic
        at = key.words.find(tail, at + 1)


def _left(key: Key, start: int, before: dict[str, Left]) -> Left | None:
    return before.get(key.words[key.words.rfind(" ", 0, start) + 1 : start])


def _is_too_short(left: Left, start: int, end: int) -> bool:
    return left.clitic in RARE and end - start < SHORTEST_AFTER_RARE


def longest(found: Sequence[Match]) -> list[Match]:
    """Return the matches of which none overlaps a longer one, in their order."""
    kept: list[Match] = []
    taken = bytearray(max((m.end for m in found), default=0))
    for match in sorted(found, key=lambda m: (-max(m.end - m.start, len(m.form)), m.start)):
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
    form, bearers, cut = meaning
    if not _stands_whole(key, form, start, end):
        return None
    if _is_too_short(left, start, end):
        return None
    if not bearers:
        return Match(start - left.letters, end, DECOY, form, "LOC", ())
    kept = _asked_for(key, known, bearers, (word_start, end), left.clitic)
    if not kept or (left.clitic is None and _is_adjective(key, known, form, word_start)):
        return None
    kind = known.types[kept[0].entity_id]
    if left.clitic is None and _is_called_after(key, known, kept[0].entity_id, (word_start, end)):
        return None
    return Match(start - left.letters, end - cut, left.clitic, form, kind, kept)


def _is_called_after(key: Key, known: Matcher, entity: str, span: tuple[int, int]) -> bool:
    """Return whether a street or quarter is called after a town or country: حي القاهرة."""
    return entity in known.towns and _has_cue(key, known, QUARTER, span, None)


def _adjective(key: str, bearers: list[Bearer], words: Lexicon) -> int:
    """Return how long the adjective is that tells a club or outlet from its namesake.

    ليون الفرنسي and الجزيرة القطرية are the names ليون and الجزيرة. It is part of the name where
    a noun comes first that it belongs to (وكالة الأنباء السعودية, الترجي الرياضي التونسي).
    """
    name, _, last = key.rpartition(" ")
    told_apart = any(words.known[b.entity_id].subtype in _TOLD_APART for b in bearers)
    if not told_apart or not name or name.startswith(_WITH_ADJECTIVE):
        return 0
    is_nisba = any(last in adjectives for adjectives in words.nisbas.values())
    return len(last) + 1 if is_nisba else 0


def _asked_for(
    key: Key,
    known: Matcher,
    bearers: tuple[Bearer, ...],
    span: tuple[int, int],
    clitic: str | None,
) -> tuple[Bearer, ...]:
    """Return the bearers whose cue stands before the name; without any, those that need none."""
    if len(bearers) == 1 and bearers[0].cue is None:
        return bearers
    cued = tuple(b for b in bearers if b.cue and _has_cue(key, known, b.cue, span, clitic))
    return cued or tuple(b for b in bearers if b.cue is None)


def _stands_whole(key: Key, form: str, start: int, end: int) -> bool:
    """Return whether no barrier stands in the match that does not stand in the form."""
    written = key.marked[start:end]
    return "|" not in written or form.endswith(written)


def _has_cue(key: Key, known: Matcher, cue: str, span: tuple[int, int], clitic: str | None) -> bool:
    """Return whether the word before is of the class `cue`, no barrier between them.

    A noun governs the name that follows it (قناة الجزيرة), so a proclitic on the name breaks the
    tie. The class "where" also takes ب or ل on the name, و after another place, and a name that
    stands by itself between two marks of punctuation, as in a list of places.
    """
    word = _word_before(key, span[0])
    if cue == PLACE and key.words.startswith("ال", span[0]):
        # مدينة الجديدة is a city; in المدينة الجديدة the word is an adjective.
        return clitic is None and any(bare in known.cues[cue] for bare, _ in split_variants(word))
    if cue != WHERE:
        return clitic is None and not known.cues[cue].isdisjoint(_bare(word))
    if clitic is not None:
        return clitic.endswith(("ب", "ل")) or (clitic == "و" and word in known.place_words)
    if not word:
        return key.marked[span[1]] == "|"
    return not known.cues[cue].isdisjoint(_bare(word))


def _is_adjective(key: Key, known: Matcher, form: str, word_start: int) -> bool:
    return _is_accusative(key, known, form, word_start) or _is_attribute(
        key, known, form, word_start
    )


def _is_attribute(key: Key, known: Matcher, form: str, word_start: int) -> bool:
    """Return whether a country's name is the adjective of a noun: الأسهم السعودية، جدة السعودية.

    The noun before it then has the article or is a place of that country. A man (زار الوزير
    السعودية) and what is masculine besides would ask for the masculine adjective; most plurals do
    for the feminine one.
    """
    places = known.attributes.get(form)
    if places is None:
        return False
    word = _word_before(key, word_start)
    if word in places:
        return True
    if word in known.countries:
        return False
    nouns = [bare for bare in _bare(word) if bare.startswith("ال")]
    masculine = known.cues[MASCULINE] | known.cues[TITLE]
    return any(
        (not noun.endswith("ي") or noun in known.cues[PLURAL])
        and (noun.endswith("ه") or masculine.isdisjoint(_bare(noun)))
        for noun in nouns
    )


def _is_accusative(key: Key, known: Matcher, form: str, word_start: int) -> bool:
    """Return whether a country's name is the adjective of a noun: تدخلا روسيا.

    The indefinite accusative of روسي is written like the country; the noun before it then ends
    in the same alef, which adverbs and particles (أيضا، أما) do without asking for an adjective.
    """
    if form not in known.accusatives:
        return False
    word = _word_before(key, word_start)
    return (
        len(word) >= SHORTEST_NOUN
        and word.endswith("ا")
        and word not in known.place_words
        and not any(bare in known.cues[ADVERB] for bare, _ in split_variants(word))
    )


def _word_before(key: Key, word_start: int) -> str:
    """Return the word before a place in the key; empty where a barrier stands between."""
    before = key.words.rfind(" ", 0, max(0, word_start - 1)) + 1
    word = key.marked[before : max(before, word_start - 1)]
    return "" if word.endswith("|") else word.rpartition("|")[2]


@lru_cache(maxsize=20_000)
def _bare(word: str) -> tuple[str, ...]:
    """Return a word as written and without proclitics and article; the same ones come again."""
    found = [bare for bare, _ in split_variants(word)]
    return (*found, *(bare[2:] for bare in found if bare.startswith("ال")))


def _has_article(key: str) -> bool:
    return key.startswith("ال") and len(key) > 3 and key[2] != " "
