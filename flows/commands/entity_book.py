"""What the commands on entities look up: ids, mentions as published, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.settings import UsageError
from transforms.tag.keys import fold_name, without_marks
from transforms.tag.lexicon import lexicon
from transforms.tag.text_entities import apart_id, kind_of, text_id
from warehouse.decisions import decisions_of
from warehouse.home import Home
from warehouse.reader import Reader, connect
from warehouse.store import Store

if TYPE_CHECKING:
    from transforms.tag.decisions import Decisions
    from warehouse.tables import Decision
    from warehouse.tables.tag import EntityType

_ENTITY = """
SELECT e.type, e.name_ar, e.origin,
       (SELECT count(*) FROM mentions WHERE entity_id = $entity_id),
       (SELECT count(DISTINCT article_id) FROM mentions WHERE entity_id = $entity_id)
FROM entities AS e WHERE e.entity_id = $entity_id
"""

_MENTIONS = """
SELECT surface, article_id, type FROM mentions WHERE entity_id IS NOT DISTINCT FROM $entity_id
ORDER BY article_id, page_start
"""

_BY_NOW = "SELECT new_id FROM id_changes WHERE old_id = $entity_id AND reason = 'knowledge'"


class Found(NamedTuple):
    """An entity that an id names, and how often published articles mention it."""

    entity_id: str
    type: EntityType
    name: str
    known: bool
    mentions: int = 0
    articles: int = 0


@dataclass(frozen=True, slots=True)
class Mentions:
    """Mentions of one entity, or open ones; `surface` and `article` are what they have in common.

    A row is a surface, an article and a type.
    """

    whose: str
    rows: Sequence[tuple[str, str, EntityType]]
    surface: str | None = None
    article: str | None = None

    @property
    def articles(self) -> int:
        """Return in how many articles they stand."""
        return len({article for _, article, _ in self.rows})

    def surfaces(self) -> Counter[str]:
        """Return how they are written, and how often so."""
        return Counter(without_marks(surface) for surface, _, _ in self.rows)

    def among(self, surface: str | None, article: str | None) -> Mentions:
        """Return those of a surface, of an article (its id or how it begins), or of both.

        Raises UsageError where there is none.
        """
        rows = self.rows
        if surface:
            written = fold_name(surface)
            rows = [row for row in rows if fold_name(row[0]) == written]
            surface = without_marks(surface)
        if article:
            rows = [row for row in rows if row[1].startswith(article)]
            if len(ids := {row[1] for row in rows}) > 1:
                raise UsageError(f"several articles begin with {article}: {', '.join(sorted(ids))}")
            article = rows[0][1] if rows else article
        if not rows:
            where = f" written {surface}" * bool(surface) + f" in article {article}" * bool(article)
            raise UsageError(f"no published mention of {self.whose}{where}")
        return Mentions(self.whose, rows, surface, article)


@dataclass(frozen=True, slots=True)
class Book:
    """A home's entities and decisions."""

    home: Home
    wait_seconds: float
    reader: Reader
    decisions: Decisions

    def found(self, entity: str) -> Found:
        """Return the entity of an id, merged away or not; raises UsageError where there is none."""
        rows = self.reader.execute(_ENTITY, {"entity_id": entity}).fetchall()
        known = lexicon().known.get(entity)
        if rows:
            kind, name, origin, mentions, articles = rows[0]
            return Found(entity, kind, name, origin != "text", mentions, articles)
        if known is not None:
            return Found(entity, known.type, known.name_ar, True)
        for row in self.decisions.rows:
            if row.into == entity:
                return Found(entity, kind_of(entity) or "PER", row.other_name or "", False)
        raise UsageError(f'{entity}: no entity has this id; ids: khabar sql "FROM entity_top"')

    def standing(self, entity: str) -> Found:
        """Return the entity of an id that still stands; raises UsageError where another does."""
        found = self.found(entity)
        final = self.decisions.final(entity)
        if final != entity:
            raise UsageError(f"{entity} was merged into {final}: name that one")
        if by_now := self._by_now(entity):
            raise UsageError(f"{entity} is {by_now} by now: name that one")
        return found

    def mentions_of(self, entity: str | None) -> Mentions:
        """Return the published mentions of an entity; without one, those that were left open."""
        rows = self.reader.execute(_MENTIONS, {"entity_id": entity}).fetchall()
        return Mentions(entity or "an open name", rows)

    def decided(self, decision: Decision) -> tuple[int, int]:
        """Return how many published mentions follow a decision, and in how many articles."""
        query = "SELECT count(*), count(DISTINCT article_id) FROM mentions WHERE decision_id = $id"
        mentions, articles = self.reader.execute(query, {"id": decision.decision_id}).fetchall()[0]
        return mentions, articles

    def target(self, taken: Mentions, article: str | None) -> Found:
        """Return the entity that mentions are which were split off, by their longest name.

        Written in one way, they are whom only texts know by that name; of an article, whoever
        bears the name in that article.
        """
        kind = Counter(kind for _, _, kind in taken.rows).most_common(1)[0][0]
        name = max(taken.surfaces(), key=lambda surface: (len(surface), surface))
        if article:
            return Found(apart_id(kind, name, str(taken.article)), kind, name, False)
        return Found(text_id(kind, name), kind, name, False)

    def _by_now(self, entity: str) -> str | None:
        rows = self.reader.execute(_BY_NOW, {"entity_id": entity}).fetchall()
        return rows[0][0] if rows else None


@contextmanager
def open_book(home: Path, wait_seconds: float) -> Iterator[Book]:
    """Open a home's tables for reading.

    Raises NothingPublished, DecisionsRefused. A home that no run has opened since its tables had
    fewer columns is brought up to date first.
    """
    with connect(home) as reader:
        current = _is_current(reader)
    if not current:
        with Store.open(home, wait_seconds):
            pass
    with connect(home) as reader:
        yield Book(Home.at(home), wait_seconds, reader, decisions_of(home))


def _is_current(reader: Reader) -> bool:
    import duckdb

    try:
        reader.execute("SELECT decision_id FROM id_changes LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True
