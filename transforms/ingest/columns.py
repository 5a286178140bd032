"""Which column of a table holds what: the usual names in English and Arabic, and their values."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

from transforms.ingest.decode import decode
from transforms.ingest.record import Given

#: What a column can hold: the fields of `Given`, and what belongs to the page itself.
ROLES = (*Given._fields, "html", "url", "fetched_at")
#: An export has tens of columns; a row of a million names is not to be looked through, or kept.
_MAX_COLUMNS = 1_000
_TATWEEL = "\u0640"
#: How exports spell "no value" in a column that has one in other rows.
_NULLS = {"", "none", "null", "nan", "nat", "n/a", "undefined", "-"}
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
#: Outside of these a crawl time is a mistake: the web is younger, and clocks run ahead.
_CRAWL_YEARS = range(1991, 2101)


class Fields(NamedTuple):
    """What a table row says, by role; without text `given.text` and `html` are both null."""

    given: Given
    html: str | None
    url: str | None
    fetched_at: datetime | None


def fields(row: Mapping[str, object], mapping: Mapping[str, str]) -> Fields:
    """Return what `row` says. `mapping` names columns by role and goes before the usual names."""
    columns = recognise(tuple(islice(row, _MAX_COLUMNS)), tuple(mapping.items()))
    values = {role: _first(row, names, role) for role, names in columns.items()}
    return Fields(
        Given(*(values.get(role) for role in Given._fields)),
        values.get("html"),
        values.get("url"),
        moment(values.get("fetched_at")),
    )


@lru_cache(maxsize=256)
def recognise(
    names: tuple[str, ...], mapping: tuple[tuple[str, str], ...] = ()
) -> dict[str, tuple[str, ...]]:
    """Return for each role the columns among `names` that hold it, the most telling one first."""
    keys = {_key(name): name for name in reversed(names)}
    own = dict(mapping)
    found: dict[str, tuple[str, ...]] = {}
    taken = {column for column in own.values() if column in names}
    for role in ROLES:
        mapped = (own[role],) if own.get(role) in names else ()
        usual = tuple(keys[key] for key in _usual_names().get(role, ()) if key in keys)
        columns = mapped + tuple(name for name in usual if name not in taken)
        if columns:
            found[role] = columns
    return found


def unknown_roles(mapping: Mapping[str, str]) -> list[str]:
    """Return the keys of `mapping` that name no role."""
    return [role for role in mapping if role not in ROLES]


@cache
def _usual_names() -> dict[str, tuple[str, ...]]:
    """Return the keys of rules/columns.tsv by role, in the order of the file: first is best."""
    text = files("transforms.ingest").joinpath("rules", "columns.tsv").read_text(encoding="utf-8")
    names: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        names[row["role"]] = (*names.get(row["role"], ()), _key(row["name"]))
    return names


def _key(name: str) -> str:
    """Return the letters and digits of a column name: datePublished and Date-Published are one."""
    local = name.rpartition(":")[2] or name
    folded = unicodedata.normalize("NFKC", local).casefold()
    return "".join(c for c in folded if c.isalnum() and c != _TATWEEL)


def _first(row: Mapping[str, object], names: tuple[str, ...], role: str) -> str | None:
    separator = "\n" if role in ("text", "html") else ", "
    for name in names:
        value = _written(row[name], separator)
        if value is not None and value.strip().casefold() not in _NULLS:
            return value
    return None


def _written(value: object, separator: str) -> str | None:
    """Return a cell as text, of an object its name; None where there is neither."""
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bytes):
        return decode(value, html=True).text
    if isinstance(value, (list, tuple)):
        parts = [_written(each, separator) for each in value if not isinstance(each, (list, tuple))]
        return separator.join(part for part in parts if part and part.strip()) or None
    if isinstance(value, Mapping):
        name = value.get("name")
        return name if isinstance(name, str) else None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, (int, float)) else None


def moment(value: str | None) -> datetime | None:
    """Return a crawl time in UTC; one without a zone is taken as UTC, as crawlers write it.

    None where it cannot be read: the crawl time of a page is never invented.
    """
    if value is None:
        return None
    try:
        read = _read_moment(value.strip())
        if read.year not in _CRAWL_YEARS:
            return None
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _read_moment(value: str) -> datetime:
    if _EPOCH.fullmatch(value):
        seconds = float(value)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return parsedate_to_datetime(value)
