-- One row: the records read, and what became of each. A page that a site did not give (rules
-- fetch.*) is accounted for, but says nothing of how pages are read: it is no part of the share.
WITH landing_pages AS (
    SELECT coalesce(sum(rows_in), 0) AS landed, coalesce(sum(duplicate), 0) AS duplicate
    FROM landing WHERE stage = 'ingest' AND unit = 'page'
), refused_pages AS (
    SELECT record_id, bool_and(starts_with(rule, 'fetch.')) AS not_had
    FROM refused_at_ingest WHERE unit = 'page' GROUP BY record_id
), counted AS (
    SELECT
        (SELECT count(*) FROM standing_pages) AS pages,
        (SELECT count(*) FROM refused_pages) AS refused,
        (SELECT count(*) FROM refused_pages WHERE not_had) AS not_had
)
SELECT
    CAST(landed AS BIGINT) AS pages_landed,
    CAST(duplicate AS BIGINT) AS pages_duplicate,
    pages,
    refused - not_had AS pages_refused_before,
    CAST(landed - duplicate - pages - refused AS BIGINT) AS pages_unaccounted
FROM landing_pages, counted
