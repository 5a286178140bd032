"""Page text on a terminal: no control character gets through, Arabic keeps its own direction."""

from __future__ import annotations

from transforms.plain import one_line

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"


def isolated(text: str) -> str:
    """Return `text` on one line, in an isolate of its own, so that it disturbs no neighbour."""
    return f"{FIRST_STRONG_ISOLATE}{one_line(text)}{POP_DIRECTIONAL_ISOLATE}"
