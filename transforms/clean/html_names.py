"""What the class and the id of an element say of what it holds: rules/names_of_boxes.tsv."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from transforms.clean.marks import read_rules

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z]+")
#: An outlet's class names are the same on every page; what a build tool hashed is cheap to read.
_KNOWN = 4096


@lru_cache(maxsize=_KNOWN)
def said_by(names: str) -> str | None:
    """Return the kind that an element's class and id name, None where they name none."""
    kinds = _kinds()
    words = _WORD.findall(_CAMEL.sub("-", names).lower())
    return next((kinds[name] for name in _names(words) if name in kinds), None)


def _names(words: Sequence[str]) -> Iterator[str]:
    """Yield the words in pairs, then alone: "read more" says more than "more"."""
    for first, second in pairwise(words):
        yield f"{first}-{second}"
    yield from words


@cache
def _kinds() -> dict[str, str]:
    return {row["name"]: row["kind"] for row in read_rules("names_of_boxes")}
