"""What was fetched before: per address its last request, from the published table `fetches`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from warehouse.errors import NothingPublished
from warehouse.reader import Reader, connect


class Seen(NamedTuple):
    """The last request of one address for one source.

    `first_at` is when it was asked for first since it was last had; `had` counts how often its
    content came or was unchanged, `had_at` is when it first was. All of what was asked about only.
    """

    source_id: str
    url: str
    outcome: str
    requested_at: datetime
    etag: str | None
    last_modified: str | None
    payload_sha256: str | None
    listed: str | None
    first_at: datetime
    had: int
    had_at: datetime | None


_REQUESTS = """
WITH requests AS (
  SELECT *, max(requested_at) FILTER (outcome IN ('fetched', 'unchanged'))
              OVER (PARTITION BY source_id, url) AS last_had
  FROM fetches WHERE """
#: arg_max leaves nulls out, and a validator that a site no longer gives is not to be sent.
_LAST = """
)
SELECT source_id, url, arg_max(outcome, requested_at), max(requested_at),
       arg_max_null(etag, requested_at), arg_max_null(last_modified, requested_at),
       arg_max_null(payload_sha256, requested_at), arg_max_null(listed, requested_at),
       coalesce(min(requested_at) FILTER (last_had IS NULL OR requested_at > last_had),
                max(requested_at)),
       count(*) FILTER (outcome IN ('fetched', 'unchanged')),
       min(requested_at) FILTER (outcome IN ('fetched', 'unchanged'))
FROM requests GROUP BY source_id, url
"""
_ASKED = f"""{_REQUESTS}what = $what AND (source_id, url) IN (
  SELECT unnest($sources::VARCHAR[]), unnest($urls::VARCHAR[])){_LAST}"""

#: Pages that may be due by themselves: all requests of an address count, so the window is on the
#: last one. Reading is bounded by the statistics of the files.
_RECENT = f"""{_REQUESTS}what = 'page' AND source_id IN (SELECT unnest($sources::VARCHAR[]))
  AND requested_at >= $since{_LAST}"""
_GIVEN = """
SELECT source_id, payload_sha256, any_value(given_title), any_value(given_published)
FROM pages WHERE fetched_at >= $since AND payload_sha256 IN (SELECT unnest($payloads::VARCHAR[]))
GROUP BY source_id, payload_sha256
"""


class SeenBefore:
    """The published fetches of one home, as they are when it is made; nothing where none are."""

    def __init__(self, home: Path) -> None:
        try:
            self._reader: Reader | None = connect(home)
        except NothingPublished:
            self._reader = None
        if self._reader is not None and not self._has_fetches(self._reader):
            self.close()

    def close(self) -> None:
        """Close the tables."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def of(self, what: str, asked: Iterable[tuple[str, str]]) -> list[Seen]:
        """Return what is known of addresses, each with its source."""
        pairs = list(asked)
        if self._reader is None or not pairs:
            return []
        sources, urls = ([pair[side] for pair in pairs] for side in (0, 1))
        found = self._reader.execute(_ASKED, {"what": what, "sources": sources, "urls": urls})
        return [Seen(*row) for row in found.fetchall()]

    def since(self, sources: Iterable[str], moment: datetime) -> list[Seen]:
        """Return the pages of sources that were asked for since a moment."""
        if self._reader is None:
            return []
        found = self._reader.execute(_RECENT, {"sources": list(sources), "since": moment})
        return [Seen(*row) for row in found.fetchall()]

    def given(
        self, payloads: Iterable[str], moment: datetime
    ) -> dict[tuple[str, str], tuple[str | None, str | None]]:
        """Return by source and payload the headline and date that a list gave a published page.

        Of pages that were fetched since a moment.
        """
        wanted = list(payloads)
        if self._reader is None or not wanted:
            return {}
        found = self._reader.execute(_GIVEN, {"since": moment, "payloads": wanted})
        return {(source, sha): (title, day) for source, sha, title, day in found.fetchall()}

    def forgotten(self) -> frozenset[str]:
        """Return the hashes of the addresses that were forgotten (`warehouse.forgotten`)."""
        if self._reader is None:
            return frozenset()
        query = "SELECT address_sha256 FROM tombstones WHERE address_sha256 IS NOT NULL"
        return frozenset(address for (address,) in self._reader.execute(query).fetchall())

    @staticmethod
    def _has_fetches(reader: Reader) -> bool:
        """Return whether the tables are of a version that knows fetches."""
        query = "SELECT 1 FROM information_schema.tables WHERE table_name = 'fetches'"
        return reader.execute(query).fetchone() is not None
