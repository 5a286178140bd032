"""`datapackage.json`: a folder of tables in the terms of the Data Package standard, version 2.

The standard: https://datapackage.org/standard/data-package/. Everything that it says of a column
stands in the contract. `created` is the time of the snapshot, not of the export, so that one
snapshot gives one descriptor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from warehouse.exports.base import Shown
from warehouse.exports.notice import NOTICE, TEXTS
from warehouse.tables import BY_NAME, TABLES, Field, Row

DESCRIPTOR = "datapackage.json"
_PROFILES = "https://datapackage.org/profiles/2.0"
_PART = 1 << 20

_TYPES: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    datetime: "datetime",
    date: "date",
}

#: Of the names that the knowledge files gave; NOTICE says which row is whose.
_LICENSES = [
    {"name": "CC-BY-4.0", "title": "Names from GeoNames", "path": NOTICE},
    {"name": "Unicode-3.0", "title": "Names from Unicode CLDR", "path": NOTICE},
    {"name": "Apache-2.0", "title": "Names written for Khabar", "path": NOTICE},
]
_NAMED_BY_KNOWLEDGE = ("entities", "aliases")


def described(shown: Shown, folder: Path) -> dict[str, Any]:
    """Return the descriptor of a folder that has `<table>.parquet` for every table."""
    return {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": "khabar",
        "title": "Khabar: Arabic news as tables",
        "description": " ".join(TEXTS),
        "created": f"{shown.committed_at:%Y-%m-%dT%H:%M:%SZ}",
        **_sources(shown),
        "snapshot": shown.snapshot,
        "last_run_id": shown.last_run_id,
        "texts_withheld": list(shown.withheld),
        "resources": [_resource(shown, model, folder) for model in TABLES],
    }


def _sources(shown: Shown) -> dict[str, Any]:
    rows = shown.connection.execute(
        "SELECT source_id, coalesce(name_ar, name_en, source_id), terms FROM sources"
        " ORDER BY source_id"
    ).fetchall()
    told = [
        {"title": name, "source_id": own} | ({"terms": terms} if terms else {})
        for own, name, terms in rows
    ]
    return {"sources": told} if told else {}


def _resource(shown: Shown, model: type[Row], folder: Path) -> dict[str, Any]:
    path = folder / f"{model.table}.parquet"
    licenses = {"licenses": _LICENSES} if model.table in _NAMED_BY_KNOWLEDGE else {}
    return {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": model.table,
        "type": "table",
        "description": model.purpose(),
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_sha256(path)}",
        **licenses,
        "schema": _schema(shown, model),
    }


def _schema(shown: Shown, model: type[Row]) -> dict[str, Any]:
    keys = [
        {
            "fields": [each.name],
            "reference": {
                "resource": each.column.references,
                "fields": list(BY_NAME[each.column.references].key),
            },
        }
        for each in model.fields()
        if each.column.references is not None
    ]
    return {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(shown, each) for each in model.fields()],
        # An empty text is one: null is null in Parquet.
        "missingValues": [],
        "primaryKey": list(model.key),
        **({"foreignKeys": keys} if keys else {}),
    }


def _field(shown: Shown, each: Field) -> dict[str, Any]:
    bounds = dict(_constraints(shown, each))
    return {
        "name": each.name,
        "type": _TYPES[each.type],
        "description": each.column.meaning,
        **({"constraints": bounds} if bounds else {}),
    }


def _constraints(shown: Shown, each: Field) -> Iterator[tuple[str, Any]]:
    column = each.column
    if shown.is_required(each):
        yield "required", True
    if each.values:
        yield "enum", list(each.values)
    whole = int if each.type is int else float
    for name, bound in (("minimum", column.ge), ("maximum", column.le)):
        if bound is not None:
            yield name, whole(bound)
    if column.min_chars is not None:
        yield "minLength", column.min_chars
    if column.pattern is not None:
        yield "pattern", column.pattern


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.hexdigest()
