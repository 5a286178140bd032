"""From a damaged staged batch to quarantine: the article falls, with rule, count and page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from expectations.gate import judge
from tests.staged_batch import Staged

DAMAGES: list[tuple[str, str, dict[str, Any], str]] = [
    ("clean", "evidence", {"value": "عنوان آخر"}, "clean.article.values_contradicted"),
    ("clean", "evidence", {"version": "0.9"}, "clean.article.evidence_astray"),
    ("clean", "articles", {"url": None}, "clean.article.page_contradicted"),
    ("tag", "articles", {"body": "نص آخر", "body_chars": 6}, "tag.article.body_unlike_segments"),
    ("tag", "evidence", {"page_end": 3}, "tag.article.evidence_unlike_page"),
    ("tag", "mentions", {"page_start": 1}, "tag.article.mentions_unlike_page"),
    ("tag", "mentions", {"page_id": "0" * 64}, "tag.article.mentions_astray"),
    ("tag", "dates", {"page_start": 1}, "tag.article.dates_unlike_page"),
    ("tag", "dates", {"version": "0.9"}, "tag.article.dates_astray"),
]


@pytest.mark.parametrize(("stage", "table", "changes", "rule"), DAMAGES)
def test_an_article_that_cannot_show_its_values_is_refused(
    stage: Any, table: str, changes: dict[str, Any], rule: str, tmp_path: Path, at: datetime
) -> None:
    staged = Staged(tmp_path)
    rows = getattr(staged, table)
    rows[0] = rows[0].model_copy(update=changes)
    verdict = judge(stage, staged.frames(stage), batch=staged.batch, at=at)
    refused = {row.record_id: row for row in verdict.quarantine if row.unit == "article"}
    first, second = staged.articles
    row = refused[first.article_id]
    assert (row.rule, row.page_id, row.locator) == (rule, first.page_id, "pages/0.txt")
    assert f"{rule.rsplit('.', 1)[1]} = 1, expected = 0" in row.evidence
    assert second.article_id not in refused
    assert not verdict.held
