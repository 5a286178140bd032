-- Which stories rest on several reports, and which on one that was copied?
-- One row a story. independent counts its groups of copies, and its articles that are in none, as one
-- report each; copied is the share of its articles beyond that.
SELECT
  story_id,
  title,
  articles,
  sources,
  independent,
  1 - independent / articles AS copied,
  first_id,
  first_rule,
  earliest,
  latest
FROM stories
