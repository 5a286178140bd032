-- How is an entity written, and with what in front of it?
-- One row an entity, written form and proclitic; document counts the mentions that are short for a
-- name given in full in the same article.
SELECT
  m.entity_id,
  e.name_ar,
  m.surface,
  m.clitic,
  count(*) AS mentions,
  count(DISTINCT m.article_id) AS articles,
  count(*) FILTER (WHERE m.link_method = 'document') AS document
FROM mentions AS m JOIN entities AS e ON e.entity_id = m.entity_id
GROUP BY ALL
