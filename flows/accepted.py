"""What analysts let in against a rule, as far as the rules of today can be overruled."""

from __future__ import annotations

from pathlib import Path

from transforms.accepts import Accepts


def accepted_in(home: Path) -> Accepts:
    """Return the accepts of a home that count; raises DecisionsRefused where the file is none.

    One whose rule is no more, or whose breach is a fault of the program, does not count: what it
    let in is judged again.
    """
    from expectations.catalogue import acceptable
    from warehouse.accepts import accepts_of

    return Accepts(row for row in accepts_of(home).rows if row.rule and acceptable(row.rule))
