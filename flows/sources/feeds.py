"""RSS and Atom: feedparser on bytes; of its entries the strings alone, its dates are not used.

feedparser finds nothing behind a NUL byte and invents dates for impossible ones, so the bytes are
decoded as pages are, and dates go on as they are written.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from flows.sources.listing import (
    DEFINES_ENTITIES,
    MAX_ENTRIES,
    Entry,
    Listed,
    Listing,
    defines_entities,
    gathered,
)
from transforms.ingest.decode import decode

#: Characters that XML 1.0 does not have; one of them ends what a parser reads.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


def read_feed(listed: Listed) -> Listing:
    """Return the entries of a feed, as it orders them."""
    import feedparser

    content = listed.content
    if defines_entities(content):
        return Listing([], [], problem=DEFINES_ENTITIES)
    if content.count(0) < len(content) / 100:  # more would be UTF-16
        content = content.replace(b"\0", b"")
    text = decode(content, listed.charset, html=True).text
    text = _DECLARATION.sub("", _NO_XML.sub("", text), count=1)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": listed.address}
    try:
        # A stream: of bytes or text feedparser first tries whether a local file is called so.
        parsed = feedparser.parse(
            io.BytesIO(text.encode()), response_headers=headers, sanitize_html=False,
            resolve_relative_uris=False,
        )  # fmt: skip
    except Exception as fault:  # feedparser's own, on broken markup: KeyError, IndexError, ...
        return Listing([], [], problem=f"no feed that can be read: {type(fault).__name__}")
    problem = None
    if not parsed.get("version"):
        problem = f"no feed that can be read: {parsed.get('bozo_exception') or 'no RSS or Atom'}"
    return gathered(listed.address, _entries(parsed), problem=problem)


def _entries(parsed: Any) -> Iterator[Entry]:
    for entry in parsed.get("entries", [])[:MAX_ENTRIES]:
        url = entry.get("feedburner_origlink") or entry.get("link") or ""
        if not url and entry.get("guidislink"):
            url = entry.get("id") or ""
        published = _string(entry, "published") or _string(entry, "updated")
        yield Entry(str(url), _string(entry, "title"), published, _string(entry, "updated"))


def _string(entry: Any, name: str) -> str | None:
    # `get` maps a missing `updated` to `published`, with a warning.
    value = dict.get(entry, name)
    return value if isinstance(value, str) and value.strip() else None
