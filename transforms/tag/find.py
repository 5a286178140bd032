"""The names of an article: those that lists and cues show, then those of a tagger."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.tag.facilities import with_heads
from transforms.tag.hints import hints_of
from transforms.tag.keys import Key
from transforms.tag.lexicon import lexicon
from transforms.tag.matcher import Match, find_known, longest
from transforms.tag.people import beside, find_people, without_descent
from transforms.tag.tagger import Tagger
from transforms.tag.unseen import joined

_TANWIN = "\u064b"


def find(keys: Sequence[Key], texts: Sequence[str], tagger: Tagger | None) -> list[list[Match]]:
    """Return the names in each part of an article, in their order; none overlaps another."""
    known = [find_by_knowledge(key, text) for key, text in zip(keys, texts, strict=True)]
    if tagger is None:
        return known
    hints = [hints_of(key, matches) for key, matches in zip(keys, known, strict=True)]
    found = tagger.names(texts, hints)
    return [joined(*part) for part in zip(keys, known, found, strict=True)]


def find_by_knowledge(key: Key, text: str) -> list[Match]:
    """Return the names that lists and cues show; none overlaps another."""
    found = [match for match in find_known(key) if not _is_indefinite(key, text, match)]
    known = without_descent(key, with_heads(key, found, lexicon().heads))
    return longest([*known, *beside(find_people(key, text), known)])


def _is_indefinite(key: Key, text: str, match: Match) -> bool:
    """Return whether a single word ends in اً, which places do not: دبلوماسيا روسياً, درعاً."""
    if " " in match.form or not match.form.endswith("ا"):
        return False
    end = key.to_source(match.start, match.end)[1]
    return _TANWIN in text[end - 2 : end + 1]
