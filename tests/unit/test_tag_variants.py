"""Spellings of one name are found by a key and scored; a key alone merges nothing."""

from __future__ import annotations

from datetime import date

import pytest

from transforms.tag.variants import BLOCK, Name, Seen, known_names, pairs, score, scored, skeleton


def found(*names: str, known: tuple[bool, ...] = ()) -> list[tuple[str, str]]:
    known = known or (False,) * len(names)
    candidates = pairs(Name(n, "PER", n, k) for n, k in zip(names, known, strict=True))
    return [(a.written, b.written) for a, b in candidates]


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
    assert found("فاجنر", "فاغنر", known=(True, False)) == [("فاغنر", "فاجنر")]


def test_another_type_is_another_entity() -> None:
    names = [Name("a", "PER", "فاجنر", False), Name("b", "ORG", "فاغنر", False)]
    assert list(pairs(names)) == []


def test_a_block_of_too_many_says_nothing() -> None:
    many = [Name(str(n), "PER", "فاجنر", False) for n in range(BLOCK + 1)]
    assert list(pairs(many)) == []


def test_a_spelling_of_a_name_that_no_article_has_as_the_knowledge_writes_it_is_found() -> None:
    text = Name("x-per-1", "PER", "خاليفة حفطر", False)
    others = {other.entity_id for _, other in pairs([text, *known_names()])}
    assert others == {"khalifa-haftar"}


def test_company_country_and_time_put_one_pair_before_another() -> None:
    day, year_later = date(2026, 3, 4), date(2027, 3, 4)
    beside = frozenset({"eg", "loc-nile"})
    seen = {
        "a": Seen(beside, "EG", day, day),
        "b": Seen(beside, "EG", day, day),
        "c": Seen(beside, "EG", year_later, year_later),
        "d": Seen(frozenset({"ly"}), "LY", year_later, year_later),
    }
    first, *others = (
        Name(entity, "PER", "سمير الفاجنري" if entity == "a" else "سمير الفاغنري", False)
        for entity in (*seen, "e")
    )
    scores = [score(first, other, seen) for other in others]
    assert scores[0] > scores[1] > scores[2] == scores[3] > 0.5
    ranked = scored(seen, [(first, other) for other in others[::-1]])
    assert [variant.other for variant in ranked] == ["b", "c", "d", "e"]
    assert ranked[0].score <= 1


def test_two_entities_are_one_candidate_by_their_likest_names() -> None:
    text = Name("x", "PER", "سمير الفاجنري", False)
    known = [Name("k", "PER", name, True) for name in ("سمير علي الفاغنري", "سمير الفاغنري")]
    (variant,) = scored({}, pairs([text, *known]))
    assert variant.score == score(text, known[1], {}) > score(text, known[0], {})


def test_a_skeleton_is_never_empty() -> None:
    assert [skeleton(word) for word in ("او", "ي", "ال")] == ["او", "ي", "ل"]


def test_single_words_need_more_than_one_skeleton() -> None:
    names = [Name("x", "LOC", "أسني", False), Name("gn-1", "LOC", "إسنا", True)]
    assert list(pairs(names))
    assert scored({}, pairs(names)) == []
    beside = frozenset({"morocco", "al-haouz"})
    assert scored({"x": Seen(beside, "MA"), "gn-1": Seen(beside, "MA")}, pairs(names))
