"""`khabar explain` judges without Great Expectations; on any row both must say the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.catalogue import rules_of
from expectations.gate import Verdict
from expectations.preview import refusal_of
from expectations.rules import Rule

Gate = Callable[..., Verdict]
Row = dict[str, Any]
UNITS = [("ingest", "page"), ("clean", "page"), ("clean", "article"), ("tag", "article")]


def near(rules: list[Rule], good: Any) -> st.SearchStrategy[Any]:
    """Values on, just below and just above every bound that some rule sets to a column."""
    kinds = {rule.kind for rule in rules}
    if "one_of" in kinds:
        return st.sampled_from(["ar", "fa", "und", "AR", "", None])
    if "absent" in kinds:
        return st.sampled_from([None, "payload_bytes=0", ""])
    step: float = 0.001 if isinstance(good, float) else 1
    bounds = [bound for rule in rules for bound in (rule.low, rule.high) if bound is not None]
    values = [type(good)(b + d) for b in bounds for d in (-step, 0, step)]
    extra: list[Any] = (
        [None, float("nan")] if isinstance(good, float) else [None, 10**12, -(10**12)]
    )
    return st.sampled_from([good, *values, *extra])


def rows_of(stage: str, unit: str, good: Row) -> st.SearchStrategy[list[Row]]:
    judged = [rule for rule in rules_of(stage, unit) if rule.scope == "row"]
    columns: dict[str, st.SearchStrategy[Any]] = {}
    for column in {rule.column for rule in judged} & good.keys():
        columns[column] = near([rule for rule in judged if rule.column == column], good[column])
    if unit == "article" and stage == "clean":
        day = date(2026, 3, 1)
        days = [day + timedelta(days=n) for n in (-9000, -1, 0, 1, 2, 3000)]
        columns["published_earliest"] = st.sampled_from([None, *days])
    change = st.fixed_dictionaries({}, optional=columns)
    return st.lists(change, min_size=1, max_size=30)


@pytest.mark.parametrize(("stage", "unit"), UNITS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_preview_and_gate_agree(
    stage: str,
    unit: str,
    data: st.DataObject,
    gate: Gate,
    good_row: Callable[[str, str], Row],
    at: datetime,
) -> None:
    good = good_row(stage, unit)
    rows = data.draw(rows_of(stage, unit, good))
    verdict = gate(stage, {unit: rows})
    by_gate = {
        row.record_id: (row.rule, row.reason, row.evidence)
        for row in verdict.quarantine
        if row.unit == unit
    }
    by_preview = {
        f"{unit[0]}{number}": refusal
        for number, row in enumerate(rows)
        if (refusal := refusal_of(stage, unit, good | row, today=at.date()))
    }
    assert by_preview == by_gate


def test_without_a_day_the_future_is_not_judged(good_row: Callable[[str, str], Row]) -> None:
    row = good_row("clean", "article") | {"published_earliest": date(2999, 1, 1)}
    assert refusal_of("clean", "article", row) is None
    refusal = refusal_of("clean", "article", row, today=date(2026, 3, 1))
    assert refusal is not None
    assert refusal[0] == "clean.article.published_days_ahead"


def test_a_row_that_lacks_a_judged_column_is_no_pass(good_row: Callable[[str, str], Row]) -> None:
    row = good_row("ingest", "page")
    del row["control_share"]
    with pytest.raises(KeyError, match="control_share"):
        refusal_of("ingest", "page", row)


def test_units_without_rules_refuse_nothing() -> None:
    assert refusal_of("clean", "links", {"article_id": "a"}) is None
