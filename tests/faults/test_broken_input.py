"""Twelve kinds of broken input, each caught by the gate that is meant for it, with the cause named."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.catalogue import all_rules
from flows.outcome import Outcome
from tests import broken_input
from tests.broken_input import FAULTS, Fault, others_that_spoke, what_was_caught

RULES = {rule.id: rule for rule in all_rules()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    return broken_input.run_alone(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return broken_input.steady_home(tmp_path_factory.mktemp("steady"))


def check(home: Path, outcome: Outcome, fault: Fault) -> None:
    caught = what_was_caught(home, outcome.run.run_id, fault)
    rule = RULES[fault.rule]
    expected = {"row": "quarantine", "batch": "hold", "source": "warn"}[rule.scope]
    if rule.severity == "warning":
        expected = "warn"
    assert caught.actions == [expected], (caught, outcome.run.message)
    assert fault.reason in rule.reason
    if expected == "quarantine":
        assert caught.refused == broken_input.PAGES
        assert any(fault.reason in reason for reason in caught.reasons), caught.reasons
    if expected == "hold":
        assert outcome.run.state == "held"
        assert caught.observed[0] not in ("None", "")
    if expected == "warn":
        assert caught.observed[0] not in ("None", "")
        assert caught.published == 0 or not caught.refused
    else:
        assert caught.published == 0, "not one broken page is shown to readers"


@pytest.mark.parametrize(
    "fault", [f for f in FAULTS if not f.by_history], ids=lambda fault: fault.name
)
def test_what_is_broken_by_itself(fault: Fault, alone: tuple[Path, Outcome]) -> None:
    check(*alone, fault)


def test_a_sound_source_beside_them_is_published(alone: tuple[Path, Outcome]) -> None:
    home, outcome = alone
    assert others_that_spoke(home, outcome.run.run_id, "sound") == set()
    sound = FAULTS[0]._replace(source="sound")
    assert what_was_caught(home, outcome.run.run_id, sound).published == broken_input.PAGES


def test_the_reasons_of_a_lost_header_and_of_empty_texts_are_told_apart(
    alone: tuple[Path, Outcome],
) -> None:
    home, outcome = alone
    by_source = {
        fault.source: what_was_caught(home, outcome.run.run_id, fault).reasons
        for fault in FAULTS
        if fault.source in ("no-header", "empty")
    }
    assert by_source["no-header"] != by_source["empty"]
    assert any("text" in reason for reason in by_source["empty"]), by_source


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.by_history], ids=lambda fault: fault.name)
def test_what_only_earlier_runs_show(fault: Fault, steady: Path, tmp_path: Path) -> None:
    check(*broken_input.run_after(steady, fault, tmp_path), fault)


def test_a_steady_source_alarms_nobody(steady: Path) -> None:
    from tests.run_pages import ask

    odd = "SELECT rule, observed FROM gate_results WHERE scope = 'source' AND action <> 'pass'"
    told = ask(steady / "home", odd)
    assert told == []
    judged = "SELECT count(DISTINCT rule) FROM gate_results WHERE scope = 'source' AND judged > 0"
    assert ask(steady / "home", judged) == [(9,)], "each rule on a source had its say"
