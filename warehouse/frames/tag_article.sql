-- One row an article that is still there: do its body, its evidence, its mentions and its dates
-- stand where they say? read_texts (warehouse/spans.py) holds what only the texts can tell.
WITH named AS (
    SELECT
        m.article_id, m.version,
        count(*) AS mentions,
        count(m.broken) AS broken,
        count_if(m.page_id <> a.page_id) AS astray,
        count_if((m.part = 'title') <> (m.start IS NULL) OR (m.part = 'title') <> (m."end" IS NULL))
            AS misplaced
    FROM mentions_checked m
    JOIN articles a USING (article_id, version)
    GROUP BY ALL
), dated AS (
    SELECT
        d.article_id, d.version,
        count(d.broken) AS broken,
        count_if(d.page_id <> a.page_id) AS astray,
        count_if((d.part = 'title') <> (d.start IS NULL) OR (d.part = 'title') <> (d."end" IS NULL))
            AS misplaced,
        count_if((d.iso IS NULL) = (d.reason IS NULL)) AS unexplained
    FROM dates_checked d
    JOIN articles a USING (article_id, version)
    GROUP BY ALL
), strays AS (
    SELECT article_id, count(*) FILTER (WHERE named) AS mentions,
        count(*) FILTER (WHERE NOT named) AS dates
    FROM (
        SELECT article_id, version, true AS named FROM mentions
        UNION ALL SELECT article_id, version, false FROM dates
    ) ANTI JOIN articles USING (article_id, version)
    GROUP BY article_id
)
SELECT
    a.article_id,
    a.page_id,
    coalesce(p.locator, a.page_id) AS locator,
    a.url,
    abs(a.body_chars - r.chars) AS body_chars_wrong,
    r.body_unlike_segments,
    r.repeated_share,
    r.furniture_share,
    r.evidence_unlike_page,
    r.mentions_misplaced + coalesce(n.misplaced, 0) AS mentions_bad_offsets,
    r.mentions_unlike_page,
    coalesce(n.astray, 0) + coalesce(s.mentions, 0) AS mentions_astray,
    coalesce(n.broken, 0) AS mentions_out_of_contract,
    CASE WHEN coalesce(n.mentions, 0) = 0 THEN a.body_chars ELSE 0 END AS chars_without_mention,
    r.dates_misplaced + coalesce(d.misplaced, 0) AS dates_bad_offsets,
    r.dates_unlike_page,
    coalesce(d.astray, 0) + coalesce(s.dates, 0) AS dates_astray,
    coalesce(d.unexplained, 0) AS dates_unexplained,
    coalesce(d.broken, 0) AS dates_out_of_contract
FROM articles a
JOIN read_texts r USING (article_id, version)
LEFT JOIN pages p USING (page_id)
LEFT JOIN named n ON n.article_id = a.article_id AND n.version = a.version
LEFT JOIN dated d ON d.article_id = a.article_id AND d.version = a.version
LEFT JOIN strays s ON s.article_id = a.article_id
SEMI JOIN standing_articles t ON t.article_id = a.article_id AND t.version = a.version
ORDER BY a.article_id, a.version
