"""The main flow, in Prefect: ingest, gate, clean, gate, tag, gate, publish.

Deployed by its dotted entrypoint `flows.pipeline.pipeline`. The work is in `flows.run` and the
stages; here each step becomes a task, a handful a batch, and paths (a `Batch`) pass between them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from prefect import State, Task, flow, get_run_logger
from prefect.cache_policies import NO_CACHE
from prefect.runtime import deployment

from flows.clean import clean_batch
from flows.fetch.crawl import crawl
from flows.flow_end import ended, not_done, tell_of_fault
from flows.ingest import ingest_batch
from flows.json_log import JsonWatch
from flows.judge import judge_batch
from flows.progress import Both, LogWatch, Watch
from flows.publish import publish_edition
from flows.recall import recall_batch
from flows.run import Steps, run_pipeline
from flows.settings import Settings, UsageError, load_settings
from flows.tag import tag_batch
from warehouse.errors import StoreError

P = ParamSpec("P")
R = TypeVar("R")

#: Who else is told what happens; `khabar run` puts its terminal here.
watcher: ContextVar[Watch | None] = ContextVar("watcher", default=None)


def _may_pass(_task: object, _run: object, state: State[Any]) -> bool:
    """Whether trying again can help: a file system or a catalog that was busy, nothing else."""
    import duckdb

    problem = state.result(raise_on_failure=False)
    return isinstance(problem, (OSError, duckdb.IOException, duckdb.TransactionException))


def _as_task(step: Callable[P, R], run_name: str | None = None, **options: Any) -> Callable[P, R]:
    """Return a step as a Prefect task.

    Nothing is cached or persisted: what a task hands on is a path, and the store knows what is
    new.
    """
    return Task(
        step,
        name=step.__name__.partition("_")[0],
        task_run_name=run_name,
        cache_policy=NO_CACHE,
        persist_result=False,
        cache_result_in_memory=False,
        **options,
    )


STEPS = Steps(
    fetch=_as_task(crawl, "fetch"),
    ingest=_as_task(ingest_batch, "ingest {batch.batch_id}"),
    recall=_as_task(recall_batch, "recall {batch.batch_id}"),
    clean=_as_task(clean_batch, "clean {batch.batch_id}"),
    tag=_as_task(tag_batch, "tag {batch.batch_id}"),
    gate=_as_task(judge_batch, "{stage} gate {batch.batch_id}"),
    publish=_as_task(
        publish_edition, retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=_may_pass
    ),
)


def settings_of_run(home: str | None, config: str | None) -> Settings:
    """Return the settings; a run of a deployment must be told its home.

    Raises:
        UsageError: A worker runs a flow in a folder that it removes; a home there would be lost.
    """
    settings = load_settings(home=home, config=config)
    if deployment.id and "home" not in settings.model_fields_set:
        raise UsageError(
            "the deployment has no home: set KHABAR_HOME (absolute) before `prefect deploy`, "
            "or `home` in khabar.toml"
        )
    return settings


def watch_of_flow(settings: Settings) -> Watch:
    """Return who is told what happens: Prefect's log, and the terminal or a log of JSON lines."""
    log = LogWatch(get_run_logger())
    also = watcher.get()
    if also is None and settings.log_format == "json":
        also = JsonWatch(sys.stderr)
    return Both(log, also) if also else log


@flow(name="pipeline", persist_result=False)
def pipeline(
    paths: list[str] | None = None,
    source: str | None = None,
    home: str | None = None,
    config: str | None = None,
    group: str | None = None,
) -> State[Any]:
    """Run pages through ingest, clean, tag and publish, with a gate after every stage.

    Args:
        paths: Files and folders, absolute; without any, the sources of khabar.toml.
        source: Id of the source of these pages, where it is not to be found out.
        home: Where the data lives; else KHABAR_HOME, else khabar.toml, else ./data.
        config: A khabar.toml; else KHABAR_CONFIG, else the one in the current folder.
        group: Without paths, only the sources that khabar.toml puts in this group.
    """
    settings = None
    try:
        settings = settings_of_run(home, config)
        outcome = run_pipeline(
            settings,
            [Path(path) for path in paths or ()],
            source,
            group=group,
            steps=STEPS,
            watch=watch_of_flow(settings),
        )
    except (UsageError, StoreError) as problem:
        return not_done(problem, settings, "pipeline")
    except Exception as problem:
        tell_of_fault(problem, settings, "pipeline")
        raise
    return ended(outcome, settings)
