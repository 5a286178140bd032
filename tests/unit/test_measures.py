"""What sources brought, by their staged batches: which articles stand, and which do not."""

from __future__ import annotations

from pathlib import Path

from tests.store_rows import a_batch, a_page, a_refusal, an_article, stage
from warehouse.measures import WHOLE, measure_sources


def test_what_a_decision_lets_in_stands_and_what_was_refused_does_not(tmp_path: Path) -> None:
    pages = [a_page(f"عنوان\n{'نص ' * (10 * n)}") for n in (1, 2, 3)]
    articles = [an_article(page) for page in pages]
    refused = a_refusal(articles[1].article_id, pages[1], unit="article")
    let_in = a_refusal(articles[2].article_id, pages[2], unit="article").model_copy(
        update={"state": "accepted", "decision_id": "a" * 12}
    )
    batch = stage(a_batch(tmp_path), pages, articles, [refused, let_in])
    found = measure_sources([batch])
    assert found.keys() == {batch.source_id, WHOLE}
    for each in found.values():
        assert (each.articles, each.mains, each.tagged) == (2, 2, 2)
        assert each.body_chars == (articles[0].body_chars + articles[2].body_chars) / 2
