"""`khabar dates`: the most complete date of each line of standard input."""

from __future__ import annotations

import re
import sys
from datetime import date

from flows.commands.shapes import DatesShape, line
from transforms.plain import one_line

_PUBLISHED = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_COUNTRY = re.compile(r"[A-Z]{2}")


def run(*, as_json: bool, published: str | None, country: str | None, prefer: str = "past") -> int:
    """Read lines, print one result each; exit status 2 where an option is none that exists."""
    if published is not None and not _is_date(published):
        print(f"--published takes 2025, 2025-05 or 2025-05-07, not {published!r}", file=sys.stderr)
        return 2
    country = country.upper() if country else None
    if country is not None and not _COUNTRY.fullmatch(country):
        print(f"--country takes two letters such as TN, not {country!r}", file=sys.stderr)
        return 2
    if prefer not in ("past", "future"):
        print(f"--prefer takes past or future, not {prefer!r}", file=sys.stderr)
        return 2
    from transforms.clean.dates import resolve_date

    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
    given = sys.stdin.read()
    for text in given.removesuffix("\n").split("\n") if given else ():
        text = text.removesuffix("\r")
        found = resolve_date(
            text,
            published=published,
            country=country,
            prefer="future" if prefer == "future" else "past",
        )
        shape = DatesShape(
            text=text,
            iso=found.iso,
            precision=found.precision,
            calendar=found.calendar,
            rule=found.rule,
            reason=found.reason,
        )
        print(line(shape) if as_json else f"{found.iso or found.reason}\t{one_line(text)}")
    return 0


def _is_date(published: str) -> bool:
    if not _PUBLISHED.fullmatch(published):
        return False
    try:
        date.fromisoformat(published + "-01-01"[len(published) - 4 :])
    except ValueError:
        return False
    return True
