-- Why are records refused, where, how many, and how many came through later?
-- One row a stage, rule and source; an example shows where to look.
SELECT
  stage,
  rule,
  rule_version,
  unit,
  source_id,
  count(*) AS records,
  count(*) FILTER (state = 'quarantined') AS quarantined,
  count(*) FILTER (state = 'released') AS released,
  count(*) FILTER (state = 'accepted') AS accepted,
  min(first_seen) AS first_seen,
  max(last_seen) AS last_seen,
  max(attempts) AS most_attempts,
  arg_max(reason, (last_seen, record_id)) AS example_reason,
  arg_max(locator, (last_seen, record_id)) AS example_locator
FROM quarantine
GROUP BY ALL
