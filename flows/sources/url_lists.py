"""Lists of addresses: one a line; what stands behind a blank or a # is a note of the list's."""

from __future__ import annotations

from pathlib import Path

from flows.sources.listing import MAX_ENTRIES, TOO_MANY, Entry, Listed, Listing, gathered
from transforms.ingest.decode import decode


def read_url_list(listed: Listed) -> Listing:
    """Return the addresses of a list, in its order; blank lines and notes are none."""
    lines = decode(listed.content, listed.charset).text.lstrip("\ufeff").splitlines()
    words = [line.split(maxsplit=1)[0] for line in lines if line.strip()]
    found = [Entry(word) for word in words if not word.startswith("#")]
    problem = TOO_MANY if len(found) > MAX_ENTRIES else None
    return gathered(listed.address, found[:MAX_ENTRIES], problem=problem)


def read_local_list(path: Path) -> Listing:
    """Return the addresses of a list that lies in a file, or why not all of it can be read."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        return Listing([], [], problem=problem.strerror)
    return read_url_list(Listed("urls", path.as_uri(), content, None))
