"""Names made of a head and a known place: مطار إسطنبول، ميناء طرطوس، جامعة القاهرة.

The heads stand in heads.tsv. The new name is one mention of the head's type; the place inside
it is none of its own.
"""

from __future__ import annotations

from transforms.tag.keys import Key
from transforms.tag.lexicon import Head
from transforms.tag.matcher import Match
from transforms.tag.proclitics import split_variants

_AFTER = " الدولي"


def with_heads(key: Key, matches: list[Match], heads: dict[str, Head]) -> list[Match]:
    """Return the matches, each place after a head grown into the name that both make."""
    return [_grown(key, match, heads) if match.type == "LOC" else match for match in matches]


def _grown(key: Key, match: Match, heads: dict[str, Head]) -> Match:
    if match.clitic is not None or match.start < 2 or key.marked[match.start - 1] != " ":
        return match
    before = key.words.rfind(" ", 0, match.start - 1) + 1
    word = key.marked[before : match.start - 1]
    for bare, letters in split_variants(word):
        head = heads.get(bare)
        if head is not None:
            after = match.end + len(_AFTER)
            goes_on = key.marked.startswith(_AFTER, match.end) and key.words[after] == " "
            end = after if goes_on else match.end
            start = before + letters
            form = f"{bare} {match.form}"
            return Match(start, end, word[:letters] or None, form, head.type, ())
    return match
