"""What `khabar serve` says: what is due, and a line where a run begins or ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from flows import service
from flows.deployments import Deployment
from flows.schedule import coming
from transforms.plain import one_line

_LATEST = 50
#: A line of a terminal and a half: what a run says of itself at more length is in its report.
_MESSAGE = 160
_WORDS = {
    "RUNNING": "started", "COMPLETED": "done", "FAILED": "FAILED", "CRASHED": "CRASHED",
    "CANCELLED": "cancelled",
}  # fmt: skip


def due_lines(wanted: Sequence[Deployment]) -> Iterator[str]:
    """Yield when each deployment is due next, the first first, in the schedule's time zone."""
    now = datetime.now(UTC)
    due = [(time, d) for d in wanted for time in islice(coming(d.cron, d.timezone, now), 1)]
    width = max(len(d.title) for d in wanted)
    for time, d in sorted(due, key=lambda each: each[0]):
        yield f"due {time:%Y-%m-%d %H:%M} {d.timezone}  {d.title:{width}}  {d.cron}"


class Lines:
    """What has changed since the last look at the server's runs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._titles: dict[str, str] = {}
        self._seen: dict[str, str] = {run["id"]: run["state"]["id"] for run in self._runs()}

    def news(self) -> Iterator[str]:
        """Yield a line a change, the earliest first; one for all runs that were skipped."""
        skipped: dict[str, int] = {}
        for run in reversed(self._runs()):
            state = run["state"]
            if self._seen.get(run["id"]) == state["id"]:
                continue
            self._seen[run["id"]] = state["id"]
            title = self._title(run["deployment_id"])
            if state["name"] == "Skipped":
                skipped[title] = skipped.get(title, 0) + 1
            elif word := _WORDS.get(state["type"]):
                yield _line(title, word, state["message"])
        for title, count in skipped.items():
            yield _line(title, f"{count} missed run(s) skipped", None)

    def _runs(self) -> list[dict[str, Any]]:
        """Return the latest runs that are under way or over; a server that is busy says nothing."""
        begun = {"state": {"type": {"not_any_": ["SCHEDULED", "PENDING"]}}}
        of_deployments = {"deployment_id": {"is_null_": False}}
        try:
            found: list[dict[str, Any]] = service.ask(
                self._url, "/flow_runs/filter", flow_runs=begun | of_deployments,
                sort="EXPECTED_START_TIME_DESC", limit=_LATEST,
            )  # fmt: skip
        except (OSError, ValueError):
            return []
        return found

    def _title(self, deployment_id: str) -> str:
        if deployment_id not in self._titles:
            self._titles |= service.titles(self._url)
        return self._titles.get(deployment_id, "a run")


def _line(title: str, word: str, message: str | None) -> str:
    told = f": {one_line(message, _MESSAGE)}" if message and word != "started" else ""
    return f"{title} {word}{told}"
