"""Sitemaps (sitemaps.org): plain, of news, indexes of others, packed by gzip, plain text.

Read by lxml without entities, external files or unlimited depth, and mended where it is broken:
an outlet's sitemap is written by hand more often than one would think.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any

from flows.fetch.content import UnwantedError, gunzip
from flows.sources.listing import (
    DEFINES_ENTITIES,
    MAX_ENTRIES,
    TOO_MANY,
    Entry,
    Listed,
    Listing,
    defines_entities,
    gathered,
)
from flows.sources.url_lists import read_url_list

#: What a sitemap may unpack to (sitemaps.org).
MAX_BYTES = 52_428_800


def read_sitemap(listed: Listed) -> Listing:
    """Return the pages that a sitemap names, or the sitemaps that an index names, newest first."""
    content = listed.content
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gunzip(content, MAX_BYTES)
        except (UnwantedError, zlib.error) as damage:
            return Listing([], [], problem=f"cannot be unpacked: {damage}")
    if defines_entities(content):
        return Listing([], [], problem=DEFINES_ENTITIES)
    if b"<" not in content[:1_000]:
        return read_url_list(listed._replace(content=content))
    pages: list[Entry] = []
    lists: list[Entry] = []
    problem = None
    try:
        for is_list, entry in _entries(content):
            if len(pages) + len(lists) == MAX_ENTRIES:
                problem = TOO_MANY
                break
            (lists if is_list else pages).append(entry)
    except (SyntaxError, ValueError, LookupError) as damage:  # lxml's errors are SyntaxErrors
        problem = f"no sitemap that can be read to its end: {damage}"
    if not pages and not lists and problem is None:
        problem = "no sitemap: no address in it"
    # Most are written oldest first; a run that may take some should take the news.
    pages.sort(key=_moment, reverse=True)
    lists.sort(key=_moment, reverse=True)
    return gathered(listed.address, pages, lists, problem)


def _moment(entry: Entry) -> str:
    """Return when an entry changed or came out: W3C datetimes sort as text, to the day at least."""
    return entry.changed or entry.published or ""


def _entries(content: bytes) -> Iterator[tuple[bool, Entry]]:
    from lxml import etree

    found = etree.iterparse(
        io.BytesIO(content), events=("end",), recover=True, resolve_entities=False,
        load_dtd=False, no_network=True, huge_tree=False, remove_comments=True,
    )  # fmt: skip
    for _, element in found:
        name = _local(element.tag)
        if name not in ("url", "sitemap"):
            continue
        values = dict(_values(element))
        if "loc" in values:
            yield name == "sitemap", Entry(
                values["loc"], values.get("title"), values.get("publication_date"),
                values.get("lastmod"),
            )  # fmt: skip
        # What was read is let go, with what stands before it: memory stays that of one entry.
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _values(element: Any) -> Iterator[tuple[str, str]]:
    for child in element.iter():
        name = _local(child.tag)
        text = (child.text or "").strip()
        # `loc` also stands in image and video entries, deeper down.
        if text and name in ("loc", "lastmod", "title", "publication_date"):
            is_own = child.getparent() is element
            if is_own or name in ("title", "publication_date"):
                yield name, text


def _local(tag: Any) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
