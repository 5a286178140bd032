-- One row: articles that came in and stayed, and the shares of what was found in them.
WITH entered AS (
    SELECT count(*) AS articles
    FROM articles
    ANTI JOIN (
        SELECT record_id AS article_id FROM refused_at_ingest WHERE unit = 'article'
        UNION SELECT record_id FROM refused_at_clean WHERE unit = 'article'
    ) USING (article_id)
    ANTI JOIN (
        SELECT record_id AS page_id FROM refused_at_ingest WHERE unit = 'page'
        UNION SELECT record_id FROM refused_at_clean WHERE unit = 'page'
    ) USING (page_id)
), refused_now AS (
    SELECT count(*) AS articles
    FROM articles a
    WHERE a.article_id IN (SELECT record_id FROM refused_at_tag WHERE unit = 'article')
       OR a.page_id IN (SELECT record_id FROM refused_at_tag WHERE unit = 'page')
), named AS (
    SELECT count(*) AS mentions, avg(CAST(entity_id IS NULL AS INTEGER)) AS open
    FROM mentions SEMI JOIN standing_articles USING (article_id, version)
), dated AS (
    SELECT count(*) AS dates, avg(CAST(iso IS NULL AS INTEGER)) AS open
    FROM dates SEMI JOIN standing_articles USING (article_id, version)
)
SELECT
    (SELECT count(*) FROM standing_articles) AS articles,
    refused_now.articles AS articles_refused_before,
    entered.articles - (SELECT count(*) FROM standing_articles) - refused_now.articles
        AS articles_unaccounted,
    (SELECT count(*) FROM mentions ANTI JOIN articles USING (article_id, version))
        AS mentions_without_article,
    (SELECT count(*) FROM dates ANTI JOIN articles USING (article_id, version))
        AS dates_without_article,
    named.mentions,
    named.mentions / nullif((SELECT count(*) FROM standing_articles), 0) AS mentions_per_article,
    named.open AS mentions_open_share,
    dated.dates,
    dated.open AS dates_open_share
FROM entered, refused_now, named, dated
