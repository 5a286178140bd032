-- Who and what is the news about: which entities stand in the most articles?
-- One row an entity; place counts within its type, 1 for the one in most articles.
WITH counted AS (
  SELECT
    m.entity_id,
    count(DISTINCT m.article_id) AS articles,
    count(DISTINCT a.source_id) AS sources,
    count(*) AS mentions,
    min(a.published_earliest) AS first_published,
    max(a.published_latest) AS last_published
  FROM mentions AS m
  JOIN articles AS a ON a.article_id = m.article_id
  WHERE m.entity_id IS NOT NULL
  GROUP BY m.entity_id
)
SELECT
  e.type,
  rank() OVER (PARTITION BY e.type ORDER BY c.articles DESC, c.mentions DESC) AS place,
  c.entity_id,
  e.name_ar,
  e.name_en,
  c.articles,
  c.sources,
  c.mentions,
  c.first_published,
  c.last_published
FROM counted AS c JOIN entities AS e ON e.entity_id = c.entity_id
