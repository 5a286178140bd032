"""A stored page read again by the evidence that its rows name: does it still come out the same?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.commands.shapes import KnownShape
from flows.known import read_known
from warehouse.tables import LineIndex, Page, Segment, Source
from warehouse.tables.arrow import from_arrow

if TYPE_CHECKING:
    from flows.settings import Settings
    from transforms.stamp import Stamp
    from warehouse.reader import Reader

#: `same`: the rules of today give the stored segments; `differs`: they do not, although the
#: version of the transforms is the stored one; `older`: other transforms made them.
Replay = Literal["same", "differs", "older"]


class Decision(NamedTuple):
    """What cleaning says of one span."""

    start: int
    end: int
    kind: str
    article_id: str | None
    rule: str
    evidence_id: int | None


_SNAPSHOT = """
SELECT * FROM line_index WHERE source_id = $source_id AND evidence_id <= $evidence_id
QUALIFY row_number() OVER (PARTITION BY line_hash ORDER BY evidence_id DESC) = 1
"""


def snapshot(reader: Reader, page: Page, segments: Sequence[Segment]) -> pa.Table | None:
    """Return the snapshot of `line_index` that the segments of a page name, None where none do."""
    numbers = [s.evidence_id for s in segments if s.evidence_id is not None]
    if not numbers:
        return None
    values = {"source_id": page.source_id, "evidence_id": max(numbers)}
    return reader.execute(_SNAPSHOT, values).to_arrow_table()


def replay(
    page: Page, source: Source, segments: Sequence[Segment], lines: pa.Table | None,
    settings: Settings,
) -> Replay:  # fmt: skip
    """Clean a stored page again, in a killable child, and hold the result against its segments."""
    from functools import partial

    from flows.guard import Guard
    from transforms.stamp import Stamp

    stamp = Stamp("explain")
    if any(segment.transform_version != stamp.transform_version for segment in segments):
        return "older"
    with Guard(
        workers=1,
        seconds_per_item=settings.seconds_per_page,
        memory_limit_mb=settings.memory_limit_mb,
        chunk=1,
    ) as guard:
        work = partial(decide_again, source=source, stamp=stamp, lines=lines)
        (outcome,) = guard.map(work, [page])
    again = getattr(outcome, "result", None)
    return "same" if again == [_decision(segment) for segment in segments] else "differs"


def decide_again(
    pages: Sequence[Page], source: Source, stamp: Stamp, lines: pa.Table | None
) -> list[Decision]:
    """Return what cleaning decides of the spans of pages; runs in a child."""
    from transforms.clean.page import clean_page

    known = None if lines is None else read_known(lines)
    return [
        _decision(segment)
        for page in pages
        for segment in clean_page(page, source, stamp, known).segments
    ]


def known_of(text: str, segment: Segment, lines: pa.Table | None) -> list[KnownShape]:
    """Return what the index knows of the lines of a segment that it decided."""
    if lines is None or segment.evidence_id is None:
        return []
    known = read_known(lines)
    shown = (line.strip() for line in text[segment.start : segment.end].splitlines())
    hashes = [found for line in shown if (found := known.match(line) or known.match_linked(line))]
    rows = {
        row.line_hash: row
        for row in from_arrow(
            LineIndex, lines.filter(pc.is_in(lines["line_hash"], pa.array(hashes, pa.string())))
        )
    }
    return [
        KnownShape(**{name: getattr(rows[found], name) for name in KnownShape.model_fields})
        for found in hashes
    ]


def _decision(segment: Segment) -> Decision:
    return Decision(
        segment.start, segment.end, segment.kind, segment.article_id, segment.rule,
        segment.evidence_id,
    )  # fmt: skip
