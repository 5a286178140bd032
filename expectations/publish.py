"""Rules of the publish gate: the accounting law, references and keys, just before the commit."""

from __future__ import annotations

from expectations.rules import FAULT, Rule, no_such

RULES = (
    Rule(
        id="publish.batch.landed",
        stage="publish",
        unit="batch",
        column="pages_landed",
        severity="critical",
        low=1,
        why="A batch exists because records were read. None here means that the count was lost, "
        "and without it the accounting law cannot be judged.",
        reason="The batch states no record that was read",
        advice=FAULT,
    ),
    no_such(
        "publish.batch.pages_unaccounted",
        "Pages read are not the sum of published, duplicate and quarantined ones",
    ),
    no_such(
        "publish.batch.articles_unaccounted",
        "Articles found are not the sum of published and quarantined ones",
    ),
    Rule(
        id="publish.batch.pages_without_article",
        stage="publish",
        unit="batch",
        column="pages_without_article",
        severity="warning",
        low=0,
        high=0,
        why="A page of which every article was refused is refused with them. One that got here "
        "shows a reader a page with nothing on it, which is useless but not wrong.",
        reason="Pages are published without an article",
        advice=FAULT,
    ),
    no_such("publish.batch.articles_without_page", "Articles are published without their page"),
    no_such("publish.batch.segments_without_page", "Segments are published without their page"),
    no_such("publish.batch.evidence_without_article", "Evidence is published without its article"),
    no_such(
        "publish.batch.mentions_without_article", "Mentions are published without their article"
    ),
    no_such("publish.batch.dates_without_article", "Dates are published without their article"),
    no_such("publish.batch.mentions_without_entity", "Mentions name an entity that is not there"),
    no_such(
        "publish.batch.aliases_without_entity", "Aliases belong to an entity that is not there"
    ),
    no_such("publish.batch.keys_repeated", "Keys are repeated within a table"),
    no_such("publish.batch.knowledge_out_of_contract", "Entities or aliases break their contract"),
)
