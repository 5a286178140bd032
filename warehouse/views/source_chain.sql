-- Through whose hands did an article come: aggregator, outlet, stated source, agency of the dateline?
-- One row an article that names any beside its outlet, the nearest to the reader first; chain is the
-- same in one line. agency is what the dateline has in brackets. A copy's origin is in copied_from.
SELECT
  a.article_id,
  a.source_id,
  a.aggregator,
  coalesce(a.publisher, s.name_ar, a.source_id) AS outlet,
  a.stated_source,
  nullif(trim(regexp_extract(a.dateline, '[(]([^()]+)[)]', 1)), '') AS agency,
  o.source_id AS copied_from,
  concat_ws(
    ' < ', a.aggregator, coalesce(a.publisher, s.name_ar, a.source_id), a.stated_source,
    nullif(trim(regexp_extract(a.dateline, '[(]([^()]+)[)]', 1)), '')
  ) AS chain
FROM articles AS a
LEFT JOIN sources AS s ON s.source_id = a.source_id
LEFT JOIN copies AS c ON c.article_id = a.article_id
LEFT JOIN articles AS o ON o.article_id = c.copy_of AND o.source_id <> a.source_id
WHERE a.aggregator IS NOT NULL OR a.stated_source IS NOT NULL
   OR regexp_matches(a.dateline, '[(][^()]+[)]') OR o.article_id IS NOT NULL
