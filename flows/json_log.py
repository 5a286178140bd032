"""A run's log as JSON lines, for programs that gather logs: `log_format = "json"` in khabar.toml.

One object a line on standard error: `time` (ISO 8601, UTC), `level`, `event`, `message`, and
`run_id`, `source_id`, `batch_id`, `stage` where they are known.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TextIO

from flows.progress import Silent, TerminalWatch
from flows.settings import Settings
from transforms.plain import one_line
from warehouse.staging import source_of

if TYPE_CHECKING:
    from flows.outcome import Outcome

_MESSAGE = 2_000


class JsonWatch(Silent):
    """Writes one JSON object an event, at once: whoever reads along sees it when it happens."""

    def __init__(self, to: TextIO) -> None:
        super().__init__()
        self._to = to
        self._run_id: str | None = None

    def started(self, run_id: str) -> None:
        """Say so; every later line has the id."""
        self._run_id = run_id
        self._say("info", "started", f"run {run_id}")

    def note(self, text: str) -> None:
        """Say it."""
        self._say("info", "note", text)

    def begin(self, batch_id: str, stage: str) -> None:
        """Say that a stage of a batch begins, so that its time can be told."""
        self._say("debug", "stage_begun", f"{batch_id} {stage}", batch_id, stage)

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        """Say what went in and came out."""
        self._say("info", "stage_done", text, batch_id, stage)

    def held(self, batch_id: str, text: str) -> None:
        """Say why a batch goes no further."""
        self._say("error", "held", text, batch_id)

    def publishing(self, run_id: str) -> None:
        """Say that the transaction begins."""
        super().publishing(run_id)
        self._run_id = run_id
        self._say("info", "publishing", f"publishing run {run_id}")

    def unpublished(self) -> None:
        """Say that the run ends without its tables."""
        super().unpublished()
        self._say("error", "unpublished", "nothing of the run was published")

    def finished(self, outcome: Outcome) -> None:
        """Say how the run ends, with its counts."""
        super().finished(outcome)
        run = outcome.run
        self._run_id = run.run_id
        ends = ("landed", "published", "duplicate", "quarantined", "held")
        counts = {
            f"{unit}_{end}": getattr(run, f"{unit}_{end}")
            for unit in ("pages", "articles")
            for end in ends
        }
        level: Level = "error" if outcome.exit_code else "info"
        told = {"state": run.state, "exit_code": outcome.exit_code, "seconds": run.seconds}
        self._say(level, "finished", outcome.headline, more=told | counts)

    def _say(
        self, level: Level, event: str, text: str, batch_id: str | None = None,
        stage: str | None = None, more: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": level,
            "event": event,
            "message": one_line(text, _MESSAGE),
            "run_id": self._run_id,
            "source_id": source_of(batch_id) if batch_id else None,
            "batch_id": batch_id,
            "stage": stage,
        }
        known = {name: value for name, value in line.items() if value is not None}
        # A log whose reader is gone, or whose disk is full, ends no run.
        with suppress(OSError):
            self._to.write(json.dumps({**known, **(more or {})}, ensure_ascii=False) + "\n")
            self._to.flush()


Level = Literal["debug", "info", "error"]


def watch_of(settings: Settings, *, quiet: bool) -> Silent:
    """Return who tells a command's run on standard error, as the settings say; `quiet`: nobody."""
    if settings.log_format == "json":
        return JsonWatch(sys.stderr)
    return Silent() if quiet else TerminalWatch()
