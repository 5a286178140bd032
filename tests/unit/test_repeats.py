"""Sentences that stand twice in a body, or in the bodies of many articles."""

from __future__ import annotations

import pytest

from warehouse.repeats import repeated_shares

CITIES = ("صنعاء", "عدن", "تعز", "إب", "حجة", "ذمار", "مأرب", "لحج", "البيضاء", "سيئون")
STORIES = [
    f"افتتحت في {city} اليوم مدرسة جديدة تتسع لمئات التلاميذ. وحضر الافتتاح أهالي {city} ومعلموها."
    for city in CITIES
]
NOTICE = "للاشتراك في نشرتنا اليومية أرسل رسالة قصيرة إلى الرقم المجاني"


@pytest.mark.parametrize(
    ("body", "share"),
    [
        ("\n".join(STORIES[:2]), 0.0),
        ("\n".join(STORIES[:2] * 2), 0.5),
        (f"{STORIES[0]}\n" * 4, 0.0),
        ("وأضاف أن ذلك مهم. " * 3 + STORIES[0], 0.0),
        ("", 0.0),
    ],
)
def test_sentences_that_stood_before_are_counted(body: str, share: float) -> None:
    [again], _ = repeated_shares([body])
    assert again == pytest.approx(share, abs=0.01)


def test_a_sentence_of_five_bodies_is_furniture() -> None:
    bodies = [f"{story}\n{NOTICE}." for story in STORIES[:5]] + STORIES[5:]
    _, furniture = repeated_shares(bodies)
    assert [share > 0 for share in furniture] == [True] * 5 + [False] * 5
    assert furniture[0] == pytest.approx(len(NOTICE) / (len(NOTICE) + len(STORIES[0])), abs=0.03)
    assert repeated_shares(bodies[1:])[1] == [0.0] * 9, "four are a series"


@pytest.mark.parametrize(("bodies", "furniture"), [(9, 0), (10, 10)])
def test_of_many_bodies_it_takes_one_in_twenty(bodies: int, furniture: int) -> None:
    many = [f"وصلت القافلة رقم {n} إلى مخيمات الشمال محملة بالخيام والدواء" for n in range(200)]
    told = [f"{story}\n{NOTICE}" for story in many[:bodies]] + many[bodies:]
    assert sum(share > 0 for share in repeated_shares(told)[1]) == furniture


def test_the_same_article_many_times_is_no_furniture() -> None:
    _, furniture = repeated_shares([STORIES[0]] * 8 + STORIES[1:3])
    assert furniture == [0.0] * 10
