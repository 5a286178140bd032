-- How many articles did each source publish on each day, in which language and how long?
-- One row a source, day, language and role; published_on is null for articles whose date is
-- unknown or stated no more precisely than a month.
SELECT
  source_id,
  CASE WHEN published_earliest = published_latest THEN published_earliest END AS published_on,
  language,
  role,
  count(*) AS articles,
  sum(body_words)::BIGINT AS words,
  median(body_words) AS median_words
FROM articles
GROUP BY ALL
