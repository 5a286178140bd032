"""What a body is beside another, who was first, and which articles hang together."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from transforms.group.compare import Overlap
from transforms.group.families import Pair, components, members
from transforms.group.relation import First, Report, first_of, folded_names, relation_of, spoken


def report(article: str, source: str = "barq", at: str | None = None, **over: object) -> Report:
    values: dict[str, object] = {"published_at": at}
    if at:
        day = date.fromisoformat(at[:10])
        values |= {"precision": "time" if "T" in at else "day", "earliest": day, "latest": day}
    return Report(article, source, **(values | over))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "same_source", "expected"),
    [
        (Overlap(100, 100, 100, same_words=True), False, "identical"),
        (Overlap(3, 3, 3, same_words=True), False, "identical"),
        (Overlap(0, 0, 0, same_words=True), False, None),
        (Overlap(100, 98, 95), False, "copy"),
        (Overlap(40, 200, 38), False, "excerpt"),
        (Overlap(200, 40, 38), False, "extended"),
        (Overlap(100, 100, 70), True, "edited copy"),
        (Overlap(100, 160, 55), False, "edited copy"),
        (Overlap(100, 160, 55), True, None),  # a template of the outlet
        (Overlap(100, 160, 40), False, None),
        (Overlap(7, 7, 7), False, None),  # a formula of eleven words
    ],
)
def test_relation(found: Overlap, same_source: bool, expected: str | None) -> None:
    assert relation_of(found, same_source=same_source) == expected


def test_a_minute_is_compared_with_a_minute() -> None:
    early = report("a" * 32, "barq", "2026-03-04T09:00:00+02:00")
    late = report("b" * 32, "wakala", "2026-03-04T09:30:00+01:00")
    assert first_of(early, late) == First("a" * 32, "time", 90, 0)
    assert first_of(late, early) == First("a" * 32, "time", 90, 0)
    assert first_of(early, early) == First(None)


def test_a_day_is_not_a_minute() -> None:
    minute = report("a" * 32, "barq", "2026-03-04T09:00:00+02:00")
    day = report("b" * 32, "wakala", "2026-03-04")
    next_day = report("c" * 32, "wakala", "2026-03-05")
    assert first_of(minute, day) == First(None)
    assert first_of(next_day, minute) == First("a" * 32, "day", None, 1)


def test_clocks_without_a_zone_are_compared_in_one_country_only() -> None:
    one = report("a" * 32, "barq", "2026-03-04T09:00:00", country="LY")
    home = report("b" * 32, "wakala", "2026-03-04T09:05:00", country="LY")
    abroad = report("c" * 32, "sada", "2026-03-04T09:05:00", country="MA")
    zoned = report("d" * 32, "nida", "2026-03-04T09:05:00+02:00", country="LY")
    assert first_of(one, home).minutes == 5
    assert first_of(one, abroad) == First(None)
    assert first_of(one, zoned) == First(None)


def test_a_month_that_ended_was_before() -> None:
    month = report("a" * 32, published_at="2026-02", precision="month",
                   earliest=date(2026, 2, 1), latest=date(2026, 2, 28))  # fmt: skip
    assert first_of(month, report("b" * 32, at="2026-03-04")) == First("a" * 32, "day", None, None)
    assert first_of(month, report("b" * 32, at="2026-02-04")) == First(None)


def test_the_source_that_a_page_names_was_first() -> None:
    agency = report("a" * 32, "wakala", names=folded_names(["وكالة المثال", "Wakala"]))
    taker = report(
        "b" * 32, "barq", says=spoken("نقلا عن وكالة المثال"), names=folded_names(["البرق"])
    )
    opened = report("c" * 32, "sada", opens=spoken("طرابلس (وكالة المثال)"))
    assert first_of(taker, agency) == First("a" * 32, "stated_source")
    assert first_of(agency, opened) == First("a" * 32, "dateline")
    assert first_of(taker, opened) == First(None)
    # An outlet that names itself says nothing.
    own = report("d" * 32, "barq", says=spoken("البرق"), names=folded_names(["البرق"]))
    other = report("e" * 32, "barq", names=folded_names(["البرق"]))
    assert first_of(own, other) == First(None)


def test_articles_hang_together_by_any_chain() -> None:
    assert components([("b", "c"), ("d", "e"), ("a", "c")]) == {
        "a": ["a", "b", "c"],
        "d": ["d", "e"],
    }


def test_each_copy_names_the_closest_that_was_earlier_whatever_the_order() -> None:
    ids = [letter * 32 for letter in "abcd"]
    times = ("09:00", "10:00", "11:00", None)
    reports = {
        each: report(each, f"source-{n}", f"2026-03-04T{at}:00+00:00" if at else None)
        for n, (each, at) in enumerate(zip(ids, times, strict=True))
    }
    same, edited = Overlap(100, 100, 100, same_words=True), Overlap(100, 100, 75)
    pairs = [
        Pair(ids[0], ids[1], same), Pair(ids[0], ids[2], edited), Pair(ids[1], ids[2], edited),
        Pair(ids[2], ids[3], same),
    ]  # fmt: skip
    for ordered in permutations(pairs):
        first, second, third, undated = members(ordered, reports)
        assert {each.group_id for each in (first, second, third, undated)} == {ids[0]}
        assert (first.copy_of, first.relation) == (None, None)
        assert (second.copy_of, second.relation, second.first.minutes) == (ids[0], "identical", 60)
        assert (third.copy_of, third.relation, third.first.minutes) == (ids[0], "edited copy", 120)
        # Nobody knows whether it was before: it is the same, and of nobody.
        assert (undated.copy_of, undated.nearest, undated.relation) == (None, ids[2], "identical")


def test_who_holds_another_is_seen_from_both_sides() -> None:
    short, long = report("a" * 32, "barq", "2026-03-04"), report("b" * 32, "wakala", "2026-03-03")
    pair = Pair("a" * 32, "b" * 32, Overlap(40, 200, 38))
    excerpt, whole = members([pair], {"a" * 32: short, "b" * 32: long})
    assert (excerpt.relation, excerpt.copy_of) == ("excerpt", "b" * 32)
    assert whole.relation is None
    later = report("b" * 32, "wakala", "2026-03-05")
    first, extended = members([pair], {"a" * 32: short, "b" * 32: later})
    assert first.relation is None
    assert (extended.relation, extended.copy_of) == ("extended", "a" * 32)


def test_what_is_gone_or_no_copy_makes_no_group() -> None:
    reports = {"a" * 32: report("a" * 32), "b" * 32: report("b" * 32)}
    gone = Pair("a" * 32, "c" * 32, Overlap(9, 9, 9, same_words=True))
    apart = Pair("a" * 32, "b" * 32, Overlap(100, 100, 20))
    assert members([gone, apart], reports) == []
