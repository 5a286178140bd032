"""How a flow run ends in Prefect: its state in words, its artifacts, and who is told.

Whatever goes wrong with artifacts or notifications is logged and changes nothing: the run is over,
and what it did stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prefect import State, get_run_logger
from prefect.states import Completed, Failed

from flows.artifacts import artifacts_of
from flows.crew import words_of
from flows.notify import Notice, ending_of, notify
from flows.notify_choice import Ending
from flows.outcome import MESSAGE, Outcome
from flows.settings import Settings
from transforms.plain import one_line


def ended(outcome: Outcome, settings: Settings) -> State[Any]:
    """Return the state of a flow run that came to its end, good or bad; its message says why."""
    _try("the artifacts", lambda: _leave_all(outcome))
    _tell(settings, ending_of(outcome), Notice.of(outcome))
    if outcome.exit_code:
        return Failed(message=outcome.headline)
    return Completed(message=outcome.headline)


def not_done(problem: Exception, settings: Settings | None, flow: str) -> State[Any]:
    """Return the state of a flow run that did nothing, since something was wrong before it began.

    `settings` are None where these are what is wrong: then nobody is told whom they name.
    """
    words = one_line(str(problem), MESSAGE)
    if settings is not None:
        _tell(settings, "failed", Notice.of_problem(flow, words))
    return Failed(message=words)


def tell_of_fault(problem: Exception, settings: Settings | None, flow: str) -> None:
    """Tell that a flow run breaks off, whatever broke it; the caller raises `problem` again."""
    if settings is not None:
        _tell(settings, "failed", Notice.of_problem(flow, words_of(problem)))


def _leave_all(outcome: Outcome) -> None:
    for key, create in artifacts_of(outcome):
        leave(key, create)


def leave(key: str, create: Callable[[], object]) -> None:
    """Create an artifact; where that fails, it is logged and changes nothing."""
    _try(f"the artifact {key}", create)


def _tell(settings: Settings, ending: Ending, notice: Notice) -> None:
    if ending in settings.notify.on:
        for block in settings.notify.blocks:
            _try(f"the notification by {block}", lambda block=block: notify(block, notice))  # type: ignore[misc]


def _try(what: str, step: Callable[[], object]) -> None:
    try:
        step()
    except Exception as problem:
        get_run_logger().warning("%s failed: %s", what, words_of(problem))
