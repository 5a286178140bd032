"""What a feed, a sitemap or a list of addresses names: pages, and further lists.

The content is hostile data and is read in a killable child. Addresses are made absolute, in the
form under which two spellings are the same document; dates stay as written: the dates of Arabic
pages are read by `transforms.clean.dates`, never by a feed library.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urljoin

from flows.outlet import Kind, is_web_address
from transforms.ingest.address import canonical_url

#: Entries that one list is read for: a sitemap has at most 50,000 (sitemaps.org).
MAX_ENTRIES = 50_000
TOO_MANY = f"names more than {MAX_ENTRIES:,} pages; what comes after them is not read"
_MAX_URL = 4_096
_TEXT = 500
#: An address that is broken over lines; other blanks in it are its own, and are escaped.
_BREAK = re.compile(r"\s*[\t\r\n]\s*")
#: Nobody writes definitions into a list but to make a parser unfold them, or read local files.
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]{0,1000}\[", re.IGNORECASE)
DEFINES_ENTITIES = "the list defines entities of its own, as none does that means well"


class Entry(NamedTuple):
    """One page that a list names, with what the list says of it, as written."""

    url: str
    title: str | None = None
    published: str | None = None
    changed: str | None = None


class Listing(NamedTuple):
    """What a list names, in its order; `dropped` entries have no address that can be asked.

    `more` are the lists that a sitemap index names, the last changed first. `problem` says why
    nothing, or not all, could be read.
    """

    entries: list[Entry]
    more: list[Entry]
    dropped: int = 0
    problem: str | None = None


class Listed(NamedTuple):
    """One list as it was fetched; `packed` by zlib meanwhile."""

    kind: Kind
    address: str
    content: bytes
    charset: str | None
    packed: bool = False


def read_listing(listed: Listed) -> Listing:
    """Return what a list names; raises nothing on any content."""
    from flows.sources.feeds import read_feed
    from flows.sources.sitemaps import read_sitemap
    from flows.sources.url_lists import read_url_list

    if listed.packed:
        listed = listed._replace(content=zlib.decompress(listed.content), packed=False)
    readers = {"feed": read_feed, "sitemap": read_sitemap, "urls": read_url_list}
    return readers[listed.kind](listed)


def read_listings(chunk: Sequence[Listed]) -> list[Listing]:
    """Return what each list names: the work of the guard's children."""
    return [read_listing(listed) for listed in chunk]


def defines_entities(content: bytes) -> bool:
    """Return whether XML begins with a document type of its own, in any encoding."""
    return _DOCTYPE.search(content[:40_000].replace(b"\0", b"")) is not None


def gathered(
    address: str, found: Iterable[Entry], more: Iterable[Entry] = (), problem: str | None = None
) -> Listing:
    """Return a listing of entries whose addresses are sound, each page once."""
    entries: dict[str, Entry] = {}
    dropped = 0
    for entry in found:
        url = sound_address(address, entry.url)
        if url is None:
            dropped += 1
        elif url not in entries:
            entries[url] = Entry(
                url, _short(entry.title), _short(entry.published), _short(entry.changed)
            )
    lists = [
        entry._replace(url=url, changed=_short(entry.changed))
        for entry in more
        if (url := sound_address(address, entry.url))
    ]
    return Listing(list(entries.values()), lists, dropped, problem)


def sound_address(base: str, url: str) -> str | None:
    """Return an address as it is asked, or None where it cannot be: absolute, canonical."""
    written = _BREAK.sub("", url.strip())
    try:
        whole = canonical_url(urljoin(base, written)) if written else None
    except ValueError:
        return None
    if whole is None or len(whole) > _MAX_URL or not is_web_address(whole):
        return None
    return whole


def _short(text: str | None) -> str | None:
    return " ".join(text.split())[:_TEXT] or None if text else None
