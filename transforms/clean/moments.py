"""The moments that a page's markup states, in ISO form."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from transforms.clean.when import resolve

#: News sites began in the nineties; an earlier or a far later year is a default or a mistake.
_YEARS = range(1990, 2100)
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?"
)
#: A page states its day in three or four places, and many pages of a batch the same day.
_KNOWN = 1024


@lru_cache(maxsize=_KNOWN)
def moment(value: str, country: str | None) -> str | None:
    """Return a stated moment in ISO form; None where it is no day, or none of the web's years.

    What is in ISO form already need not be read as the dates of a text are, which costs ten times
    as much.
    """
    iso = _iso(value) or _read(value, country)
    return iso if iso is not None and int(iso[:4]) in _YEARS else None


def _iso(value: str) -> str | None:
    stated = _ISO.fullmatch(value.strip())
    if stated is None:
        return None
    day, time, zone = stated.groups()
    zone = "Z" if zone in ("+00:00", "+0000") else zone or ""
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    iso = f"{day}T{time}{zone}" if time else str(day)
    try:
        datetime.fromisoformat(iso)
    except ValueError:
        return None
    return iso


def _read(value: str, country: str | None) -> str | None:
    found = resolve(value, country)
    if found is None or found.precision not in ("day", "time"):
        return None
    return found.iso
