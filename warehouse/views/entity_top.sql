-- Who and what is the news about: which entities stand in the most articles, and which are rising?
-- One row an entity; place counts within its type, 1 for the one in most articles. last_7_days and
-- days_8_to_35 count articles with a day of their own, back from the newest one published; rising
-- is the entity's share of the former over its share of the latter, each with one article added so
-- that a single one makes no flood: 1 is as before, null where nothing is that old.
WITH named AS (
  SELECT
    m.entity_id,
    m.article_id,
    count(*) AS mentions,
    any_value(a.source_id) AS source_id,
    any_value(a.published_earliest) AS earliest,
    any_value(a.published_latest) AS latest
  FROM mentions AS m
  JOIN articles AS a ON a.article_id = m.article_id
  WHERE m.entity_id IS NOT NULL
  GROUP BY m.entity_id, m.article_id
), newest AS (
  SELECT max(published_earliest) AS day
  FROM articles
  WHERE published_earliest = published_latest
), periods AS (
  SELECT
    day,
    count(*) FILTER (published_earliest > day - 7) AS recent,
    count(*) FILTER (published_earliest <= day - 7 AND published_earliest > day - 35) AS before
  FROM articles, newest
  WHERE published_earliest = published_latest
  GROUP BY day
), counted AS (
  SELECT
    n.entity_id,
    count(*) AS articles,
    count(DISTINCT n.source_id) AS sources,
    sum(n.mentions)::BIGINT AS mentions,
    min(n.earliest) AS first_published,
    max(n.latest) AS last_published,
    count(*) FILTER (n.earliest = n.latest AND n.earliest > w.day - 7) AS recent,
    count(*) FILTER (
      n.earliest = n.latest AND n.earliest <= w.day - 7 AND n.earliest > w.day - 35
    ) AS before
  FROM named AS n, newest AS w
  GROUP BY n.entity_id
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
  c.last_published,
  c.recent AS last_7_days,
  c.before AS days_8_to_35,
  CASE WHEN p.before > 0
    THEN ((c.recent + 1) / (p.recent + 1)) / ((c.before + 1) / (p.before + 1))
  END AS rising
FROM counted AS c
JOIN entities AS e ON e.entity_id = c.entity_id
LEFT JOIN periods AS p ON true
