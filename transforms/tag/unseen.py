"""Names that no list holds: what a tagger found, by the span rules of the tables.

A tagger labels whole words. Here the proclitics come off the first one, titles and quotation
marks stay outside, an adjective of a country is no name, and no name crosses a mark of
punctuation. Where the knowledge found a name of its own, that one stays. A name that the knowledge
holds and did not trust where it stands is that entity's, no second one of the same name
(تصنفها روسيا, whose first word could be a noun); a place's also where only a cue would show it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache

from transforms.tag.keys import Key
from transforms.tag.lexicon import Bearer, Lexicon, lexicon
from transforms.tag.matcher import Match, look_alikes
from transforms.tag.proclitics import BEFORE_PLAIN, RARE, split_variants
from transforms.tag.tagger import Found
from transforms.tag.text_entities import only_bearer
from warehouse.tables.tag import EntityType

#: The score from which a name is taken that no list holds: from here on what is added is as precise
#: as the lists are (lower takes more names, of which more are wrong).
SURE = 0.75
#: How sure a tagger must be that a person whom only rules saw has another span, that a place stands
#: for a body (لعب برشلونة), that an everyday word with its article is one (فاز الأهلي).
SURE_SPAN, SURE_OTHER, SURE_EVERYDAY = 0.5, 0.5, 0.9
LEAST = min(SURE, SURE_SPAN, SURE_OTHER)
#: A shorter word is an initial or a particle.
SHORTEST = 3
#: After the proclitics at least so much must remain: وان (Van) is not و + ان.
SHORTEST_AFTER_PROCLITIC = 3


def joined(key: Key, known: Sequence[Match], found: Sequence[Found]) -> list[Match]:
    """Return the known names and what a tagger found beside them, in their order."""
    new = unseen(key, found)
    better = {
        match: each for match in known for each in _touching(new, match) if _is_better(*each, match)
    }
    kept = [match for match in known if match not in better]
    replacing = {match for match, _ in better.values()}
    taken = bytearray(len(key.words))
    for match in kept:
        taken[match.start : match.end] = b"\1" * (match.end - match.start)
    for start, end in look_alikes(key) if new else ():
        taken[start:end] = b"\1" * (end - start)
    for match, score in new:
        trusted = match in replacing or score >= SURE
        if trusted and not any(taken[match.start : match.end]):
            taken[match.start : match.end] = b"\1" * (match.end - match.start)
            kept.append(match)
    return sorted(kept)


def unseen(key: Key, found: Sequence[Found]) -> list[tuple[Match, float]]:
    """Return what a tagger found in the text of `key` as matches, with their scores."""
    words = lexicon()
    gone = [shift + count for count, shift in enumerate(key.shifts)]
    matches = []
    for name in found:
        if name.score < LEAST:
            continue
        start, end = (at + 1 - bisect_left(gone, at) for at in (name.start, name.end))
        for first, last in _apart(key, start, end, words) if name.type != "ORG" else [(start, end)]:
            match = _match(key, first, last, name, words)
            if match is not None:
                matches.append((match, name.score))
    return matches


def _is_better(new: Match, score: float, known: Match) -> bool:
    """Return whether a tagger's name takes the place of the knowledge's.

    It does where it gives a person whom only rules saw another span, and where it takes the name of
    a place for that of its club or government.
    """
    if (new.start, new.end) == (known.start, known.end):
        return (new.type, known.type) == ("ORG", "LOC") and score >= SURE_OTHER
    overlaps = new.start < known.end and known.start < new.end
    person = not known.bearers and new.type == known.type == "PER"
    return overlaps and person and score >= SURE_SPAN


def _touching(new: Sequence[tuple[Match, float]], known: Match) -> Sequence[tuple[Match, float]]:
    """Return the new matches, which stand in their order, that share a letter with a known one."""
    first = bisect_right(new, known.start, key=lambda each: each[0].end)
    last = bisect_left(new, known.end, key=lambda each: each[0].start)
    return new[first:last]


def _apart(key: Key, start: int, end: int, words: Lexicon) -> Iterator[tuple[int, int]]:
    """Yield the persons or places that a span joins by و: خالد وصدام.

    No person's or place's name has an "and"; a later word that begins with one where the rest is
    a name, and the whole is none (وليد), begins the next.
    """
    first = start
    for at in range(start, end - 1):
        if key.words[at : at + 2] == " و":
            word = key.words[at + 1 : end].partition(" ")[0]
            if not _is_listed(word, words) and _is_listed(word[1:], words):
                yield first, at
                first = at + 1
    yield first, end


def _match(key: Key, start: int, end: int, name: Found, words: Lexicon) -> Match | None:
    kind = name.type
    start, end = _between_barriers(key, start, end)
    start = _after_titles(key, start, end, words) if kind == "PER" else start
    first = key.words[start:end].partition(" ")[0]
    clitic, letters = _proclitics(key, first, words)
    start += letters
    form = key.words[start:end]
    if clitic and clitic.endswith("ل") and form.startswith("ل"):
        form = f"ا{form}"  # the article has lost its alef after ل
    if len(form) < SHORTEST or (form in _no_names() and not _is_called_so(form, name)):
        return None
    return Match(start, end, clitic, form, kind, _bearers(form, kind, words))


def _bearers(form: str, kind: EntityType, words: Lexicon) -> tuple[Bearer, ...]:
    """Return who is known to bear a name: of places, where it stands is cue enough to a tagger.

    Of a person or a body only one that no other bears, whatever stands before.
    """
    if kind != "LOC":
        bearer = only_bearer(kind, form)
        return (bearer,) if bearer else ()
    return tuple(
        bearer for bearer in words.forms.get(form, ()) if words.known[bearer.entity_id].type == kind
    )


def _is_called_so(form: str, name: Found) -> bool:
    """Return whether a tagger is sure that an everyday word names a body here."""
    return name.type == "ORG" and form.startswith("ال") and name.score >= SURE_EVERYDAY


def _between_barriers(key: Key, start: int, end: int) -> tuple[int, int]:
    """Return the span without spaces and barriers at its ends, up to the first one inside."""
    while start < end and key.marked[start] in " |":
        start += 1
    barrier = key.marked.find("|", start, end)
    end = end if barrier < 0 else barrier
    while end > start and key.marked[end - 1] == " ":
        end -= 1
    return start, end


def _after_titles(key: Key, start: int, end: int, words: Lexicon) -> int:
    """Return where the name itself begins after words of rank (الرئيس, الدكتور)."""
    while True:
        space = key.words.find(" ", start, end)
        variants = [bare for bare, _ in split_variants(key.words[start:space])]
        titles = words.cues["title"]
        if space < 0 or not any(v in titles or v.removeprefix("ال") in titles for v in variants):
            return start
        start = space + 1


def _proclitics(key: Key, word: str, words: Lexicon) -> tuple[str | None, int]:
    """Return the proclitics on a name's first word, and how many letters they take.

    A word that a list holds as it is has none. Else the proclitics come off where what remains
    is in a list, carries the article, or stands by itself elsewhere in the text.
    """
    if _is_listed(word, words) or word.startswith("ال"):
        return None, 0
    for clitic in sorted(BEFORE_PLAIN, key=len):
        rest = word[len(clitic) :]
        if not clitic or not word.startswith(clitic) or len(rest) < SHORTEST_AFTER_PROCLITIC:
            continue
        whole = f"ا{rest}" if clitic.endswith("ل") and rest.startswith("ل") else rest
        shown = whole.startswith("ال") and len(whole) > SHORTEST_AFTER_PROCLITIC + 1
        alone = clitic not in RARE and key.words.count(f" {whole} ") > 0
        if shown or alone or _is_listed(whole, words) or whole in _no_names():
            return clitic, len(clitic)
    return None, 0


def _is_listed(word: str, words: Lexicon) -> bool:
    return word in _first_words() or word in words.names or word in words.given


@cache
def _first_words() -> frozenset[str]:
    return frozenset(form.partition(" ")[0] for form in lexicon().forms)


@cache
def _no_names() -> frozenset[str]:
    """Return the words that are no name by themselves: adjectives of countries, cues, everyday."""
    words = lexicon()
    nisbas = {word for adjectives in words.nisbas.values() for word in adjectives}
    cues = {word for each in words.cues.values() for word in each}
    return frozenset(nisbas | cues | {f"ال{word}" for word in cues} | words.everyday)
