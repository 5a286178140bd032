-- Which entity does an id stand for today, also an id that another took the place of?
-- One row an id that was ever given. steps is 0 for an id that still stands; decision_id is that of
-- the first step. Join ids that you kept elsewhere to this.
WITH RECURSIVE followed AS (
  SELECT old_id AS entity_id, new_id AS current_id, 1 AS steps, decision_id FROM id_changes
  UNION ALL
  SELECT f.entity_id, c.new_id, f.steps + 1, f.decision_id
  FROM followed AS f JOIN id_changes AS c ON c.old_id = f.current_id
  WHERE f.steps < 100
), resolved AS (
  SELECT * FROM followed QUALIFY row_number() OVER (PARTITION BY entity_id ORDER BY steps DESC) = 1
  UNION ALL
  SELECT entity_id, entity_id, 0, NULL FROM entities
  WHERE entity_id NOT IN (SELECT old_id FROM id_changes)
)
SELECT r.entity_id, r.current_id, r.steps, e.name_ar, e.name_en, e.type, r.decision_id
FROM resolved AS r LEFT JOIN entities AS e ON e.entity_id = r.current_id
