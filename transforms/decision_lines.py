"""The files in which analysts' decisions stand: lines with tabs between their values.

One line a decision, the names of the columns first. Two files share the form, since a person may
write either by hand and keep it in git: decisions on entities (`transforms.tag.decisions`) and
those that let refused records in (`transforms.accepts`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import ValidationError

from warehouse.tables.tag import Decision


class DecisionError(ValueError):
    """Decisions that cannot be followed; the message says which, for the person who wrote them."""


def read_lines(
    text: str, columns: Sequence[str], make: Callable[[dict[str, str | None]], Decision]
) -> list[Decision]:
    """Return the decisions of a file, in its order; `make` makes one of a line's values.

    Raises DecisionError, with the number of the line, on what is no decision.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if tuple(lines[0].rstrip("\r").split("\t")) != tuple(columns):
        raise DecisionError(f"line 1: the columns are, with tabs between: {' '.join(columns)}")
    return [
        _read(number, line.rstrip("\r"), columns, make)
        for number, line in enumerate(lines[1:], 2)
        if line.strip()
    ]


def write_lines(rows: Iterable[Decision], columns: Sequence[str]) -> str:
    """Return decisions as the text of their file."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(getattr(row, name) or "" for name in columns) for row in rows]
    return "\n".join(lines) + "\n"


def validated(values: Mapping[str, str | None]) -> Decision:
    """Return the decision of these values; raises DecisionError where one is none of its column."""
    try:
        row = Decision.model_validate(values)
    except ValidationError as problem:
        wrong = problem.errors()[0]
        raise DecisionError(f"{wrong['loc'][0]}: {wrong['msg']}") from None
    for field in Decision.fields():
        value, pattern = getattr(row, field.name), field.column.pattern
        if value is not None and pattern and not re.fullmatch(pattern, value):
            raise DecisionError(f"{field.name} {value!r} is none: {pattern}")
    return row


def _read(
    number: int,
    line: str,
    columns: Sequence[str],
    make: Callable[[dict[str, str | None]], Decision],
) -> Decision:
    values = line.split("\t")
    if len(values) != len(columns):
        raise DecisionError(f"line {number}: {len(values)} values, {len(columns)} columns")
    try:
        return make(dict(zip(columns, values, strict=True)))
    except DecisionError as problem:
        raise DecisionError(f"line {number}: {problem}") from None
