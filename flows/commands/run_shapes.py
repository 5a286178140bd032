"""What `khabar run`, `reprocess` and `doctor` print with --json.

The columns of `runs` are the row model's own, so that a new column is declared in one place.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, create_model

from flows.commands.shapes import Shape
from warehouse.tables import Row, Run


class StageShape(Shape):
    """One stage over all batches of the run: a line of the closing table."""

    stage: str
    unit: str = Field(description="what is counted: page or article")
    rows_in: int = Field(ge=0)
    rows_out: int = Field(ge=0)
    known: int = Field(ge=0, description="left out, since they are known already")
    quarantined: int = Field(ge=0)
    held: int = Field(ge=0)
    checks: int = Field(ge=0, description="rules that were judged")
    seconds: float = Field(ge=0)


class RefusedForShape(Shape):
    """One reason for which pages were refused, with the first of them."""

    stage: str
    rule: str
    reason: str
    records: int = Field(ge=1)
    locator: str
    evidence: str


class FetchedShape(Shape):
    """What came of the pages of one source on the web."""

    source_id: str
    fetched: int = Field(ge=0)
    unchanged: int = Field(ge=0, description="asked for, and as it was at the last fetch")
    disallowed: int = Field(ge=0, description="by robots.txt")
    refused: int = Field(ge=0, description="asking again would not help")
    failed: int = Field(ge=0, description="asking again may help")
    left: int = Field(ge=0, description="for the next run: bounds of pages or time were reached")
    lists: int = Field(ge=0, description="lists that could be had, or were as before")
    problem: str | None = Field(description="why its lists could not all be had")


def columns_of(model: type[Row], *, required: bool) -> dict[str, Any]:
    """Return the columns of a table as fields; not required, each may be missing."""
    made: dict[str, Any] = {}
    for field, info in zip(model.fields(), model.model_fields.values(), strict=True):
        kind: Any = info.annotation
        told = Field(... if required else None, description=field.column.description)
        made[field.name] = (kind if required else kind | None, told)
    return made


def _named(schema: str) -> dict[str, Any]:
    kind: Any = Literal[schema]
    return {"schema_": (kind, Field(schema, alias="schema"))}


FollowedShape = create_model(
    "FollowedShape",
    __base__=Shape,
    __doc__="The run that read pages again with what this one taught: its row of `runs`.",
    **columns_of(Run, required=True)
    | {"snapshot": (int | None, Field(description="of the catalog"))},
)

ENDED: dict[str, Any] = {
    "exit_code": (int, Field(description="0 done, 1 held or failed, 130 interrupted")),
    "home": (str | None, None),
    "headline": (str | None, None),
    "snapshot": (int | None, None),
    "fetched": (list[FetchedShape], []),
    "refused_for": (list[RefusedForShape], []),
    "stages": (list[StageShape], []),
    "report": (str | None, Field(None, description="path of the report")),
    "reprocessed": (FollowedShape | None, None),
    "follow_up_problem": (
        str | None,
        Field(None, description="why pages were not read again; what is published stays so"),
    ),
    "broken_off": (str | None, Field(None, description="what ended the run after its commit")),
    "unshown": (str | None, Field(None, description="why readers do not see the commit yet")),
    "state": (
        Literal["published", "held", "nothing_new", "failed", "refused", "interrupted", "unknown"],
        Field(description="as in runs.state; interrupted and unknown have no row there"),
    ),
}

RunShape = create_model(
    "RunShape",
    __base__=Shape,
    __doc__="What `khabar run --json` prints: its row of `runs`, and what came of it.\n\n"
    "A run that ended before it had a row has state, exit_code, message and home only.",
    **_named("khabar.run/1") | columns_of(Run, required=False) | ENDED,
)

ReprocessShape = create_model(
    "ReprocessShape",
    __base__=Shape,
    __doc__="What `khabar reprocess --json` prints; without anything to read, only its state.",
    **_named("khabar.reprocess/1")
    | columns_of(Run, required=False)
    | ENDED
    | {"exit_code": (int, 0)},
)


class DoctorShape(Shape):
    """One line of `khabar doctor --json`: one thing that was looked at."""

    check: str
    state: Literal["ok", "warn", "fail"]
    found: str
    advice: str = Field(description="what to do; empty where all is well")
