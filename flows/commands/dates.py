"""`khabar dates`: the most complete date of each line of standard input."""

from __future__ import annotations

import re
import sys

from flows.commands.shapes import DatesShape, line

_PUBLISHED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def run(*, as_json: bool, published: str | None, country: str | None) -> int:
    """Read lines, print one result each; exit status 2 where `published` is no ISO date."""
    if published is not None and not _PUBLISHED.fullmatch(published):
        print(f"--published takes 2025, 2025-05 or 2025-05-07, not {published!r}", file=sys.stderr)
        return 2
    from transforms.clean.dates import resolve_date

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for text in sys.stdin.read().removesuffix("\n").split("\n"):
        found = resolve_date(text, published=published, country=country)
        shape = DatesShape(
            text=text,
            iso=found.iso,
            precision=found.precision,
            calendar=found.calendar,
            rule=found.rule,
            reason=found.reason,
        )
        print(line(shape) if as_json else f"{found.iso or found.reason}\t{text}")
    return 0
