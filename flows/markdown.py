"""Markdown for Prefect's pages: what stands in it is text, whatever it looks like."""

from __future__ import annotations

from transforms.plain import one_line

_CELL = 300


def as_row(*cells: object) -> str:
    """Return a row of a table."""
    shown = (one_line(str(cell), _CELL) for cell in cells)
    return f"| {' | '.join(map(as_text, shown))} |"


def as_text(words: str) -> str:
    """Return words so that Markdown reads neither markup nor HTML into them."""
    return "".join(f"&#{ord(c)};" if c in "&<>|[]()*_`\\!#" else c for c in words)
