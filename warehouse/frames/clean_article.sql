-- One row an article that was found and not refused: measures of its body, its date, and whether
-- its values can show their spans. What the spans say is read at the tag gate, which has the texts.
WITH stated AS (
    UNPIVOT (
        SELECT article_id, version, title, summary, published_at, modified_at, publisher,
            aggregator, stated_source, byline, dateline, section,
            CAST(published_not_before AS VARCHAR) AS published_not_before,
            CAST(published_not_after AS VARCHAR) AS published_not_after
        FROM articles
    ) ON COLUMNS(* EXCLUDE (article_id, version)) INTO NAME field VALUE value
), chosen AS (
    -- A keyword is no column of the article. Its language is measured and its address given: what
    -- the page states of them agrees in a form of its own (ar-SA).
    SELECT article_id, version, field, value FROM evidence
    WHERE chosen AND field IN (SELECT column_name FROM (DESCRIBE articles))
        AND field NOT IN ('language', 'url')
), differing AS (
    SELECT
        article_id, version,
        count_if(c.value IS NULL) AS unshown,
        count_if(c.value <> s.value OR s.value IS NULL) AS contradicted
    FROM stated s FULL JOIN chosen c USING (article_id, version, field)
    GROUP BY ALL
), shown AS (
    SELECT
        e.article_id, e.version,
        count(e.broken) AS out_of_contract,
        count_if(e.page_id <> a.page_id) AS astray,
        count_if(
            (e.page_start IS NULL) <> (e.page_end IS NULL)
            OR e.page_end <= e.page_start
            OR e.page_end > p.text_chars
        ) AS outside
    FROM evidence_checked e
    JOIN articles a USING (article_id, version)
    JOIN pages p ON p.page_id = a.page_id
    GROUP BY ALL
), strays AS (
    SELECT article_id, count(*) AS evidence
    FROM evidence ANTI JOIN articles USING (article_id, version) GROUP BY article_id
)
SELECT
    a.article_id,
    a.article_id || '/' || a.version AS article_version,
    a.page_id,
    coalesce(p.locator, a.page_id) AS locator,
    a.url,
    a.body_chars,
    CASE WHEN a.language = 'ar' OR a.language_asked IS NOT TRUE THEN a.arabic_share END
        AS arabic_share,
    CASE WHEN NOT coalesce(a.language_asked, a.language = 'ar') THEN a.language END
        AS language_unasked,
    a.boilerplate_share,
    a.longest_line,
    a.replacement_chars / greatest(a.body_chars, 1) AS replacement_share,
    a.published_earliest,
    year(a.published_earliest) AS published_year,
    date_diff('day', a.published_earliest, a.published_latest) AS published_days,
    (a.published_earliest - DATE '1970-01-01') - CAST(floor(epoch(p.fetched_at) / 86400) AS BIGINT)
        AS published_after_fetch,
    CAST(floor(epoch(p.fetched_at) / 86400) AS BIGINT) - (a.published_latest - DATE '1970-01-01')
        AS published_before_fetch,
    CAST(a.published_at IS NOT NULL
         AND (a.published_earliest IS NULL OR a.published_latest IS NULL
              OR a.published_precision IS NULL OR a.published_rule IS NULL)
         OR a.published_at IS NULL AND a.published_reason IS NULL AS INTEGER) AS date_unexplained,
    CAST(a.title IS NULL OR length(trim(a.title)) = 0 AS INTEGER) AS title_missing,
    coalesce(d.unshown, 0) AS values_unshown,
    coalesce(d.contradicted, 0) AS values_contradicted,
    a.confidence,
    coalesce(s.outside, 0) AS evidence_outside,
    coalesce(s.astray, 0) + coalesce(y.evidence, 0) AS evidence_astray,
    coalesce(s.out_of_contract, 0) AS evidence_out_of_contract,
    CAST(p.page_id IS NOT NULL AND (a.document_id <> p.document_id OR a.source_id <> p.source_id
         OR a.url IS DISTINCT FROM p.url) AS INTEGER) AS page_contradicted,
    a.broken AS out_of_contract
FROM articles_checked a
LEFT JOIN pages p USING (page_id)
LEFT JOIN shown s ON s.article_id = a.article_id AND s.version = a.version
LEFT JOIN differing d ON d.article_id = a.article_id AND d.version = a.version
LEFT JOIN strays y ON y.article_id = a.article_id
SEMI JOIN standing_articles t ON t.article_id = a.article_id AND t.version = a.version
ORDER BY a.article_id, a.version
