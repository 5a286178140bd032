-- One row a page that is still there: does every code point of it belong to exactly one segment,
-- and was an article found?
WITH ordered AS (
    SELECT
        page_id, start, "end", broken, article_id,
        lag("end") OVER (PARTITION BY page_id ORDER BY start, "end", seq) AS before
    FROM segments_checked
), covered AS (
    SELECT
        page_id,
        count(*) AS segments,
        min(start) AS first_start,
        max("end") AS last_end,
        count_if(start > before) AS gaps,
        count_if(start < before OR "end" <= start) AS overlaps,
        count(broken) AS out_of_contract,
        count_if(o.article_id IS NOT NULL AND a.article_id IS NULL) AS strays
    FROM ordered o
    LEFT JOIN (SELECT DISTINCT article_id, page_id FROM articles) a USING (article_id, page_id)
    GROUP BY page_id
), found AS (
    SELECT page_id, count(*) AS articles, count_if(role = 'main') AS mains
    FROM standing_articles GROUP BY page_id
)
SELECT
    p.page_id,
    p.locator,
    p.url,
    coalesce(f.articles, 0) AS article_count,
    coalesce(f.mains, 0) AS main_count,
    abs(coalesce(c.first_start, 0)) AS segments_start,
    coalesce(c.gaps, 0) AS segments_gaps,
    coalesce(c.overlaps, 0) AS segments_overlaps,
    abs(p.text_chars - coalesce(c.last_end, 0)) AS segments_left,
    coalesce(c.strays, 0) AS segments_strays,
    coalesce(c.out_of_contract, 0) AS segments_out_of_contract
FROM standing_pages p
LEFT JOIN covered c USING (page_id)
LEFT JOIN found f USING (page_id)
ORDER BY p.page_id
