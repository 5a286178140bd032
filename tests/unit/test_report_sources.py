"""Which sources fell silent or changed: told by their own earlier runs, and by enough of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from expectations.report.data import Measured
from expectations.report.sources import judged

NOW = datetime(2026, 3, 20, 6, tzinfo=UTC)


def runs(pages: list[int], dated: float = 0.9, words: float = 200) -> list[Measured]:
    """Return daily runs of a source, the newest of them now."""
    first = NOW - timedelta(days=len(pages) - 1)
    return [
        Measured(f"run-{at}", first + timedelta(days=at), count, dated, 0.2, words)
        for at, count in enumerate(pages)
    ]


def change(measured: list[Measured], run_id: str | None = None) -> str | None:
    now = run_id or f"run-{len(measured) - 1}"
    lines = judged({"barq": measured}, now, NOW, {"barq": "برق"})
    return lines[0].change if lines else None


@pytest.mark.parametrize(
    ("pages", "wanted"),
    [
        ([50, 52, 48, 51, 49, 50], "usual"),
        ([50, 52, 48, 51, 49, 100], "more"),
        ([50, 52, 48, 51, 49, 25], "less"),
        ([50, 52, 48, 51, 49, 0], "usual"),
        ([50, 52, 48, 51, 49, 0, 0, 0, 0], "silent"),
        ([50, 52, 48, 51, 500], "young"),
        ([0, 0, 0, 0, 0, 500], "young"),
    ],
)
def test_volume_is_held_against_the_usual(pages: list[int], wanted: str) -> None:
    assert change(runs(pages)) == wanted


def test_a_source_that_is_not_in_the_run_is_told_only_where_it_is_silent() -> None:
    daily = runs([50] * 8)
    assert change(daily[:-1], "another") is None
    long_gone = [each for each in daily if each.at < NOW - timedelta(days=3)]
    long_gone = [
        Measured(each.run_id, each.at - timedelta(days=1), each.pages)
        for each in runs([50] * 11)[:7]
    ]
    assert change(long_gone, "another") == "silent"


def test_dates_that_stop_and_articles_that_shrink_are_a_change() -> None:
    before = runs([50] * 6)[:-1]
    now = Measured("run-5", NOW, 50, 0.1, 0.2, 200)
    assert change([*before, now]) == "changed"
    assert change([*before, Measured("run-5", NOW, 50, 0.9, 0.2, 60)]) == "changed"
    assert change([*before, Measured("run-5", NOW, 50, 0.9, 0.7, 200)]) == "changed"
    assert change([*before, Measured("run-5", NOW, 50, 0.85, 0.25, 190)]) == "usual"


def test_shares_of_a_few_articles_are_no_change() -> None:
    before = [Measured(f"run-{n}", NOW - timedelta(days=9 - n), 4, 1.0, 0.1, 90) for n in range(6)]
    assert change([*before, Measured("run-6", NOW, 4, 0.5, 0.1, 90)]) == "usual"


def test_what_changed_comes_first_with_what_is_usual() -> None:
    lines = judged(
        {"a": runs([50] * 6), "b": runs([50, 50, 50, 50, 50, 9])}, "run-5", NOW, {"a": None}
    )
    assert [(line.source_id, line.change) for line in lines] == [("b", "less"), ("a", "usual")]
    usual = lines[0].usual
    assert usual is not None and (usual.pages, usual.dated, usual.words) == (50, 0.9, 200)
    assert lines[0].pages == [50, 50, 50, 50, 50, 9]
