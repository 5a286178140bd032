"""What is asked of a site and what came of it."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Literal, NamedTuple

from warehouse.tables import Fetch
from warehouse.tables.identity import fetch_id

What = Literal["listing", "page", "robots"]
Outcome = Literal["fetched", "unchanged", "disallowed", "refused", "failed"]


class Ask(NamedTuple):
    """One address to ask for a source, with what is known of its content from the last time."""

    source_id: str
    what: What
    url: str
    private: bool = False
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    listed: str | None = None


class Content(NamedTuple):
    """What a site answered, its content unpacked."""

    status: int
    final_url: str
    media_type: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    payload: bytes


class Answer(NamedTuple):
    """How asking ended. `content` is there where it was fetched; its sha256 may be known.

    `payload_bytes` is its size where its payload was packed since (`packed`).
    """

    ask: Ask
    outcome: Outcome
    requested_at: datetime
    seconds: float
    tries: int
    content: Content | None = None
    sha256: str | None = None
    rule: str | None = None
    detail: str | None = None
    status: int | None = None
    final_url: str | None = None
    payload_bytes: int | None = None

    def packed(self) -> Answer:
        """Return the answer with its payload as zlib packs it: many wait for being read at once."""
        if self.content is None:
            return self
        payload = self.content.payload
        content = self.content._replace(payload=zlib.compress(payload, level=1))
        return self._replace(content=content, payload_bytes=len(payload))

    def row(self) -> Fetch:
        """Return the row of `fetches`; what did not change keeps the validators it had."""
        ask, content = self.ask, self.content
        return Fetch(
            fetch_id=fetch_id(ask.source_id, ask.url, self.requested_at.isoformat()),
            source_id=ask.source_id,
            what=ask.what,
            url=ask.url,
            final_url=None if self.final_url == ask.url else self.final_url,
            requested_at=self.requested_at,
            seconds=round(self.seconds, 3),
            tries=self.tries,
            status=self.status,
            outcome=self.outcome,
            rule=self.rule,
            detail=self.detail,
            media_type=content.media_type if content else None,
            charset=content.charset if content else None,
            etag=content.etag if content else ask.etag,
            last_modified=content.last_modified if content else ask.last_modified,
            payload_sha256=self.sha256 or ask.sha256,
            payload_bytes=self._size(),
            listed=ask.listed,
        )

    def _size(self) -> int | None:
        if self.payload_bytes is not None or self.content is None:
            return self.payload_bytes
        return len(self.content.payload)
