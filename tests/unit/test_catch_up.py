"""Which of the runs that a cron planned are done when they are late, and which are skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from flows.catch_up import Due, to_skip

NOW = datetime(2026, 11, 30, 7, 20, tzinfo=UTC)
PIPELINE, REPORT = uuid4(), uuid4()


def due(minutes_ago: float, deployment: UUID = PIPELINE) -> Due:
    return Due(uuid4(), deployment, NOW - timedelta(minutes=minutes_ago))


def test_a_run_on_its_time_is_done() -> None:
    for policy in ("latest", "none"):
        assert to_skip([due(0), due(0, REPORT), due(-60)], [], NOW, policy) == {}  # type: ignore[arg-type]


def test_after_a_night_one_run_a_deployment_is_done() -> None:
    night = [due(60 * hour + 5) for hour in range(9)]
    report = due(90, REPORT)
    skipped = to_skip([*night, report, due(-55)], [], NOW, "latest")
    assert set(skipped) == {run.run_id for run in night[1:]}
    assert set(skipped.values()) == {"missed; the run of 2026-11-30 07:15 UTC does its work"}


def test_none_skips_what_is_late_and_not_what_waits_its_turn() -> None:
    late, in_time = due(11), due(9, REPORT)
    skipped = to_skip([late, in_time], [], NOW, "none")
    assert skipped == {late.run_id: "missed by 0:11:00; catch_up is none"}


def test_a_time_is_not_done_twice_when_the_clock_is_set_back() -> None:
    done = due(5)
    again = done._replace(run_id=uuid4())
    assert set(to_skip([again], [done], NOW, "latest")) == {again.run_id}
    assert to_skip([again], [done._replace(deployment_id=REPORT)], NOW, "latest") == {}
    # what a wrong clock has done ahead of time forbids nothing that is due now
    assert to_skip([due(5)], [due(-24 * 60)], NOW, "latest") == {}


def test_of_two_for_one_time_one_is_done() -> None:
    first = due(5)
    second = first._replace(run_id=uuid4())
    assert len(to_skip([first, second], [], NOW, "latest")) == 1
