"""What an analyst lets in although a rule refuses it: decisions that win over the gate.

An accept says that one rule does not count for one record, a page or an article, as it stood on
the page whose bytes the analyst judged: another version of the page is judged anew. Accepts stand
in `decisions/quarantine.tsv`, as those on entities do in a file beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from transforms.decision_lines import DecisionError, read_lines, validated, write_lines
from transforms.plain import one_line
from warehouse.tables.identity import decision_id
from warehouse.tables.tag import Decision

COLUMNS = ("decided_on", "action", "record_id", "on_page", "rule", "note")
_NEEDED = ("record_id", "on_page", "rule", "note")


class Accepts:
    """Accepts, ready to be asked about one record after another. A plain class, as `Crew` is."""

    def __init__(self, rows: Iterable[Decision] = ()) -> None:
        self.rows = list({row.decision_id: row for row in rows}.values())
        self._of = {(row.on_page, row.record_id, row.rule): row.decision_id for row in self.rows}

    @property
    def pages(self) -> set[str]:
        """Return the pages that some accept concerns."""
        return {row.on_page for row in self.rows if row.on_page}

    def deciding(self, rule: str, record_id: str, page_id: str) -> str | None:
        """Return the id of the decision by which a rule does not count for a record, or None.

        What is decided on a page counts for the articles on it.
        """
        for record in (record_id, page_id):
            if found := self._of.get((page_id, record, rule)):
                return found
        return None


def accept(**values: str | None) -> Decision:
    """Return the decision of these values (`COLUMNS`), made fit to be shown, with its id.

    Raises DecisionError where it lacks what it needs: the record, its page, the rule, and why.
    """
    cleaned = {name: one_line(value or "") or None for name, value in values.items()}
    if cleaned.get("action") != "accept":
        raise DecisionError(f"action: here stands what is accepted, not {cleaned.get('action')!r}")
    if lacking := [name for name in _NEEDED if not cleaned.get(name)]:
        raise DecisionError(f"an accept needs {', '.join(lacking)}")
    own = decision_id(
        "accept", cleaned["record_id"], cleaned["rule"], None, cleaned["on_page"] or ""
    )
    return validated({"decision_id": own, **cleaned})


def read_accepts(text: str) -> list[Decision]:
    """Return the decisions of a file, in its order.

    Raises DecisionError, with the number of the line, on what is no decision.
    """
    return read_lines(text, COLUMNS, lambda values: accept(**values))


def write_accepts(rows: Iterable[Decision]) -> str:
    """Return decisions as the text of their file."""
    return write_lines(rows, COLUMNS)
