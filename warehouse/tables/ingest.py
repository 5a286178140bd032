"""Tables of the ingest stage: where pages come from, and pages as they landed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from warehouse.tables.base import Column, ReplacedWith, Row

HEX64 = r"[0-9a-f]{64}"
HEX32 = r"[0-9a-f]{32}"
HEX16 = r"[0-9a-f]{16}"
MediaType = Literal["text/plain", "text/html", "record"]


class Source(Row):
    """One configured source of pages: an outlet, an aggregator, an export."""

    table: ClassVar[str] = "sources"
    key: ClassVar[tuple[str, ...]] = ("source_id",)

    source_id: Annotated[
        str, Column("Id of the source, as in khabar.toml", pattern=r"[a-z0-9][a-z0-9._-]*")
    ]
    name_ar: Annotated[str | None, Column("Name of the outlet in Arabic")] = None
    name_en: Annotated[str | None, Column("Name of the outlet in Latin letters")] = None
    country: Annotated[
        str | None, Column("ISO 3166-1 alpha-2; decides ambiguous month names", pattern=r"[A-Z]{2}")
    ] = None
    kind: Annotated[str, Column("How its pages get in: files, feed, ...", min_chars=1)] = "files"
    languages: Annotated[
        str | None,
        Column(
            "Languages of the articles that are published, ISO 639 between blanks; null: ar",
            pattern=r"[a-z]{2,3}( [a-z]{2,3})*",
        ),
    ] = None
    address: Annotated[
        str | None, Column("Addresses of its feeds, sitemaps or lists, between blanks")
    ] = None
    terms: Annotated[str | None, Column("Note on the licence or terms of its texts")] = None
    text_exported: Annotated[
        bool | None, Column("Whether exports hold its texts; null in rows of earlier versions")
    ] = None


class Fetch(Row):
    """One request that was made to a site, whatever came of it. Nothing is asked twice in vain.

    A page that was fetched stands in `pages` under the same url, unless it was refused: then it
    stands in `quarantine`.
    """

    table: ClassVar[str] = "fetches"
    key: ClassVar[tuple[str, ...]] = ("fetch_id",)
    replaced_with: ClassVar[ReplacedWith] = "never"

    fetch_id: Annotated[str, Column("Hash of source, address and moment", pattern=HEX32)]
    source_id: Annotated[str, Column("Source that was asked for", min_chars=1)]
    what: Annotated[
        Literal["listing", "page", "robots"],
        Column("listing: a feed, sitemap or list of addresses; robots: a site's robots.txt"),
    ]
    url: Annotated[str, Column("Address that was asked", min_chars=1)]
    final_url: Annotated[
        str | None, Column("Address that answered, where redirects led elsewhere")
    ] = None
    requested_at: Annotated[datetime, Column("Start of the first try (UTC)")]
    seconds: Annotated[float, Column("Time from there to the end", unit="seconds", ge=0)]
    tries: Annotated[int, Column("How often it was tried; 0: it was not even asked", ge=0)]
    status: Annotated[int | None, Column("HTTP status of the last answer", ge=100, le=999)] = None
    outcome: Annotated[
        Literal["fetched", "unchanged", "disallowed", "refused", "failed"],
        Column(
            "unchanged: as it was at the last fetch; disallowed: by robots.txt; refused: asking "
            "again would not help; failed: it may"
        ),
    ]
    rule: Annotated[str | None, Column("Id of the rule behind refused, failed, disallowed")] = None
    detail: Annotated[str | None, Column("What was seen, in words")] = None
    media_type: Annotated[str | None, Column("Media type that the answer declared")] = None
    charset: Annotated[str | None, Column("Charset that the answer declared")] = None
    etag: Annotated[str | None, Column("Validator to ask with the next time")] = None
    last_modified: Annotated[str | None, Column("Validator to ask with the next time")] = None
    payload_sha256: Annotated[
        str | None, Column("SHA-256 of the content; the page's payload", pattern=HEX64)
    ] = None
    payload_bytes: Annotated[int | None, Column("Size of the content", unit="bytes", ge=0)] = None
    listed: Annotated[
        str | None, Column("When it changed according to the list that named it, as written")
    ] = None


class Page(Row):
    """One payload as landed. The raw never changes; the same payload again is the same page."""

    table: ClassVar[str] = "pages"
    key: ClassVar[tuple[str, ...]] = ("page_id",)
    replaced_with: ClassVar[ReplacedWith] = "page"
    row_group: ClassVar[int] = 2_048

    page_id: Annotated[str, Column("SHA-256 of payload hash, source and url", pattern=HEX64)]
    document_id: Annotated[
        str,
        Column("Hash of source and canonical url; without a url, of the payload", pattern=HEX32),
    ]
    source_id: Annotated[
        str, Column("Source that the page came from", min_chars=1, references="sources")
    ]
    url: Annotated[str | None, Column("Address as given by the source or the page")] = None
    locator: Annotated[
        str,
        Column("Where the payload was read: file path and #row of a record; address", min_chars=1),
    ]
    payload_sha256: Annotated[str, Column("SHA-256 of the payload's bytes", pattern=HEX64)]
    payload_bytes: Annotated[int, Column("Size of the payload", unit="bytes", ge=1)]
    media_type: Annotated[MediaType, Column("What the payload is: text, HTML, one table record")]
    charset: Annotated[str, Column("Encoding that the payload was decoded with", min_chars=1)]
    charset_rule: Annotated[
        str, Column("What decided the encoding: bom, declared, utf-8, detected", min_chars=1)
    ]
    charset_confidence: Annotated[
        float | None,
        Column("How sure the encoding is (docs/encodings.md); null: an older row", ge=0, le=1),
    ] = None
    fetched_at: Annotated[
        datetime | None, Column("When the page was fetched, where the source says so (UTC)")
    ] = None
    text: Annotated[
        str,
        Column(
            "The page's text; every page offset counts its code points", min_chars=1, is_text=True
        ),
    ]
    markup: Annotated[
        str | None,
        Column("Decoded HTML that `text` was rendered from; null for other media", is_text=True),
    ] = None
    text_chars: Annotated[int, Column("Length of text", unit="code points", ge=1)]
    replacement_chars: Annotated[
        int, Column("U+FFFD in text: bytes that no encoding explained", unit="code points", ge=0)
    ]
    control_chars: Annotated[
        int, Column("C0/C1 controls other than tab and newlines", unit="code points", ge=0)
    ]
    bidi_controls: Annotated[
        int | None,
        Column("Marks that steer the direction; null: an older row", unit="code points", ge=0),
    ] = None
    presentation_forms: Annotated[
        int | None,
        Column("Contextual letters, ligatures; null: an older row", unit="code points", ge=0),
    ] = None
    mojibake_repaired: Annotated[
        int | None,
        Column("Letters that came here wrongly decoded, mended", unit="code points", ge=0),
    ] = None
    entities_replaced: Annotated[
        int | None, Column("HTML entities outside of HTML, replaced", unit="entities", ge=0)
    ] = None
    given_title: Annotated[str | None, Column("Title given beside the text by a record")] = None
    given_summary: Annotated[
        str | None,
        Column("Abstract given beside the text", is_text=True),
    ] = None
    given_published: Annotated[str | None, Column("Publication date as given, unread")] = None
    given_publisher: Annotated[str | None, Column("Publishing outlet as given")] = None
    given_byline: Annotated[str | None, Column("Author as given")] = None
    given_keywords: Annotated[str | None, Column("Keywords as given, unsplit")] = None
    given_section: Annotated[str | None, Column("Section or category as given")] = None
    run_id: Annotated[str, Column("Run that landed the page", min_chars=1, references="runs")]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]
