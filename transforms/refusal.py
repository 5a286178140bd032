"""A record that a transform could not make a row of, and why."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Refusal(NamedTuple):
    """Becomes one row of `quarantine`; `reason` is for a person, `rule` for a count."""

    record_id: str
    unit: Literal["page", "article"]
    page_id: str
    source_id: str
    locator: str
    url: str | None
    rule: str
    reason: str
    evidence: str
