"""What was forgotten, as ingest and whoever fetches ask for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.ingest.address import canonical_url
from warehouse.tables.identity import sha256_hex

if TYPE_CHECKING:
    from warehouse.store import Store


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Pages by their id and by their bytes within a source; addresses whatever the source."""

    page_ids: frozenset[str] = frozenset()
    payloads: frozenset[tuple[str, str]] = frozenset()
    addresses: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.page_ids)

    def page(self, page_id: str, source_id: str, payload: bytes) -> bool:
        """Return whether these very bytes of the source were forgotten, wherever they lie now."""
        if not self.page_ids:
            return False
        return page_id in self.page_ids or (source_id, sha256_hex(payload)) in self.payloads

    def address(self, url: str | None) -> bool:
        """Return whether everything at an address was forgotten: do not fetch, do not let in."""
        return bool(url and self.addresses) and address_sha256(url) in self.addresses


def address_sha256(url: str | None) -> str:
    """Return the hash by which a forgotten address is known again."""
    return sha256_hex((canonical_url(url) or "").encode("utf-8", "surrogatepass"))


def forgotten(store: Store) -> Forgotten:
    """Return what was forgotten in a home up to now."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT page_id, source_id, payload_sha256, address_sha256 FROM lake.tombstones"
        ).fetchall()
    return Forgotten(
        frozenset(page_id for page_id, *_ in rows),
        frozenset((source, payload) for _, source, payload, _ in rows if payload),
        frozenset(address for *_, address in rows if address),
    )


def unshared(store: Store, payloads: Collection[str]) -> set[str]:
    """Return those payloads that no page has, be it published or kept for a replay."""
    import pyarrow as pa

    asked = pa.table({"payload_sha256": pa.array(payloads, pa.string())})
    with store.reading() as connection:
        connection.register("asked_payloads", asked)
        try:
            rows = connection.execute(
                "FROM asked_payloads WHERE payload_sha256 NOT IN"
                " (SELECT payload_sha256 FROM lake.pages"
                " UNION SELECT payload_sha256 FROM lake.refused_pages)"
            ).fetchall()
        finally:
            connection.unregister("asked_payloads")
    return {payload for (payload,) in rows}
