-- Who copies whom, how often, how closely, and how long after?
-- One row a pair of sources; share is that of the copying source's articles. Lags are of copies whose
-- times are both known to the minute. An outlet that prints its own report again is a pair with itself.
WITH published AS (
  SELECT source_id, count(*) AS articles FROM articles GROUP BY source_id
)
SELECT
  o.source_id AS from_source,
  a.source_id AS to_source,
  count(*) AS copies,
  count(*) / any_value(p.articles) AS share,
  count(*) FILTER (c.relation IN ('identical', 'copy')) AS unchanged,
  count(*) FILTER (c.relation = 'edited copy') AS edited,
  count(*) FILTER (c.relation IN ('excerpt', 'extended')) AS partial,
  median(c.lag_minutes) AS median_lag_minutes,
  min(a.published_earliest) AS first_copied,
  max(a.published_latest) AS last_copied
FROM copies AS c
JOIN articles AS a ON a.article_id = c.article_id
JOIN articles AS o ON o.article_id = c.copy_of
JOIN published AS p ON p.source_id = a.source_id
GROUP BY o.source_id, a.source_id
