"""Every query of the pages of questions runs on the samples and answers what the page says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tools.cookbook import PAGES, answered, recipes
from warehouse.reader import connect

pytestmark = pytest.mark.slow


def _named(page: Path) -> str:
    return page.name


@pytest.mark.parametrize("file", PAGES, ids=_named)
def test_every_answer_is_what_the_page_says(samples_home: Path, file: Path) -> None:
    page = file.read_text("utf-8")
    with connect(samples_home) as reader:
        assert answered(page, reader) == page, "run make docs"


@pytest.mark.parametrize(
    ("file", "least"), [(PAGES[0], 20), (PAGES[1], 10)], ids=map(_named, PAGES)
)
def test_every_query_of_the_page_is_a_recipe_with_an_answer(
    samples_home: Path, file: Path, least: int
) -> None:
    page = file.read_text("utf-8")
    found = list(recipes(page))
    assert len(found) >= least and len({each.question for each in found}) == len(found)
    # One that the pattern does not know would be neither run nor compared.
    assert len(found) == page.count("```sql") == page.count("\n### ")
    with connect(samples_home) as reader:
        for each in found:
            assert each.question.endswith("?")
            assert reader.execute(each.query).fetchone() is not None, each.question


def test_an_answer_is_written_below_its_query(samples_home: Path) -> None:
    asked = "### Is it?\n\nSaid.\n\n```sql\nSELECT 'a|b' AS x, NULL AS y, [1, 2] AS z\n```\n"
    told = "\n| x | y | z |\n| --- | --- | --- |\n| a\\|b |  | 1, 2 |\n"
    with connect(samples_home) as reader:
        assert answered(asked, reader) == asked + told
        assert answered(asked + "\n| old |\n| --- |\n", reader) == asked + told
        assert answered(asked + "\nAfter.\n", reader) == asked + told + "\nAfter.\n"
        with pytest.raises(duckdb.Error):
            answered(asked.replace("SELECT", "SELECT nothing,"), reader)
