-- One row: articles that are still there, and the shares of what was found in them.
WITH refused_now AS (
    SELECT count(*) AS articles
    FROM articles a
    WHERE a.article_id IN (SELECT record_id FROM refused_at_tag WHERE unit = 'article')
       OR a.page_id IN (SELECT record_id FROM refused_at_tag WHERE unit = 'page')
), standing AS (
    SELECT count(*) AS articles, avg(CAST(r.furniture_share > 0 AS INTEGER)) AS with_furniture
    FROM standing_articles LEFT JOIN read_texts r USING (article_id, version)
), tagged AS (  -- names are read in Arabic only
    SELECT count(*) AS articles
    FROM standing_articles SEMI JOIN (FROM articles WHERE language = 'ar')
        USING (article_id, version)
), named AS (
    SELECT
        count(t.article_id) AS mentions,
        avg(CAST(m.entity_id IS NULL AS INTEGER)) FILTER (WHERE t.article_id IS NOT NULL) AS open,
        count(*) FILTER (WHERE a.article_id IS NULL) AS lost
    FROM mentions m
    LEFT JOIN (SELECT DISTINCT article_id FROM articles) a USING (article_id)
    LEFT JOIN standing_articles t ON t.article_id = m.article_id AND t.version = m.version
), dated AS (
    SELECT
        count(t.article_id) AS dates,
        avg(CAST(d.iso IS NULL AS INTEGER)) FILTER (WHERE t.article_id IS NOT NULL) AS open,
        count(*) FILTER (WHERE a.article_id IS NULL) AS lost
    FROM dates d
    LEFT JOIN (SELECT DISTINCT article_id FROM articles) a USING (article_id)
    LEFT JOIN standing_articles t ON t.article_id = d.article_id AND t.version = d.version
)
SELECT
    standing.articles,
    tagged.articles AS articles_tagged,
    refused_now.articles AS articles_refused_before,
    named.lost AS mentions_without_article,
    dated.lost AS dates_without_article,
    named.mentions,
    named.mentions / nullif(tagged.articles, 0) AS mentions_per_article,
    named.open AS mentions_open_share,
    dated.dates,
    dated.open AS dates_open_share,
    standing.with_furniture AS furniture_share
FROM refused_now, standing, tagged, named, dated
