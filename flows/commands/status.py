"""`khabar status`: what runs, what ran, what is due; asked over plain HTTP, without Prefect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from flows.commands.status_shapes import DueShape, FlowRunShape, RanShape, StatusShape
    from flows.settings import Settings

_SHOWN = 5
_PLANNED = 200
_MESSAGE = 200
_OPEN = ["RUNNING", "PENDING", "CANCELLING"]
_OVER = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
_RAN = (
    "SELECT run_id, kind, state, started_at, seconds, pages_landed, pages_published, "
    "pages_quarantined, pages_held, message FROM run_history ORDER BY started_at DESC LIMIT 5"
)


def run(*, home: Path | None, config: Path | None, as_json: bool, check: bool) -> int:
    """Print the status; with `check` 1 where no `khabar serve` answers, 2 for wrong use."""
    return guarded(lambda: _status(home, config, as_json, check))


def _status(home: Path | None, config: Path | None, as_json: bool, check: bool) -> int:
    from flows.commands.shapes import line
    from flows.settings import load_settings
    from transforms.plain import plain

    settings = load_settings(home=home, config=config)
    found = status_of(settings)
    if as_json:
        print(line(found))
    else:
        for told in _lines(found, ZoneInfo(settings.schedule.timezone)):
            print(plain(told))
    return int(check and not found.serve.answers)


def status_of(settings: Settings) -> StatusShape:
    """Return what runs, what ran and what is due; what cannot be found out is said in it."""
    from flows import service
    from flows.commands.status_shapes import ServeShape, StatusShape
    from warehouse.home import Home
    from warehouse.lock import lock_holder

    home = settings.home
    problems: list[str] = []
    now = datetime.now(UTC)
    holder, served = service.holder(home), service.service_of(home)
    url = served.url if served else None
    answers = url is not None and service.answers(url)
    if url and not answers:
        problems.append(f"the server of {holder} does not answer at {url}")
    titles = service.titles(url) if url and answers else {}
    asked = url if answers else None
    return StatusShape(
        home=str(home),
        at=now,
        serve=ServeShape(alive=holder is not None, answers=answers, holder=holder, url=url),
        writer=lock_holder(Home.at(home).lock),
        running=_flow_runs(asked, _OPEN, titles, problems),
        ended=_flow_runs(asked, _OVER, titles, problems),
        ran=_ran(home, problems),
        due=_due(settings, asked, titles, now, problems),
        problems=problems,
    )


def _flow_runs(
    url: str | None, kinds: list[str], titles: dict[str, str], problems: list[str]
) -> list[FlowRunShape]:
    from flows.commands.status_shapes import FlowRunShape

    return [
        FlowRunShape(
            deployment=titles.get(run["deployment_id"], "?"),
            state=run["state"]["name"],
            due_at=run["expected_start_time"],
            started_at=run["start_time"],
            ended_at=run["end_time"],
            message=run["state"]["message"] or None,
        )
        for run in _asked(url, kinds, "EXPECTED_START_TIME_DESC", _SHOWN, problems)
    ]


def _asked(
    url: str | None, kinds: list[str], sort: str, limit: int, problems: list[str]
) -> list[dict[str, Any]]:
    """Return runs of deployments from the server; none where there is none."""
    from flows import service

    if url is None:
        return []
    wanted = {"state": {"type": {"any_": kinds}}, "deployment_id": {"is_null_": False}}
    try:
        found: list[dict[str, Any]] = service.ask(
            url, "/flow_runs/filter", flow_runs=wanted, sort=sort, limit=limit
        )
    except (OSError, ValueError) as problem:
        problems.append(f"the server does not say what is {kinds[0].lower()}: {problem}")
        return []
    return found


def _ran(home: Path, problems: list[str]) -> list[RanShape]:
    """Return the last rows of `runs`; none where nothing has been published yet."""
    from flows.commands.status_shapes import RanShape
    from warehouse.home import Home

    if not Home.at(home).database.exists():
        return []
    import duckdb

    from warehouse.errors import StoreError
    from warehouse.reader import connect

    try:
        with connect(home) as reader:
            rows = reader.execute(_RAN).fetchall()
    except (duckdb.Error, StoreError) as problem:
        problems.append(f"the table of runs cannot be read: {str(problem).splitlines()[0]}")
        return []
    return [RanShape(**dict(zip(RanShape.model_fields, row, strict=True))) for row in rows]


def _due(
    settings: Settings, url: str | None, titles: dict[str, str], now: datetime, problems: list[str]
) -> list[DueShape]:
    """Return when each deployment is due: as the server plans, else by its cron."""
    from flows.commands.status_shapes import DueShape
    from flows.deployments import deployments
    from flows.schedule import MAIN, ScheduleError, coming

    planned: dict[str, datetime] = {}
    for run in _asked(url, ["SCHEDULED"], "EXPECTED_START_TIME_ASC", _PLANNED, problems):
        at = datetime.fromisoformat(run["expected_start_time"])
        planned.setdefault(titles.get(run["deployment_id"], "?"), at)
    try:
        groups, idle = settings.groups
        wanted = deployments(settings.schedule, groups or [MAIN], idle)
    except ScheduleError as problem:
        problems.append(str(problem))
        return []
    due = [
        DueShape(
            deployment=each.title,
            cron=each.cron,
            timezone=each.timezone,
            at=planned.get(each.title) or next(coming(each.cron, each.timezone, now)),
            planned=each.title in planned,
        )
        for each in wanted
    ]
    return sorted(due, key=lambda each: each.at)


def _lines(found: StatusShape, zone: ZoneInfo) -> Iterator[str]:
    """Yield the status as a person reads it, all times in the zone of the schedule."""
    serve = found.serve
    if serve.holder:
        yield f"serve    {serve.holder}; " + (
            f"API {serve.url}" if serve.answers else "its server does not answer"
        )
    else:
        yield f"serve    nobody serves {found.home} (khabar serve)"
    yield f"writing  {found.writer or 'nobody'}"
    for run in found.running:
        yield f"running  {_time(run.started_at or run.due_at, zone)}  {run.deployment}  {run.state}"
    for due in found.due:
        told = "" if serve.alive else "  (were it served)"
        yield f"due      {_time(due.at, zone)}  {due.deployment}  {due.cron}{told}"
    for run in found.ended:
        at = _time(run.started_at or run.due_at, zone)
        yield f"ended    {at}  {run.deployment}  {_told(run.state, run.message)}"
    for ran in found.ran:
        counted = f"{ran.pages_landed} pages in, {ran.pages_published} published"
        counted += f", {ran.pages_quarantined} quarantined" if ran.pages_quarantined else ""
        counted += f", {ran.pages_held} held" if ran.pages_held else ""
        told = _told(f"{ran.kind}  {ran.state}  {counted}", ran.message)
        yield f"ran      {_time(ran.started_at, zone)}  {told}"
    if not found.ran:
        yield "ran      nothing yet"
    for problem in found.problems:
        yield f"problem  {problem}"


def _told(word: str, message: str | None) -> str:
    from transforms.plain import one_line

    return f"{word}: {one_line(message, _MESSAGE)}" if message else word


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}" if at else "?"
