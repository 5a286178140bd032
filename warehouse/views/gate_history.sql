-- How has each rule of each gate judged from run to run: what failed, what did it lead to?
-- One row a run, gate and rule, over all batches of the run.
SELECT
  g.run_id,
  r.started_at,
  g.gate,
  g.rule,
  g.rule_version,
  g.scope,
  g.severity,
  count(*) AS batches,
  count(*) FILTER (NOT g.success) AS batches_failed,
  count(*) FILTER (g.action = 'hold') AS batches_held,
  sum(g.judged)::BIGINT AS judged,
  sum(g.failed)::BIGINT AS failed,
  sum(g.failed) / nullif(sum(g.judged), 0) AS failed_share
FROM gate_results AS g LEFT JOIN runs AS r ON r.run_id = g.run_id
GROUP BY ALL
