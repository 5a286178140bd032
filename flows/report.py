"""The last seven days on one page, in Prefect; the work is `flows.week`'s.

Deployed by its dotted entrypoint `flows.report.report`. It only reads: no lock, no row.
"""

from __future__ import annotations

from typing import Any

from prefect import State, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.states import Completed

from flows.flow_end import leave, not_done, tell_of_fault
from flows.markdown import as_text
from flows.pipeline import settings_of_run
from flows.settings import UsageError
from flows.week import markdown, told, week_of, write_week
from warehouse.errors import StoreError

#: Prefect keeps the versions of an artifact by its key; the newest is shown.
KEY = "khabar-latest"


@flow(name="report", persist_result=False)
def report(home: str | None = None, config: str | None = None) -> State[Any]:
    """Write reports/latest.html in the home, and the same in short as an artifact.

    Args:
        home: Where the data lives; else KHABAR_HOME, else khabar.toml.
        config: A khabar.toml; else KHABAR_CONFIG, else the one in the current folder.
    """
    settings = None
    try:
        settings = settings_of_run(home, config)
        place = settings.home
        week = week_of(place)
        path = write_week(place, week)
    except (UsageError, StoreError) as problem:
        return not_done(problem, settings, "report")
    except Exception as problem:
        tell_of_fault(problem, settings, "report")
        raise
    leave(
        KEY,
        lambda: create_markdown_artifact(markdown(week), key=KEY, description=as_text(str(path))),
    )
    get_run_logger().info("%s: %s", path, told(week))
    return Completed(message=told(week))
