-- One row: the accounting law, references and keys over the rows that are about to be published.
WITH landing_pages AS (
    SELECT coalesce(sum(rows_in), 0) AS landed, coalesce(sum(duplicate), 0) AS duplicate
    FROM landing WHERE stage = 'ingest' AND unit = 'page'
), counted AS (
    SELECT
        (SELECT count(*) FROM standing_pages) AS pages,
        (SELECT count(*) FROM refused_pages) AS pages_refused,
        (SELECT count(*) FROM articles) AS articles_found,
        (SELECT count(*) FROM standing_articles) AS articles,
        (SELECT count(*) FROM articles SEMI JOIN refused_articles USING (article_id))
            AS articles_refused
), refused_ids AS (
    SELECT article_id FROM refused_articles
    UNION SELECT article_id FROM articles SEMI JOIN refused_pages USING (page_id)
), going_mentions AS (
    SELECT * FROM mentions ANTI JOIN refused_ids USING (article_id)
), going_dates AS (
    SELECT * FROM dates ANTI JOIN refused_ids USING (article_id)
), going_evidence AS (
    SELECT * FROM evidence ANTI JOIN refused_ids USING (article_id)
), going_segments AS (
    SELECT * FROM segments ANTI JOIN refused_pages USING (page_id)
)
SELECT
    CAST(landed AS BIGINT) AS pages_landed,
    pages,
    articles,
    CAST(landed - duplicate - pages - pages_refused AS BIGINT) AS pages_unaccounted,
    articles_found - articles - articles_refused AS articles_unaccounted,
    (SELECT count(*) FROM standing_pages ANTI JOIN standing_articles USING (page_id))
        AS pages_without_article,
    (SELECT count(*) FROM standing_articles ANTI JOIN standing_pages USING (page_id))
        AS articles_without_page,
    (SELECT count(*) FROM going_segments ANTI JOIN standing_pages USING (page_id))
        AS segments_without_page,
    (SELECT count(*) FROM going_evidence ANTI JOIN standing_articles USING (article_id, version))
        AS evidence_without_article,
    (SELECT count(*) FROM going_mentions ANTI JOIN standing_articles USING (article_id, version))
        AS mentions_without_article,
    (SELECT count(*) FROM going_dates ANTI JOIN standing_articles USING (article_id, version))
        AS dates_without_article,
    (SELECT count(*) FROM going_mentions
     ANTI JOIN entities USING (entity_id) WHERE entity_id IS NOT NULL)
        AS mentions_without_entity,
    (SELECT count(*) FROM aliases ANTI JOIN entities USING (entity_id)) AS aliases_without_entity,
    (SELECT count(*) - count(DISTINCT page_id) FROM standing_pages)
    + (SELECT count(*) - count(DISTINCT (article_id, version)) FROM standing_articles)
    + (SELECT count(*) - count(DISTINCT (page_id, seq)) FROM going_segments)
    + (SELECT count(*) - count(DISTINCT (article_id, version, seq)) FROM going_evidence)
    + (SELECT count(*) - count(DISTINCT (article_id, version, page_start)) FROM going_mentions)
    + (SELECT count(*) - count(DISTINCT (article_id, version, page_start)) FROM going_dates)
        AS keys_repeated,
    (SELECT count(broken) FROM entities_checked) + (SELECT count(broken) FROM aliases_checked)
        AS knowledge_out_of_contract
FROM landing_pages, counted
