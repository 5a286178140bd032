"""How long raw is kept: by the setting, and as long as what was fetched is not read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from warehouse.home import Home
from warehouse.raw import Raw

_DAY_SECONDS = 86_400.0
_SHA256 = re.compile(rb"\b[0-9a-f]{64}\b")


def expire_raw(home: Home, days: int | None) -> int:
    """Remove raw that was put `days` ago and more, None: none of it; return how many payloads.

    What a journal in `landing` names stays: it is not read yet. What killed writers left half
    written goes once it is a day old, whatever the setting.
    """
    raw = Raw(home)
    now = time.time()
    raw.sweep(now - _DAY_SECONDS)
    if days is None:
        return 0
    needed = set(named_by_journals(home))
    old = [k.sha256 for k in raw.kept() if k.put_at <= now - days * _DAY_SECONDS]
    return raw.remove(sha256 for sha256 in old if sha256 not in needed)


def named_by_journals(home: Home) -> Iterator[str]:
    """Yield every SHA-256 that a line of a journal names."""
    for journal in journals(home):
        with journal.open("rb") as lines:
            for line in lines:
                yield from (found.decode() for found in _SHA256.findall(line))


def journals(home: Home) -> list[Path]:
    """Return the files below `landing`."""
    return sorted(path for path in home.landing.rglob("*") if path.is_file())
