"""What `khabar status` prints with --json."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from flows.commands.shapes import Shape


class ServeShape(Shape):
    """Who serves the home; all null but `alive` where nobody does."""

    alive: bool = Field(description="whether a `khabar serve` holds the home")
    answers: bool = Field(description="whether its Prefect server answers")
    holder: str | None = Field(description="process, host and since when, in words")
    url: str | None = Field(description="its API, of this machine only; null until it is ready")


class FlowRunShape(Shape):
    """One run of a deployment, as Prefect's server has it."""

    deployment: str = Field(description="the flow, and the group of sources where it has some")
    state: str = Field(description="Running, Pending, Completed, Failed, Crashed, Skipped, ...")
    due_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    message: str | None


class RanShape(Shape):
    """One run of the table `runs`."""

    run_id: str
    kind: str
    state: str
    started_at: datetime
    seconds: float
    pages_landed: int
    pages_published: int
    pages_quarantined: int
    pages_held: int
    message: str | None


class DueShape(Shape):
    """When a deployment is due next."""

    deployment: str
    cron: str
    timezone: str
    at: datetime
    planned: bool = Field(description="by the server; else counted from the cron")


class StatusShape(Shape):
    """What `khabar status --json` prints; all times with their offset."""

    schema_: Literal["khabar.status/1"] = Field(default="khabar.status/1", alias="schema")
    home: str
    at: datetime = Field(description="when it was asked")
    serve: ServeShape
    writer: str | None = Field(description="who writes to the warehouse now, in words")
    running: list[FlowRunShape]
    ended: list[FlowRunShape] = Field(description="the last runs of deployments; newest first")
    ran: list[RanShape] = Field(description="the last rows of `runs`; newest first")
    due: list[DueShape] = Field(description="the first first; also where nobody serves the home")
    problems: list[str] = Field(description="what could not be found out, and why")
