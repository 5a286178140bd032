"""What of a body is compared: the report itself, without what a desk puts in front of it."""

from __future__ import annotations

#: No report is longer; of a body that is, only so many code points are compared.
MOST_CHARS = 1_000_000


def core_of(body: str, dateline: str | None) -> str:
    """Return a body with its dateline blanked: as long as it was, so that offsets hold.

    Place and agency differ between the outlets that print one report. Agencies' marks at the end
    are no part of a body.
    """
    body = body[:MOST_CHARS]
    if dateline and body.startswith(dateline):
        return " " * len(dateline) + body[len(dateline) :]
    return body
