"""docs/teach-an-outlet.md says what the tables of rules really are."""

from __future__ import annotations

from pathlib import Path

import pytest

RULES = Path("transforms/clean/rules")
#: The columns that every table has beside those of its own.
_SHARED = ("source", "test", "expect")


def header(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()[0].split("\t")


@pytest.fixture(scope="module")
def guide(root: Path) -> str:
    return (root / "docs" / "teach-an-outlet.md").read_text("utf-8")


@pytest.mark.parametrize(
    "table",
    ["marks", "words", "phrases", "months", "date_words", "date_order"],
)
def test_every_table_is_there_with_its_columns(root: Path, guide: str, table: str) -> None:
    columns = [name for name in header(root / RULES / f"{table}.tsv") if name not in _SHARED]
    (row,) = [line for line in guide.splitlines() if line.startswith("|") and f"`{table}." in line]
    assert f"`{' '.join(columns)}`" in row


def test_the_columns_of_tables_too(root: Path, guide: str) -> None:
    own = [c for c in header(root / "transforms/ingest/rules/columns.tsv") if c not in _SHARED]
    assert f"columns.tsv` | `{' '.join(own)}`" in guide


def test_positions_and_effects_are_all_explained(root: Path, guide: str) -> None:
    rows = (root / RULES / "marks.tsv").read_text("utf-8").splitlines()[1:]
    for row in rows:
        _, position, _, effect, *_ = row.split("\t")
        assert f"`{position}`" in guide and f"`{effect}`" in guide


def test_the_example_is_a_row_of_the_table(root: Path, guide: str) -> None:
    table = (root / RULES / "marks.tsv").read_text("utf-8").splitlines()
    shown = guide.split("```text\nmark\t")[1].split("```")[0].splitlines()
    assert f"mark\t{shown[0]}" == table[0]
    assert shown[1].split("\t")[:4] in [row.split("\t")[:4] for row in table]


def test_what_the_guide_says_of_the_country() -> None:
    from transforms.clean.dates import resolve_date

    assert resolve_date("03/04/2018").iso is None
    assert resolve_date("03/04/2018", country="TN").iso == "2018-04-03"
