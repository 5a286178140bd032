-- Who told a story when, in whose words?
-- One row a story and article, the earliest first as far as the dates tell; place is shared where they
-- do not. relation and copy_of are those of `copies`, null where the article's words are its own.
SELECT
  s.story_id,
  rank() OVER (
    PARTITION BY s.story_id ORDER BY a.published_earliest NULLS LAST, a.published_latest
  ) AS place,
  a.published_at,
  a.published_precision,
  a.source_id,
  a.article_id,
  a.title,
  a.article_id = t.first_id AS is_first,
  c.relation,
  c.copy_of,
  a.stated_source,
  s.score
FROM story_articles AS s
JOIN stories AS t ON t.story_id = s.story_id
JOIN articles AS a ON a.article_id = s.article_id
LEFT JOIN copies AS c ON c.article_id = s.article_id
