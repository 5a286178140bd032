"""CSV that is text to every spreadsheet, and the same again to whoever reads it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.spreadsheet import cell, csv_line


@pytest.mark.parametrize(
    "text",
    ["=1", "+1", "-1", "@x", "\t=1", "\r1", "\n1", " =1", "\u00a0=1", "\u3000 +1", "\u200b=1",
     "\ufeff=1", "\u202e=1", "\u200d-1", "\x00=1", "＝1", "＋1", "－1", "＠x", "  \t @x"],
)  # fmt: skip
def test_what_begins_a_formula_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["خبر", "1+1", "a=b", "'=1", "", " ", None, -5, 2.5, True])
def test_what_begins_none_stays(value: object) -> None:
    assert cell(value) == value


def test_no_separator_stands_bare() -> None:
    assert csv_line(["x;=1+1", "x\t=1", 'x"', 3, None, "y"]) == '"x;=1+1","x\t=1","x""",3,,y\n'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=6))
def test_a_row_is_read_as_it_was_written(row: list[str]) -> None:
    line = csv_line(row)
    (back,) = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert back == [cell(value) for value in row]
