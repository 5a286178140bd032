"""A record as a reader found it: bytes and what the source says about them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple


class Given(NamedTuple):
    """Metadata that a tabular record states beside its text; all as written, unread."""

    title: str | None = None
    text: str | None = None
    summary: str | None = None
    published: str | None = None
    publisher: str | None = None
    byline: str | None = None
    keywords: str | None = None
    section: str | None = None


class RawRecord(NamedTuple):
    """One payload. For a row of a table, `payload` is the row's own bytes (a JSON line as it
    stands; for CSV and Parquet the row as canonical JSON) and `given` its recognised columns.
    """

    source_id: str
    locator: str
    payload: bytes
    media_type: Literal["text/plain", "text/html", "record"]
    url: str | None = None
    charset: str | None = None
    fetched_at: datetime | None = None
    given: Given | None = None
    refused: tuple[str, str, str] | None = None
    """(rule, reason, evidence) where the reader already knows that this is no page."""
    charset_confidence: float = 1.0
    """Of a record, how sure `charset` is: the reader decoded it, by `transforms.ingest.decode`."""
