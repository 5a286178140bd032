-- One row an article that was found and not refused: measures of its body, its date, and whether
-- its values can show their spans.
WITH shown AS (
    SELECT
        e.article_id, e.version,
        count(e.broken) AS out_of_contract,
        count_if(
            (e.page_start IS NULL) <> (e.page_end IS NULL)
            OR e.page_end <= e.page_start
            OR e.page_end > p.text_chars
        ) AS outside,
        bool_or(e.chosen AND e.field = 'title') AS title,
        bool_or(e.chosen AND e.field = 'published_at') AS published_at,
        bool_or(e.chosen AND e.field = 'published_not_before') AS not_before,
        bool_or(e.chosen AND e.field = 'published_not_after') AS not_after
    FROM evidence_checked e
    JOIN articles a USING (article_id, version)
    JOIN pages p ON p.page_id = a.page_id
    GROUP BY ALL
)
SELECT
    a.article_id,
    a.article_id || '/' || a.version AS article_version,
    a.page_id,
    coalesce(p.locator, a.page_id) AS locator,
    a.url,
    a.body_chars,
    a.arabic_share,
    a.language,
    a.boilerplate_share,
    a.longest_line,
    a.replacement_chars / greatest(a.body_chars, 1) AS replacement_share,
    a.published_earliest,
    year(a.published_earliest) AS published_year,
    date_diff('day', a.published_earliest, a.published_latest) AS published_days,
    CAST(a.published_at IS NOT NULL
         AND (a.published_earliest IS NULL OR a.published_latest IS NULL
              OR a.published_precision IS NULL OR a.published_rule IS NULL)
         OR a.published_at IS NULL AND a.published_reason IS NULL AS INTEGER) AS date_unexplained,
    CAST(a.title IS NULL OR length(trim(a.title)) = 0 AS INTEGER) AS title_missing,
    CAST(a.title IS NOT NULL AND NOT coalesce(s.title, false) AS INTEGER)
    + CAST(a.published_at IS NOT NULL AND NOT coalesce(s.published_at, false) AS INTEGER)
    + CAST(a.published_not_before IS NOT NULL AND NOT coalesce(s.not_before, false) AS INTEGER)
    + CAST(a.published_not_after IS NOT NULL AND NOT coalesce(s.not_after, false) AS INTEGER)
        AS values_unshown,
    a.confidence,
    coalesce(s.outside, 0) AS evidence_outside,
    coalesce(s.out_of_contract, 0) AS evidence_out_of_contract,
    a.broken AS out_of_contract
FROM articles_checked a
LEFT JOIN pages p USING (page_id)
LEFT JOIN shown s USING (article_id, version)
SEMI JOIN standing_articles t ON t.article_id = a.article_id AND t.version = a.version
ORDER BY a.article_id, a.version
