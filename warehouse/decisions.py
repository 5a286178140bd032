"""What analysts decided about entities: their file, and the published rows that do not follow it.

The file belongs to the people who decide. It is read at the start of a run, under the lock that
the run holds, and written by `change_decisions` under the same lock. What analysts let in has a
file of its own beside it (`warehouse.accepts`), and stands in the same table.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

from transforms.decision_lines import DecisionError
from transforms.tag.decisions import Decisions, read_decisions, write_decisions
from warehouse.errors import DecisionsRefused
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.sqltext import fill, identifier, identifiers
from warehouse.tables import Decision, IdChange
from warehouse.tables.arrow import from_arrow
from warehouse.writes import Decided

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TypeVar

    from duckdb import DuckDBPyConnection

    from transforms.accepts import Accepts

    R = TypeVar("R", Decision, IdChange)
    D = TypeVar("D")

#: Mentions that a decision may concern: all that follow one, and those of the ids decided on.
_CONCERNED = """
SELECT DISTINCT a.source_id, m.page_id, m.article_id, m.surface, m.entity_id, m.decision_id,
       m.undecided_id
FROM lake.mentions AS m JOIN lake.articles AS a USING (article_id)
WHERE m.decision_id IS NOT NULL OR list_contains($ids, coalesce(m.entity_id, ''))
"""

#: Entities that only texts know, as far as other knowledge than today's has been asked for them.
_TEXT_ONLY = """
SELECT entity_id, type, name_ar FROM lake.entities
WHERE origin = 'text' AND knowledge_version <> $knowledge_version
"""


def decisions_of(home: Home | Path) -> Decisions:
    """Return the decisions of a home, none where there is no file; raises DecisionsRefused."""
    file = Home.at(home).decisions
    return read_whole(file, lambda text: Decisions(read_decisions(text))) or Decisions()


def change_decisions(
    home: Home | Path,
    add: Sequence[Decision] = (),
    remove: Sequence[str] = (),
    wait_seconds: float = 0.0,
) -> Decisions:
    """Write the file anew with some decisions more or less; return all that it has then.

    Raises DecisionsRefused where they contradict, StoreLocked while a run writes to the home.
    """
    home = Home.at(home)
    with writer_lock(home.lock, wait_seconds):
        kept = [row for row in decisions_of(home).rows if row.decision_id not in remove]
        try:
            decisions = Decisions([*kept, *add])
        except DecisionError as problem:
            raise DecisionsRefused(f"not written: {problem}") from None
        write_whole(home.decisions, write_decisions(decisions.rows))
    return decisions


def read_whole(file: Path, read: Callable[[str], D]) -> D | None:
    """Return what a file of decisions says, None where there is none; raises DecisionsRefused."""
    try:
        return read(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise DecisionsRefused(f"{file} is not UTF-8") from None
    except DecisionError as problem:
        raise DecisionsRefused(f"{file}: {problem}") from None


def write_whole(file: Path, text: str) -> None:
    """Write a file of decisions anew: beside, durably, then renamed."""
    file.parent.mkdir(exist_ok=True)
    partial = file.with_suffix(".partial")
    with partial.open("wb") as written:
        written.write(text.encode())
        written.flush()
        os.fsync(written.fileno())
    partial.replace(file)


def undecided_pages(connection: DuckDBPyConnection, decisions: Decisions) -> dict[str, list[str]]:
    """Return by source the published pages whose mentions do not follow the decisions."""
    if not decisions.rows and all(row.action == "accept" for row in _rows(connection, Decision)):
        return {}
    ids = sorted(entity or "" for entity in decisions.touched)
    pages: dict[str, set[str]] = defaultdict(set)
    concerned = connection.execute(_CONCERNED, {"ids": ids}).fetchall()
    for source_id, page_id, article_id, surface, entity_id, decision_id, undecided_id in concerned:
        text_gave = undecided_id if decision_id else entity_id
        decision = decisions.settle(text_gave, surface, article_id)
        due = (decision.into, decision.decision_id) if decision else (text_gave, None)
        if due != (entity_id, decision_id):
            pages[source_id].add(page_id)
    return {source_id: sorted(found) for source_id, found in pages.items()}


def decided(
    connection: DuckDBPyConnection, decisions: Decisions, run_id: str, accepts: Accepts
) -> Decided | None:
    """Return what a run has to write of the decisions; None where the tables say so already."""
    return _decided(connection, decisions, run_id, accepts, {})


def decided_with_knowledge(
    connection: DuckDBPyConnection, decisions: Decisions, run_id: str, accepts: Accepts
) -> Decided | None:
    """Return the same, with the ids of entities whose names the knowledge has got to know."""
    from transforms.tag.lexicon import KNOWLEDGE_VERSION
    from transforms.tag.text_entities import known_by_now

    rows = connection.execute(_TEXT_ONLY, {"knowledge_version": KNOWLEDGE_VERSION}).fetchall()
    by_now = {entity: known_by_now(kind, name) for entity, kind, name in rows}
    known = {old: new for old, new in by_now.items() if old != new}
    return _decided(connection, decisions, run_id, accepts, known)


def _decided(
    connection: DuckDBPyConnection, decisions: Decisions, run_id: str, accepts: Accepts,
    known: dict[str, str],
) -> Decided | None:  # fmt: skip
    rows = [*decisions.rows, *accepts.rows]
    standing = _rows(connection, Decision)
    changes = {row.old_id: row for row in _rows(connection, IdChange)}
    due = {old: row for old, row in changes.items() if row.reason == "knowledge"}
    due |= {
        old: IdChange(old_id=old, new_id=new, reason="knowledge", run_id=run_id)
        for old, new in known.items()
    }
    for row in decisions.rows:
        if row.action == "merge" and row.entity_id is not None:
            due[row.entity_id] = IdChange(
                old_id=row.entity_id, new_id=row.into, reason="merge",
                decision_id=row.decision_id, run_id=run_id,
            )  # fmt: skip
    due = {old: _same(changes.get(old), row) for old, row in due.items()}
    key = Decision.key[0]
    if due == changes and sorted(rows, key=lambda r: str(getattr(r, key))) == standing:
        return None
    return Decided(rows, list(due.values()))


def _same(before: IdChange | None, row: IdChange) -> IdChange:
    """Return the row that stands, where it says the same but for the run that wrote it."""
    if before is not None and before.model_copy(update={"run_id": row.run_id}) == row:
        return before
    return row


def _rows(connection: DuckDBPyConnection, model: type[R]) -> list[R]:
    columns = identifiers(field.name for field in model.fields())
    query = fill(
        "SELECT {columns} FROM lake.{table} ORDER BY {key}",
        columns=columns, table=identifier(model.table), key=identifiers(model.key),
    )  # fmt: skip
    return from_arrow(model, connection.execute(query).to_arrow_table())
