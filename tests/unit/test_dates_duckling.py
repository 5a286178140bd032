"""Duckling's Arabic examples, converted as benchmarks/duckling.py says, are read right or not at all.

Duckling reads requests (its next Tuesday is to come), news tells what happened.
"""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.duckling import CLOCK, FEAST, OWN, WEEK, Example, read_duckling
from transforms.clean.dates import resolve_date


@pytest.fixture(scope="module")
def examples(eval_data) -> list[Example]:
    return read_duckling(eval_data / "dates" / "duckling_ar.json")


def outcomes(examples: list[Example], prefer: str) -> Counter[str]:
    """How many are right and null; each wrong one by itself."""
    counted: Counter[str] = Counter()
    for each in examples:
        said = resolve_date(each.text, published=each.reference, prefer=prefer).iso
        day = said.split("T")[0] if said else None
        wrong = f"{each.text}: {day}, not {each.iso}"
        counted["right" if day == each.iso else wrong if day else "null"] += 1
    return counted


def test_every_example_is_in_or_out_by_a_rule(examples):
    assert len(examples) == 177
    assert OWN.keys() <= {each.text for each in examples}
    left_out = Counter(each.left_out for each in examples)
    assert left_out == {None: 104, CLOCK: 48, WEEK: 16, FEAST: 9}
    assert all((each.iso is None) == (each.left_out is not None) for each in examples)
    assert sum(each.convention for each in examples) == 11


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2/2013", "2013-02"),
        ("في أوائل شهر مارس", "2013-03"),
        ("نص شهر ثلاث", "2013-03"),
        ("من 13 الى 15 يوليو", "2013-07-13/2013-07-15"),
        ("الشهر الماض", "2013-01"),
        ("هذه السنة", "2013"),
        ("رمضان 2019", "2019-05-06/2019-06-03"),
        ("يوم السبت 21/09 الساعة 1:30 بعد الظهر", "2013-09-21"),
    ],
)
def test_values_in_the_form_of_khabar(examples, text, iso):
    assert [each.iso for each in examples if each.text == text] == [iso]


def test_nineteen_of_twenty_right_and_none_wrong(examples):
    asked = [each for each in examples if not each.left_out]
    for chosen in (asked, [each for each in asked if each.names]):
        counted = outcomes(chosen, "future")
        assert counted.keys() == {"right", "null"}
        assert counted["right"] >= 0.95 * len(chosen)


def test_read_as_news_none_is_wrong_but_what_lies_far_ahead_is_null(examples):
    asked = [each for each in examples if not each.left_out and not each.convention]
    counted = outcomes(asked, "past")
    assert counted.keys() == {"right", "null"}
    assert counted["right"] >= 0.85 * len(asked)
