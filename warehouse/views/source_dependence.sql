-- How much of what a source publishes is its own, and how much do others take from it?
-- One row a source. copied are articles copied from another source; same_as stand beside another
-- source's and nobody knows whose is earlier; repeated are its own, published again; taken are copies
-- that others made of its articles.
WITH peer AS (
  SELECT
    c.article_id,
    any_value(c.copy_of) IS NOT NULL AND any_value(o.source_id) <> any_value(a.source_id) AS copied,
    any_value(c.copy_of) IS NOT NULL AND any_value(o.source_id) = any_value(a.source_id) AS repeated,
    any_value(c.copy_of) IS NULL AND any_value(c.relation) IS NOT NULL
      AND any_value(n.source_id) <> any_value(a.source_id) AS same_as
  FROM copies AS c
  JOIN articles AS a ON a.article_id = c.article_id
  JOIN articles AS n ON n.article_id = c.nearest_id
  LEFT JOIN articles AS o ON o.article_id = c.copy_of
  GROUP BY c.article_id
), taken AS (
  SELECT o.source_id, count(*) AS taken, count(DISTINCT a.source_id) AS takers
  FROM copies AS c
  JOIN articles AS a ON a.article_id = c.article_id
  JOIN articles AS o ON o.article_id = c.copy_of
  WHERE o.source_id <> a.source_id
  GROUP BY o.source_id
)
SELECT
  a.source_id,
  count(*) AS articles,
  count(*) FILTER (p.copied) AS copied,
  count(*) FILTER (p.same_as) AS same_as,
  count(*) FILTER (p.repeated) AS repeated,
  1 - count(*) FILTER (p.copied OR p.same_as OR p.repeated) / count(*) AS own_share,
  coalesce(any_value(t.taken), 0) AS taken,
  coalesce(any_value(t.takers), 0) AS takers
FROM articles AS a
LEFT JOIN peer AS p ON p.article_id = a.article_id
LEFT JOIN taken AS t ON t.source_id = a.source_id
GROUP BY a.source_id
