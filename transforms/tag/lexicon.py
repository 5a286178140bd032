"""What the knowledge files say, loaded once a process: entities, their aliases, cue words.

The files stand in knowledge/ as tab-separated tables with a header. entities.tsv and aliases.tsv
are generated from open data; curated.tsv is kept by hand, adds to them and wins over them;
patterns.tsv and nisba.tsv compose the institutions of countries. In curated.tsv `aliases` and
`short` hold several forms separated by "|". A form of `short` names the entity on its own. A form
written `cue:form` names it only after a word of that class in cues.tsv (`channel:العربية` after
قناة, never as an adjective); the column `cue` says so of `name_ar` itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from transforms.tag.keys import fold_name
from warehouse.tables.tag import EntityType

#: Raised with every change of a knowledge file; written into entities and aliases.
KNOWLEDGE_VERSION = "2026.11"
#: Institutions that, like ministries, an article names without their country once it is known.
_KNOWN_BARE = frozenset(["house-of-representatives"])
_APART = re.compile(r"\b(عبد|ابو) (?=\w)")
#: Stands for the country in the id of a ministry whose country the name does not say.
ANY = "any"
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


class Head(NamedTuple):
    """A word that makes a new name with the place after it: مطار with إسطنبول."""

    type: EntityType
    subtype: str
    name_en: str


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
    given: frozenset[str]
    everyday: frozenset[str]
    nisbas: dict[str, frozenset[str]]
    heads: dict[str, Head]


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
    for entity, written in composed(known):
        key = fold_name(written)
        if key not in forms:
            _add_form(forms, key, Bearer(entity, written, "editor", None))
    for row in rows("aliases.tsv"):
        key = fold_name(row["alias"])
        cue = guarded.get(key)
        if cue != NEVER:
            _add_form(forms, key, Bearer(row["entity_id"], row["alias"], row["source"], cue))
    for form in decoys():
        forms.setdefault(fold_name(form), [])
    given = frozenset(fold_name(row["name"]) for row in rows("given.tsv"))
    everyday = frozenset(fold_name(row["word"]) for row in rows("words.tsv"))
    return Lexicon(known, forms, short, _cues(), _names(), given, everyday, _nisbas(), _heads())


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one knowledge file; raise ValueError on a row of another width."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    for number, line in enumerate(lines[1:], 2):
        values = line.split("\t")
        if len(values) != len(header):
            raise ValueError(f"{name}:{number}: {len(values)} values, {len(header)} columns")
        yield dict(zip(header, values, strict=True))


def composed(known: dict[str, Known]) -> Iterator[tuple[str, str]]:
    """Yield an id and a form for each institution of each country, and add it to `known`.

    A pattern with the adjective of a country names an institution (وزارة الدفاع with الروسية);
    patterns.tsv holds the ones, nisba.tsv the others. What curated.tsv names by the same id or
    form stays as it is. A ministry or
    parliament without a country gets an id that starts with ANY.
    """
    english = {k.country: k.name_en for k in known.values() if k.subtype == "territory"}
    patterns = list(rows("patterns.tsv"))
    for nisba in rows("nisba.tsv"):
        country = nisba["country"]
        for pattern in patterns:
            entity = f"{country.lower()}-{pattern['pattern_id']}"
            written = [adjoin(form, nisba) for form in pattern["forms"].split("|")]
            name = pattern["name_en"].replace("{E}", english[country] or country)
            row = {"entity_id": entity, "name_ar": written[0], "name_en": name}
            _add_known(known, pattern | row | {"country": country})
            yield from ((entity, form) for form in written)
    for pattern in patterns:
        if pattern["subtype"] == "ministry" or pattern["pattern_id"] in _KNOWN_BARE:
            entity = f"{ANY}-{pattern['pattern_id']}"
            bare = [
                f.removesuffix(" {f}")
                for f in pattern["forms"].split("|")
                if f.startswith(("وزارة", "مجلس"))
            ]
            name = pattern["name_en"].removesuffix(" of {E}")
            _add_known(
                known,
                pattern
                | {"entity_id": entity, "name_ar": bare[0], "name_en": name}
                | {"country": ""},
            )
            yield from ((entity, form) for form in bare)


def adjoin(form: str, nisba: dict[str, str]) -> str:
    """Return a form of patterns.tsv or decoys.tsv with a country's adjective in its place."""
    return form.replace("{m}", nisba["masculine"]).replace("{f}", nisba["feminine"])


def decoys() -> Iterator[str]:
    """Yield the forms that look like a name and are none; a match of one is dropped."""
    for row in rows("decoys.tsv"):
        if "{" in row["form"]:
            yield from (adjoin(row["form"], nisba) for nisba in rows("nisba.tsv"))
        else:
            yield row["form"]


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
    name = f"{row['cue']}:{row['name_ar']}"
    for value in (name, *_split(row["aliases"]), *_split(row["short"])):
        cue, _, written = value.rpartition(":")
        bearer = Bearer(entity, written, row["source"], cue or None)
        for key in joined(fold_name(written)):
            _add_form(forms, key, bearer)
    for value in _split(row["short"]):
        short.setdefault(fold_name(value.rpartition(":")[2]), []).append(entity)


def joined(key: str) -> list[str]:
    """Return a key as it is and with عبد and أبو written together with the next word."""
    together = _APART.sub(r"\1", key)
    return [key] if together == key else [key, together]


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


def _nisbas() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in rows("nisba.tsv"):
        adjectives = {fold_name(row["masculine"]), fold_name(row["feminine"])}
        found.setdefault(row["country"], set()).update(adjectives)
    return {country: frozenset(adjectives) for country, adjectives in found.items()}


def _heads() -> dict[str, Head]:
    return {
        fold_name(row["word"]): Head(
            cast("EntityType", row["type"]), row["subtype"], row["name_en"]
        )
        for row in rows("heads.tsv")
    }


def _names() -> dict[str, NameCounts]:
    """Return the name table; read without `rows`, which is slow on 27,000 lines."""
    lines = (FOLDER / "names.tsv").read_text(encoding="utf-8").splitlines()[1:]
    parts = [line.split("\t") for line in lines]
    return {name: NameCounts(int(given), int(family)) for name, given, family, _ in parts}
