"""Identity of pages, documents, articles and records: hashes that a re-run gives again.

An id depends only on what it names, never on the clock, the run or the order of work.
"""

from __future__ import annotations

import hashlib

_SEPARATOR = "\x1f"


def sha256_hex(payload: bytes) -> str:
    """Return the SHA-256 of `payload` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(payload).hexdigest()


def _digest(*parts: str) -> str:
    joined = _SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()


def page_id(payload_sha256: str, source_id: str, url: str | None) -> str:
    """Return the id of one payload as landed: SHA-256 of payload hash, source and url."""
    return _digest("page", payload_sha256, source_id, url or "")


def document_id(source_id: str, canonical_url: str | None, payload_sha256: str) -> str:
    """Return the id of what a source publishes at one address (without one: as one payload)."""
    named = f"url:{canonical_url}" if canonical_url else f"payload:{payload_sha256}"
    return _digest("document", source_id, named)[:32]


def fetch_id(source_id: str, url: str, requested_at: str) -> str:
    """Return the id of one request: who it was made for, what was asked, when (ISO 8601)."""
    return _digest("fetch", source_id, url, requested_at)[:32]


def article_id(document: str, role: str, ordinal: int) -> str:
    """Return the id of one article of a document: its role and its ordinal within the role."""
    return _digest("article", document, role, str(ordinal))[:32]


def version(payload_sha256: str, transform_version: str, evidence_id: int | None = None) -> str:
    """Return the version of an article: which payload, read by which transforms.

    Evidence from other pages is named where it decided something: without it the same payload
    gives the same version whatever the source's snapshot.
    """
    read = f"{payload_sha256[:16]}.{transform_version}"
    return read if evidence_id is None else f"{read}.e{evidence_id}"


def entity_id(entity_type: str, folded_name: str) -> str:
    """Return a stable id for an entity that no knowledge row names."""
    return f"x-{entity_type.lower()}-{_digest('entity', entity_type, folded_name)[:12]}"


def alias_id(entity: str, folded_alias: str) -> str:
    """Return the id of one way to write an entity."""
    return _digest("alias", entity, folded_alias)[:32]


def decision_id(
    action: str, entity: str | None, surface: str | None, article: str | None, into: str
) -> str:
    """Return the id of a decision: what is decided, whoever decided it and when."""
    return _digest("decision", action, entity or "", surface or "", article or "", into)[:12]
