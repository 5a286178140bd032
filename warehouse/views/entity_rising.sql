-- Who and what is rising: which entities stand in more of the last week's articles than before?
-- One row an entity of the last seven days. last_7_days and days_8_to_35 count articles with a day of
-- their own, back from the newest one published; rising is the entity's share of the former over its
-- share of the latter, each with one article added so that a single one makes no flood: 1 is as
-- before, null where no article is that old.
WITH dated AS (
  SELECT article_id, published_earliest AS day, max(published_earliest) OVER () AS newest
  FROM articles
  WHERE published_earliest = published_latest
), aged AS (
  SELECT article_id, day > newest - 7 AS recent FROM dated WHERE day > newest - 35
), periods AS (
  SELECT count(*) FILTER (recent) AS recent, count(*) FILTER (NOT recent) AS before FROM aged
), named AS (
  SELECT
    m.entity_id,
    count(DISTINCT m.article_id) FILTER (a.recent) AS recent,
    count(DISTINCT m.article_id) FILTER (NOT a.recent) AS before
  FROM mentions AS m JOIN aged AS a ON a.article_id = m.article_id
  WHERE m.entity_id IS NOT NULL
  GROUP BY m.entity_id
)
SELECT
  e.type,
  n.entity_id,
  e.name_ar,
  e.name_en,
  n.recent AS last_7_days,
  n.before AS days_8_to_35,
  CASE WHEN p.before > 0
    THEN round(((n.recent + 1) / (p.recent + 1)) / ((n.before + 1) / (p.before + 1)), 2)
  END AS rising
FROM named AS n
JOIN entities AS e ON e.entity_id = n.entity_id
CROSS JOIN periods AS p
WHERE n.recent > 0
ORDER BY rising DESC NULLS LAST, last_7_days DESC, n.entity_id
