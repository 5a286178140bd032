-- One row an article as found: the page that it stands on, and who refused which of the two.
SELECT
    a.article_id,
    a.page_id,
    coalesce(p.locator, a.page_id) AS locator,
    a.url,
    ra.rule AS article_rule,
    ra.reason AS article_reason,
    rp.rule AS page_rule,
    rp.reason AS page_reason
FROM articles a
LEFT JOIN pages p USING (page_id)
LEFT JOIN refused_articles ra USING (article_id)
LEFT JOIN refused_pages rp USING (page_id)
ORDER BY a.page_id, a.role DESC, a.ordinal, a.article_id
