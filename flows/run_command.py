"""`khabar run`: the pipeline from the command line, with progress, a closing table, exit status."""

from __future__ import annotations

import atexit
import json as json_text
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.crew import words_of
from flows.outcome import Outcome
from flows.progress import Silent, TerminalWatch
from flows.settings import Settings, UsageError, load_settings, whole
from transforms.plain import plain

#: Exit status: all published or nothing new; a gate held a batch or the run failed; wrong use.
DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def run(
    paths: Sequence[Path],
    source: str | None = None,
    home: Path | None = None,
    config: Path | None = None,
    json: bool = False,
) -> int:
    """Run pages through the pipeline; return the exit status.

    Wrong use is said before anything starts. With `json` the only thing on standard output is
    one object; progress goes to standard error either way.
    """
    from flows.ingest import plan_reading

    try:
        settings = load_settings(home=home, config=config)
        paths = [whole(path) for path in paths]
        plan_reading(settings, paths, source)
        _check_home(settings.home)
    except UsageError as problem:
        print(plain(str(problem)), file=sys.stderr)
        return WRONG_USE
    try:
        outcome, problem_seen = _run_watched(settings, paths, source, quiet=json)
    except KeyboardInterrupt:
        print("Interrupted: nothing of this run was published.", file=sys.stderr)
        return INTERRUPTED
    if outcome is None:
        _print_failure(problem_seen, settings, json)
        return FAILED
    _print_outcome(outcome, settings, json)
    return outcome.exit_code


def _check_home(home: Path) -> None:
    there = next(path for path in (home, *home.parents) if path.exists())
    if not there.is_dir():
        raise UsageError(f"--home {home}: {there} is a file, and a home is a folder")


def _run_watched(
    settings: Settings, paths: Sequence[Path], source: str | None, *, quiet: bool
) -> tuple[Outcome | None, str]:
    """Run the flow; return its outcome, or None and what was wrong."""
    if quiet:
        return _run_in_prefect(settings, paths, source, Silent())
    with TerminalWatch() as watch:
        return _run_in_prefect(settings, paths, source, watch)


def _run_in_prefect(
    settings: Settings, paths: Sequence[Path], source: str | None, watch: Silent
) -> tuple[Outcome | None, str]:
    from flows.server import Server, ServerError

    server = Server(settings)
    # Prefect sends its last events when the interpreter ends. What is registered first is called
    # last, so that the server outlives them.
    atexit.register(server.stop)
    watch.note(f"Starting Prefect's {'own temporary server' if server.temporary else 'client'}")
    server.start()
    pipeline, watcher = _import_flow()
    try:
        server.wait()
    except ServerError as problem:
        return None, str(problem)
    token = watcher.set(watch)
    try:
        state = pipeline(
            paths=[str(path) for path in paths],
            source=source,
            home=str(settings.home),
            config=str(settings.config_file) if settings.config_file else None,
            return_state=True,
        )
    except Exception as problem:
        return watch.outcome, words_of(problem)
    finally:
        watcher.reset(token)
    return watch.outcome, str(state.message or state.name)


def _import_flow() -> tuple[Any, Any]:
    """Import Prefect and what the gates need, seconds of it, while the server boots."""
    from flows.guard import prepare

    prepare()
    from flows.judge import warm_up
    from flows.pipeline import pipeline, watcher

    warm_up()
    return pipeline, watcher


def _print_outcome(outcome: Outcome, settings: Settings, json: bool) -> None:
    from flows.summary import as_json, print_summary

    if json:
        print(json_text.dumps(as_json(outcome, settings), ensure_ascii=False))
    else:
        print_summary(outcome, settings)


def _print_failure(problem: str, settings: Settings, json: bool) -> None:
    if json:
        failure = {
            "schema": "khabar.run/1", "state": "failed", "exit_code": FAILED,
            "message": problem, "home": str(settings.home),
        }  # fmt: skip
        print(json_text.dumps(failure, ensure_ascii=False))
    else:
        print(f"The run failed, and nothing of it was published: {problem}", file=sys.stderr)
