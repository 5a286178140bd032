-- Which keywords does an article carry, in the order of its page?
-- One row an article and keyword.
SELECT
  a.article_id,
  a.source_id,
  a.published_earliest,
  row_number() OVER (PARTITION BY a.article_id ORDER BY e.seq) AS place,
  e.value AS keyword
FROM evidence AS e JOIN articles AS a ON a.article_id = e.article_id
WHERE e.field = 'keyword' AND e.chosen
