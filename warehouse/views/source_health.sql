-- Which sources on the web deliver, which fail, since when, and why?
-- One row a source that was asked. failing: none of its addresses gave a list when it was last asked;
-- partly: an address, or a list that a list named within a day, did not; silent: its lists came, but
-- no new page within a week. A source whose list lies in a file is judged by its pages: failing where
-- none was ever had. refused_share counts pages of the last 7 days that were not had.
WITH newest AS (SELECT max(requested_at) AS moment FROM fetches),
asked AS (
  SELECT *, bool_or(what = 'listing') OVER (PARTITION BY source_id) AS by_list
  FROM fetches WHERE what IN ('listing', 'page')
), lists AS (
  SELECT source_id, by_list,
         max(requested_at) AS last_asked,
         max(requested_at) FILTER (outcome IN ('fetched', 'unchanged')) AS last_success,
         max(requested_at) FILTER (outcome NOT IN ('fetched', 'unchanged')) AS last_failure,
         arg_max(concat_ws(': ', url, coalesce(detail, rule)), requested_at)
           FILTER (outcome NOT IN ('fetched', 'unchanged')) AS why
  FROM asked WHERE what = 'listing' OR NOT by_list GROUP BY source_id, by_list
), answers AS (
  SELECT source_id, url, max(requested_at) AS moment,
         arg_max(outcome, requested_at) NOT IN ('fetched', 'unchanged') AS failed
  FROM fetches WHERE what = 'listing' GROUP BY source_id, url
), failing AS (
  SELECT source_id, bool_or(failed) AS one,
         coalesce(bool_and(failed) FILTER (is_address), bool_and(failed)) AS every
  FROM (
    SELECT a.*, coalesce(list_contains(string_split(s.address, ' '), a.url), FALSE) AS is_address,
           moment >= max(moment) OVER (PARTITION BY source_id) - INTERVAL 1 DAY AS recent
    FROM answers AS a LEFT JOIN sources AS s USING (source_id)
  ) WHERE is_address OR recent GROUP BY source_id
), pages_asked AS (
  SELECT source_id,
         max(requested_at) FILTER (outcome = 'fetched') AS last_page,
         count(*) FILTER (recent) AS asked_7d,
         count(*) FILTER (recent AND outcome = 'fetched') AS fetched_7d,
         count(*) FILTER (recent AND outcome IN ('refused', 'failed', 'disallowed')) AS not_had_7d
  FROM (SELECT *, requested_at >= moment - INTERVAL 7 DAYS AS recent FROM fetches, newest)
  WHERE what = 'page' GROUP BY source_id
)
SELECT
  l.source_id,
  coalesce(s.name_ar, s.name_en) AS name,
  s.kind,
  CASE WHEN l.last_success IS NULL OR f.every THEN 'failing'
       WHEN f.one THEN 'partly'
       WHEN p.last_page IS NULL OR p.last_page < n.moment - INTERVAL 7 DAYS THEN 'silent'
       ELSE 'well' END AS state,
  l.last_asked,
  l.last_success,
  l.last_failure,
  l.why AS last_error,
  p.last_page,
  coalesce(p.asked_7d, 0) AS asked_7d,
  coalesce(p.fetched_7d, 0) AS fetched_7d,
  coalesce(p.not_had_7d, 0) AS not_had_7d,
  p.not_had_7d / nullif(p.asked_7d, 0) AS refused_share
FROM lists AS l CROSS JOIN newest AS n
LEFT JOIN sources AS s ON s.source_id = l.source_id
LEFT JOIN failing AS f ON f.source_id = l.source_id
LEFT JOIN pages_asked AS p ON p.source_id = l.source_id
ORDER BY state, l.source_id
