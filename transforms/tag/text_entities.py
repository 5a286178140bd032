"""Entities that only texts know: their ids, and whom the knowledge has got to know since.

An id is made from the type and the key of the name, so that every run and every order of pages
gives it again. A name that the knowledge holds one day gets the knowledge's own id then;
`known_by_now` says which, and the old id stays in `id_changes`.
"""

from __future__ import annotations

from transforms.tag.keys import fold_name, without_marks
from transforms.tag.lexicon import ANY, Bearer, Known, lexicon
from warehouse.tables.identity import entity_id
from warehouse.tables.tag import Decision, EntityType

#: How the ids begin, by type (warehouse.tables.identity).
_PREFIXES: dict[str, EntityType] = {"x-per-": "PER", "x-org-": "ORG", "x-loc-": "LOC"}


def text_entity(kind: EntityType, surface: str) -> Known:
    """Return the entity that a name stands for which only the text knows."""
    name = without_marks(surface)
    return Known(text_id(kind, name), kind, None, name, None, None, "text")


def text_id(kind: EntityType, name: str) -> str:
    """Return the id of an entity that only texts know."""
    return entity_id(kind, fold_name(name))


def apart_id(kind: EntityType, name: str, article: str) -> str:
    """Return the id of a namesake: whom a name stands for in one article only."""
    return entity_id(kind, f"{fold_name(name)}\x1f{article}")


def kind_of(entity: str) -> EntityType | None:
    """Return the type that the id of an entity tells which only texts know; None of others."""
    return _PREFIXES.get(entity[:6])


def decided_entity(decision: Decision, read_as: EntityType) -> Known:
    """Return the entity that a decision gives; one that no knowledge has by the file's name."""
    known = lexicon().known.get(decision.into)
    if known is not None:
        return known
    kind = kind_of(decision.into) or read_as
    return Known(decision.into, kind, None, decision.other_name or "", None, None, "text")


def only_bearer(kind: EntityType, key: str) -> Bearer | None:
    """Return who alone bears a name, by its key, without a word that must stand before it.

    An institution whose name leaves its country open is nobody.
    """
    words = lexicon()
    bearers = words.forms.get(key, [])
    if len(bearers) != 1 or bearers[0].cue is not None:
        return None
    entity = bearers[0].entity_id
    is_open = entity.startswith(f"{ANY}-")
    return bearers[0] if words.known[entity].type == kind and not is_open else None


def known_by_now(kind: EntityType, name: str) -> str:
    """Return the id that a name has today which only texts knew: of its only bearer, if any."""
    bearer = only_bearer(kind, fold_name(name))
    return bearer.entity_id if bearer else text_id(kind, name)
