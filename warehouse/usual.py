"""What sources usually bring: measures of earlier runs, taken together where these were small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

if TYPE_CHECKING:
    from warehouse.store import Store

#: Older results are left alone: a year of hourly runs has millions of them.
_DAYS = 90


class Measured(NamedTuple):
    """One measure of a run: of which source, judged by which rule, from how many articles.

    `series` is the batch_id under which the same measure stands in earlier runs. `sample` is
    None for a count.
    """

    source_id: str
    series: str
    rule: str
    value: float
    sample: int | None


#: The runs before, newest first. What was held is no usual value, and is read again by a later run:
#: a source of which a batch was held brought in that run what another one will bring once more.
_PAST = """
  SELECT g.source_id, g.rule, r.run_id, r.started_at, g.value, g.sample
  FROM lake.gate_results AS g JOIN lake.runs AS r USING (run_id)
  SEMI JOIN measured AS m
    ON m.source_id = g.source_id AND m.series = g.batch_id AND m.rule = g.rule
  ANTI JOIN (
    SELECT DISTINCT run_id, unnest([source_id, '*']) AS source_id
    FROM lake.run_stages WHERE held > 0
  ) AS h ON h.run_id = g.run_id AND h.source_id = g.source_id
  WHERE g.scope = 'source' AND g.value IS NOT NULL AND g.action <> 'hold'
    AND coalesce(r.kind, 'pipeline') = 'pipeline'
    AND g.judged_on >= $since AND r.started_at < $started
"""

#: Runs are taken together until they have $rows articles. The newest ones make up for what this
#: run lacks of them (`pool` is null), the older ones are what is usual.
_SHARES = f"""
WITH past AS ({_PAST} AND g.sample > 0),
placed AS (
  SELECT past.*, greatest($rows - m.sample, 0) AS lacking, coalesce(sum(past.sample) OVER (
      PARTITION BY past.source_id, past.rule ORDER BY past.run_id DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer
  FROM past JOIN measured AS m USING (source_id, rule)
)
SELECT source_id, rule, CASE WHEN newer >= lacking THEN newer // $rows END AS pool,
  sum(value * sample) / sum(sample), CAST(sum(sample) AS BIGINT)
FROM placed GROUP BY ALL ORDER BY source_id, rule, pool NULLS FIRST
"""  # noqa: S608 - no value is written into it

#: Days count back from this run: the newest 20 hours, then 24 at a time, so that a daily run may
#: start four hours early or late. A source's first run has nothing before it: it brings an archive.
_COUNTS = f"""
WITH past AS ({_PAST}
  UNION ALL BY NAME SELECT source_id, rule, $run_id AS run_id, $started AS started_at, value
  FROM measured
), timed AS (
  SELECT *, epoch(started_at - lag(started_at) OVER (
      PARTITION BY source_id, rule ORDER BY started_at, run_id)) / 86400 AS days
  FROM past
)
SELECT source_id, rule, floor((epoch($started - started_at) / 3600 + 4) / 24) AS day,
  sum(value), count(*), sum(days)
FROM timed WHERE days IS NOT NULL
GROUP BY ALL ORDER BY source_id, rule, day
"""  # noqa: S608

Key = tuple[str, str]


def earlier_shares(
    store: Store, measured: Sequence[Measured], started: datetime, rows: int
) -> dict[Key, list[tuple[int | None, float, int]]]:
    """Return by source and rule the pools of earlier runs: number, mean, articles; newest first.

    A pool without a number belongs to this run, which has fewer than `rows` articles by itself.
    """
    found: dict[Key, list[tuple[int | None, float, int]]] = {}
    for source_id, rule, *pool in _rows(store, _SHARES, measured, started=started, rows=rows):
        number, mean, articles = pool
        found.setdefault((source_id, rule), []).append((number, mean, articles))
    return found


def daily_counts(
    store: Store, measured: Sequence[Measured], started: datetime, run_id: str
) -> dict[Key, list[tuple[float, int, float]]]:
    """Return by source and rule what each day brought: count, runs, days; this run's first."""
    found: dict[Key, list[tuple[float, int, float]]] = {}
    for source_id, rule, _, count, runs, days in _rows(
        store, _COUNTS, measured, started=started, run_id=run_id
    ):
        found.setdefault((source_id, rule), []).append((count, runs, days))
    return found


def _rows(
    store: Store, query: str, measured: Iterable[Measured], *, started: datetime, **values: object
) -> list[tuple[Any, ...]]:
    columns = list(zip(*measured, strict=True)) or [()] * len(Measured._fields)
    types = (pa.string(), pa.string(), pa.string(), pa.float64(), pa.int64())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    table = pa.Table.from_arrays(arrays, names=list(Measured._fields))
    since = (started - timedelta(days=_DAYS)).date()
    with store.reading() as connection:
        connection.register("measured", table)
        try:
            asked = {"started": started, "since": since} | values
            return connection.execute(query, asked).fetchall()
        finally:
            connection.unregister("measured")
