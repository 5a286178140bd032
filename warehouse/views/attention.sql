-- How much was written about an entity in a day, week or month, and which share of all was that?
-- One row a period, its first day and an entity, of articles whose date is of a day. copies counts the
-- articles that were copied from another one: attention without them is of reports.
WITH dated AS (
  SELECT a.article_id, a.published_earliest AS day, c.copy_of IS NOT NULL AS is_copy
  FROM articles AS a LEFT JOIN copies AS c ON c.article_id = a.article_id
  WHERE a.published_earliest = a.published_latest
), placed AS (
  SELECT article_id, is_copy, p.period, date_trunc(p.period, day)::DATE AS starts_on
  FROM dated CROSS JOIN (VALUES ('day'), ('week'), ('month')) AS p(period)
), every AS (
  SELECT period, starts_on, count(*) AS articles FROM placed GROUP BY ALL
), named AS (
  SELECT DISTINCT article_id, entity_id FROM mentions WHERE entity_id IS NOT NULL
), counted AS (
  SELECT
    p.period, p.starts_on, n.entity_id, count(*) AS articles, count(*) FILTER (p.is_copy) AS copies
  FROM named AS n JOIN placed AS p ON p.article_id = n.article_id
  GROUP BY ALL
)
SELECT
  c.period,
  c.starts_on,
  c.entity_id,
  e.name_ar,
  e.type,
  c.articles,
  c.copies,
  c.articles / v.articles AS share
FROM counted AS c
JOIN every AS v ON v.period = c.period AND v.starts_on = c.starts_on
JOIN entities AS e ON e.entity_id = c.entity_id
