"""The frame of the tag stage: what the SQL and the texts say of mentions and dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.staged_batch import BODY, Staged


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    return Staged(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"start": 0, "end": 5},
        {"start": None},
        {"end": None},
        {"part": "title"},
        {"start": -len("موسكو."), "end": len(BODY) - 1, "surface": "موسكو"},
        {"surface": "موسكُو"},
    ],
)
def test_mentions_and_dates_that_stand_elsewhere(changes: dict[str, Any], staged: Staged) -> None:
    row = staged.first_article("tag")
    assert (row["mentions_bad_offsets"], row["dates_bad_offsets"]) == (0, 0)
    staged.mentions[0] = staged.mentions[0].model_copy(update=changes)
    staged.dates[0] = staged.dates[0].model_copy(update=changes)
    row = staged.first_article("tag")
    assert (row["mentions_bad_offsets"], row["dates_bad_offsets"]) == (1, 1)


def test_the_stated_length_of_a_body(staged: Staged) -> None:
    assert staged.first_article("tag")["body_chars_wrong"] == 0
    staged.articles[0] = staged.articles[0].model_copy(update={"body_chars": 7})
    assert staged.first_article("tag")["body_chars_wrong"] == len(BODY) - 7


def test_a_name_in_the_title_has_no_place_in_the_body(staged: Staged) -> None:
    title = {
        "part": "title",
        "start": None,
        "end": None,
        "page_start": 0,
        "page_end": 6,
        "surface": "افتتاح",
    }
    staged.mentions[0] = staged.mentions[0].model_copy(update=title)
    assert staged.first_article("tag")["mentions_bad_offsets"] == 0


def test_measures_of_tags(staged: Staged) -> None:
    staged.mentions = staged.mentions[2:]
    staged.mentions[0] = staged.mentions[0].model_copy(update={"entity_id": None, "score": 2.0})
    staged.dates[0] = staged.dates[0].model_copy(update={"iso": None})
    row = staged.first_article("tag")
    assert (row["chars_without_mention"], row["dates_unexplained"]) == (len(BODY), 1)
    other = staged.row("tag", "article", staged.articles[1].article_id)
    assert (other["chars_without_mention"], other["mentions_out_of_contract"]) == (0, 1)
    measures = staged.frames("tag")["batch"].to_pylist()[0]
    assert (measures["mentions"], measures["mentions_per_article"]) == (2, 1.0)
    assert (measures["mentions_open_share"], measures["dates_open_share"]) == (0.5, 0.5)
