"""Labelled words: how they are read, which names they describe, how a sentence is scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands.evaluate_ner import (
    GoldWord,
    Name,
    evaluate_ner,
    names_of,
    read_words,
    score_sentence,
    tagged,
)
from flows.settings import UsageError


def sentence(text: str) -> list[GoldWord]:
    """Make words of "word/label word", where no label is O."""
    parts = [word.partition("/") for word in text.split()]
    return [GoldWord(word, label or "O") for word, _, label in parts]


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "words.conll"
    file.write_text(text, "utf-8")
    return file


def test_blank_lines_part_sentences_and_first_and_last_column_count(tmp_path: Path) -> None:
    file = written(tmp_path, "\n\nزار O\nحفتر x NN B-PERS\n\n \n. O")
    assert read_words(file) == [
        [GoldWord("زار", "O"), GoldWord("حفتر", "B-PERS")],
        [GoldWord(".", "O")],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("زار O\nحفتر\n", "line 2: a word without a label"), ("زار V\n", "'V' is no label"),
     ("زار B-\n", "'B-' is no label"), ("\n \n", "no line has a word")],
)  # fmt: skip
def test_a_file_in_another_form_is_refused_with_the_place(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        read_words(written(tmp_path, text))
    with pytest.raises(UsageError, match="cannot be read"):
        read_words(tmp_path / "absent")


def test_names_end_where_another_begins_and_other_types_are_left_out() -> None:
    gold = sentence(
        "علي/B-PER حسن/I-PER عمر/B-PERS في/O كأس/B-MISC العالم/I-MISC بلدة/I-LOC نوى/I-LOC"
    )
    assert names_of(gold) == {Name(0, 2, "PER"), Name(2, 3, "PER"), Name(6, 8, "LOC")}


def test_a_mention_covers_every_word_that_it_touches() -> None:
    assert tagged(sentence("زار خليفة حفتر وبغداد"), None) == {Name(1, 3, "PER"), Name(3, 4, "LOC")}


def test_right_added_and_lost_by_type() -> None:
    counts = score_sentence(sentence("زار خليفة/B-PER حفتر/I-PER بغداد/B-ORG"), None)
    assert {name: count for name, count in counts.items() if count} == {
        "found": 2, "gold": 2, "right": 1, "right_PER": 1, "added": 1, "added_LOC": 1,
        "lost": 1, "lost_ORG": 1,
    }  # fmt: skip


def test_scores_of_a_file(tmp_path: Path) -> None:
    file = written(tmp_path, "زار O\nخليفة B-PER\nحفتر I-PER\n\nفي O\nزقزقة B-ORG\n")
    (group,) = evaluate_ner(file, "none").groups
    values = {name: figure.value for name, figure in group.measures.items()}
    assert values == {
        "f1": 0.6667, "precision": 1, "recall": 0.5, "PER": 1, "ORG": 0, "LOC": 0
    }  # fmt: skip
