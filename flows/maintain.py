"""Keep the warehouse fast and small, in Prefect; the work is `flows.upkeep`'s.

Deployed by its dotted entrypoint `flows.maintain.maintain`.
"""

from __future__ import annotations

from typing import Any

from prefect import State, flow, get_run_logger
from prefect.states import Completed

from flows.flow_end import not_done, tell_of_fault
from flows.outcome import MESSAGE
from flows.pipeline import settings_of_run
from flows.settings import UsageError
from flows.upkeep import maintain_home, told
from transforms.plain import one_line
from warehouse.errors import NothingPublished, StoreError


@flow(name="maintain", persist_result=False)
def maintain(home: str | None = None, config: str | None = None) -> State[Any]:
    """Check every file, merge small ones, remove what no reader can still be reading.

    Args:
        home: Where the data lives; else KHABAR_HOME, else khabar.toml.
        config: A khabar.toml; else KHABAR_CONFIG, else the one in the current folder.
    """
    log = get_run_logger()
    settings = None
    try:
        settings = settings_of_run(home, config)
        line = told(maintain_home(settings))
    except NothingPublished as nothing:
        line = one_line(str(nothing), MESSAGE)
    except (UsageError, StoreError) as problem:
        log.error("%s", one_line(str(problem), MESSAGE))
        return not_done(problem, settings, "maintain")
    except Exception as problem:
        tell_of_fault(problem, settings, "maintain")
        raise
    log.info("%s", line)
    return Completed(message=line)
