"""How long raw is kept: by the setting, and as long as what was fetched is not read."""

from __future__ import annotations

import time

from warehouse.home import Home
from warehouse.journals import named_by_journals
from warehouse.raw import Raw

_DAY_SECONDS = 86_400.0
#: Between the bytes of a page and the line of a journal that names them a crawl needs moments.
_GRACE_SECONDS = 600.0


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
    before = now - max(days * _DAY_SECONDS, _GRACE_SECONDS)
    old = [kept.sha256 for kept in raw.kept() if kept.put_at <= before]
    needed = set(named_by_journals(home))
    return raw.remove((sha256 for sha256 in old if sha256 not in needed), put_before=before)
