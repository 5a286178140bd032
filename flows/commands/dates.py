"""`khabar dates`: the most complete date of each line of standard input."""

from __future__ import annotations

import re
import sys
from datetime import date

from flows.commands.shapes import DatesShape, line
from flows.commands.wrong_use import guarded
from flows.settings import UsageError
from transforms.plain import one_line

_PUBLISHED = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_COUNTRY = re.compile(r"[A-Z]{2}")


def run(*, as_json: bool, published: str | None, country: str | None, prefer: str = "past") -> int:
    """Read lines, print one result each; exit status 2 where an option is none that exists."""
    return guarded(lambda: _resolve(as_json, published, country and country.upper(), prefer))


def _resolve(as_json: bool, published: str | None, country: str | None, prefer: str) -> int:
    _check(published, country, prefer)
    from transforms.clean.dates import resolve_date
    from transforms.clean.dates_lexicon import country_rules

    if country is not None and country not in (known := country_rules()):
        print(
            f"{country} has no date rules of its own and is read as no country; "
            f"those that have: {', '.join(sorted(known))}",
            file=sys.stderr,
        )
    if sys.stdin.isatty():
        print("one string a line; Ctrl+D ends them", file=sys.stderr)
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


def _check(published: str | None, country: str | None, prefer: str) -> None:
    if published is not None and not _is_date(published):
        raise UsageError(f"--published takes 2025, 2025-05 or 2025-05-07, not {published!r}")
    if country is not None and not _COUNTRY.fullmatch(country):
        raise UsageError(f"--country takes two letters such as TN, not {country!r}")
    if prefer not in ("past", "future"):
        raise UsageError(f"--prefer takes past or future, not {prefer!r}")


def _is_date(published: str) -> bool:
    if not _PUBLISHED.fullmatch(published):
        return False
    try:
        date.fromisoformat(published + "-01-01"[len(published) - 4 :])
    except ValueError:
        return False
    return True
