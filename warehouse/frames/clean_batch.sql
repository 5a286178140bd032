-- One row: pages that came in and stayed, and the shares of the articles found.
WITH entered AS (
    SELECT count(*) AS pages FROM pages
    ANTI JOIN (SELECT record_id AS page_id FROM refused_at_ingest WHERE unit = 'page')
    USING (page_id)
), refused_now AS (
    SELECT
        count(DISTINCT record_id) FILTER (WHERE unit = 'page') AS pages,
        count(DISTINCT record_id) FILTER (WHERE unit = 'article') AS articles
    FROM refused_at_clean
), found AS (
    SELECT
        count(*) AS articles,
        count(*) FILTER (WHERE a.role = 'main') AS mains,
        avg(CAST(published_at IS NOT NULL AS INTEGER)) FILTER (WHERE a.role = 'main') AS dated,
        avg(CAST(title IS NOT NULL AS INTEGER)) FILTER (WHERE a.role = 'main') AS titled,
        avg(boilerplate_share) FILTER (WHERE a.role = 'main') AS boilerplate
    FROM articles a SEMI JOIN standing_articles USING (article_id, version)
)
SELECT
    (SELECT count(*) FROM standing_pages) AS pages,
    f.articles,
    f.mains AS main_articles,
    r.pages AS pages_refused_before,
    r.articles AS articles_refused_before,
    e.pages - (SELECT count(*) FROM standing_pages) - r.pages AS pages_unaccounted,
    (SELECT count(*) FROM articles ANTI JOIN pages USING (page_id)) AS articles_without_page,
    (SELECT count(*) FROM segments ANTI JOIN pages USING (page_id)) AS segments_without_page,
    (SELECT count(*) FROM evidence ANTI JOIN articles USING (article_id))
        AS evidence_without_article,
    f.dated AS dated_share,
    f.titled AS titled_share,
    f.boilerplate AS boilerplate_share
FROM entered e, refused_now r, found f
