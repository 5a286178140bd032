"""docs/tables.md and docs/views.md say what the contract and the views say."""

from __future__ import annotations

from pathlib import Path

from warehouse.tables import TABLES
from warehouse.tables.document import tables_markdown
from warehouse.views import VIEWS
from warehouse.views.document import views_markdown


def test_tables_page_is_current(root: Path) -> None:
    assert (root / "docs" / "tables.md").read_text("utf-8") == tables_markdown(), "run make docs"


def test_views_page_is_current(root: Path) -> None:
    assert (root / "docs" / "views.md").read_text("utf-8") == views_markdown(), "run make docs"


def test_every_table_and_column_is_described() -> None:
    page = tables_markdown()
    for model in TABLES:
        assert f"\n## {model.table}\n" in page
        section = page.split(f"\n## {model.table}\n")[1].split("\n## ")[0]
        for field in model.fields():
            assert f"| `{field.name}` |" in section
            assert field.column.description


def test_no_cell_breaks_its_table() -> None:
    # A pattern such as (a|b) must not open a new column.
    section = tables_markdown().split("\n## articles\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}


def test_every_view_says_which_question_it_answers() -> None:
    assert len(VIEWS) >= 14
    assert all("?" in view.question for view in VIEWS)
