"""Read published pages again, in Prefect: refreshed evidence, or rules that have changed.

Deployed by its dotted entrypoint `flows.reprocess.reprocess`; the work is `flows.run`'s, with the
same tasks as the main flow.
"""

from __future__ import annotations

from typing import Any

from prefect import State, flow
from prefect.states import Completed

from flows.flow_end import ended, not_done, tell_of_fault
from flows.pipeline import STEPS, settings_of_run, watch_of_flow
from flows.run import reprocess_sources
from flows.settings import UsageError
from warehouse.errors import StoreError


@flow(name="reprocess", persist_result=False)
def reprocess(
    sources: list[str] | None = None,
    everything: bool = False,
    from_raw: bool = False,
    home: str | None = None,
    config: str | None = None,
) -> State[Any]:
    """Read the published pages again that newer evidence of their source may let read better.

    Args:
        sources: Ids of sources; without any, all that have published pages.
        everything: Read every page again, by the transforms of today.
        from_raw: Read every page again from its bytes, where they are kept.
        home: Where the data lives; else KHABAR_HOME, else khabar.toml.
        config: A khabar.toml; else KHABAR_CONFIG, else the one in the current folder.
    """
    settings = None
    try:
        settings = settings_of_run(home, config)
        outcome = reprocess_sources(
            settings,
            sources or (),
            everything=everything,
            from_raw=from_raw,
            steps=STEPS,
            watch=watch_of_flow(settings),
        )
    except (UsageError, StoreError) as problem:
        return not_done(problem, settings, "reprocess")
    except Exception as problem:
        tell_of_fault(problem, settings, "reprocess")
        raise
    if outcome is None:
        return Completed(message="nothing to read again")
    return ended(outcome, settings)
