"""The row rules without Great Expectations: what a gate would say of one row, in microseconds.

For `khabar explain`. The rules are the gate's own; a test proves that both ways agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from expectations.catalogue import rules_of
from expectations.clock import COLUMN, days_ahead
from expectations.refuse import shown
from expectations.rules import Value


def refusal_of(
    stage: str, unit: str, row: Mapping[str, Value], *, today: date | None = None
) -> tuple[str, str, str] | None:
    """Return (rule, reason, evidence) of the refusal of one row of a frame, or None.

    `row` is a row of `warehouse.frames.frames(batch, stage)[unit]`. Dates are judged only against
    a given `today` (UTC). What falls with another record is not seen here.

    Raises:
        KeyError: The row lacks a column that a rule judges.
    """
    judged = dict(row)
    if (published := row.get("published_earliest")) and isinstance(published, date) and today:
        judged[COLUMN] = days_ahead(published, today)
    judged.setdefault(COLUMN, None)
    faults = [
        (rule, judged[rule.column])
        for rule in rules_of(stage, unit)
        if rule.refuses
        if not rule.holds_for(judged[rule.column])
    ]
    return None if not faults else (faults[0][0].id, faults[0][0].reason, shown(faults))
