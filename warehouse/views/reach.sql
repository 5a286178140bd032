-- How far did a report go: how many sources printed it, in how many copies, over how many days?
-- One row a group of copies. first_id is the one that was copied from, as far as dates and stated
-- sources tell; null where nobody knows.
WITH member AS (
  SELECT c.group_id, c.article_id, c.copy_of, c.relation, a.source_id, a.title,
         a.published_earliest, a.published_latest,
         count(*) OVER (PARTITION BY c.group_id) AS articles
  FROM copies AS c JOIN articles AS a ON a.article_id = c.article_id
), led AS (
  SELECT group_id, min(article_id) AS first_id, min(source_id) AS first_source, min(title) AS title
  FROM member WHERE relation IS NULL GROUP BY group_id HAVING count(*) = 1
)
SELECT
  m.group_id,
  l.first_id,
  l.first_source,
  coalesce(l.title, arg_min(m.title, m.article_id)) AS title,
  count(*) AS articles,
  count(DISTINCT m.source_id) AS sources,
  count(*) FILTER (m.relation IN ('identical', 'copy')) AS unchanged,
  min(m.published_earliest) AS first_published,
  max(m.published_latest) AS last_published,
  date_diff('day', min(m.published_earliest), max(m.published_latest)) AS days
FROM member AS m LEFT JOIN led AS l ON l.group_id = m.group_id
GROUP BY m.group_id, l.first_id, l.first_source, l.title
