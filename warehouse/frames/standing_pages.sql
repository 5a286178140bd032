-- The pages that no stage has refused so far; the first rule that refused each of the others.
CREATE TEMP TABLE refused_pages AS
SELECT record_id AS page_id, min_by(rule, last_seen) AS rule, min_by(reason, last_seen) AS reason
FROM refused WHERE unit = 'page' GROUP BY record_id;

CREATE TEMP TABLE standing_pages AS
SELECT page_id, locator, url, text_chars FROM pages ANTI JOIN refused_pages USING (page_id);
