-- Which names come often and stand for nobody that the knowledge holds?
-- One row a written form and type: names that only texts know, and those that stay open. What
-- belongs into the knowledge files, or is no name, stands at the top by articles.
SELECT
  m.surface,
  m.type,
  count(*) AS mentions,
  count(DISTINCT m.article_id) AS articles,
  count(DISTINCT a.source_id) AS sources,
  count(*) FILTER (WHERE m.entity_id IS NULL) AS open,
  min(m.article_id) AS an_article
FROM mentions AS m
JOIN articles AS a ON a.article_id = m.article_id
LEFT JOIN entities AS e ON e.entity_id = m.entity_id
WHERE e.entity_id IS NULL OR e.origin = 'text'
GROUP BY ALL
