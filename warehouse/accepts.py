"""What analysts let in although a rule refuses it: their file, and the records that do not follow.

As with decisions on entities (`warehouse.decisions`) the file says what holds, and a run reads
again what stands otherwise: what is refused and accepted now, and what was let in by a decision
that is no longer there.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from transforms.accepts import Accepts, read_accepts, write_accepts
from warehouse.decisions import read_whole, write_whole
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.quarantine import LET_IN
from warehouse.sqltext import fill
from warehouse.upsert import any_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from warehouse.tables import Decision

#: Records that decisions may concern; of these, the pages that are there to be read again.
_CONCERNED = """
SELECT source_id, page_id, record_id, rule, state, decision_id FROM lake.quarantine
WHERE state = 'accepted' OR state = 'quarantined' AND list_contains($pages, page_id)
"""
#: What stands by a decision although its row in quarantine is that of a newer version by now.
_STANDING = """
SELECT l.source_id, l.page_id, l.record_id, l.rule, 'accepted' AS state, l.decision_id
FROM ({let_in}) AS l SEMI JOIN lake.articles AS a
  ON a.page_id = l.page_id AND (a.article_id = l.record_id OR a.page_id = l.record_id)
"""
_KEPT = """
SELECT page_id FROM lake.pages WHERE page_id IN (SELECT unnest($pages))
UNION SELECT page_id FROM lake.refused_pages WHERE page_id IN (SELECT unnest($pages))
"""


def accepts_of(home: Home | Path) -> Accepts:
    """Return what is accepted in a home, if anything; raises DecisionsRefused."""
    file = Home.at(home).accepts
    return read_whole(file, lambda text: Accepts(read_accepts(text))) or Accepts()


def change_accepts(
    home: Home | Path,
    add: Sequence[Decision] = (),
    remove: Sequence[str] = (),
    wait_seconds: float = 0.0,
) -> Accepts:
    """Write the file anew with some accepts more or less; return all that it has then.

    What is accepted already keeps its day and its reason. Raises DecisionsRefused, and StoreLocked
    while a run writes to the home.
    """
    home = Home.at(home)
    with writer_lock(home.lock, wait_seconds):
        before = accepts_of(home).rows
        there = {row.decision_id for row in before}
        accepts = Accepts(
            [row for row in before if row.decision_id not in remove]
            + [row for row in add if row.decision_id not in there]
        )
        write_whole(home.accepts, write_accepts(accepts.rows))
    return accepts


def unsettled_pages(connection: DuckDBPyConnection, accepts: Accepts) -> dict[str, list[str]]:
    """Return by source the pages whose records stand otherwise than what is accepted says.

    Where nothing was ever accepted, two tables are asked of no text.
    """
    concerned = connection.execute(_CONCERNED, {"pages": sorted(accepts.pages)}).fetchall()
    if any_row(connection, "(SELECT 1 FROM lake.attempts WHERE outcome = 'accepted')"):
        concerned += connection.execute(fill(_STANDING, let_in=LET_IN)).fetchall()
    if not concerned:
        return {}
    asked = sorted({row[1] for row in concerned})
    kept = {page for (page,) in connection.execute(_KEPT, {"pages": asked}).fetchall()}
    pages: dict[str, set[str]] = defaultdict(set)
    for source_id, page_id, record_id, rule, state, decision_id in concerned:
        if page_id not in kept:
            continue
        decided = accepts.deciding(rule, record_id, page_id)
        if (decided != decision_id) if state == "accepted" else (decided is not None):
            pages[source_id].add(page_id)
    return {source_id: sorted(found) for source_id, found in pages.items()}
