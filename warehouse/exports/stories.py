"""Articles one after another, each with its names and keywords: what formats of lines are made of.

One query in one order: an article's row, then the rows that hang on it. Nothing of another article
is in memory meanwhile, and DuckDB spills what it cannot sort there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from warehouse.exports.base import Shown

_ROWS = """
SELECT a.article_id AS of_article, 0 AS part, 0 AS seq, a AS article FROM (
  SELECT a.*, p.fetched_at, s.terms, c.copy_of
  FROM articles AS a
  LEFT JOIN (SELECT page_id, fetched_at FROM pages) AS p USING (page_id)
  LEFT JOIN sources AS s USING (source_id)
  LEFT JOIN copies AS c USING (article_id)
) AS a
UNION ALL BY NAME
SELECT m.article_id AS of_article, 1 AS part, m.page_start AS seq, m AS mention FROM (
  SELECT m.article_id, m.page_start, m.part AS stands_in, m.surface, m.type, m.entity_id,
         e.name_ar, e.name_en, e.subtype, e.country, e.origin
  FROM mentions AS m LEFT JOIN entities AS e USING (entity_id)
) AS m
UNION ALL BY NAME
SELECT article_id AS of_article, 2 AS part, seq, value AS keyword
FROM evidence WHERE field = 'keyword' AND chosen
ORDER BY of_article, part, seq
"""
_FETCHED = 2_000


@dataclass(slots=True)
class Story:
    """One article and its mentions, each with its entity's row.

    Beside its own columns the article has `fetched_at`, `terms` and `copy_of`.
    """

    article: dict[str, Any]
    mentions: list[dict[str, Any]] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)


def stories(shown: Shown) -> Iterator[Story]:
    """Yield every article, in the order of the ids."""
    story: Story | None = None
    for row in _rows(shown):
        if row["part"] == 0:
            if story is not None:
                yield story
            story = Story(row["article"])
        elif story is None or story.article["article_id"] != row["of_article"]:
            raise ValueError(f"a row hangs on {row['of_article']}, and there is no such article")
        elif row["part"] == 1:
            story.mentions.append(row["mention"])
        else:
            story.keywords.append(row["keyword"])
    if story is not None:
        yield story


def _rows(shown: Shown) -> Iterator[dict[str, Any]]:
    for batch in shown.connection.execute(_ROWS).to_arrow_reader(_FETCHED):
        yield from batch.to_pylist()
