-- In which words does an entity stand, wherever it is named (keyword in context)?
-- One row a mention, with up to 60 code points of the text before and after it; in a title both are
-- of the title. Filter by entity_id or surface.
SELECT
  m.entity_id,
  e.name_ar,
  CASE WHEN m.part = 'body' THEN substr(a.body, greatest(m.start - 59, 1), least(m.start, 60))
       ELSE split_part(a.title, m.surface, 1) END AS before,
  m.surface,
  CASE WHEN m.part = 'body' THEN substr(a.body, m."end" + 1, 60)
       ELSE substr(a.title, length(split_part(a.title, m.surface, 1)) + length(m.surface) + 1)
       END AS after,
  m.part,
  a.source_id,
  a.published_earliest,
  m.article_id,
  m.page_id,
  m.page_start,
  m.page_end
FROM mentions AS m
JOIN articles AS a ON a.article_id = m.article_id
LEFT JOIN entities AS e ON e.entity_id = m.entity_id
