-- How well are articles dated: how many have a date, how precise, by which rule, and why not?
-- One row a source, precision, rule and reason. after_fetch counts articles that claim a first
-- possible day more than one day after their page was fetched: time zones explain one.
SELECT
  a.source_id,
  a.published_precision,
  a.published_rule,
  a.published_reason,
  count(*) AS articles,
  count(*) / sum(count(*)) OVER (PARTITION BY a.source_id) AS share,
  min(a.published_earliest) AS first_published,
  max(a.published_latest) AS last_published,
  count(*) FILTER (a.published_earliest > p.fetched_at::DATE + 1) AS after_fetch
FROM articles AS a LEFT JOIN pages AS p ON p.page_id = a.page_id
GROUP BY a.source_id, a.published_precision, a.published_rule, a.published_reason
