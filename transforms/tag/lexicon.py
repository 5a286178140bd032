"""What the knowledge files say, loaded once a process: entities, their aliases, cue words.

The files stand in knowledge/ as tab-separated tables with a header. entities.tsv and aliases.tsv
are generated from open data; curated.tsv is kept by hand, adds to them and wins over them.
In curated.tsv `aliases` and `short` hold several forms separated by "|". A form of `short` names
the entity on its own; a form written `cue:form` names it only beside a word of that class in
cues.tsv (`media:العربية` after قناة, never as an adjective).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from transforms.tag.keys import fold_name
from warehouse.tables.tag import EntityType

#: Raised with every change of a knowledge file; written into entities and aliases.
KNOWLEDGE_VERSION = "2026.11"
#: In guarded.tsv: a word that names no place of the generated files, whatever stands beside it.
NEVER = "never"
FOLDER = Path(__file__).parent / "knowledge"


@dataclass(frozen=True, slots=True)
class Known:
    """One entity that a knowledge file names."""

    entity_id: str
    type: EntityType
    subtype: str | None
    name_ar: str
    name_en: str | None
    country: str | None
    origin: str


class Bearer(NamedTuple):
    """One entity that a form stands for; `cue` is the class of word that must stand before it."""

    entity_id: str
    written: str
    source: str
    cue: str | None


class NameCounts(NamedTuple):
    """How many people of the name table bear a word as given and as family name."""

    given: int
    family: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that the tag stage knows."""

    known: dict[str, Known]
    forms: dict[str, list[Bearer]]
    short: dict[str, list[str]]
    cues: dict[str, frozenset[str]]
    names: dict[str, NameCounts]
    guarded: dict[str, str]


@cache
def lexicon() -> Lexicon:
    """Return the knowledge, read from its files at the first call."""
    known: dict[str, Known] = {}
    forms: dict[str, list[Bearer]] = {}
    short: dict[str, list[str]] = {}
    guarded = {fold_name(row["word"]): row["cue"] for row in rows("guarded.tsv")}
    for row in rows("curated.tsv"):
        _add_known(known, row)
        _add_curated_forms(forms, short, row)
    for row in rows("entities.tsv"):
        _add_known(known, row)
    for row in rows("aliases.tsv"):
        key = fold_name(row["alias"])
        cue = guarded.get(key)
        if cue != NEVER:
            _add_form(forms, key, Bearer(row["entity_id"], row["alias"], row["source"], cue))
    return Lexicon(known, forms, short, _cues(), _names(), guarded)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one knowledge file; raise ValueError on a row of another width."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    for number, line in enumerate(lines[1:], 2):
        values = line.split("\t")
        if len(values) != len(header):
            raise ValueError(f"{name}:{number}: {len(values)} values, {len(header)} columns")
        yield dict(zip(header, values, strict=True))


def _add_known(known: dict[str, Known], row: dict[str, str]) -> None:
    entity = row["entity_id"]
    if entity in known:
        return
    origin = "curated" if row["source"] == "editor" else row["source"]
    known[entity] = Known(
        entity,
        cast("EntityType", row["type"]),
        row["subtype"] or None,
        row["name_ar"],
        row["name_en"] or None,
        row["country"] or None,
        origin,
    )


def _add_curated_forms(
    forms: dict[str, list[Bearer]], short: dict[str, list[str]], row: dict[str, str]
) -> None:
    entity = row["entity_id"]
    for value in (row["name_ar"], *_split(row["aliases"]), *_split(row["short"])):
        cue, _, written = value.rpartition(":")
        bearer = Bearer(entity, written, row["source"], cue or None)
        _add_form(forms, fold_name(written), bearer)
    for value in _split(row["short"]):
        short.setdefault(fold_name(value.rpartition(":")[2]), []).append(entity)


def _add_form(forms: dict[str, list[Bearer]], key: str, bearer: Bearer) -> None:
    bearers = forms.setdefault(key, [])
    if all(other.entity_id != bearer.entity_id for other in bearers):
        bearers.append(bearer)


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split("|") if part.strip()]


def _cues() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in rows("cues.tsv"):
        found.setdefault(row["class"], set()).add(fold_name(row["word"]))
    return {name: frozenset(words) for name, words in found.items()}


def _names() -> dict[str, NameCounts]:
    return {r["name"]: NameCounts(int(r["given"]), int(r["family"])) for r in rows("names.tsv")}
