"""The words of a text, their features and the kinds that the knowledge gives them."""

from __future__ import annotations

import pytest

from transforms.tag.clues import clues_of
from transforms.tag.find import find_by_knowledge
from transforms.tag.hints import Hint, hints_of, kinds_of
from transforms.tag.keys import fold_name, make_key
from transforms.tag.words import ROWS, features_of, shape_of, words_of


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in words_of(text)]


def test_letters_digits_marks_and_line_breaks_are_words_of_their_own() -> None:
    assert words("قال مُحَمَّد (39عاماً) لـ«BBC»:\n12.5%") == [
        "قال", "مُحَمَّد", "(", "39", "عاماً", ")", "لـ", "«", "BBC", "»", ":", "\n", "12", ".", "5", "%",
    ]  # fmt: skip
    assert words("") == [] and words(" \t ") == []


def test_features_are_rows_and_diacritics_change_none() -> None:
    assert features_of("مُحَمَّد") == features_of("محمد")
    for word in ("واشنطن", "،", "ـــ", "\n", "x" * 500, "٢٠٢٣", "_"):
        whole, trigrams = features_of(word)
        assert trigrams and all(0 <= row < ROWS for row in whole + trigrams)


def test_what_is_written_otherwise_shares_what_is_the_same() -> None:
    ours, theirs = features_of("القاهرة"), features_of("بالقاهرة")
    shared = set(ours.whole) & set(theirs.whole)
    assert len(shared) >= 5, "stem, endings and clues"
    assert ours.whole[0] not in theirs.whole


@pytest.mark.parametrize(
    ("word", "shape"),
    [("محمد", "ar4"), ("abc", "a3"), ("12", "02"), ("،", "،"), ("", "")],
)
def test_shapes(word: str, shape: str) -> None:
    assert shape_of(word) == shape


def test_clues_say_what_the_lists_hold_also_after_a_proclitic() -> None:
    assert any(clue.startswith("given") for clue in clues_of("محمد"))
    assert any(clue.startswith("-given") for clue in clues_of("لمحمد"))
    assert "cue title" in clues_of(fold_name("الرئيس"))
    assert "nisba" in clues_of("المصري")
    assert "LOC " in clues_of("بغداد") and "-LOC " in clues_of("ببغداد")
    assert clues_of("زقزقة") == []


def test_a_hint_gives_its_first_word_one_kind_and_the_others_another() -> None:
    text = "زار خليفة حفتر القاهرة"
    hints = [Hint(4, 14, "PER", True), Hint(15, 22, "LOC", True)]
    assert kinds_of(words_of(text), hints) == [0, 1, 2, 5]
    unsure = [Hint(4, 14, "PER", False)]
    assert kinds_of(words_of(text), unsure) == [0, 7, 8, 0]


def test_hints_stand_where_the_names_stand_in_the_text() -> None:
    text = "وصل «خَليفة حفتر» إلى القاهرة"
    key = make_key(text)
    hints = hints_of(key, find_by_knowledge(key, text))
    assert [(text[h.start : h.end], h.type, h.sure) for h in hints] == [
        ("خَليفة حفتر", "PER", True), ("القاهرة", "LOC", True),
    ]  # fmt: skip
    assert kinds_of(words_of(text), hints) == [0, 0, 1, 2, 0, 0, 5]
