"""The journals of what was fetched and is not read yet, as far as raw and forgetting ask.

Whoever fetches writes them: files in a folder of `landing` for each source, one JSON object a line,
which names the SHA-256 of its bytes in raw and its address. Neither their names nor their other
fields matter here, so that what is fetched may say of itself what it likes. A journal goes once it
is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from transforms.ingest.address import canonical_url
from warehouse.home import Home

_SHA256 = re.compile(rb"\b[0-9a-f]{64}\b")
#: Pairs of a source and the SHA-256 of bytes that it gave.
Payloads = Collection[tuple[str, str]]


def named_by_journals(home: Home) -> Iterator[str]:
    """Yield every SHA-256 that a line of a journal names."""
    for _, line in _lines(home):
        yield from _named(line)


def journal_lines(
    home: Home, payloads: Payloads, address: str | None
) -> Iterator[tuple[Path, bytes]]:
    """Yield the lines of `payloads` in their sources, or of the canonical address, and their file.

    The same bytes in the journal of another source are another page.
    """
    for journal, line in _lines(home):
        if _is_of(journal, line, payloads, address):
            yield journal, line


def named_beside(home: Home, payloads: Payloads, address: str | None) -> set[str]:
    """Return every SHA-256 that the other lines name: those that `journal_lines` leaves out."""
    lines = (line for journal, line in _lines(home) if not _is_of(journal, line, payloads, address))
    return {sha256 for line in lines for sha256 in _named(line)}


def take_out_of_journals(home: Home, payloads: Payloads, address: str | None) -> None:
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


def _is_of(journal: Path, line: bytes, payloads: Payloads, address: str | None) -> bool:
    named = {(journal.parent.name, sha256) for sha256 in _named(line)}
    return not named.isdisjoint(payloads) or bool(address and address in _addresses(line))


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
