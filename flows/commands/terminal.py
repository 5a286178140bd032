"""Page text on a terminal: no control character gets through, Arabic keeps its own direction."""

from __future__ import annotations

import re

#: C0 and C1 controls, bidi controls and line separators: what could move a cursor, hide text or
#: turn a line around. Tab and newline become spaces first.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"


def safe(text: str) -> str:
    """Return `text` on one line, every control character shown as U+FFFD."""
    return _UNSAFE.sub("\ufffd", re.sub(r"[\t\r\n]+", " ", text))


def isolated(text: str) -> str:
    """Return `text` made safe, in an isolate of its own, so that it disturbs no neighbour."""
    return f"{FIRST_STRONG_ISOLATE}{safe(text)}{POP_DIRECTIONAL_ISOLATE}"
