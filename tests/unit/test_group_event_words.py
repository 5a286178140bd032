"""The words by which an event is known: what of a headline and a lead counts, and as what."""

from __future__ import annotations

import csv
from datetime import date
from importlib.resources import files

import pytest

from transforms.clean.letters import folded
from transforms.group import event_words
from transforms.group.told import Told, evidence, in_order

DAY = date(2020, 8, 5)


def test_a_title_of_a_hundred_thousand_words_is_cut() -> None:
    flood = " ".join(f"كلمة{number}" for number in range(100_000))
    terms = event_words.terms_of([(flood, flood)])
    assert len(terms.ids) <= event_words.MOST_WORDS
    articles = [Told(f"{n:032x}", f"outlet-{n}", flood, flood, DAY, DAY) for n in range(2)]
    assert len(evidence(in_order(articles))) == 1


def test_a_number_of_five_thousand_digits_is_a_word() -> None:
    terms = event_words.terms_of([("9" * 400, "9" * 1200)])
    assert terms.exact.all()


def test_each_row_of_the_words_says_what_it_does() -> None:
    lines = files("transforms.group").joinpath("rules/event_words.tsv").read_text("utf-8")
    rows = list(csv.DictReader(lines.splitlines(), delimiter="\t"))
    assert len({(row["list"], row["word"]) for row in rows}) == len(rows) > 300
    for row in rows:
        assert row["source"]
        known: list[str] = event_words._words(row["test"])
        if row["list"] == "ordinal":
            assert f"#{row['means']}" in known, row
        else:
            without = row["test"].replace(row["word"], "", 1)
            assert known == event_words._words(without), row
            assert folded(row["word"]) in folded(row["test"]), row


@pytest.mark.parametrize(
    ("word", "left"),
    [
        ("والمدرسه", "مدرس"),
        ("المعلمون", "معلم"),
        ("وزير", "زير"),
        ("لبنانيه", "لبنان"),
        ("في", "في"),
    ],
)
def test_words_lose_their_affixes(word: str, left: str) -> None:
    assert event_words.stem(word) == left
