-- Which source names an entity how often, measured by all that it publishes?
-- One row an entity and source; share is that of the source's articles which name it, lift how many
-- times that is the share over all sources: above 1 the source names it more than others do.
WITH published AS (
  SELECT source_id, count(*) AS articles FROM articles GROUP BY source_id
), named AS (
  SELECT m.entity_id, a.source_id, count(DISTINCT m.article_id) AS articles
  FROM mentions AS m JOIN articles AS a ON a.article_id = m.article_id
  WHERE m.entity_id IS NOT NULL
  GROUP BY ALL
), everywhere AS (
  SELECT entity_id, sum(articles) / (SELECT sum(articles) FROM published) AS share
  FROM named GROUP BY entity_id
)
SELECT
  n.entity_id,
  e.name_ar,
  n.source_id,
  n.articles,
  n.articles / p.articles AS share,
  n.articles / p.articles / w.share AS lift
FROM named AS n
JOIN published AS p ON p.source_id = n.source_id
JOIN everywhere AS w ON w.entity_id = n.entity_id
JOIN entities AS e ON e.entity_id = n.entity_id
