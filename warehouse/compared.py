"""The articles as they will stand after a publication, for what is compared before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.group.compare import Overlap
from transforms.group.families import Pair
from transforms.group.relation import Report, folded_names, spoken
from warehouse.sqltext import fill, identifier
from warehouse.tables import Source

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SOURCES = "SELECT source_id, name_ar, name_en, country FROM lake.sources"

_REPORTS = """
SELECT a.article_id, a.source_id, a.published_at, a.published_precision, a.published_earliest,
       a.published_latest, a.publisher, a.stated_source, a.dateline, a.title
FROM {articles} AS a WHERE a.article_id IN (FROM asked_articles)
"""

#: Pairs of articles that stay as they are.
_PAIRS = """
SELECT article_id, other_id, contained, contains, shared, same_words FROM lake.copy_pairs
WHERE article_id IN (FROM asked_articles) AND other_id IN (FROM asked_articles)
  AND article_id NOT IN (FROM changed_articles) AND other_id NOT IN (FROM changed_articles)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """SQL that reads articles and mentions as they will stand, and the sources that are known.

    `sources` are rows that the table may not have yet.
    """

    articles: str
    mentions: str
    sources: Sequence[Source] = ()

    def reports(self, connection: DuckDBPyConnection, ids: Iterable[str]) -> dict[str, Report]:
        """Return what is known of articles beside their bodies, by their ids."""
        known = {row[0]: row for row in connection.execute(_SOURCES).fetchall()}
        known |= {s.source_id: (s.source_id, s.name_ar, s.name_en, s.country) for s in self.sources}
        name_articles(connection, "asked_articles", ids)
        found = {}
        for row in connection.execute(fill(_REPORTS, articles=self.articles)).fetchall():
            article, source, at, precision, earliest, latest, publisher, says, opens, title = row
            _, arabic, latin, country = known.get(source, (source, None, None, None))
            found[article] = Report(
                article, source, at, precision, earliest, latest,
                folded_names((publisher, arabic, latin)), spoken(says), spoken(opens), country,
                title,
            )  # fmt: skip
        return found


def pairs_among(connection: DuckDBPyConnection, ids: Iterable[str]) -> list[Pair]:
    """Return the pairs of these articles that stand in the table and stay there."""
    name_articles(connection, "asked_articles", ids)
    return [
        Pair(one, other, Overlap(round(shared / of_one), round(shared / of_other), shared, same))
        for one, other, of_one, of_other, shared, same in connection.execute(_PAIRS).fetchall()
    ]


def name_articles(connection: DuckDBPyConnection, name: str, ids: Iterable[str]) -> None:
    """Make ids readable as a temporary table of one column, `article_id`."""
    import pyarrow as pa

    table = pa.table({"article_id": pa.array(sorted(set(ids)), pa.string())})
    connection.register("named_ids", table)
    try:
        connection.execute(
            fill("CREATE OR REPLACE TEMP TABLE {name} AS FROM named_ids", name=identifier(name))
        )
    finally:
        connection.unregister("named_ids")
