"""A batch against what its source usually gives: how far, from how many runs, with what outcome."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from expectations.catalogue import all_rules, drifting
from expectations.drift import distance
from expectations.gate import Verdict
from tests.gates.test_every_rule import RULES, result
from warehouse.tables import GateResult

Gate = Callable[..., Verdict]
NAMES = "tag.batch.mentions_per_article"


def judged(gate: Gate, value: float | None, before: list[float], of: str = NAMES) -> GateResult:
    rule = RULES[of]
    verdict = gate(rule.stage, {}, {rule.column: value}, {of: before})
    assert not verdict.held
    return result(verdict, f"{of}_drift")


def test_the_distance_counts_robust_spreads() -> None:
    # Median 20, absolute deviations 2 1 0 1 80: their median is 1, whatever the strange run gave.
    assert distance(20 + 2 * 1.4826, [18, 19, 20, 21, 100]) == pytest.approx(
        2 * 1.4826 / 2  # a tenth of the usual is the wider spread
    )
    assert distance(26, [10, 16, 20, 24, 30]) == pytest.approx(6 / (1.4826 * 4))
    assert distance(0.0, [0.0] * 5) == 0
    assert distance(0.1, [0.0] * 5) == pytest.approx(5)  # .02 at least


def test_a_source_whose_names_vanish_is_named(gate: Gate) -> None:
    usual = [19.0, 21.0, 20.0, 22.0, 18.0]
    assert judged(gate, 12.1, usual).action == "pass"
    fallen = judged(gate, 8.0, usual)
    assert (fallen.action, fallen.success) == ("warn", False)
    assert fallen.observed is not None and float(fallen.observed) < -4
    assert judged(gate, 40.0, usual).action == "warn"


def test_too_few_runs_are_no_usual(gate: Gate) -> None:
    for before in ([], [20.0] * 4):
        few = judged(gate, 5.0, before)
        assert (few.action, few.observed) == ("pass", f"not judged: {len(before)} < 5")


@pytest.mark.parametrize("of", drifting())
def test_every_rule_on_drift_fails_on_its_side_only(of: str, gate: Gate) -> None:
    rule = RULES[f"{of}_drift"]
    measure = RULES[of]
    middle = 0.7 if measure.column == "dated_share" else 0.02 if measure.high else 20.0
    worse = {"low": middle * 0.3, "high": middle + 5 * max(middle / 10, 0.02)}
    for side, value in worse.items():
        outcome = judged(gate, value, [middle] * 5, of)
        assert outcome.success is (getattr(rule, side) is None), (side, outcome)


def test_each_rule_on_drift_has_a_measure_that_is_judged_itself() -> None:
    ids = {rule.id for rule in all_rules()}
    assert drifting() and ids.issuperset(drifting())
