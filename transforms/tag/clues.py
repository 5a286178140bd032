"""What the knowledge says of a word by itself, as features of the student.

A word is looked up as written and without a one-letter proclitic: how many bear it as a given
and as a family name, whether it is an everyday word, an adjective of a country, a cue, or by
itself the name of something known. The student learns from each how far it can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from transforms.tag.lexicon import Lexicon, lexicon

_PROCLITICS = "وفبلك"
#: A shorter rest of a word is found in every list by chance.
SHORTEST = 3
#: Classes of cues that the student that ships was not trained with.
_UNTAUGHT = frozenset(["masculine", "plural", "quarter"])


def clues_of(folded: str) -> list[str]:
    """Return what the knowledge says of a folded word, one short string for each clue."""
    words, nisbas = lexicon(), _nisbas()
    found = list(_of(folded, "", words, nisbas))
    if folded[:1] in _PROCLITICS and len(folded) > SHORTEST:
        found += _of(folded[1:], "-", words, nisbas)
        if folded[0] == "ل" and folded[1] == "ل":
            found += _of(f"ا{folded[1:]}", "-", words, nisbas)
    return found


def _of(word: str, mark: str, words: Lexicon, nisbas: frozenset[str]) -> Iterator[str]:
    counts = words.names.get(word)
    if counts is not None:
        yield f"{mark}given{_size(counts.given)}"
        yield f"{mark}family{_size(counts.family)}"
    if word in words.given:
        yield f"{mark}foreign"
    if word in words.everyday:
        yield f"{mark}everyday"
    if word in nisbas:
        yield f"{mark}nisba"
    if word in words.heads:
        yield f"{mark}head"
    bare = word.removeprefix("ال")
    for name, cues in words.cues.items():
        if name not in _UNTAUGHT and (word in cues or bare in cues):
            yield f"{mark}cue {name}"
    for bearer in words.forms.get(word, ())[:1]:
        yield f"{mark}{words.known[bearer.entity_id].type} {bearer.cue or ''}"


def _size(count: int) -> int:
    """Return the number of digits of a count: 3 for 100 to 999."""
    return len(str(count)) if count else 0


@cache
def _nisbas() -> frozenset[str]:
    return frozenset(word for adjectives in lexicon().nisbas.values() for word in adjectives)
