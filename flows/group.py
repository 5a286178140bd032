"""Group: which of the articles that a run publishes are copies of others, and of which.

It is done with the bodies as they will stand, before the one transaction of the run, and is
written within it. What fails here holds nothing back: the articles are published without it, and
the next run catches up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.crew import Crew, words_of

if TYPE_CHECKING:
    from warehouse.copies import Regrouped


def regrouped_by(crew: Crew) -> tuple[Regrouped | None, str | None]:
    """Return what the batches planned last change in the groups of copies, or why it is unknown."""
    from warehouse.copies import regrouped

    try:
        arriving = crew.store.arriving()
        sources = [outlet.row() for outlet in crew.settings.sources]
        with crew.store.reading() as connection:
            shelves = crew.store.shelves.shelves
            return regrouped(connection, arriving, shelves, crew.stamp, sources), None
    except Exception as problem:
        return None, f"copies were not looked for: {words_of(problem)}"
