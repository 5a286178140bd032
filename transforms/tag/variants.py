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
from itertools import combinations
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
#: Words that so many people of the name table bear are names of their own, and not spellings of
#: each other: محمد and محمود, حسن and حسين. Rarer ones may be a spelling that came in with a few.
COMMON = 30
#: Two names whose articles lie further apart than this are of different news.
DAYS = 90


class Named(NamedTuple):
    """An entity as the articles show it: who is named beside it, where, and when.

    `company` are the entities of its articles; `known` says that the knowledge holds it.
    """

    entity_id: str
    type: str
    name: str
    known: bool
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


def pairs(entities: Iterable[tuple[str, str, str, bool]]) -> Iterator[tuple[str, str]]:
    """Yield the candidates among (id, type, name, known): one block, and not both known.

    A block is a type with the skeletons of a name's first and last word and, of a name of two
    words, nothing between: a middle name may be left out, an other one may not be there.
    """
    blocks: dict[tuple[str, str, str], list[tuple[str, list[str], bool]]] = defaultdict(list)
    for entity, kind, name, known in entities:
        words = fold_name(name).split()
        if words:
            block = kind, skeleton(words[0]), skeleton(words[-1])
            blocks[block].append((entity, words, known))
    for named in blocks.values():
        if len(named) > BLOCK:
            continue
        for (a, ours, a_known), (b, theirs, b_known) in combinations(sorted(named), 2):
            if not (a_known and b_known) and _may_be_one(ours, theirs):
                yield a, b


def score(a: Named, b: Named) -> Variant:
    """Return how likely two names are one: by spelling, company, country and time."""
    total = SPELLING * _spelling(a.name, b.name) + COMPANY * _company(a, b)
    if a.country and a.country == b.country:
        total += COUNTRY
    if _of_one_time(a, b):
        total += TIME
    return Variant(a.entity_id, b.entity_id, round(total, 3))


def scored(named: Mapping[str, Named], found: Iterable[tuple[str, str]]) -> list[Variant]:
    """Return candidates with their scores, the likeliest first."""
    variants = [score(named[a], named[b]) for a, b in found]
    return sorted(variants, key=lambda v: (-v.score, v.entity, v.other))


def _may_be_one(ours: list[str], theirs: list[str]) -> bool:
    """Return whether two names of one block may be one: middle names do not contradict."""
    if any(_are_two(*ends) for ends in ((ours[0], theirs[0]), (ours[-1], theirs[-1]))):
        return False
    inside, other = ([skeleton(word) for word in words[1:-1]] for words in (ours, theirs))
    return inside == other or not inside or not other


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


def _company(a: Named, b: Named) -> float:
    """Return which share of the smaller company the two have in common (overlap coefficient)."""
    own = {a.entity_id, b.entity_id}
    ours, theirs = a.company - own, b.company - own
    least = min(len(ours), len(theirs))
    return len(ours & theirs) / least if least else 0.0


def _of_one_time(a: Named, b: Named) -> bool:
    if not (a.first and a.last and b.first and b.last):
        return False
    return (max(a.first, b.first) - min(a.last, b.last)).days <= DAYS
