-- One row an article that is still there: do its mentions and dates stand where they say?
-- read_bodies (made by warehouse/frames.py) holds what only the bodies themselves can tell.
WITH named AS (
    SELECT
        m.article_id, m.version,
        count(*) AS mentions,
        count(m.broken) AS broken,
        count_if(
            m.page_end <= m.page_start OR m.page_end > p.text_chars
            OR (m.part = 'title') <> (m.start IS NULL) OR (m.part = 'title') <> (m."end" IS NULL)
        ) AS misplaced
    FROM mentions_checked m
    JOIN articles a USING (article_id, version)
    JOIN pages p ON p.page_id = a.page_id
    GROUP BY ALL
), dated AS (
    SELECT
        d.article_id, d.version,
        count(d.broken) AS broken,
        count_if(
            d.page_end <= d.page_start OR d.page_end > p.text_chars
            OR (d.part = 'title') <> (d.start IS NULL) OR (d.part = 'title') <> (d."end" IS NULL)
        ) AS misplaced,
        count_if((d.iso IS NULL) = (d.reason IS NULL)) AS unexplained
    FROM dates_checked d
    JOIN articles a USING (article_id, version)
    JOIN pages p ON p.page_id = a.page_id
    GROUP BY ALL
)
SELECT
    a.article_id,
    a.page_id,
    coalesce(p.locator, a.page_id) AS locator,
    a.url,
    abs(a.body_chars - r.chars) AS body_chars_wrong,
    r.mentions_misplaced + coalesce(n.misplaced, 0) AS mentions_bad_offsets,
    coalesce(n.broken, 0) AS mentions_out_of_contract,
    CASE WHEN coalesce(n.mentions, 0) = 0 THEN a.body_chars ELSE 0 END AS chars_without_mention,
    r.dates_misplaced + coalesce(d.misplaced, 0) AS dates_bad_offsets,
    coalesce(d.unexplained, 0) AS dates_unexplained,
    coalesce(d.broken, 0) AS dates_out_of_contract
FROM articles a
JOIN read_bodies r USING (article_id, version)
LEFT JOIN pages p USING (page_id)
LEFT JOIN named n ON n.article_id = a.article_id AND n.version = a.version
LEFT JOIN dated d ON d.article_id = a.article_id AND d.version = a.version
SEMI JOIN standing_articles t ON t.article_id = a.article_id AND t.version = a.version
ORDER BY a.article_id, a.version
