-- One row a source of the run, and one of the run as a whole (*): shares and means over the articles
-- that stand. Unknown are the names that no list has: entities that only texts know.
WITH refused AS (
    SELECT record_id, unit FROM staged_quarantine WHERE state = 'quarantined'
), standing AS (
    SELECT a.source_id, a.article_id, a.version, a.role, a.language, a.published_at, a.body_chars,
        a.boilerplate_share
    FROM staged_articles a
    ANTI JOIN (FROM refused WHERE unit = 'article') q ON q.record_id = a.article_id
    ANTI JOIN (FROM refused WHERE unit = 'page') q ON q.record_id = a.page_id
), named AS (
    SELECT s.source_id, count(*) AS mentions, count_if(m.entity_id IS NULL) AS open,
        count_if(m.link_status = 'new') AS unknown
    FROM staged_mentions m JOIN standing s USING (article_id, version)
    GROUP BY s.source_id
), found AS (
    SELECT coalesce(source_id, '*') AS source_id, count(*) AS articles,
        count_if(role = 'main') AS mains, count_if(language = 'ar') AS tagged,
        median(body_chars) FILTER (WHERE role = 'main') AS body_chars,
        avg(CAST(published_at IS NOT NULL AS INTEGER)) FILTER (WHERE role = 'main') AS dated_share,
        avg(boilerplate_share) FILTER (WHERE role = 'main') AS boilerplate_share
    FROM standing GROUP BY GROUPING SETS ((source_id), ())
), names AS (
    SELECT coalesce(source_id, '*') AS source_id, sum(mentions) AS mentions, sum(open) AS open,
        sum(unknown) AS unknown
    FROM named GROUP BY GROUPING SETS ((source_id), ())
)
SELECT f.source_id, f.articles, f.mains, f.tagged, f.body_chars, f.dated_share,
    f.boilerplate_share,
    coalesce(n.mentions, 0) / nullif(f.tagged, 0) AS mentions_per_article,
    n.open / nullif(n.mentions, 0) AS mentions_open_share,
    n.unknown / nullif(n.mentions, 0) AS unknown_share
FROM found f LEFT JOIN names n USING (source_id)
WHERE f.articles > 0
ORDER BY f.source_id
