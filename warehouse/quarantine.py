"""What a publication writes of refused records, inside its one transaction: the work list.

`quarantine` says how each record stands, `attempts` how it came to that, and `refused_pages` keeps
what a replay reads. Runs after the rows that a run chose are written (`warehouse.writes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from warehouse.incoming import article_tables, page_tables, read_staged
from warehouse.sqltext import fill, identifier, identifiers
from warehouse.tables import Article, Attempt, Page, Quarantine, RefusedPage, Row
from warehouse.upsert import any_row, columns_of, named_rows, upsert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.staging import Batch

#: Each record has at most one open row, that of its last refusal. A record that is published,
#: or refused by another stage now, is released from the refusal that stands. So is one that was
#: refused before its url was known, and one that could not be had from its address. What a decision
#: lets in stays accepted until it passes without, or is refused and the decision is not there.
_QUARANTINE = """
CREATE OR REPLACE TEMP TABLE quarantine_rows AS
WITH passed AS (
  SELECT page_id AS record_id FROM ({pages})
  UNION SELECT without_url FROM {named}
  UNION SELECT not_had FROM {named}
  UNION SELECT article_id FROM passed_articles
), incoming AS (
  FROM refused_rows
  WHERE state = 'quarantined' OR record_id IN (SELECT record_id FROM passed)
  QUALIFY row_number() OVER (
    PARTITION BY record_id, stage ORDER BY state DESC, rule, reason, evidence) = 1
), refused AS (
  FROM incoming WHERE state = 'quarantined'
)
SELECT i.* REPLACE (
  least(i.first_seen, o.first_seen) AS first_seen,
  i.attempts + coalesce(o.attempts, 0) AS attempts)
FROM incoming AS i LEFT JOIN lake.quarantine AS o USING (record_id, stage)
UNION ALL
SELECT o.* REPLACE ('released' AS state, NULL AS decision_id)
FROM lake.quarantine AS o
WHERE NOT EXISTS (FROM incoming i WHERE i.record_id = o.record_id AND i.stage = o.stage)
  AND (o.state <> 'released' AND o.record_id IN (SELECT record_id FROM passed)
       AND o.record_id NOT IN (SELECT record_id FROM refused)
    OR o.state = 'quarantined' AND o.record_id IN (SELECT record_id FROM incoming)
    OR o.state = 'accepted' AND o.record_id IN (SELECT record_id FROM refused)
       AND o.decision_id NOT IN (SELECT decision_id FROM lake.decisions))
"""

#: A row that goes since another stage refuses its record now is no try of its own.
_ATTEMPTS = """
INSERT INTO lake.attempts ({columns})
SELECT record_id, stage, $run_id, $at,
       CASE state WHEN 'quarantined' THEN 'refused' ELSE state END, unit, source_id, page_id,
       rule, rule_version, CASE state WHEN 'released' THEN '' ELSE evidence END,
       CASE state WHEN 'released' THEN $transform_version ELSE transform_version END, decision_id
FROM quarantine_rows
WHERE state <> 'released'
   OR record_id NOT IN (SELECT record_id FROM quarantine_rows WHERE state <> 'released')
"""

#: What came last of each record on each page, where that was to be let in by a decision. Quarantine
#: does not say it of a page whose newer version was refused since: its row is that version's then.
LET_IN = """
SELECT source_id, page_id, record_id, rule, decision_id FROM (
  FROM lake.attempts
  WHERE record_id IN (SELECT record_id FROM lake.attempts WHERE outcome = 'accepted')
  QUALIFY rank() OVER (PARTITION BY record_id, page_id ORDER BY tried_at DESC) = 1
) WHERE outcome = 'accepted'
"""

#: Records that a decision had let in, which is not there any more, and that are refused now: they
#: stand published with no right to it. An earlier version that had passed by itself would stay.
_WITHDRAWN = """
CREATE OR REPLACE TEMP TABLE withdrawn AS
SELECT DISTINCT r.record_id, r.unit, r.page_id
FROM refused_rows AS r JOIN ({let_in}) AS l USING (record_id, page_id)
WHERE r.state = 'quarantined'
  AND l.decision_id NOT IN (SELECT decision_id FROM lake.decisions)
