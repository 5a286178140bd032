-- Which two entities are named in the same articles, and is that more often than by chance?
-- One row a pair, the smaller id first. lift is the pair's articles over those expected if both
-- were spread independently over all articles that name any entity: 1 is chance.
WITH named AS MATERIALIZED (
  SELECT article_id, m.entity_id, e.name_ar, count(*) OVER (PARTITION BY m.entity_id) AS articles
  FROM (SELECT DISTINCT article_id, entity_id FROM mentions) AS m
  JOIN entities AS e ON e.entity_id = m.entity_id
)
SELECT
  a.entity_id AS entity_a,
  any_value(a.name_ar) AS name_a,
  b.entity_id AS entity_b,
  any_value(b.name_ar) AS name_b,
  count(*) AS articles,
  count(*) * (SELECT count(DISTINCT article_id) FROM named)
    / (any_value(a.articles) * any_value(b.articles)) AS lift
FROM named AS a JOIN named AS b ON b.article_id = a.article_id AND a.entity_id < b.entity_id
GROUP BY a.entity_id, b.entity_id
