"""Which page of the warehouse the beginning of an id stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.reader import Reader

#: A page or article id, or its beginning: long enough that a word is no id by accident.
ID = re.compile(r"[0-9a-f]{8,64}")


def the_page(reader: Reader, prefix: str) -> str:
    """Return the page with that id, or that shows the article with that id, or its beginning.

    Raises UsageError where the warehouse has none, or several; of one that was forgotten, when.
    """
    from flows.settings import UsageError

    found = page_ids(reader, prefix)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"several pages or articles of the warehouse begin with {prefix}")
    gone = reader.execute(
        "SELECT forgotten_at::DATE, reason FROM tombstones WHERE starts_with(page_id, $1)", [prefix]
    ).fetchone()
    if gone:
        why = f": {gone[1]}" if gone[1] else ""
        raise UsageError(f"the page {prefix} was forgotten on {gone[0]}{why}")
    raise UsageError(f"no page or article of the warehouse begins with {prefix}")


def page_ids(reader: Reader, prefix: str) -> list[str]:
    """Return the pages that an id or its beginning may stand for: none, one, or two of them."""
    found = reader.execute(
        """
        SELECT page_id FROM pages WHERE starts_with(page_id, $1)
        UNION SELECT page_id FROM articles WHERE starts_with(article_id, $1)
        UNION SELECT page_id FROM quarantine
              WHERE starts_with(page_id, $1) OR starts_with(record_id, $1)
        LIMIT 2
        """,
        [prefix],
    ).fetchall()
    return [row[0] for row in found]
