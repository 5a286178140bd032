"""What whoever gets an export has to be told: whose the texts are, whose the names."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

#: Where the names of entities and the ways to write them come from, and under which terms.
NOTICE = "NOTICE"

#: In the words of docs/ethics.md.
TEXTS = (
    "News texts belong to those who wrote them.",
    "Khabar stores them so that you can analyse them; whether you may, and what you may pass on, "
    "depends on your country, your purpose and the outlet's terms.",
    "An export does not follow what is forgotten later: write it anew.",
)


def write_notice(folder: Path) -> None:
    """Put the notice of the knowledge files beside what holds their names, as their terms ask."""
    text = (files("transforms.tag.knowledge") / NOTICE).read_bytes()
    (folder / NOTICE).write_bytes(text)
