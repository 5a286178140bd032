-- One row an article that is still there: do its mentions and dates stand where they say?
WITH named AS (
    SELECT
        m.article_id, m.version,
        count(*) AS mentions,
        count(m.broken) AS out_of_contract,
        count_if(CASE
            WHEN m.page_end <= m.page_start OR m.page_end > p.text_chars THEN true
            WHEN m.part = 'title' THEN m.start IS NOT NULL OR m."end" IS NOT NULL
            WHEN m.start IS NULL OR m."end" IS NULL THEN true
            ELSE substr(a.body, m.start + 1, m."end" - m.start) <> m.surface END
        ) AS bad_offsets
    FROM mentions_checked m
    JOIN articles a USING (article_id, version)
    JOIN pages p USING (page_id)
    GROUP BY ALL
), dated AS (
    SELECT
        d.article_id, d.version,
        count(d.broken) AS out_of_contract,
        count_if(CASE
            WHEN d.page_end <= d.page_start OR d.page_end > p.text_chars THEN true
            WHEN d.part = 'title' THEN d.start IS NOT NULL OR d."end" IS NOT NULL
            WHEN d.start IS NULL OR d."end" IS NULL THEN true
            ELSE substr(a.body, d.start + 1, d."end" - d.start) <> d.surface END
        ) AS bad_offsets,
        count_if((d.iso IS NULL) = (d.reason IS NULL)) AS unexplained
    FROM dates_checked d
    JOIN articles a USING (article_id, version)
    JOIN pages p USING (page_id)
    GROUP BY ALL
)
SELECT
    a.article_id,
    a.page_id,
    coalesce(p.locator, a.page_id) AS locator,
    a.url,
    coalesce(n.bad_offsets, 0) AS mentions_bad_offsets,
    coalesce(n.out_of_contract, 0) AS mentions_out_of_contract,
    CASE WHEN coalesce(n.mentions, 0) = 0 THEN a.body_chars ELSE 0 END AS chars_without_mention,
    coalesce(d.bad_offsets, 0) AS dates_bad_offsets,
    coalesce(d.unexplained, 0) AS dates_unexplained,
    coalesce(d.out_of_contract, 0) AS dates_out_of_contract
FROM articles a
LEFT JOIN pages p USING (page_id)
LEFT JOIN named n USING (article_id, version)
LEFT JOIN dated d USING (article_id, version)
SEMI JOIN standing_articles t ON t.article_id = a.article_id AND t.version = a.version
ORDER BY a.article_id, a.version
