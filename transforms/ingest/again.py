"""A page landed again from its bytes: what a better decoder or renderer makes of it today.

The bytes are not all that a reader had: the address that a table or a crawl gave, what a transport
declared, the columns beside an HTML column. That comes from the page's row, so that the same bytes
read by the same transforms give the same row, under the same id.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from transforms.ingest.columns import fields
from transforms.ingest.decode import decode
from transforms.ingest.land import land
from transforms.ingest.record import Given, RawRecord
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.tables import Page
from warehouse.tables.identity import page_id

_GIVEN = tuple(f"given_{name}" for name in Given._fields if name != "text")
#: How JSON made of a row of these tables writes a column of bytes.
_BYTES = re.compile(r"""b(['"]).*\1""", re.DOTALL)
_WITH_BYTES = frozenset({".parquet", ".arrow", ".feather"})


def land_again(
    page: Page, payload: bytes, columns: Mapping[str, str], stamp: Stamp
) -> Page | Refusal:
    """Return what `land` makes of a page's bytes today, or why it is no page any more.

    `columns` names the columns of the source's tables, as for a reader.
    """
    landed = land(record_of(page, payload, columns), stamp)
    if isinstance(landed, Refusal):
        return landed._replace(record_id=page.page_id, page_id=page.page_id)
    kept = _given_of(page, landed)
    if landed.page_id != page.page_id:
        # An address with what no table can hold: the row has it mended, the id is of the other.
        kept |= {"page_id": page.page_id, "document_id": page.document_id, "url": page.url}
    return landed.model_copy(update=kept) if kept else landed


def record_of(page: Page, payload: bytes, columns: Mapping[str, str]) -> RawRecord:
    """Return a page as the reader found it."""
    by_address = page_id(page.payload_sha256, page.source_id, page.url) == page.page_id
    record = RawRecord(
        source_id=page.source_id,
        locator=page.locator,
        payload=payload,
        media_type=page.media_type,
        url=page.url if by_address else None,
        charset=page.charset if page.charset_rule == "declared" else None,
        fetched_at=page.fetched_at,
    )
    return record if page.media_type != "record" else _as_row(record, page, columns)


def _as_row(record: RawRecord, page: Page, columns: Mapping[str, str]) -> RawRecord:
    decoded = decode(record.payload)
    try:
        row = json.loads(decoded.text)
    except (ValueError, RecursionError):
        row = None
    found = fields(_with_bytes(row, page) if isinstance(row, dict) else {}, columns)
    # A row of CSV is kept as JSON in UTF-8, and its page says how the file was written.
    charset, confidence = decoded.charset, decoded.confidence
    if charset == "utf-8":
        charset, confidence = page.charset, page.charset_confidence or confidence
    return record._replace(
        charset=charset, given=found.given, fetched_at=found.fetched_at or page.fetched_at,
        charset_confidence=confidence,
    )  # fmt: skip


def _with_bytes(row: dict[str, object], page: Page) -> dict[str, object]:
    """Return a row of Parquet or Arrow with columns of bytes as the bytes that they were."""
    file = PurePosixPath(page.locator.rpartition("#")[0])
    if _WITH_BYTES.isdisjoint(file.suffixes):
        return row
    return {name: _as_it_was(value) for name, value in row.items()}


def _as_it_was(value: object) -> object:
    if not isinstance(value, str) or not _BYTES.fullmatch(value):
        return value
    try:
        read = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value  # a text that only begins and ends as bytes do
    return read if repr(read) == value else value


def _given_of(page: Page, landed: Page) -> dict[str, str | None]:
    """Return the columns of `landed` that keep what the row has.

    An HTML page has none in its bytes. A moment of Parquet was written otherwise than JSON made of
    it says: with T between day and hour.
    """
    if page.media_type != "record":
        return {name: getattr(page, name) for name in _GIVEN}
    stored, now = page.given_published, landed.given_published
    if now and stored and now.replace(" ", "T", 1) == stored:
        return {"given_published": stored}
    return {}
