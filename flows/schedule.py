"""When what runs: the `[schedule]` table of khabar.toml.

Crons have five fields (minute hour day month weekday) and are read in one time zone. That is UTC
unless another is named: it means the same on every machine, and no hour of the year is missing
or comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

#: The group of a source that names none.
MAIN = "main"
#: How a group is written: its name becomes part of a deployment's.
Group = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=40)]
CatchUp = Literal["latest", "none"]
_FIELDS = 5
_TERM = re.compile(r"[0-9A-Za-z*/,-]+")
#: What some programs read into a field beyond the standard: last, nearest weekday, nth, hash.
_BEYOND = re.compile(r"(?<![A-Z])(L|W|LW|H|R)(?![A-Z])|[0-9]L")


class ScheduleError(ValueError):
    """A group of the schedule is unknown; the message says which are there."""


def _cron(text: str) -> str:
    """Return a cron with single blanks between its fields; ValueError where it is none.

    Refused is what the scheduler and the computation of `khabar status` would read differently.
    """
    fields = text.upper().split()
    if len(fields) != _FIELDS:
        raise ValueError(
            f"a cron has five fields (minute hour day month weekday), here are {len(fields)}; "
            '"15 * * * *" is a quarter past every hour'
        )
    for field in fields:
        if not _TERM.fullmatch(field) or _BEYOND.search(field):
            raise ValueError(f"a field of a cron has numbers, names, * / , - only, not {field}")
    if "*" not in (fields[2], fields[4]):
        raise ValueError("day and weekday together are read differently: leave one of them *")
    try:
        next(CronSim(" ".join(fields), datetime(2024, 1, 1, tzinfo=UTC)))
    except CronSimError as problem:
        raise ValueError(f"no cron: {str(problem).lower()}") from None
    return " ".join(fields)


def _timezone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):
        raise ValueError(
            f"{name!r} is no time zone; it is written as in Asia/Riyadh, Africa/Tunis or UTC"
        ) from None


Cron = Annotated[str, AfterValidator(_cron)]


class Schedule(BaseModel):
    """The `[schedule]` table: what `khabar serve` runs when. It changes no row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    #: A quarter past: crawls end on the hour.
    pipeline: Cron = "15 * * * *"
    #: A group of sources by its own cron; the groups that are not named run by `pipeline`.
    groups: Mapping[Group, Cron] = {}
    #: Between two runs of the pipeline, when the night's runs are in and people are not.
    report: Cron = "50 5 * * *"
    maintain: Cron = "40 3 * * *"
    #: Once a week: every run refreshes what it brings enough news for; this takes up the rest.
    reprocess: Cron = "45 2 * * SUN"
    #: After sleep: the newest of the missed runs is done and the others are skipped, or all are.
    catch_up: CatchUp = "latest"
    #: How long runs may take to end once `khabar serve` is told to stop. What is broken off then
    #: has published nothing and is read again by the next run.
    stop_seconds: Annotated[int, Field(ge=0, le=3600)] = 60

    def of_groups(self, groups: Iterable[str], idle: Iterable[str] = ()) -> dict[str, str]:
        """Return the cron of every group of sources, in order; of `idle` ones a cron may be given.

        Raises:
            ScheduleError: A cron is given for a group that no source is in.
        """
        known = sorted(set(groups))
        if unknown := sorted(set(self.groups) - {*known, *idle}):
            raise ScheduleError(
                f"[schedule.groups] {', '.join(unknown)}: no source is in that group; "
                f"there are: {', '.join(known) or 'none'}"
            )
        return {group: self.groups.get(group, self.pipeline) for group in known}


def coming(cron: str, timezone: str, after: datetime) -> Iterator[datetime]:
    """Yield the times of a cron after an instant, in its time zone, without end."""
    yield from CronSim(cron, after.astimezone(ZoneInfo(timezone)))
