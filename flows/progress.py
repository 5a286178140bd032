"""What a run tells while it runs: to nobody, to a terminal, or to a Prefect run's log.

A watcher is told; it never decides anything. What it is told is already fit for a log.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from flows.outcome import Outcome


class Watch(Protocol):
    """Told what happens, in the order in which it happens."""

    def started(self, run_id: str) -> None:
        """A run begins; all that follows is of it, until another one begins."""

    def note(self, text: str) -> None:
        """Something that takes a while begins: a server starts, a source is read."""

    def begin(self, batch_id: str, stage: str) -> None:
        """A stage of a batch begins."""

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        """A stage of a batch and its gate are done; `text` has the counts."""

    def held(self, batch_id: str, text: str) -> None:
        """A batch goes no further; `text` says why."""

    def publishing(self, run_id: str) -> None:
        """The transaction of the run is begun; until more is told, how it ends is unknown."""

    def unpublished(self) -> None:
        """It is known that nothing of the run was published."""

    def finished(self, outcome: Outcome) -> None:
        """It is known how the run ends; what is left to do changes nothing of it."""


class Silent:
    """Told everything, says nothing; keeps the outcome.

    `uncertain` is the id of a run of which it is not known whether it was published.
    """

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.uncertain: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what is shown."""

    def started(self, run_id: str) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def begin(self, batch_id: str, stage: str) -> None:
        """Say nothing."""

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        """Say nothing."""

    def held(self, batch_id: str, text: str) -> None:
        """Say nothing."""

    def publishing(self, run_id: str) -> None:
        """Keep the id."""
        self.uncertain = run_id

    def unpublished(self) -> None:
        """Forget the id."""
        self.uncertain = None

    def finished(self, outcome: Outcome) -> None:
        """Keep the outcome."""
        self.outcome, self.uncertain = outcome, None


class LogWatch:
    """Writes one log line a stage of a batch, naming source, batch and counts."""

    def __init__(self, log: logging.Logger | logging.LoggerAdapter[logging.Logger]) -> None:
        self._log = log

    def started(self, run_id: str) -> None:
        """Log at INFO."""
        self._log.info("run %s", run_id)

    def note(self, text: str) -> None:
        """Log at INFO."""
        self._log.info(text)

    def begin(self, batch_id: str, stage: str) -> None:
        """Log nothing: one line a stage of a batch is enough."""

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        """Log at INFO."""
        self._log.info("%s %s: %s", batch_id, stage, text)

    def held(self, batch_id: str, text: str) -> None:
        """Log at ERROR: someone must look at it."""
        self._log.error("%s held: %s", batch_id, text)

    def publishing(self, run_id: str) -> None:
        """Log at INFO."""
        self._log.info("publishing run %s", run_id)

    def unpublished(self) -> None:
        """Log at ERROR: the run ends without its tables."""
        self._log.error("nothing of the run was published")

    def finished(self, outcome: Outcome) -> None:
        """Log the end at INFO."""
        self._log.info("run %s: %s", outcome.run.run_id, outcome.headline)


class TerminalWatch(Silent):
    """A status line on standard error; where that is no terminal, one plain line an event."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console

        self._console: Console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status = self._console.status("")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def note(self, text: str) -> None:
        """Show what is going on now."""
        if self._status is None:
            self._console.print(text)
        self._show(text)

    def begin(self, batch_id: str, stage: str) -> None:
        """Show what is going on now."""
        self._show(f"{batch_id}  {stage} ...")

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        """Show the last stage done; a line of its own only once a batch, when it is tagged."""
        line = f"{batch_id}  {stage}  {text}"
        self._show(line)
        if stage == "tag" or self._status is None:
            self._console.print(line)

    def held(self, batch_id: str, text: str) -> None:
        """Show it on a line of its own."""
        self._console.print(f"{batch_id}  held  {text}", style="bold red")

    def publishing(self, run_id: str) -> None:
        """Show what is going on now."""
        super().publishing(run_id)
        self.note("publishing")

    def _show(self, text: str) -> None:
        from rich.text import Text

        if self._status is not None:
            self._status.update(Text(text))  # a plain str would be read as markup


class Both:
    """Tells two watchers."""

    def __init__(self, first: Watch, second: Watch) -> None:
        self._watches = (first, second)

    def started(self, run_id: str) -> None:
        """Tell both."""
        for each in self._watches:
            each.started(run_id)

    def note(self, text: str) -> None:
        """Tell both."""
        for each in self._watches:
            each.note(text)

    def begin(self, batch_id: str, stage: str) -> None:
        """Tell both."""
        for each in self._watches:
            each.begin(batch_id, stage)

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        """Tell both."""
        for each in self._watches:
            each.stage(batch_id, stage, text)

    def held(self, batch_id: str, text: str) -> None:
        """Tell both."""
        for each in self._watches:
            each.held(batch_id, text)

    def publishing(self, run_id: str) -> None:
        """Tell both."""
        for each in self._watches:
            each.publishing(run_id)

    def unpublished(self) -> None:
        """Tell both."""
        for each in self._watches:
            each.unpublished()

    def finished(self, outcome: Outcome) -> None:
        """Tell both."""
        for each in self._watches:
            each.finished(outcome)


class Following:
    """Tells of a run that follows another one, which is over and has been told of."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def started(self, run_id: str) -> None:
        """Pass it on."""
        self._watch.started(run_id)

    def note(self, text: str) -> None:
        """Pass it on."""
        self._watch.note(text)

    def begin(self, batch_id: str, stage: str) -> None:
        """Pass it on."""
        self._watch.begin(batch_id, stage)

    def stage(self, batch_id: str, stage: str, text: str) -> None:
        """Pass it on."""
        self._watch.stage(batch_id, stage, text)

    def held(self, batch_id: str, text: str) -> None:
        """Pass it on."""
        self._watch.held(batch_id, text)

    def publishing(self, run_id: str) -> None:
        """Say so; the run before stays published, however this one ends."""
        self._watch.note(f"publishing what was read again: {run_id}")

    def unpublished(self) -> None:
        """Say nothing: the run before is published."""

    def finished(self, outcome: Outcome) -> None:
        """Say nothing: its outcome is told with that of the run before."""
