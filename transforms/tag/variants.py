"""Names that may be two spellings of one: candidates for a person to look at, never a merge.

Foreign names come into Arabic in several spellings (فاغنر and فاجنر, إفكوروف and يفكيروف).
The skeleton of a word leaves out what they differ in: long vowels, and which of several letters
stands for a sound. Over 63,000 names 10 to 26 % of the pairs with one skeleton were one name, so
that a skeleton finds candidates only, and a score puts the likeliest of them first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from transforms.tag.keys import fold_name
from transforms.tag.lexicon import lexicon

#: Letters that one foreign sound is written with: g (غوتيريش، جوتيريش، كوتيريش), s, t, z, d.
_SOUNDS = str.maketrans(
    dict.fromkeys("غجقك", "ج")
    | dict.fromkeys("سصث", "س")
    | dict.fromkeys("ذظ", "ز")
    | {"ط": "ت", "ض": "د"}
)
#: Long vowels and what stands for a short one at a word's end.
_VOWELS = dict.fromkeys(map(ord, "اويهء"))
#: A block of more names is that of a common one (محمد): its pairs say nothing and are too many.
BLOCK = 60
#: What of the score each witness gives. Spelling must weigh most, since most pairs of names have
#: no other; shared company outweighs it only where the spelling is poor: with all of it and half
#: the spelling a pair comes to .7, as does a good spelling (.95) with a little company (.3).
SPELLING, COMPANY, COUNTRY, TIME = 0.6, 0.25, 0.1, 0.05
#: What a person is asked to look at. The skeletons of single words are short, and many words share
#: one (أسني، إسنا، سانيا): without company only the same spelling comes to so much.
LEAST, LEAST_ALONE = 0.5, 0.6
#: Words that so many people of the name table bear are names of their own, and not spellings of
#: each other: محمد and محمود, حسن and حسين. Rarer ones may be a spelling that came in with a few.
COMMON = 30
#: Two names whose articles lie further apart than this are of different news.
DAYS = 90


class Name(NamedTuple):
    """One way in which an entity is written; `known` says that the knowledge holds the entity."""

    entity_id: str
    type: str
    written: str
    known: bool


class Seen(NamedTuple):
    """What the articles show of an entity: who is named beside it, of which country, and when."""

    company: frozenset[str] = frozenset()
    country: str | None = None
    first: date | None = None
    last: date | None = None


class Variant(NamedTuple):
    """Two entities whose names may be one, and how likely that looks between 0 and 1."""

    entity: str
    other: str
    score: float


def skeleton(word: str) -> str:
    """Return a folded word without what its spellings differ in; the word itself if all goes."""
    bare = word.removeprefix("ال") if len(word) > len("ال") + 2 else word
    sounds = bare.replace("تش", "ش").translate(_VOWELS).translate(_SOUNDS)
    single = "".join(c for n, c in enumerate(sounds) if n == 0 or sounds[n - 1] != c)
    return single or word


def known_names() -> Iterator[Name]:
    """Yield the names of the knowledge that one entity alone bears, whatever stands before them."""
    words = lexicon()
    for bearers in words.forms.values():
        if len(bearers) == 1 and bearers[0].cue is None:
            entity = words.known[bearers[0].entity_id]
            yield Name(entity.entity_id, entity.type, bearers[0].written, True)


def pairs(names: Iterable[Name]) -> Iterator[tuple[Name, Name]]:
    """Yield the candidates: names of one block, of different entities, not both known.

    A block is a type with the skeletons of a name's first and last word; a middle name may be
    left out, another one may not be there.
    """
    blocks: dict[tuple[str, str, str], list[Name]] = defaultdict(list)
    for name in names:
        if words := fold_name(name.written).split():
            blocks[name.type, skeleton(words[0]), skeleton(words[-1])].append(name)
    for block in blocks.values():
        unknown = sorted(name for name in block if not name.known)
        if 0 < len(unknown) <= BLOCK:
            for at, name in enumerate(unknown):
                others = (*unknown[at + 1 :], *(other for other in block if other.known))
                yield from ((name, other) for other in others if _may_be_one(name, other))


def scored(seen: Mapping[str, Seen], found: Iterable[tuple[Name, Name]]) -> list[Variant]:
    """Return the candidates that are likely enough, the likeliest first; two entities once."""
    best: dict[tuple[str, str], Variant] = {}
    for name, other in found:
        variant = Variant(name.entity_id, other.entity_id, score(name, other, seen))
        alone = not (" " in name.written and " " in other.written)
        if variant.score < (LEAST_ALONE if alone else LEAST):
            continue
        own = variant[:2]
        if own not in best or best[own].score < variant.score:
            best[own] = variant
    return sorted(best.values(), key=lambda v: (-v.score, v.entity, v.other))


def score(name: Name, other: Name, seen: Mapping[str, Seen]) -> float:
    """Return how likely two names are one: by spelling, company, country and time."""
    total = SPELLING * _spelling(name.written, other.written)
    a, b = (seen.get(each.entity_id, Seen()) for each in (name, other))
    total += COMPANY * _company(a, b, {name.entity_id, other.entity_id})
    if a.country and a.country == b.country:
        total += COUNTRY
    if _of_one_time(a, b):
        total += TIME
    return round(total, 3)


def _may_be_one(name: Name, other: Name) -> bool:
    """Return whether two names of one block may be one: middle names do not contradict."""
    ours, theirs = (fold_name(each.written).split() for each in (name, other))
    if any(_are_two(*ends) for ends in ((ours[0], theirs[0]), (ours[-1], theirs[-1]))):
        return False
    inside, between = ([skeleton(word) for word in words[1:-1]] for words in (ours, theirs))
    return inside == between or not inside or not between


def _are_two(word: str, other: str) -> bool:
    names = lexicon().names
    counts = [names[each] for each in (word, other) if each in names]
    return word != other and len(counts) == 2 and min(map(sum, counts)) >= COMMON


def _spelling(a: str, b: str) -> float:
    """Return the mean likeness of two names as written and by their skeletons."""
    from rapidfuzz import fuzz

    written = fold_name(a), fold_name(b)
    bones = [" ".join(map(skeleton, name.split())) for name in written]
    return float(fuzz.ratio(*written) + fuzz.ratio(*bones)) / 200


def _company(a: Seen, b: Seen, own: set[str]) -> float:
    """Return which share of the smaller company the two have in common (overlap coefficient)."""
    ours, theirs = a.company - own, b.company - own
    least = min(len(ours), len(theirs))
    return len(ours & theirs) / least if least else 0.0


def _of_one_time(a: Seen, b: Seen) -> bool:
    if not (a.first and a.last and b.first and b.last):
        return False
    return (max(a.first, b.first) - min(a.last, b.last)).days <= DAYS
