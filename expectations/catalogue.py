"""Every declared rule, by stage and unit. Imports nothing heavy."""

from __future__ import annotations

import hashlib
from functools import cache

from expectations import clean, ingest, publish, source, tag
from expectations.from_table import contract_rules
from expectations.rules import Rule

_DECLARED = {
    "ingest": ingest.RULES,
    "clean": clean.RULES,
    "tag": tag.RULES,
    "publish": publish.RULES + source.RULES,
}


@cache
def rules_of(stage: str, unit: str | None = None) -> tuple[Rule, ...]:
    """Return the rules of a stage's gate in the order in which they decide, own rules first.

    Raises:
        KeyError: There is no such stage.
    """
    rules = _DECLARED[stage] + contract_rules(stage)
    return tuple(rule for rule in rules if unit is None or rule.unit == unit)


def batch_rules(stage: str) -> tuple[Rule, ...]:
    """Return the rules by which a stage's gate judges one batch: all but those on its source.

    Raises:
        KeyError: There is no such stage.
    """
    return tuple(rule for rule in rules_of(stage) if rule.unit != "source")


def source_rules() -> tuple[Rule, ...]:
    """Return the rules on a source in a run."""
    return rules_of("publish", "source")


def rules_sha256() -> str:
    """Return a hash of all that decides which rows are refused: another one refuses other rows.

    Words are left out, and rules that warn or judge a batch as a whole.
    """
    decisive = (
        (r.id, r.version, r.column, r.kind, r.low, r.high, r.values)
        for r in all_rules() if r.refuses
    )  # fmt: skip
    return hashlib.sha256(repr(sorted(decisive)).encode()).hexdigest()


def acceptable(rule_id: str) -> bool:
    """Return whether an analyst may let a record in that this rule refuses."""
    return any(r.id == rule_id and r.refuses and not r.final for r in all_rules())


def all_rules() -> tuple[Rule, ...]:
    """Return every rule of every gate."""
    return tuple(rule for stage in _DECLARED for rule in rules_of(stage))
