-- One row: the records read, and what became of each.
WITH landing_pages AS (
    SELECT coalesce(sum(rows_in), 0) AS landed, coalesce(sum(duplicate), 0) AS duplicate
    FROM landing WHERE stage = 'ingest' AND unit = 'page'
), counted AS (
    SELECT
        (SELECT count(*) FROM pages) AS staged,
        (SELECT count(*) FROM standing_pages) AS pages,
        (SELECT count(DISTINCT record_id) FROM refused_at_ingest WHERE unit = 'page') AS refused
)
SELECT
    CAST(landed AS BIGINT) AS pages_landed,
    CAST(duplicate AS BIGINT) AS pages_duplicate,
    pages,
    refused AS pages_refused_before,
    CAST(landed - duplicate - pages - refused AS BIGINT) AS pages_unaccounted
FROM landing_pages, counted