"""

_WITHDRAWN_ARTICLES = """
CREATE OR REPLACE TEMP TABLE withdrawn_articles AS
SELECT a.article_id, a.page_id FROM lake.articles AS a SEMI JOIN withdrawn AS w
  ON w.page_id = a.page_id AND w.record_id IN (a.article_id, a.page_id)
"""

#: With its last article a page goes that is refused now.
_WITHDRAWN_PAGES = """
CREATE OR REPLACE TEMP TABLE withdrawn_pages AS
SELECT page_id FROM withdrawn WHERE unit = 'page'
UNION
SELECT page_id FROM withdrawn_articles
WHERE page_id IN (SELECT record_id FROM refused_rows WHERE state = 'quarantined')
  AND page_id NOT IN (SELECT page_id FROM lake.articles ANTI JOIN withdrawn_articles
                      USING (article_id, page_id))
"""


class Tried(NamedTuple):
    """What a run tried: its id, when it ended, its transforms, and all of its batches.

    The batches are the held ones too: their refused pages are kept as the others are.
    """

    run_id: str
    at: datetime
    transform_version: str
    batches: Sequence[Batch]


def write_quarantine(
    connection: DuckDBPyConnection, rows: Sequence[Quarantine], tried: Tried
) -> None:
    """Write what a run refused and what it let in; release what passed since it was refused."""
    if not rows and not any_row(connection, "lake.quarantine"):
        return
    with named_rows(connection, Quarantine, rows) as given:
        connection.execute(
            fill("CREATE OR REPLACE TEMP TABLE refused_rows AS FROM {rows}", rows=given)
        )
    pages = " UNION ".join(
        fill("SELECT page_id FROM pages_of_{t}", t=m.table) for m in page_tables()
    )
    connection.execute(fill(_QUARANTINE, pages=pages, named=fill("pages_of_{t}", t=Page.table)))
    if not any_row(connection, "quarantine_rows"):
        return
    _withdraw(connection)
    about = {"run_id": tried.run_id, "at": tried.at, "transform_version": tried.transform_version}
    connection.execute(fill(_ATTEMPTS, columns=columns_of(Attempt)), about)
    upsert(connection, Quarantine, "quarantine_rows")
    _keep_refused_pages(connection, tried.batches)


def _withdraw(connection: DuckDBPyConnection) -> None:
    """Take out of the published tables what only a decision had let in that is gone."""
    connection.execute(fill(_WITHDRAWN, let_in=LET_IN))
    if not any_row(connection, "withdrawn"):
        return
    connection.execute(_WITHDRAWN_ARTICLES)
    connection.execute(_WITHDRAWN_PAGES)
    of_articles: tuple[type[Row], ...] = (Article, *article_tables())
    for model in of_articles:
        connection.execute(
            fill(
                "DELETE FROM lake.{table} WHERE (article_id, page_id) IN"
                " (SELECT (article_id, page_id) FROM withdrawn_articles)",
                table=identifier(model.table),
            )
        )
    for model in page_tables():
        connection.execute(
            fill(
                "DELETE FROM lake.{table} WHERE page_id IN (FROM withdrawn_pages)",
                table=identifier(model.table),
            )
        )


def _keep_refused_pages(connection: DuckDBPyConnection, batches: Sequence[Batch]) -> None:
    """Keep the pages that were refused, as they landed; drop those that stand there no more."""
    if any_row(connection, "lake.refused_pages"):
        connection.execute(
            "DELETE FROM lake.refused_pages WHERE page_id IN"
            " (SELECT page_id FROM quarantine_rows WHERE state <> 'quarantined')"
            " AND page_id NOT IN (SELECT record_id FROM lake.quarantine"
            " WHERE unit = 'page' AND state = 'quarantined')"
        )
    files = [str(path) for b in batches if (path := b.path("ingest", Page.table)).exists()]
    refused = "SELECT record_id FROM quarantine_rows WHERE unit = 'page' AND state = 'quarantined'"
    if not files or not any_row(connection, f"({refused})"):
        return
    rows = fill(
        "(SELECT {columns} FROM {read} WHERE page_id IN ({refused}))",
        columns=identifiers(field.name for field in Page.fields()),
        read=read_staged(files), refused=refused,
    )  # fmt: skip
    upsert(connection, RefusedPage, rows)
