-- Who and what is named for the first time, by whom, and has it come again since?
-- One row an entity with a dated article; first_source is null where several were first on that day.
WITH named AS (
  SELECT DISTINCT m.entity_id, a.article_id, a.source_id, a.published_earliest AS day
  FROM mentions AS m JOIN articles AS a ON a.article_id = m.article_id
  WHERE m.entity_id IS NOT NULL AND a.published_earliest = a.published_latest
), first AS (
  SELECT entity_id, min(day) AS first_day FROM named GROUP BY entity_id
)
SELECT
  n.entity_id,
  e.name_ar,
  e.type,
  f.first_day,
  CASE WHEN count(DISTINCT n.source_id) FILTER (n.day = f.first_day) = 1
       THEN min(n.source_id) FILTER (n.day = f.first_day) END AS first_source,
  min(n.article_id) FILTER (n.day = f.first_day) AS first_article,
  count(*) AS articles,
  count(DISTINCT n.source_id) AS sources,
  max(n.day) AS last_day
FROM named AS n
JOIN first AS f ON f.entity_id = n.entity_id
JOIN entities AS e ON e.entity_id = n.entity_id
GROUP BY n.entity_id, e.name_ar, e.type, f.first_day
