"""Why records were refused, for whoever ran them: the most frequent reasons first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from transforms.plain import one_line
from warehouse.tables import Quarantine
from warehouse.tables.publish import Unit

#: Reasons that are told: whoever has mended these runs again, and is told what is left.
TOLD = 3
_EVIDENCE = 160


class RefusedFor(NamedTuple):
    """One reason for which pages were refused, with the first of them."""

    stage: str
    rule: str
    reason: str
    records: int
    locator: str
    evidence: str


def reasons(refusals: Sequence[Quarantine], unit: Unit = "page") -> tuple[RefusedFor, ...]:
    """Return the reasons why records of a unit were refused, the most frequent first."""
    by_reason: dict[tuple[str, str, str], list[Quarantine]] = {}
    for row in refusals:
        if row.unit == unit:
            by_reason.setdefault((row.stage, row.rule, row.reason), []).append(row)
    found = [
        RefusedFor(*reason, len(rows), rows[0].locator, one_line(rows[0].evidence, _EVIDENCE))
        for reason, rows in by_reason.items()
    ]
    return tuple(sorted(found, key=lambda each: -each.records))


def in_words(found: Sequence[RefusedFor]) -> str:
    """Return the reasons in one line."""
    told = [f"{each.records} by {each.rule} ({each.reason})" for each in found[:TOLD]]
    left = sum(each.records for each in found[TOLD:])
    return "; ".join(told + ([f"{left} for other reasons"] if left else []))


#: What to do about refusals that no gate's rule made, by the beginnings of their ids.
_ADVICE = {
    "guard.time": "The machine may have been busy: replay it. Refused again: raise "
    "seconds_per_page in khabar.toml, or leave it out, since hardly any news takes so long.",
    "guard.memory": "Replay it alone. Refused again: raise memory_limit_mb in khabar.toml, or "
    "leave it out.",
    "guard.": "A fault of the program: report it with `khabar explain` of the record.",
    "ingest.forgotten": "It was forgotten and stays out: khabar forget --list.",
    "ingest.no-text": "Name the column that holds the text ([[sources]] columns in khabar.toml), "
    "or fetch the page rendered; then replay it.",
    "ingest.empty": "Open it where it was read; fetch it again, rendered where it needs a script.",
    "ingest.undecodable": "State the charset of the source, or fetch the page again.",
    "ingest.": "Open it where it was read: what is damaged has to be delivered again.",
    "fetch.": "Not had from the web: khabar sources check SOURCE; khabar run asks again.",
}


def what_to_do(rule: str) -> str:
    """Return what to do about a refusal, whoever refused."""
    if advice := advice_of(rule):
        return advice
    found = (words for begins, words in _ADVICE.items() if rule.startswith(begins))
    return next(found, "Look at the record with `khabar explain`.")


def advice_of(rule: str) -> str | None:
    """Return what the rule's author advises; None for what no gate's rule refused."""
    from expectations.catalogue import all_rules

    return next((each.advice for each in all_rules() if each.id == rule), None)
