"""docs/checks.md: every rule of every gate, written from the rules themselves."""

from __future__ import annotations

from expectations.catalogue import rules_of
from expectations.rules import SHARES_FROM, WINDOWS_FROM, Rule

_STAGES = {
    "ingest": "Is every record there, and is each a page of readable text?",
    "clean": "Is each page covered by segments, and is what was found an article?",
    "tag": "Do the body, its evidence, every name and every date stand where they say?",
    "publish": "Do the books balance, and does every row have what it refers to?",
}
_UNITS = {
    "page": "Rules on a page",
    "article": "Rules on an article",
    "batch": "Rules on the batch",
    "source": "Rules on a source in a run",
}
_HEAD = f"""# The gates' checks

Written by `make docs` from the rules in `expectations/`.

After every stage a gate judges a batch: pages of one source on their way through a run. It passes
the batch, quarantines single pages and articles with a reason, or holds the batch. It never mends
anything, and it fails closed: what could not be judged holds the batch.

- A **critical** rule on a page or an article quarantines the record that fails it; the first such
  rule in the order below is its reason. A refused page takes its articles along, and a page falls
  with its last article.
- A **critical** rule on the batch, or on a key, holds the batch: nothing of it is published, its
  staging is kept, the run ends with exit code 1, and the other sources' batches go on.
- A **warning** is recorded in `gate_results` and changes nothing.
- A share is judged from {SHARES_FROM} rows up; below, its result says so.
- A rule on a **source** looks at all that the source brought in the run, and once at the run as a
  whole (source `*`, compared with runs of the same sources). It is recorded; with `drift = "stop"`
  of the source in khabar.toml it holds the source's batches.
- What is usual: the median of the last 20 windows within 90 days, from {WINDOWS_FROM} windows up
  (volume: from a week up). A window is a run, or as many runs as have {SHARES_FROM} articles
  together; for volume it is a day, or as many days as bring {SHARES_FROM} pages. The distance is
  counted in robust spreads, and is 0 where more than one earlier window went as far.
- The bounds, patterns and closed lists of single columns stand in [tables.md](tables.md); a rule
  named `out_of_contract` judges all of a table's at once and names the columns that fail.
"""


def checks_markdown() -> str:
    """Return the text of docs/checks.md."""
    parts = [_HEAD]
    for stage, question in _STAGES.items():
        parts.append(f"## {stage}\n\n{question}\n")
        for unit, heading in _UNITS.items():
            rules = rules_of(stage, unit)
            if rules:
                parts.append(f"### {heading}\n")
                parts += [_rule(rule) for rule in rules]
    return "\n".join(parts)


def _rule(rule: Rule) -> str:
    effect = {
        ("critical", "row"): "quarantines the record",
        ("critical", "batch"): "holds the batch",
        ("warning", "source"): "is recorded, or stops the source where that is set",
    }.get((rule.severity, rule.scope), "is recorded")
    return (
        f"#### `{rule.id}`\n\n"
        f"{rule.reason}. Expects `{rule.threshold}`; a failure {effect} ({rule.severity}).\n\n"
        f"*Why this threshold:* {rule.why}\n\n"
        f"*What to do:* {rule.advice}\n"
    )
