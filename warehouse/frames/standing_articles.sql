-- The articles that no stage has refused so far. What stands on a refused page does not stand,
-- whether or not it was refused by name.
CREATE TEMP TABLE refused_articles AS
SELECT record_id AS article_id, min_by(rule, last_seen) AS rule, min_by(reason, last_seen) AS reason
FROM refused WHERE unit = 'article' GROUP BY record_id;

CREATE TEMP TABLE standing_articles AS
SELECT article_id, version, page_id, role
FROM articles
ANTI JOIN refused_articles USING (article_id)
ANTI JOIN refused_pages USING (page_id);
