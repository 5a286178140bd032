"""The journals of what was fetched and is not read yet, as far as raw and forgetting ask.

Whoever fetches writes them: files below `landing`, one JSON object a line, which names the
SHA-256 of its bytes in raw and its address. Neither their names nor their other fields matter
here, so that what is fetched may say of itself what it likes. A journal goes once it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from transforms.ingest.address import canonical_url
from warehouse.home import Home

_SHA256 = re.compile(rb"\b[0-9a-f]{64}\b")


def named_by_journals(home: Home) -> Iterator[str]:
    """Yield every SHA-256 that a line of a journal names."""
    for _, line in _lines(home):
        yield from _named(line)


def journal_lines(
    home: Home, payloads: Collection[str], address: str | None
) -> Iterator[tuple[Path, bytes]]:
    """Yield the lines that name one of `payloads`, or the canonical address, with their file."""
    for journal, line in _lines(home):
        if not _named(line).isdisjoint(payloads) or (address and address in _addresses(line)):
            yield journal, line


def take_out_of_journals(home: Home, payloads: Collection[str], address: str | None) -> None:
    """Write the journals anew that have such lines, without them; an empty one is removed.

    Nobody may fetch for their sources meanwhile: he would lose the line that he is writing.
    """
    found: dict[Path, set[bytes]] = {}
    for journal, line in journal_lines(home, payloads, address):
        found.setdefault(journal, set()).add(line)
    for journal, lines in found.items():
        left = [line for line in journal.read_bytes().splitlines(True) if line not in lines]
        if left:
            partial = journal.with_name(journal.name + ".partial")
            partial.write_bytes(b"".join(left))
            partial.replace(journal)
        else:
            journal.unlink()


def _lines(home: Home) -> Iterator[tuple[Path, bytes]]:
    for journal in sorted(path for path in home.landing.rglob("*") if path.is_file()):
        with journal.open("rb") as lines:
            for line in lines:
                yield journal, line


def _named(line: bytes) -> set[str]:
    return {found.decode() for found in _SHA256.findall(line)}


def _addresses(line: bytes) -> set[str | None]:
    """Return the canonical addresses that a line has for values, in any of its fields."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return set()
    return {canonical_url(each) for each in _values(told) if "://" in each}


def _values(told: object) -> Iterator[str]:
    """Yield the strings in a JSON value, however deep."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for value in told.values():
            yield from _values(value)
    elif isinstance(told, list):
        for value in told:
            yield from _values(value)
