-- Which two entities are named in the same articles, and is that more often than by chance?
-- One row a pair, the smaller id first. lift is the pair's articles over those expected if both
-- were spread independently over all articles that name any entity: 1 is chance.
WITH named AS (
  SELECT DISTINCT article_id, entity_id FROM mentions WHERE entity_id IS NOT NULL
), single AS (
  SELECT entity_id, count(*) AS articles FROM named GROUP BY entity_id
), pair AS (
  SELECT a.entity_id AS entity_a, b.entity_id AS entity_b, count(*) AS articles
  FROM named AS a JOIN named AS b ON b.article_id = a.article_id AND a.entity_id < b.entity_id
  GROUP BY ALL
), total AS (
  SELECT count(DISTINCT article_id) AS articles FROM named
)
SELECT
  p.entity_a,
  ea.name_ar AS name_a,
  p.entity_b,
  eb.name_ar AS name_b,
  p.articles,
  p.articles * t.articles / (sa.articles * sb.articles) AS lift
FROM pair AS p
CROSS JOIN total AS t
JOIN single AS sa ON sa.entity_id = p.entity_a
JOIN single AS sb ON sb.entity_id = p.entity_b
JOIN entities AS ea ON ea.entity_id = p.entity_a
JOIN entities AS eb ON eb.entity_id = p.entity_b
