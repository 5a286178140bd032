"""What became of a run that broke off while it was published: a commit may have gone through.

An interrupt, a full disk, a server that is gone: each can come after the one transaction of the
run. Then everything of the run is in the tables, whatever the program was about to say.
"""

from __future__ import annotations

from flows.crew import Crew, words_of
from flows.outcome import Outcome
from warehouse.errors import StoreError


class UncertainError(StoreError):
    """It could not be found out whether the run was published; the message says how to."""


def outcome_of(crew: Crew, problem: BaseException) -> Outcome | None:
    """Return how a run stands that `problem` broke off; None where nothing of it is published.

    Where it is committed but could not be shown to readers, that is tried once more.

    Raises:
        UncertainError: The store could not be asked.
    """
    try:
        published = crew.store.committed(crew.run_id)
    except Exception as unanswered:
        raise UncertainError(unknown_end(crew.run_id, words_of(unanswered))) from problem
    if published is None:
        return None
    why = "interrupted" if isinstance(problem, KeyboardInterrupt) else words_of(problem)
    unshown = None
    try:
        crew.store.show()
    except Exception as still:
        unshown = words_of(still)
    return Outcome(
        published.run, tuple(published.run_stages), snapshot=published.snapshot,
        broken_off=why, unshown=unshown,
    )  # fmt: skip


def unknown_end(run_id: str, why: str) -> str:
    """Return what to do about a run of which nobody knows whether it was published."""
    return (
        f"whether run {run_id} was published could not be found out ({why}); khabar relocate "
        f"mends what can be mended, then khabar sql \"FROM runs WHERE run_id = '{run_id}'\" tells"
    )
