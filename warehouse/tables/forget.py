"""The table of what was forgotten: enough to know it again, nothing to read it by."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.tables.base import Column, ReplacedWith, Row
from warehouse.tables.ingest import HEX32, HEX64


class Tombstone(Row):
    """One page that was forgotten for good. Hashes only: neither its words nor its address."""

    table: ClassVar[str] = "tombstones"
    key: ClassVar[tuple[str, ...]] = ("page_id",)
    replaced_with: ClassVar[ReplacedWith] = "never"

    page_id: Annotated[str, Column("Hash of the page: it is known and never read", pattern=HEX64)]
    source_id: Annotated[str, Column("Source that the page came from", min_chars=1)]
    document_id: Annotated[
        str | None, Column("Hash of source and address; null where neither is known", pattern=HEX32)
    ] = None
    payload_sha256: Annotated[
        str | None,
        Column(
            "SHA-256 of its bytes: from this source they are known; null where it is not known",
            pattern=HEX64,
        ),
    ] = None
    address_sha256: Annotated[
        str | None,
        Column(
            "SHA-256 of the canonical address, where that was forgotten: nothing more is let in "
            "from there; null where only these bytes were",
            pattern=HEX64,
        ),
    ] = None
    forgotten_at: Annotated[datetime, Column("When (UTC)")]
    reason: Annotated[str | None, Column("Reason, in the words of whoever forgot it")] = None
    pages: Annotated[int, Column("Rows of pages and quarantine removed", unit="rows", ge=0)]
    articles: Annotated[int, Column("Articles removed", unit="articles", ge=0)]
    versions: Annotated[int, Column("Earlier versions removed", unit="versions", ge=0)]
    mentions: Annotated[int, Column("Mentions removed", unit="mentions", ge=0)]
    raw: Annotated[
        bool, Column("Whether its bytes were removed; not where another page has the same")
    ]
