"""The one measure that depends on the day of the judgement; the frames know no clock."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

COLUMN = "published_days_ahead"
_FROM = "published_earliest"


def with_clock(frame: pa.Table, today: date) -> pa.Table:
    """Return the frame with `published_days_ahead`, if it has publication dates."""
    if _FROM not in frame.column_names:
        return frame
    ahead = [days_ahead(day, today) for day in frame.column(_FROM).to_pylist()]
    return frame.append_column(COLUMN, pa.array(ahead, pa.int64()))


def days_ahead(published: date | None, today: date) -> int | None:
    """Return how many days after `today` (UTC) a page says it was published; negative before."""
    return None if published is None else (published - today).days
