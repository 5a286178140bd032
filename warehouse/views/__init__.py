"""The analyst's views: one SQL file each, headed by the question that it answers."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple


class View(NamedTuple):
    """One view: its name (the file's), the question it answers, and its SELECT."""

    name: str
    question: str
    select: str


def load() -> tuple[View, ...]:
    """Return every view, by name; raises ValueError on a file that states no question."""
    found = [
        _read(item.name.removesuffix(".sql"), item.read_text(encoding="utf-8"))
        for item in files(__name__).iterdir()
        if item.name.endswith(".sql")
    ]
    return tuple(sorted(found))


def _read(name: str, text: str) -> View:
    lines = text.splitlines()
    head = 0
    while head < len(lines) and lines[head].startswith("--"):
        head += 1
    question = " ".join(line.removeprefix("--").strip() for line in lines[:head]).strip()
    if not question:
        raise ValueError(f"warehouse/views/{name}.sql does not say which question it answers")
    return View(name, question, "\n".join(lines[head:]).strip().removesuffix(";"))


VIEWS = load()
