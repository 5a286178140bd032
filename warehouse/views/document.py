"""The analyst's views as a page for people: docs/views.md."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.views import VIEWS, View

_HEAD = """\
# The analyst's views

Written by `make docs` from `warehouse/views/*.sql`. Each stands in `khabar.duckdb` beside the
[tables](tables.md): `khabar sql "FROM source_activity"`.
"""


def views_markdown() -> str:
    """Return docs/views.md: every view with its question and its SQL."""
    return "\n".join((_HEAD, *(line for view in VIEWS for line in _view(view))))


def _view(view: View) -> Iterator[str]:
    yield f"## {view.name}"
    yield ""
    yield view.question
    yield ""
    yield "```sql"
    yield view.select
    yield "```"
    yield ""
