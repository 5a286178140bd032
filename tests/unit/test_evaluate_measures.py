"""The measures of `khabar evaluate` and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from flows.commands import evaluate_measures
from flows.commands.evaluate_groups import Scored, groups
from flows.commands.evaluate_measures import f1, measured, share

F1 = {"f1": f1("right", "added", "lost")}


def doc(right: float, added: float = 0, lost: float = 0) -> dict[str, float]:
    return {"right": right, "added": added, "lost": lost}


def test_f1_is_taken_over_the_sums() -> None:
    # 2 * 9 / (2 * 9 + 2 + 1), not the mean of the pages' own scores
    assert measured([doc(8, 1), doc(1, 1, 1)], F1)["f1"].value == pytest.approx(18 / 21)


def test_nothing_right_is_nought_and_never_a_division_by_nought() -> None:
    assert measured([doc(0, 3, 2)], F1)["f1"].value == 0
    assert measured([doc(0), doc(0)], F1)["f1"] == (0, 0, 0)
    of = {"share": share("part", "whole")}
    assert measured([{"part": 0, "whole": 0}], of)["share"].value == 0


def test_no_document_is_no_measure() -> None:
    with pytest.raises(ValueError, match="nothing"):
        measured([], F1)


def test_one_document_has_no_interval() -> None:
    assert measured([doc(4, 1)], F1)["f1"][1:] == (None, None)


def test_the_interval_holds_the_value_and_is_the_same_every_time() -> None:
    documents = [doc(10, number % 3, number % 2) for number in range(30)]
    first, again = measured(documents, F1)["f1"], measured(documents, F1)["f1"]
    assert first == again
    assert first.low is not None and first.high is not None
    assert first.low < first.value < first.high
    assert measured([doc(10)] * 30, F1)["f1"] == (1, 1, 1)


def test_the_interval_is_the_percentile_bootstrap_s() -> None:
    """Against a bootstrap written out, by drawing documents one by one, with other numbers."""
    rng = np.random.default_rng(1)
    values = rng.random(40)
    documents = [{"value": value, "pages": 1.0} for value in values]
    found = measured(documents, {"mean": share("value", "pages")})["mean"]
    means = [rng.choice(values, 40).mean() for _ in range(20_000)]
    assert found.low == pytest.approx(np.percentile(means, 2.5), abs=0.006)
    assert found.high == pytest.approx(np.percentile(means, 97.5), abs=0.006)


def test_blocks_do_not_change_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [doc(10, number % 3) for number in range(25)]
    whole = measured(documents, F1)
    monkeypatch.setattr(evaluate_measures, "_BLOCK", 25 * 7)
    assert measured(documents, F1) == whole


def test_groups_of_what_the_gold_names() -> None:
    scored = [
        Scored(doc(4), {"kind": None, "outlet": "النخيل"}),
        Scored(doc(1, 1), {"kind": None, "outlet": None}),
        Scored(doc(2, 2), {"kind": None, "outlet": "النخيل"}),
    ]
    found = groups(scored, F1, ["right"])
    assert [(g.by, g.name, g.documents, g.counts) for g in found] == [
        ("all", "all", 3, {"right": 7}),
        ("outlet", "النخيل", 2, {"right": 6}),
        ("outlet", "unnamed", 1, {"right": 1}),
    ]
    assert found[1].measures["f1"].value == round(12 / 14, 4)
