-- Which sources deliver, how much, since when, and how much of it is refused?
-- One row a source that is configured or has rows; refused_share is the share of its pages that
-- stand in quarantine now.
WITH page AS (
  SELECT source_id, count(*) AS pages, max(fetched_at) AS last_fetched_at
  FROM pages GROUP BY source_id
), article AS (
  SELECT source_id, count(*) AS articles,
         count(*) FILTER (role = 'embedded') AS embedded_articles,
         min(published_earliest) AS first_published, max(published_latest) AS last_published
  FROM articles GROUP BY source_id
), refused AS (
  SELECT source_id, count(DISTINCT page_id) FILTER (unit = 'page') AS pages_refused,
         count(*) FILTER (unit = 'article') AS articles_refused
  FROM quarantine WHERE state = 'quarantined' GROUP BY source_id
), known AS (
  SELECT source_id FROM sources UNION SELECT source_id FROM page
  UNION SELECT source_id FROM refused
)
SELECT
  k.source_id,
  coalesce(s.name_ar, s.name_en) AS name,
  s.country,
  coalesce(p.pages, 0) AS pages,
  coalesce(a.articles, 0) AS articles,
  coalesce(a.embedded_articles, 0) AS embedded_articles,
  a.first_published,
  a.last_published,
  p.last_fetched_at,
  coalesce(r.pages_refused, 0) AS pages_refused,
  coalesce(r.articles_refused, 0) AS articles_refused,
  coalesce(r.pages_refused, 0)
    / nullif(coalesce(p.pages, 0) + coalesce(r.pages_refused, 0), 0) AS refused_share
FROM known AS k
LEFT JOIN sources AS s ON s.source_id = k.source_id
LEFT JOIN page AS p ON p.source_id = k.source_id
LEFT JOIN article AS a ON a.source_id = k.source_id
LEFT JOIN refused AS r ON r.source_id = k.source_id
