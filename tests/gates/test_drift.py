"""What a source brings against what it usually brings: how far, from how many windows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from expectations.catalogue import source_rules
from expectations.drift import (
    Day,
    Drift,
    Pool,
    beyond,
    distance,
    share_drift,
    silence,
    volume_drift,
)
from expectations.rules import Rule
from expectations.source_gate import Seen, SourcesVerdict, judge_sources
from flows.crew import LOG_LINE
from warehouse.tables import GateResult

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEADY = [Day(each, 1, 1.0) for each in (100, 104, 97, 99, 102, 96, 101, 103)]


def judged(drift: Drift, rule: str = "dated_share", stops: tuple[str, ...] = ()) -> SourcesVerdict:
    seen = Seen("barq", "barq/all", f"publish.source.{rule}", drift.now, 60, drift)
    other = Seen("wadi", "wadi/all", seen.rule, 1.0, 60, Drift(1.0, 1.0, 0.0, 20, 60))
    return judge_sources([seen, other], run_id="run-1", at=AT, stops=stops)


def test_the_distance_counts_robust_spreads() -> None:
    # Median 20, absolute deviations 2 1 0 1 80: their median is 1, whatever the strange run gave.
    assert distance(20 + 2 * 1.4826, [18, 19, 20, 21, 100]) == pytest.approx(
        2 * 1.4826 / 2  # a tenth of the usual is the wider spread
    )
    assert distance(26, [10, 16, 20, 24, 30]) == pytest.approx(6 / (1.4826 * 4))
    assert distance(0.0, [0.0] * 5) == 0
    assert distance(0.1, [0.0] * 5) == pytest.approx(5)  # .02 at least


def test_what_more_than_one_window_reached_is_usual() -> None:
    weekend = [100, 101, 99, 100, 102, 40, 44]
    assert distance(44, weekend) == 0
    assert distance(40, weekend) < -4, "one strange window is none"


@pytest.mark.parametrize(("value", "far"), [(0.95, False), (0.9, False), (0.4, True)])
def test_a_share_is_compared_from_fifty_articles_up(value: float, far: bool) -> None:
    earlier = [Pool(0.95, 60)] * 5
    drift = share_drift(Pool(value, 50), earlier)
    assert (drift.windows, drift.usual, (drift.far or 0) < -4) == (5, 0.95, far)
    assert share_drift(Pool(value, 49), earlier).far is None
    assert share_drift(Pool(value, 50), [Pool(0.95, 24)] * 9).windows == 0, "pools of a few"


@pytest.mark.parametrize(("pages", "side"), [(100, 0), (75, 0), (130, 0), (50, -1), (200, 1)])
def test_half_and_double_of_a_steady_source_are_far(pages: int, side: int) -> None:
    far = volume_drift([Day(pages, 1, 1.0), *STEADY]).far
    assert far is not None
    assert (far < -4) - (far > 4) == -side if side else abs(far) <= 4


def test_a_run_after_a_pause_brings_more_and_a_short_list_does_not() -> None:
    assert volume_drift([Day(300, 1, 3.0), *STEADY]).far == 0
    assert volume_drift([Day(100, 1, 3.0), *STEADY]).far == 0
    assert (volume_drift([Day(30, 1, 3.0), *STEADY]).far or 0) < -4


def test_the_hours_of_a_day_are_one_window() -> None:
    days = [Day(24 * each, 24, 1.0) for each in (20, 21, 19, 20, 22, 18, 20, 21)]
    assert volume_drift([Day(400, 20, 20 / 24), *days]).far == 0
    assert (volume_drift([Day(150, 20, 20 / 24), *days]).far or 0) < -4


def test_days_of_a_small_source_are_taken_together() -> None:
    few = [Day(n % 3 + 9, 1, 1.0) for n in range(60)]  # ten a day: windows of five days
    drift = volume_drift(few)
    assert (drift.windows, drift.far) == (11, 0)
    assert (volume_drift([Day(0, 1, 1.0)] * 5 + few).far or 0) < -4
    assert abs(volume_drift([Day(3, 1, 1.0), *few]).far or 0) < 4, "one slow day says nothing"


@pytest.mark.parametrize(
    ("articles", "pages", "left"), [(-6.0, -5.0, -1.0), (-6.0, 0.0, -6.0), (5.0, 9.0, 0.0)]
)
def test_pages_explain_their_articles(articles: float, pages: float, left: float) -> None:
    assert beyond(Drift(far=articles), Drift(far=pages)).far == left


def test_a_source_that_usually_brings_none_has_no_usual_volume() -> None:
    assert volume_drift([Day(500, 1, 1.0), *[Day(0, 1, 1.0)] * 9]).far is None


def test_a_silent_source_is_told_by_the_pages_that_are_missing() -> None:
    silent = silence([Day(0, 1, 1.0), *STEADY])
    assert silent.far == pytest.approx(sum(each.brought for each in STEADY) / 8)
    assert silence(STEADY).far == 0
    rare = [Day(n % 2, 1, 1.0) for n in range(1, 20)]
    assert silence([Day(0, 1, 1.0)] * 4 + rare).far == pytest.approx(4 * 10 / 19)
    pauses = [Day(0, 1, 1.0) if n % 7 == 6 else Day(50, 1, 1.0) for n in range(20)]
    assert silence([Day(0, 1, 1.0), *pauses]).far == 0, "it rests a day each week"
    assert (silence([Day(0, 1, 1.0)] * 2 + pauses).far or 0) > 10


def result(verdict: SourcesVerdict) -> GateResult:
    return next(each for each in verdict.results if each.source_id == "barq")


def test_a_drift_is_a_warning_that_names_the_source_the_usual_and_what_to_do() -> None:
    verdict = judged(Drift(0.3, 0.95, -6.8, 20, 60))
    told = result(verdict)
    assert (told.action, told.success, told.severity) == ("warn", False, "warning")
    assert (told.value, told.sample, told.batch_id) == (0.3, 60, "barq/all")
    assert told.observed == "0.3, usually 0.95, 6.8 spreads below"
    assert verdict.held == {}
    [words] = verdict.warned
    assert words.startswith("barq: Far fewer articles have a date")
    assert "khabar explain" in words
    assert [each.success for each in verdict.results] == [False, True]


def test_a_source_that_is_set_to_stop_is_held() -> None:
    verdict = judged(Drift(0.3, 0.95, -6.8, 20, 60), stops=("barq",))
    assert (result(verdict).action, result(verdict).severity) == ("hold", "critical")
    assert verdict.held.keys() == {"barq"}
    assert 'drift = "stop"' in verdict.held["barq"][:LOG_LINE]
    assert judged(Drift(0.9, 0.95, 0.0, 20, 60), stops=("barq",)).held == {}


@pytest.mark.parametrize(
    ("drift", "words"),
    [
        (Drift(0.3, 0.95, -6.8, 4, 60), "not judged: 4 < 5 earlier windows"),
        (Drift(0.3, None, None, 9, 12), "not judged: 12 < 50 articles"),
    ],
)
def test_too_little_to_judge_is_said(drift: Drift, words: str) -> None:
    told = result(judged(drift, stops=("barq",)))
    assert (told.action, told.observed, told.judged) == ("pass", words, 0)
    assert told.value == 0.3, "it is history for later runs all the same"


@pytest.mark.parametrize("rule", source_rules(), ids=lambda rule: rule.id)
def test_every_rule_on_a_source_fails_on_its_side_only(rule: Rule) -> None:
    for side, far in (("low", -20.0), ("high", 20.0)):
        drift = Drift(1.0, 2.0, far, 20, 60)
        told = result(judged(drift, rule.id.rpartition(".")[2]))
        assert told.success is (getattr(rule, side) is None), (side, told)
        stopped = judged(drift, rule.id.rpartition(".")[2], stops=("barq",)).held
        assert stopped.keys() == (set() if told.success else {"barq"})
        for words in stopped.values():
            assert '"warn" lets it through' in words[:LOG_LINE], "of a long line the end is lost"


def test_what_great_expectations_does_not_judge_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from expectations import source_gate
    from expectations.gate import NotJudgedError
    from expectations.suite import Outcome

    failing = {rule.id: Outcome(0, error="broken") for rule in source_rules()}
    monkeypatch.setattr(source_gate, "judge_frame", lambda rules, frame: failing)
    with pytest.raises(NotJudgedError, match="broken"):
        judged(Drift(0.9, 0.95, 0.0, 20, 60))
