"""Rules on a source in a run: is what it brought near what it usually brings?

Warnings, unless khabar.toml says `drift = "stop"` of the source: then its batches are held. They
are judged before anything is published, over all batches of the run, and once for the run as a
whole. What is usual: expectations/drift.py.
"""

from __future__ import annotations

from expectations.rules import DRIFT, WINDOWS, WINDOWS_FROM, Rule

#: Windows of volume: a week, so that a weekend has been seen.
_WEEK = 7


def _drift(
    measure: str, reason: str, why: str, *, low: float | None = -4, high: float | None = 4,
    windows: int = WINDOWS_FROM, advice: str = "",
) -> Rule:  # fmt: skip
    rule_id = f"publish.source.{measure}"
    history = f"`khabar sql \"FROM gate_results WHERE rule = '{rule_id}'\"` shows the runs before"
    return Rule(
        id=rule_id,
        stage="publish",
        unit="source",
        column=f"{measure}{DRIFT}",
        severity="warning",
        low=low,
        high=high,
        sample=f"{measure}{WINDOWS}",
        from_rows=windows,
        why=why,
        reason=reason,
        advice=f"{advice or 'Look at a page or two with `khabar explain`'}; {history}.",
    )


RULES = (
    _drift(
        "pages",
        "The source brought far fewer new pages than it usually does, or far more",
        "A spread is a tenth of the usual and the square root of the pages at least, as counts "
        "scatter; 3.5 of them below name the half of 50 pages, above them four the double. More "
        "would miss the half, fewer would name the slow days of a daily.",
        low=-3.5,
        windows=_WEEK,
        advice="Fewer: look at its lists (`khabar sources check`). More: are pages listed under "
        "two addresses, or is an archive being listed?",
    ),
    _drift(
        "articles",
        "Far fewer articles were found in the source's pages than usual, or far more",
        "As for pages, and beyond what their number explains: on as many pages as ever the "
        "segmentation finds fewer articles, or takes lists for articles.",
        low=-3.5,
        windows=_WEEK,
    ),
    Rule(
        id="publish.source.silent",
        stage="publish",
        unit="source",
        column="pages_missed",
        severity="warning",
        high=10,
        sample=f"pages_missed{WINDOWS}",
        from_rows=_WEEK,
        why="Pages that the source would have brought since its last one, at its usual rate. Of "
        "ten expected pages none at all comes by chance once in 20,000 times; lower would name "
        "every quiet weekend of a small outlet, higher would wait days with a large one. It must "
        "also be quiet for longer than it ever was within the windows before.",
        reason="The source has gone silent: it usually brings pages and brings none",
        advice="Open its site and its lists: has it moved, does it block, did the reader fail? "
        "`khabar sources check` asks once; `enabled = false` where it has ended.",
    ),
    _drift(
        "body_chars",
        "The source's articles are far shorter or far longer than usual",
        "A spread is a tenth of the usual length at least, so half off. Bodies cut short by a new "
        "template, a paywall and lists of links taken for text all show here.",
        low=-5,
        high=5,
    ),
    _drift(
        "dated_share",
        "Far fewer articles have a date than this source's usually do",
        "A spread is a tenth of the usual share at least: 40 % fewer dated articles. A source "
        "that dated every page and now dates half of them has changed its template. More than "
        "usual are no fault.",
        high=None,
    ),
    _drift(
        "boilerplate_share",
        "Far more of the source's pages belongs to no article than usual, or far less",
        "A spread is .02 and a tenth of the usual share at least. More: bodies are missed. Less: "
        "the source's furniture is let through into bodies.",
        advice="`khabar explain` on a page or two shows what was taken for what",
    ),
    _drift(
        "mentions_per_article",
        "Articles name far fewer, or far more, than this source's usually do",
        "A spread is a tenth of the usual number at least, so five are half or less, or half as "
        "much again: four named a day of three outlets on which the one of long texts wrote more. "
        "A tagger that lost a list of names, a page "
        "shape whose bodies are cut short and lists of links taken for text all show here, long "
        "before the fixed bound does. A warning, since news has its days of many names.",
        low=-5,
        high=5,
    ),
    _drift(
        "mentions_open_share",
        "Far more names than usual are ambiguous",
        "A spread is .02 at least: a share that is .08 above the usual. Fewer are no fault.",
        low=None,
        advice="`khabar entities review` takes the decisions",
    ),
    _drift(
        "unknown_share",
        "Far more names than usual stand for entities that no list knows, or far fewer",
        "A spread is .02 and a tenth of the usual share at least. A list of names that was not "
        "read makes them all unknown; a page in another spelling or language does too.",
        advice="`khabar doctor` checks the knowledge files; `khabar entities review` shows names",
    ),
)
