-- Which source is first with a story, how often, and how far ahead of the next one?
-- One row a source. told are stories of several sources that it told, first those that it told first,
-- unknown those of which nobody knows who was first. Lags are to the next source, where both say the
-- minute or the day.
WITH told AS (
  SELECT DISTINCT s.story_id, a.source_id
  FROM story_articles AS s
  JOIN stories AS t ON t.story_id = s.story_id
  JOIN articles AS a ON a.article_id = s.article_id
  WHERE t.sources > 1
), led AS (
  SELECT t.story_id, a.source_id, t.first_rule,
         try_cast(a.published_at AS TIMESTAMPTZ) AS at, a.published_precision, a.published_latest
  FROM stories AS t JOIN articles AS a ON a.article_id = t.first_id
  WHERE t.sources > 1
), next AS (
  SELECT
    l.story_id,
    min(date_diff('minute', l.at, try_cast(a.published_at AS TIMESTAMPTZ)))
      FILTER (l.published_precision = 'time' AND a.published_precision = 'time') AS minutes,
    min(date_diff('day', l.published_latest, a.published_earliest)) AS days
  FROM led AS l
  JOIN story_articles AS s ON s.story_id = l.story_id
  JOIN articles AS a ON a.article_id = s.article_id AND a.source_id <> l.source_id
  GROUP BY l.story_id
)
SELECT
  d.source_id,
  count(*) AS told,
  count(*) FILTER (l.source_id = d.source_id) AS first,
  count(*) FILTER (l.source_id IS NULL) AS unknown,
  median(n.minutes) FILTER (l.source_id = d.source_id AND n.minutes >= 0) AS median_lead_minutes,
  median(n.days) FILTER (l.source_id = d.source_id AND n.days >= 0) AS median_lead_days
FROM told AS d
LEFT JOIN led AS l ON l.story_id = d.story_id
LEFT JOIN next AS n ON n.story_id = d.story_id
GROUP BY d.source_id
