"""What `khabar evaluate --json` prints: one object, the figures rounded to four digits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from flows.commands.shapes import Shape
from warehouse.tables.tag import EntityType

Task = Literal["segments", "html", "dates", "ner", "links"]


class MeasureShape(Shape):
    """One figure with its 95 % bootstrap interval over documents."""

    value: float
    low: float | None = Field(description="null where the group has one document")
    high: float | None


class GroupShape(Shape):
    """The figures of some of the documents."""

    by: Literal["all", "kind", "outlet", "set"]
    name: str
    documents: int = Field(ge=1)
    measures: dict[str, MeasureShape]
    counts: dict[str, int] = Field(description="the sums that the measures are made of")


class WorstShape(Shape):
    """One of the five documents that score lowest."""

    id: str
    value: float = Field(description="line F1 (segments) or token F1 (html)")
    covered: float | None = Field(
        default=None, description="share of the page's text that has a segment; segments only"
    )
    added: list[int] = Field(default=[], description="lines taken for body that are none")
    lost: list[int] = Field(default=[], description="lines of the body that were not taken")


class WrongDateShape(Shape):
    """One date that was read otherwise than the gold has it."""

    raw: str
    expected: str | None
    found: str | None


class FaultShape(Shape):
    """One name that the gold has and the program has not, or the other way round; links only."""

    id: str
    start: int = Field(description="code points of the page's text")
    surface: str
    type: EntityType
    fault: Literal["lost", "added"]


class RefusedShape(Shape):
    """One page that the program could not read; it counts with nothing found."""

    id: str
    rule: str
    reason: str


class LeftOutShape(Shape):
    """Documents of the gold that this task does not score."""

    documents: int
    reason: str


class EvaluateShape(Shape):
    """The scores of one gold file."""

    schema_: Literal["khabar.evaluate/1"] = Field(default="khabar.evaluate/1", alias="schema")
    task: Task
    gold: str
    documents: int
    resamples: int
    groups: list[GroupShape]
    worst: list[WorstShape] = Field(default=[])
    wrong: list[WrongDateShape] = Field(default=[])
    faults: list[FaultShape] = Field(default=[])
    refused: list[RefusedShape] = Field(default=[])
    left_out: list[LeftOutShape] = Field(default=[])


def left_out(*reasons: tuple[str, int]) -> list[LeftOutShape]:
    """Return how many documents each reason leaves out, without the reasons that leave out none."""
    return [LeftOutShape(documents=many, reason=why) for why, many in reasons if many]
