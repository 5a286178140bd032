"""What sources usually give: measures of the batches of earlier runs, as the gates saw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.store import Store

#: Earlier runs that a source is compared with: at one run a day, what it gave in three weeks.
RUNS = 20
#: Older results are left alone: a year of hourly runs has millions of them.
_DAYS = 90

#: A run has a value a source: the mean over its batches. What held a batch is no usual value.
_VALUES = """
SELECT source_id, rule, value FROM (
  SELECT g.source_id, g.rule, g.run_id, avg(try_cast(g.observed AS DOUBLE)) AS value
  FROM lake.gate_results AS g
  SEMI JOIN (FROM lake.runs WHERE coalesce(kind, 'pipeline') = 'pipeline') AS r USING (run_id)
  WHERE g.rule IN (SELECT unnest($rules)) AND g.judged > 0 AND g.action <> 'hold'
    AND g.judged_on >= current_date - $days
  GROUP BY ALL
)
WHERE value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY source_id, rule ORDER BY run_id DESC) <= $runs
ORDER BY source_id, rule, run_id
"""


def usual_values(
    store: Store, rules: Iterable[str], runs: int = RUNS
) -> dict[str, dict[str, list[float]]]:
    """Return by source and rule what the newest runs gave, oldest first.

    `rules` are ids of rules that judge a measure of a batch.
    """
    values = {"rules": list(rules), "days": _DAYS, "runs": runs}
    with store.reading() as connection:
        rows = connection.execute(_VALUES, values).fetchall()
    found: dict[str, dict[str, list[float]]] = {}
    for source_id, rule, value in rows:
        found.setdefault(source_id, {}).setdefault(rule, []).append(value)
    return found
