"""The rules that a table's declaration already states: its bounds, patterns and closed lists.

They are not written down a second time. The frame of a stage names in one column which columns of
a row break the contract and with which value (`warehouse/frames.py` makes the condition from the
declared columns), and counts the rows of each child table that do. One rule a table instead of
one a column: Great Expectations takes 1 to 5 ms a rule however few the rows are.
"""

from __future__ import annotations

from expectations.rules import FAULT, Rule, no_such
from warehouse.tables import Article, DateMention, Evidence, Field, Mention, Page, Row, Segment

#: Table and where its rows are judged: by themselves, or as a count of their page or article.
_OWN: dict[type[Row], str] = {Page: "ingest.page", Article: "clean.article"}
_CHILDREN: dict[type[Row], str] = {
    Segment: "clean.page",
    Evidence: "clean.article",
    Mention: "tag.article",
    DateMention: "tag.article",
}


#: Names the columns of a row that break the contract, with the first of their values.
OUT_OF_CONTRACT = "out_of_contract"


def contract_rules(stage: str) -> tuple[Rule, ...]:
    """Return the contract's rules that the gate of a stage judges."""
    own = [_own_rule(model) for model, place in _OWN.items() if place.startswith(f"{stage}.")]
    children = [
        no_such(f"{place}.{model.table}_out_of_contract", f"A row of {model.table} {_BREAKS}")
        for model, place in _CHILDREN.items()
        if place.startswith(f"{stage}.")
    ]
    return (*own, *children)


def stated_bounds(model: type[Row]) -> list[str]:
    """Return what the contract states of a table's columns, in words, one line a column."""
    return [f"{f.name}: {', '.join(words)}" for f in model.fields() if (words := _bounds(f))]


_BREAKS = "breaks the contract of its table"


def _own_rule(model: type[Row]) -> Rule:
    stage, unit = _OWN[model].split(".")
    return Rule(
        id=f"{stage}.{unit}.{OUT_OF_CONTRACT}",
        stage="ingest" if stage == "ingest" else "clean",
        unit="page" if unit == "page" else "article",
        column=OUT_OF_CONTRACT,
        kind="absent",
        severity="critical",
        why=f"What the contract states of the columns of {model.table}: readers and the store "
        "rely on it. The bounds stand in warehouse/tables/ and nowhere else.",
        reason=f"A column {_BREAKS}",
        advice=FAULT,
        final=True,
    )


def _bounds(field: Field) -> list[str]:
    column = field.column
    words = [] if field.nullable else ["not null"]
    words += [f">= {column.ge:g}"] if column.ge is not None else []
    words += [f"<= {column.le:g}"] if column.le is not None else []
    words += [f"at least {column.min_chars} characters"] if column.min_chars else []
    words += [f"matches {column.pattern}"] if column.pattern else []
    words += [f"one of {' | '.join(field.values)}"] if field.values else []
    return words
