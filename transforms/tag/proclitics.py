"""Proclitics that Arabic writes on a name: و ف ب ل ك, alone or after و and ف, and the article.

A name that carries the article is looked up without its alef, since ل swallows the alef
(ل + الجيش = للجيش). What stands before the looked-up part within its word then tells which
proclitics were written, or that the word is another one (بيلا before روسيا).
"""

from __future__ import annotations

from typing import NamedTuple

_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ل", "ك")


class Left(NamedTuple):
    """Proclitics before a name, and how many letters before the looked-up part belong to it."""

    clitic: str | None
    letters: int


def _plain() -> dict[str, Left]:
    pairs = [c + p for c in _CONJUNCTIONS for p in _PREPOSITIONS]
    return {clitic: Left(clitic or None, 0) for clitic in pairs}


def _with_article() -> dict[str, Left]:
    written = {}
    for conjunction in _CONJUNCTIONS:
        for preposition in _PREPOSITIONS:
            clitic = conjunction + preposition
            # The alef of the article is lost after ل and only there.
            swallowed = preposition == "ل"
            written[clitic if swallowed else clitic + "ا"] = Left(
                clitic or None, 0 if swallowed else 1
            )
    return written


#: What may precede a name without the article, within its word.
BEFORE_PLAIN = _plain()
#: What may precede the lam of a name's article, within its word.
BEFORE_ARTICLE = _with_article()
_FIRST_LETTERS = tuple({clitic[0] for clitic in BEFORE_PLAIN if clitic})
#: Proclitics that also begin many ordinary words: trusted only before longer names.
RARE = frozenset(["ك", "وك", "فك", "ف", "فب", "فل"])


def split_variants(word: str) -> list[tuple[str, int]]:
    """Return a folded word with each way to take proclitics off, and the letters taken.

    The word itself comes first; after ل the article's alef is put back (للجيش gives الجيش).
    """
    found = [(word, 0)]
    if not word.startswith(_FIRST_LETTERS):
        return found
    for clitic in BEFORE_PLAIN:
        if clitic and word.startswith(clitic) and len(word) > len(clitic) + 1:
            rest = word[len(clitic) :]
            found.append((rest, len(clitic)))
            if clitic.endswith("ل") and rest.startswith("ل"):
                found.append(("ا" + rest, len(clitic)))
    return found
