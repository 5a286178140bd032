"""Pages that were fetched, out of the journal of a crawl and the store of raw payloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, cast

from flows.fetch.journal import Landed, read_journal
from transforms.ingest.record import RawRecord
from warehouse.errors import RawDamaged, RawMissing
from warehouse.raw import Raw

#: What a page that was not had is refused for, by the rule under which its fetch ended.
_REASONS = {
    "fetch.status": "the site refuses the page, or has no such page",
    "fetch.no-robots": "whether the page may be asked for could not be learnt",
    "fetch.timeout": "the site did not answer to the end in time",
    "fetch.no-answer": "the site could not be reached",
    "fetch.broken-answer": "the site's answer is no sound HTTP, or is cut off",
    "fetch.host-down": "the site did not answer before, or asked to be left alone",
    "fetch.redirect-loop": "the address leads on and on",
    "fetch.private-address": "the address leads into a private network",
    "fetch.bad-address": "the address, or one that it leads to, cannot be asked",
    "fetch.too-large": "larger than any page",
    "fetch.bomb": "unpacks to more than any page",
    "fetch.damaged": "the packed content is damaged",
    "fetch.encoding": "packed in a way that was not offered",
    "fetch.media-type": "what the address holds is no page",
    "fetch.gone": "the page is gone: its address leads to the front page",
    "fetch.empty": "the answer has no content",
}


def read_landed(path: Path, raw: Raw) -> Iterator[RawRecord]:
    """Yield one record a page of a journal: as fetched, or refused for why it could not be had.

    What did not change, and what robots.txt does not allow, gives none.
    """
    for landed in read_journal(path):
        fetch = landed.fetch
        if fetch.what == "page" and fetch.outcome == "fetched":
            yield _page(landed, raw)
        elif fetch.what == "page" and fetch.outcome in ("refused", "failed"):
            rule = fetch.rule or "fetch.no-answer"
            reason = _REASONS.get(rule, "the page could not be had")
            yield _not_had(landed, rule, reason, fetch.detail or "")


def _page(landed: Landed, raw: Raw) -> RawRecord:
    fetch = landed.fetch
    try:
        payload = raw.read(fetch.payload_sha256 or "")
    except (RawMissing, RawDamaged) as problem:
        return _not_had(landed, "ingest.raw-lost", "its bytes are not kept whole", str(problem))
    media_type = cast("Literal['text/plain', 'text/html']", fetch.media_type)
    return RawRecord(
        fetch.source_id, fetch.url, payload, media_type, url=fetch.final_url or fetch.url,
        charset=fetch.charset, fetched_at=fetch.requested_at, given=landed.given,
    )  # fmt: skip


def _not_had(landed: Landed, rule: str, reason: str, evidence: str) -> RawRecord:
    """Return a record of a page that was not had; once it is, the record is released."""
    fetch = landed.fetch
    return RawRecord(
        fetch.source_id, fetch.url, fetch.url.encode(), "record", url=fetch.url,
        fetched_at=fetch.requested_at, refused=(rule, reason, evidence),
    )  # fmt: skip
