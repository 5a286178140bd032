"""Spellings of one name are found by a key and scored; a key alone merges nothing."""

from __future__ import annotations

from datetime import date

import pytest

from transforms.tag.variants import BLOCK, Named, pairs, score, scored, skeleton


def found(*names: str, known: tuple[bool, ...] = ()) -> list[tuple[str, str]]:
    known = known or (False,) * len(names)
    return list(pairs((name, "PER", name, k) for name, k in zip(names, known, strict=True)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إفكوروف", "يفكيروف"),
        ("سيرغي", "سيرجي"),
        ("فاجنر", "فاغنر"),
        ("أنطونيو غوتيريش", "أنطونيو جوتيريش"),
        ("سامي النعماني", "سامي محمد النعماني"),
    ],
)
def test_spellings_of_one_name_are_candidates(one: str, other: str) -> None:
    assert found(one, other) == [tuple(sorted((one, other)))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد النعماني", "محمود النعماني"),
        ("حسن النعماني", "حسين النعماني"),
        ("سامي النعماني", "رامي النعماني"),
        ("سامي محمد النعماني", "سامي علي النعماني"),
    ],
)
def test_names_of_their_own_are_not(one: str, other: str) -> None:
    assert found(one, other) == []


def test_two_that_the_knowledge_holds_are_no_candidates_one_may_be() -> None:
    assert found("فاجنر", "فاغنر", known=(True, True)) == []
    assert found("فاجنر", "فاغنر", known=(True, False)) == [("فاجنر", "فاغنر")]


def test_another_type_is_another_entity() -> None:
    assert list(pairs([("a", "PER", "فاجنر", False), ("b", "ORG", "فاغنر", False)])) == []


def test_a_block_of_too_many_says_nothing() -> None:
    many = [(str(n), "PER", "فاجنر", False) for n in range(BLOCK + 1)]
    assert list(pairs(many)) == []


def test_company_country_and_time_put_one_pair_before_another() -> None:
    day = date(2026, 3, 4)
    beside = frozenset({"eg", "loc-nile"})
    base = Named("a", "PER", "سمير الفاجنري", False, beside, "EG", day, day)
    same = base._replace(entity_id="b", name="سمير الفاغنري")
    later = same._replace(entity_id="c", first=date(2027, 3, 4), last=date(2027, 3, 4))
    alone = later._replace(entity_id="d", company=frozenset({"ly"}), country="LY")
    scores = [score(base, each).score for each in (same, later, alone)]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 3
    assert 0 < scores[-1] < scores[0] <= 1
    named = {each.entity_id: each for each in (base, same, later, alone)}
    ranked = scored(named, [("a", "d"), ("a", "b"), ("a", "c")])
    assert [variant.other for variant in ranked] == ["b", "c", "d"]


def test_a_skeleton_is_never_empty() -> None:
    assert [skeleton(word) for word in ("او", "ي", "ال")] == ["او", "ي", "ل"]
