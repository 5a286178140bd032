"""Column names: the usual ones are recognised, a mapping goes before them, values are read."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from transforms.ingest.columns import ROLES, fields, recognise, unknown_roles

RULES = Path(__file__).parents[2] / "transforms" / "ingest" / "rules" / "columns.tsv"
with RULES.open(encoding="utf-8") as rules:
    ROWS = list(csv.DictReader(rules, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_each_rule_recognises_its_test_phrase(row: dict[str, str]) -> None:
    assert recognise((row["test"],)) == {row["role"]: (row["test"],)}
    assert row["role"] in ROLES
    assert row["source"]


def test_no_name_stands_twice() -> None:
    keys = [row["name"].replace("_", "") for row in ROWS]
    assert len(keys) == len(set(keys))


def test_the_most_telling_column_comes_first() -> None:
    found = recognise(("content", "text", "date", "datePublished", "id"))
    assert found == {"text": ("text", "content"), "published": ("datePublished", "date")}


def test_a_blank_column_gives_way_to_the_next() -> None:
    assert fields({"text": " ", "content": "متن"}, {}).given.text == "متن"


def test_a_mapping_goes_before_the_usual_names_and_takes_its_column_away() -> None:
    row = {"story": "متن", "title": "كاتب", "headline": "عنوان", "text": "رقم"}
    given = fields(row, {"text": "story", "byline": "title"}).given
    assert (given.text, given.byline, given.title) == ("متن", "كاتب", "عنوان")
    assert fields({"text": "متن"}, {"text": "absent"}).given.text == "متن"
    assert unknown_roles({"text": "a", "txt": "b"}) == ["txt"]


@pytest.mark.parametrize("value", [None, "", "  ", "None", "null", "NaN", "N/A", float("nan"), "-"])
def test_spellings_of_nothing_are_null(value: object) -> None:
    assert fields({"author": value, "text": "x"}, {}).given.byline is None


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("ليبيا", "ليبيا"),
        (["ليبيا", None, "", "تونس"], "ليبيا, تونس"),
        ([], None),
        ([[["deep"]]], None),
        ({"name": "ليبيا", "url": "x"}, "ليبيا"),
        ({"url": "x"}, None),
        ([{"name": "ليبيا"}, {"name": "تونس"}], "ليبيا, تونس"),
        (7, "7"),
        (date(2020, 5, 3), "2020-05-03"),
        ("ليبيا".encode("cp1256"), "ليبيا"),
        (object(), None),
    ],
)
def test_cells_of_all_kinds(value: object, written: str | None) -> None:
    assert fields({"tags": value}, {}).given.keywords == written


def test_paragraphs_of_a_text_are_lines() -> None:
    assert fields({"text": ["أول", "ثان"]}, {}).given.text == "أول\nثان"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2015-07-21 12:31:13", datetime(2015, 7, 21, 12, 31, 13, tzinfo=UTC)),
        ("2015-07-21T12:31:13+03:00", datetime(2015, 7, 21, 9, 31, 13, tzinfo=UTC)),
        ("Tue, 21 Jul 2015 12:31:13 +0000", datetime(2015, 7, 21, 12, 31, 13, tzinfo=UTC)),
        ("1437481873", datetime(2015, 7, 21, 12, 31, 13, tzinfo=UTC)),
        (1437481873000, datetime(2015, 7, 21, 12, 31, 13, tzinfo=UTC)),
        ("2024-13-45T99:99:99Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("9" * 13, None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_crawl_times_are_read_or_null(value: object, moment: datetime | None) -> None:
    assert fields({"fetched_at": value}, {}).fetched_at == moment
