"""How a gate's rule is declared: as data, readable without Great Expectations.

A rule judges one column of one narrow frame (`warehouse/frames.py`): the frame of pages or of
articles has a row for each, the frame of the batch has one row of measures. Rules import nothing
heavy, so that `khabar explain` and the documentation can read them in milliseconds. Rules on a
source (`expectations/source.py`) judge a frame of one row a source and run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, cast, get_args

Stage = Literal["ingest", "clean", "tag", "publish"]
Unit = Literal["page", "article", "batch", "source"]
Scope = Literal["row", "batch", "source"]
Severity = Literal["critical", "warning"]
Kind = Literal["between", "one_of", "absent", "present", "unique"]
Value = str | int | float | bool | date | None

#: Shares of fewer rows than this are noise: one page of ten is 10 %.
SHARES_FROM = 50

EXPECTATIONS: dict[Kind, str] = {
    "between": "expect_column_values_to_be_between",
    "one_of": "expect_column_values_to_be_in_set",
    "absent": "expect_column_values_to_be_null",
    "present": "expect_column_values_to_not_be_null",
    "unique": "expect_column_values_to_be_unique",
}
#: Judges the one row of measures of a batch.
MAX_BETWEEN = "expect_column_max_to_be_between"


#: Ends of columns: the distance of a measure from the usual, the earlier windows it counts from.
DRIFT, WINDOWS = "_drift", "_windows"
#: Fewer earlier windows do not show what is usual.
WINDOWS_FROM = 5

PRESENT = "Nothing can be published, replaced or quarantined without its id."
FAULT = "A fault of the program: report it with `khabar explain` of the record."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One expectation on one column of one frame.

    `between` takes the inclusive bounds `low` and `high` and `one_of` the `values`; both let a
    null pass, as Great Expectations does: a column that must have a value needs `present` too.
    `why` is the threshold's comment: why this number, and what would break if it moved.
    `reason` and `advice` are for a person: what is wrong, and what to do about it.
    A rule with `sample` names the column of the batch frame that holds the number of rows behind
    its share, and is judged from `from_rows` of them up. What breaks a `final` rule no analyst
    can let in: it is a fault of the program, or there is nothing to let in.
    """

    id: str
    stage: Stage
    unit: Unit
    column: str
    severity: Severity
    why: str
    reason: str
    advice: str
    kind: Kind = "between"
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    sample: str | None = None
    from_rows: int = SHARES_FROM
    version: str = "1"
    final: bool = False

    def __post_init__(self) -> None:
        if self.stage not in get_args(Stage) or self.unit not in get_args(Unit):
            raise ValueError(f"{self.id}: no stage {self.stage!r} or no unit {self.unit!r}")
        if not self.id.startswith(f"{self.stage}.{self.unit}."):
            raise ValueError(f"{self.id}: an id begins with its stage and unit")
        if self.kind == "between" and self.low is None and self.high is None:
            raise ValueError(f"{self.id}: a rule without a bound can never fail")

    @property
    def scope(self) -> Scope:
        """Return whether a failure concerns single rows, the batch as a whole or its source.

        A key that is missing or repeated names no row that could be quarantined.
        """
        if self.unit == "source":
            return "source"
        key_rule = self.kind in ("unique", "present")
        return "batch" if self.unit == "batch" or key_rule else "row"

    @property
    def refuses(self) -> bool:
        """Return whether a failing row is refused, and only that row."""
        return self.severity == "critical" and self.scope == "row"

    @property
    def expectation(self) -> str:
        """Return the Great Expectations type that judges the rule.

        A measure of the batch is the only row of its frame, so its maximum is its value; an
        aggregate costs a quarter of what a judgement row by row does.
        """
        if self.unit == "batch" and self.kind == "between":
            return MAX_BETWEEN
        return EXPECTATIONS[self.kind]

    @property
    def threshold(self) -> str:
        """Return what is expected, in words."""
        wanted = f"{self.column} {_wanted(self)}"
        return f"{wanted}, from {self.from_rows} {self.sample} up" if self.sample else wanted

    def holds_for(self, value: Value) -> bool:
        """Return whether one value satisfies the rule; `unique` is no matter of one value."""
        missing = value is None or value != value  # NaN is a missing number, as in pandas
        if self.kind == "absent":
            return missing
        if self.kind == "present":
            return not missing
        if missing or self.kind == "unique":
            return True
        if self.kind == "one_of":
            return value in self.values
        if not isinstance(value, (int, float)):
            raise TypeError(f"{self.id}: {value!r} is no number")
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def no_such(rule_id: str, reason: str) -> Rule:
    """Return the critical rule that a count of faults is 0; its id ends in the frame's column.

    Of a page or an article there is no count below 0; a batch's books can miss or invent a row.
    """
    stage, unit, column = rule_id.split(".")
    return Rule(
        id=rule_id,
        stage=cast("Stage", stage),
        unit=cast("Unit", unit),
        column=column,
        severity="critical",
        low=0 if unit == "batch" else None,
        high=0,
        why="A count of faults: a single one means that the program did not do what it promises, "
        "so any other number than 0 would publish something false.",
        reason=reason,
        advice=FAULT,
        final=True,
    )


def _wanted(rule: Rule) -> str:
    if rule.kind == "between":
        return _interval(rule.low, rule.high)
    if rule.kind == "one_of":
        return "is one of " + ", ".join(rule.values)
    return {"absent": "is empty", "present": "has a value", "unique": "has no value twice"}[
        rule.kind
    ]


def _interval(low: float | None, high: float | None) -> str:
    if high == 0 and low in (None, 0):
        return "= 0"  # what is counted or is a length is never negative
    parts = [f">= {low:g}"] if low is not None else []
    parts += [f"<= {high:g}"] if high is not None else []
    return " and ".join(parts)
