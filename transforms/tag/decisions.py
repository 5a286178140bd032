"""What an analyst decided about entities: merges, splits and links, which win over everything.

Decisions stand in a file of lines with tabs between their values, one line a decision, the names
of the columns first (`COLUMNS`). A person may write it by hand and keep it in git, so their order
means nothing: of the decisions that fit a mention the most specific one is taken, and what it
gives is decided on again until no decision fits. `check` refuses decisions that contradict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from transforms.decision_lines import DecisionError, read_lines, validated, write_lines
from transforms.plain import one_line
from transforms.tag.keys import fold_name, without_marks
from warehouse.tables.identity import decision_id
from warehouse.tables.tag import Decision

COLUMNS = (
    "decided_on", "action", "entity_id", "name", "surface", "article_id", "other_id", "other_name",
    "note",
)  # fmt: skip
_NAMES = ("name", "surface", "other_name")
_OTHER = ("other_id", "other_name")
#: What each action must have and must not have; a split names a surface, an article or both.
_NEEDS: dict[str, tuple[set[str], set[str]]] = {
    "merge": ({"entity_id", *_OTHER}, {"surface", "article_id"}),
    "apart": ({"entity_id", *_OTHER}, {"surface", "article_id"}),
    "split": ({"entity_id", *_OTHER}, set()),
    "link": ({"surface", *_OTHER}, {"entity_id"}),
}


class Decisions:
    """Decisions that do not contradict, ready to be asked about one mention after another."""

    def __init__(self, rows: Iterable[Decision] = ()) -> None:
        self.rows = list({row.decision_id: row for row in rows}.values())
        check(self.rows)
        self._of: dict[str | None, list[tuple[str | None, Decision]]] = {}
        for row in sorted(self.rows, key=_breadth):
            if row.action != "apart":
                self._of.setdefault(row.entity_id, []).append((_key(row.surface), row))

    @property
    def touched(self) -> set[str | None]:
        """Return the ids that some decision takes mentions away from; None for open mentions."""
        return set(self._of)

    def settle(self, entity: str | None, surface: str, article: str) -> Decision | None:
        """Return the decision that says whose a mention is, or None: `entity` stays."""
        found = None
        while entity in self._of and (fits := self._first(entity, surface, article)) is not None:
            found, entity = fits, fits.into
        return found

    def final(self, entity: str) -> str:
        """Return the id that merges make of an id."""
        return _final(entity, _merged(self.rows))

    def _first(self, entity: str | None, surface: str, article: str) -> Decision | None:
        written = fold_name(surface)
        for only, row in self._of[entity]:
            if row.article_id in (None, article) and only in (None, written):
                return row
        return None


def decide(**values: str | None) -> Decision:
    """Return a decision of these values, its names made fit to be shown and its id added.

    Raises DecisionError where it lacks what its action needs.
    """
    cleaned: dict[str, str | None] = {
        name: _cleaned(name, value) or None for name, value in values.items()
    }
    action = str(cleaned.get("action"))
    if action not in _NEEDS:
        raise DecisionError(f"action: {action!r} is none of {', '.join(_NEEDS)}")
    needed, refused = _NEEDS[action]
    if lacking := sorted(name for name in needed if not cleaned.get(name)):
        raise DecisionError(f"a {action} needs {', '.join(lacking)}")
    if excess := sorted(name for name in refused if cleaned.get(name)):
        raise DecisionError(f"a {action} has no {', '.join(excess)}")
    if action == "split" and not (cleaned.get("surface") or cleaned.get("article_id")):
        raise DecisionError("a split needs a surface, an article_id or both")
    return _row(cleaned)


def read_decisions(text: str) -> list[Decision]:
    """Return the decisions of a file, in its order.

    Raises DecisionError, with the number of the line, on what is no decision.
    """
    return read_lines(text, COLUMNS, lambda values: decide(**values))


def write_decisions(rows: Iterable[Decision]) -> str:
    """Return decisions as the text of their file."""
    return write_lines(rows, COLUMNS)


def check(rows: Sequence[Decision]) -> None:
    """Raise DecisionError where decisions contradict each other."""
    taken: dict[tuple[str | None, ...], Decision] = {}
    for row in rows:
        if row.entity_id == row.into:
            raise DecisionError(f"{told(row)}: an entity and itself")
        if row.action == "apart":
            continue
        other = taken.setdefault((row.entity_id, _key(row.surface), row.article_id), row)
        if other.into != row.into:
            raise DecisionError(f"two decisions on the same: {told(other)}; and {told(row)}")
    for row in rows:
        if row.action != "apart" and (way := _way_back(row, rows)) is not None:
            raise DecisionError(f"one leads back to the other: {told(row)}; and {told(way)}")
    merged = _merged(rows)
    for row in rows:
        ends = {_final(row.entity_id or "", merged), _final(row.into, merged)}
        if row.action == "apart" and len(ends) == 1:
            raise DecisionError(f"merged into {ends.pop()}, but they are two: {told(row)}")


def told(row: Decision) -> str:
    """Return a decision in words, on one line."""
    scope = f" written {row.surface}" if row.surface else ""
    scope += f" in article {row.article_id}" if row.article_id else ""
    words = {
        "merge": f"merge {row.entity_id} into {row.into}",
        "apart": f"keep {row.entity_id} apart from {row.into}",
        "split": f"split {row.entity_id}{scope} off to {row.into}",
        "link": f"link open mentions{scope} to {row.into}",
    }
    return f"{words[row.action]} ({row.decided_on})"


def _cleaned(name: str, value: str | None) -> str:
    """Return a value without tabs, line ends and controls; names also without hidden marks."""
    return one_line(without_marks(value or "") if name in _NAMES else value or "")


def _row(values: dict[str, str | None]) -> Decision:
    own = decision_id(
        str(values.get("action")),
        values.get("entity_id"),
        _key(values.get("surface")),
        values.get("article_id"),
        str(values.get("other_id")),
    )
    return validated({"decision_id": own, **values})


def _key(surface: str | None) -> str | None:
    return fold_name(surface) if surface else None


def _breadth(row: Decision) -> tuple[bool, bool, str]:
    """Return how little a decision is limited to: to an article comes before to a spelling."""
    return row.article_id is None, row.surface is None, row.decision_id


class _Scope(NamedTuple):
    surface: str | None
    article: str | None

    def narrowed(self, row: Decision) -> _Scope | None:
        """Return the scope of mentions that fit this and the decision; None where none can."""
        surface, article = _key(row.surface), row.article_id
        if self.surface and surface and self.surface != surface:
            return None
        if self.article and article and self.article != article:
            return None
        return _Scope(self.surface or surface, self.article or article)


def _way_back(row: Decision, rows: Sequence[Decision]) -> Decision | None:
    """Return the decision by which a mention could come back to where `row` took it from."""
    open_ends: list[tuple[str, _Scope]] = [(row.into, _Scope(_key(row.surface), row.article_id))]
    seen = set(open_ends)
    while open_ends:
        entity, scope = open_ends.pop()
        for other, narrower in _steps(entity, scope, rows):
            if other.into == row.entity_id:
                return other
            if (step := (other.into, narrower)) not in seen:
                seen.add(step)
                open_ends.append(step)
    return None


def _steps(
    entity: str, scope: _Scope, rows: Sequence[Decision]
) -> Iterator[tuple[Decision, _Scope]]:
    for other in rows:
        if other.entity_id == entity and other.action != "apart":
            narrower = scope.narrowed(other)
            if narrower is not None:
                yield other, narrower


def _merged(rows: Iterable[Decision]) -> dict[str, str]:
    return {row.entity_id or "": row.into for row in rows if row.action == "merge"}


def _final(entity: str, merged: dict[str, str]) -> str:
    while entity in merged:
        entity = merged[entity]
    return entity
