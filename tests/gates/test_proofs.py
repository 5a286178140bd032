"""Measures of a whole column spare the judgement row by row, and decide as that would."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from expectations import suite
from expectations.rules import Kind, Rule, Stage, Unit
from expectations.suite import Outcome, judge_frame

NUMBERS = st.sampled_from([None, float("nan"), -0.1, 0.0, 0.5, 1.0, 1.1])
WORDS = st.sampled_from([None, "", "ar", "fa", "AR"])
COLUMNS = st.one_of(st.lists(NUMBERS, min_size=1), st.lists(WORDS, min_size=1))


def rule_of(kind: Kind, stage: Stage = "clean", unit: Unit = "article") -> Rule:
    return Rule(
        id=f"{stage}.{unit}.seen", stage=stage, unit=unit, column="seen", kind=kind,
        severity="critical", low=0, high=1, values=("ar", "fa"), why="", reason="", advice="",
    )  # fmt: skip


def outcome(rule: Rule, frame: pa.Table) -> Outcome:
    return judge_frame((rule,), frame)[rule.id]


@pytest.mark.parametrize("kind", ["between", "one_of", "absent", "present", "unique"])
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(values=[None, None])
@example(values=["ar", "ar"])
@example(values=["ar", None, None])
@given(values=COLUMNS)
def test_a_proof_decides_as_the_rows_do(
    kind: Kind, values: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = not all(isinstance(value, float) for value in values if value is not None)
    if words and kind == "between":
        return
    kind_of_column = pa.string() if words else pa.float64()
    frame = pa.table({"seen": pa.array(values, kind_of_column, from_pandas=False)})
    proven = outcome(rule_of(kind), frame)
    with monkeypatch.context() as patched:
        patched.setattr(suite, "_proven", lambda batch, rules: set())
        judged = outcome(rule_of(kind), frame)
    assert (proven.success, proven.judged) == (judged.success, judged.judged)
    assert [row for row, _ in proven.failed] == [row for row, _ in judged.failed]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("between", [0.0, None, 1.0]),
        ("one_of", ["ar", None, "fa"]),
        ("absent", [None, None]),
        ("present", ["", "ar"]),
        ("unique", ["ar", "fa", None]),
    ],
)
def test_a_sound_column_is_not_judged_row_by_row(
    kind: Kind, values: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_row(rules: tuple[Rule, ...]) -> None:
        pytest.fail(f"judged row by row: {rules}")

    monkeypatch.setattr(suite, "_suite", by_row)
    column = pa.array(values, pa.string() if kind != "between" else pa.float64())
    assert outcome(rule_of(kind), pa.table({"seen": column})).success


def test_an_expectation_remembers_its_configuration_until_it_changes() -> None:
    suite.warm_up()
    made = suite._suite((rule_of("between"),)).expectations[0]
    first = made.configuration
    assert made.configuration is first
    assert first.kwargs["max_value"] == 1
    made.max_value = 2
    assert made.configuration.kwargs["max_value"] == 2
    assert first.type == made.configuration.type == "expect_column_values_to_be_between"
