-- What did an outlet change in an article after publishing it, and when was that seen?
-- One row a sentence that went or came, and a headline that changed; kind is removed or added. seen_at
-- is the start of the run that replaced the version, not_before that of the run that had published it.
WITH states AS (
  SELECT article_id, version, title, body, run_id, replaced_in FROM versions
  UNION ALL
  SELECT article_id, version, title, body, run_id, NULL FROM articles
  WHERE article_id IN (SELECT article_id FROM versions)
), steps AS (
  SELECT
    v.article_id, v.version AS from_version, n.version AS to_version, v.run_id, v.replaced_in,
    v.title AS old_title, n.title AS new_title,
    list_filter(regexp_split_to_array(v.body, '[.!؟\n]+\s*'), s -> length(s) > 0) AS old,
    list_filter(regexp_split_to_array(n.body, '[.!؟\n]+\s*'), s -> length(s) > 0) AS new
  FROM states AS v JOIN states AS n ON n.article_id = v.article_id AND n.run_id = v.replaced_in
), changes AS (
  SELECT *, 'headline' AS what, 'removed' AS kind, 0 AS place, old_title AS text
  FROM steps WHERE old_title IS DISTINCT FROM new_title AND old_title IS NOT NULL
  UNION ALL
  SELECT *, 'headline', 'added', 0, new_title
  FROM steps WHERE old_title IS DISTINCT FROM new_title AND new_title IS NOT NULL
  UNION ALL
  SELECT *, 'sentence', 'removed', unnest(range(1, len(old) + 1)), unnest(old) FROM steps
  UNION ALL
  SELECT *, 'sentence', 'added', unnest(range(1, len(new) + 1)), unnest(new) FROM steps
)
SELECT
  c.article_id,
  a.source_id,
  c.from_version,
  c.to_version,
  p.started_at AS not_before,
  r.started_at AS seen_at,
  c.what,
  c.kind,
  c.place,
  c.text
FROM changes AS c
JOIN articles AS a ON a.article_id = c.article_id
LEFT JOIN runs AS p ON p.run_id = c.run_id
LEFT JOIN runs AS r ON r.run_id = c.replaced_in
WHERE c.what = 'headline'
   OR (c.kind = 'removed' AND NOT list_contains(c.new, c.text))
   OR (c.kind = 'added' AND NOT list_contains(c.old, c.text))
