"""`khabar run`: the pipeline from the command line, with progress, a closing table, exit status."""

from __future__ import annotations

import atexit
import json as json_text
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from flows.aftermath import unknown_end
from flows.crew import words_of
from flows.home import make_home
from flows.json_log import watch_of
from flows.outcome import Outcome
from flows.progress import Silent
from flows.settings import Settings, UsageError, load_settings, whole
from flows.sources.spool import DEFAULT_FORMAT, spooled
from transforms.plain import plain

#: Exit status: done; a gate held a batch or the run failed; wrong use; interrupted before anything
#: was published.
DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
STANDARD_INPUT = Path("-")


class End(NamedTuple):
    """How the run ended, as far as it is known: `uncertain` is the id of one that is not."""

    outcome: Outcome | None
    uncertain: str | None
    problem: str | None
    """What went wrong, in words; None where the run was interrupted."""

    @property
    def exit_code(self) -> int:
        """Return the exit status: what was done decides, not what came after."""
        if self.outcome is not None:
            return self.outcome.exit_code
        return INTERRUPTED if self.problem is None and self.uncertain is None else FAILED

    @property
    def message(self) -> str:
        """Return how a run without an outcome ended."""
        if self.uncertain is not None:
            why = self.problem or "interrupted"
            return why if self.uncertain in why else unknown_end(self.uncertain, why)
        if self.problem is None:
            return "Interrupted: nothing of this run was published."
        return f"The run failed, and nothing of it was published: {self.problem}"


def run(
    paths: Sequence[Path],
    source: str | None = None,
    home: Path | None = None,
    config: Path | None = None,
    json: bool = False,
    form: str | None = None,
) -> int:
    """Run pages through the pipeline; return the exit status.

    The path `-` is standard input, in the format `form`; it belongs to the source that is named.

    Wrong use is said before anything starts. With `json` the only thing on standard output is
    one object; progress goes to standard error either way.
    """
    from flows.ingest import plan_reading
    from warehouse.decisions import decisions_of
    from warehouse.errors import DecisionsRefused

    with ExitStack() as input_kept:
        try:
            settings = load_settings(home=home, config=config)
            if _is_piped(paths, source, form):
                make_home(settings.home)
                form = form or DEFAULT_FORMAT
                paths = [input_kept.enter_context(spooled(sys.stdin.buffer, form, settings.home))]
            paths = [whole(path) for path in paths]
            plan_reading(settings, paths, source)
            make_home(settings.home)
            decisions_of(settings.home)
        except (UsageError, DecisionsRefused) as problem:
            print(plain(str(problem)), file=sys.stderr)
            return WRONG_USE
        except KeyboardInterrupt:
            return INTERRUPTED
        end = _run_watched(settings, paths, source, quiet=json)
    _leave_at_once_when_interrupted(end.exit_code)
    _print_end(end, settings, json)
    return end.exit_code


def _is_piped(paths: Sequence[Path], source: str | None, form: str | None) -> bool:
    """Return whether standard input is to be read, which has no name to call a source after."""
    if STANDARD_INPUT not in paths:
        if form is not None:
            raise UsageError("--format says what standard input is: khabar run - --format csv ...")
        return False
    if len(paths) > 1:
        raise UsageError("-: standard input is read by itself, without other files")
    if source is None:
        raise UsageError("-: name the source that standard input belongs to: --source ID")
    return True


def _run_watched(
    settings: Settings, paths: Sequence[Path], source: str | None, *, quiet: bool
) -> End:
    watch = watch_of(settings, quiet=quiet)
    problem = None
    try:
        with watch:
            problem = _run_in_prefect(settings, paths, source, watch)
    except KeyboardInterrupt:
        if watch.outcome is not None:
            print("Interrupted; what the run has done stands.", file=sys.stderr)
    return End(watch.outcome, watch.uncertain, problem)


def _run_in_prefect(
    settings: Settings, paths: Sequence[Path], source: str | None, watch: Silent
) -> str:
    """Run the flow, which tells `watch` its outcome; return how Prefect calls the end."""
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
        return str(problem)
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
        return words_of(problem)
    finally:
        watcher.reset(token)
    return str(state.message or state.name)


def _import_flow() -> tuple[Any, Any]:
    """Import Prefect and what the gates need, seconds of it, while the server boots."""
    from flows.guard import prepare

    prepare()
    from flows.judge import warm_up
    from flows.pipeline import pipeline, watcher

    warm_up()
    return pipeline, watcher


def _leave_at_once_when_interrupted(status: int) -> None:
    """From here on Ctrl+C shortens the wind-up and changes nothing of what is decided.

    The temporary server ends with its parent, however that ends.
    """
    signal.signal(signal.SIGINT, lambda *_: os._exit(status))


def _print_end(end: End, settings: Settings, json: bool) -> None:
    from flows.summary import as_json, print_summary

    if end.outcome is not None and json:
        print(json_text.dumps(as_json(end.outcome, settings), ensure_ascii=False))
    elif end.outcome is not None:
        print_summary(end.outcome, settings)
    elif json:
        print(json_text.dumps(_without_outcome(end, settings), ensure_ascii=False))
    else:
        print(end.message, file=sys.stderr)
    sys.stdout.flush()


def _without_outcome(end: End, settings: Settings) -> dict[str, Any]:
    interrupted = end.problem is None
    return {
        "schema": "khabar.run/1",
        "run_id": end.uncertain,
        "state": "unknown" if end.uncertain else "interrupted" if interrupted else "failed",
        "exit_code": end.exit_code,
        "message": end.message,
        "home": str(settings.home),
    }
