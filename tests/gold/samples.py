"""The gold of the samples, as the tests read it: samples/gold.json and the texts it counts in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
#: Files of the folder that are no samples.
_BESIDE = {"README.md", "gold.json", "khabar.toml", ".gitattributes"}


class Doc(NamedTuple):
    """One record of the samples and what is right for it; `raw` is its entry in gold.json."""

    id: str
    file: str
    record: int | None
    kind: str
    shape: str
    text: str
    lines: list[dict[str, Any]]
    metadata: dict[str, Any]
    dates: list[dict[str, Any]]
    mentions: list[dict[str, Any]]
    not_body: list[str]
    bad: dict[str, str] | None
    raw: dict[str, Any]

    @property
    def text_lines(self) -> list[str]:
        """The lines that the gold's labels are for."""
        return self.text.split("\n")

    @property
    def line_starts(self) -> list[int]:
        """Where each line begins in the text, in code points."""
        starts = [0]
        for line in self.text_lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts[:-1]


@cache
def docs() -> tuple[Doc, ...]:
    """Return every record of the gold, in its order."""
    return tuple(_doc(raw) for raw in _gold()["docs"])


def good() -> list[Doc]:
    """Return the records that are articles."""
    return [doc for doc in docs() if doc.bad is None]


def labels() -> set[str]:
    """Return the labels that a line may have."""
    return set(_gold()["guide"]["labels"])


def core_entities() -> set[str]:
    """Return the entities that any knowledge of the region must hold."""
    return set(_gold()["guide"]["core_entities"])


def files() -> list[str]:
    """Return every sample file, relative to the folder."""
    found = (path.relative_to(SAMPLES) for path in SAMPLES.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if path.as_posix() not in _BESIDE)


@cache
def _gold() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / "gold.json").read_text(encoding="utf-8"))
    return loaded


def _doc(raw: dict[str, Any]) -> Doc:
    return Doc(
        id=raw["id"],
        file=raw["file"],
        record=raw.get("record"),
        kind=raw["kind"],
        shape=raw["shape"],
        text=_text(raw),
        lines=raw["lines"],
        metadata=raw["metadata"],
        dates=raw["date_mentions"],
        mentions=raw["mentions"],
        not_body=raw.get("not_body", []),
        bad=raw.get("bad"),
        raw=raw,
    )


def _text(raw: dict[str, Any]) -> str:
    """Return the text that offsets count in; a bad record has no offsets and no text here."""
    if "text" in raw or "bad" in raw:
        return str(raw.get("text", ""))
    codec = {"windows-1256": "cp1256"}.get(raw["encoding"], raw["encoding"])
    return (SAMPLES / raw["file"]).read_bytes().decode(codec)
