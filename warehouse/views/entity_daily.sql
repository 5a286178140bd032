-- On which day was an entity written about, in how many articles, and how often was it named?
-- One row an entity and day; articles without a date of a day are left out.
SELECT
  m.entity_id,
  e.name_ar,
  e.type,
  a.published_earliest AS published_on,
  count(DISTINCT m.article_id) AS articles,
  count(DISTINCT a.source_id) AS sources,
  count(*) AS mentions
FROM mentions AS m
JOIN articles AS a ON a.article_id = m.article_id
JOIN entities AS e ON e.entity_id = m.entity_id
WHERE a.published_earliest = a.published_latest
GROUP BY ALL
