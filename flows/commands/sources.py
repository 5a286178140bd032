"""`khabar sources list`: what khabar.toml names, and how it did when it was last asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded
from transforms.plain import one_line

if TYPE_CHECKING:
    from flows.outlet import Outlet

#: States of a source of which some list is not had.
_ILL = ("failing", "partly")


def run(*, home: Path | None, config: Path | None, as_json: bool) -> int:
    """Print one line a source."""
    return guarded(lambda: _list(home, config, as_json=as_json))


def _list(home: Path | None, config: Path | None, *, as_json: bool) -> int:
    from flows.settings import load_settings

    settings = load_settings(home=home, config=config)
    health = _health(settings.home)
    rows = [_row(outlet, health.get(outlet.id)) for outlet in settings.sources]
    if as_json:
        for row in rows:
            print(json.dumps({"schema": "khabar.sources/1", **row}, ensure_ascii=False))
    elif not rows:
        where = settings.config_file or "khabar.toml"
        print(f"No source is named in {where}: khabar init, khabar sources add ADDRESS")
    else:
        _print(rows)
    return 0


def _row(outlet: Outlet, health: dict[str, Any] | None) -> dict[str, Any]:
    asked = health or {}
    return {
        "source_id": outlet.id,
        "kind": outlet.kind,
        "group": outlet.group,
        "enabled": outlet.enabled,
        "state": asked.get("state") or ("not asked yet" if outlet.on_the_web else None),
        "last_success": asked.get("last_success"),
        "last_error": asked.get("last_error") if asked.get("state") in _ILL else None,
        "place": " ".join(outlet.address) or (str(outlet.path) if outlet.path else None),
        "name": outlet.name_ar or outlet.name_en,
    }


def _health(home: Path) -> dict[str, dict[str, Any]]:
    """Return the rows of source_health by source; none where nothing is published yet."""
    from warehouse.errors import NothingPublished
    from warehouse.reader import connect

    try:
        reader = connect(home)
    except NothingPublished:
        return {}
    query = (
        "SELECT source_id, state, strftime(last_success, '%Y-%m-%dT%H:%M:%SZ') AS last_success, "
        "last_error FROM source_health"
    )
    with reader:
        found = reader.execute(query)
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["source_id"]: row for row in rows}


def _print(rows: list[dict[str, Any]]) -> None:
    width = max(len(row["source_id"]) for row in rows)
    for row in rows:
        state = row["state"] if row["enabled"] else "disabled"
        told = [row["kind"], f"group {row['group']}", *([state] if state else [])]
        if row["last_success"]:
            told.append(f"last success {row['last_success']}")
        name = f"  {isolated(row['name'])}" if row["name"] else ""
        print(f"{row['source_id']:<{width}}  {', '.join(told)}{name}")
        print(f"{'':<{width}}  {one_line(row['place'] or 'no path', 400)}")
        if row["last_error"]:
            print(f"{'':<{width}}  {one_line(row['last_error'], 400)}")
