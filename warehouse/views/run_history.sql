-- What did each run do, how fast, and does its account balance?
-- One row a run. A run balances when landed = published + duplicate + quarantined + held, for
-- pages and for articles. A run of kind reprocess read pages again that were published already.
SELECT
  run_id,
  coalesce(kind, 'pipeline') AS kind,
  state,
  started_at,
  seconds,
  pages_landed,
  pages_published,
  pages_duplicate,
  pages_quarantined,
  pages_held,
  articles_landed,
  articles_published,
  articles_duplicate,
  articles_quarantined,
  articles_held,
  pages_landed = pages_published + pages_duplicate + pages_quarantined + pages_held
    AND articles_landed
        = articles_published + articles_duplicate + articles_quarantined + articles_held
    AS balanced,
  pages_landed / nullif(seconds, 0) AS pages_per_second,
  code_version,
  transform_version,
  message
FROM runs
