"""`khabar entities merge|split|link`: an analyst's decisions, checked and written to their file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded
from transforms.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.commands.entity_book import Book, Found
    from transforms.tag.decisions import Decisions
    from warehouse.tables import Decision

#: Ways of writing a name that are shown where one must be chosen.
_SHOWN = 8


def merge(
    entity: str, into: str, *, note: str | None, home: Path | None, config: Path | None
) -> int:
    """Write that two ids are one entity; the id that the knowledge holds stays, else `into`."""
    return guarded(lambda: _with_book(home, config, lambda book: _merge(book, entity, into, note)))


def split(
    entity: str,
    other: str | None,
    *,
    surface: str | None,
    article: str | None,
    to: str | None,
    note: str | None,
    home: Path | None,
    config: Path | None,
) -> int:
    """Write that mentions of an entity are not its own, or that two ids are two entities."""

    def command(book: Book) -> int:
        from flows.settings import UsageError

        if other is None:
            return _split(book, entity, surface, article, to, note)
        if surface or article or to:
            raise UsageError(
                "two ids are kept apart as a whole: without --surface, --article, --to"
            )
        return _keep_apart(book, entity, other, note)

    return guarded(lambda: _with_book(home, config, command))


def link(
    surface: str,
    entity: str,
    *,
    article: str | None,
    note: str | None,
    home: Path | None,
    config: Path | None,
) -> int:
    """Write whom mentions that were left open stand for."""
    return guarded(
        lambda: _with_book(home, config, lambda book: _link(book, surface, entity, article, note))
    )


def _with_book(home: Path | None, config: Path | None, command: Callable[[Book], int]) -> int:
    from flows.commands.entity_book import open_book
    from flows.settings import load_settings

    settings = load_settings(home=home, config=config)
    with open_book(settings.home, settings.lock_wait_seconds) as book:
        return command(book)


def _merge(book: Book, entity: str, into: str, note: str | None) -> int:
    from flows.settings import UsageError

    if book.decisions.final(entity) == book.decisions.final(into):
        raise UsageError(f"{entity} and {into} are one already")
    gone, stays = book.standing(entity), book.standing(into)
    if gone.known and not stays.known:
        gone, stays = stays, gone
    _write(book, [_decision("merge", gone, stays, note)])
    print(f"{_told(gone)} is {_told(stays)} from now on; {gone.entity_id} leads to it.")
    if gone.type != stays.type:
        print(f"The one was read as {gone.type}, the other as {stays.type}: mentions keep that.")
    _say_when(book, gone.mentions, gone.articles)
    return 0


def _keep_apart(book: Book, entity: str, other: str, note: str | None) -> int:
    from flows.settings import UsageError

    one, two = book.found(entity), book.found(other)
    merges = [
        row
        for row in book.decisions.rows
        if row.action == "merge" and {row.entity_id, row.into} == {entity, other}
    ]
    final = book.decisions.final(entity)
    if not merges and final == book.decisions.final(other):
        raise UsageError(f"both were merged into {final}: khabar entities split {entity} {final}")
    _write(book, [_decision("apart", one, two, note)], [row.decision_id for row in merges])
    print(f"{_told(one)} and {_told(two)} are two; review does not show them again.")
    if merges:
        print("The merge is taken back.")
        _say_when(book, *book.decided(merges[0]))
    return 0


def _split(
    book: Book,
    entity: str,
    surface: str | None,
    article: str | None,
    to: str | None,
    note: str | None,
) -> int:
    from flows.settings import UsageError

    found = book.standing(entity)
    own = book.mentions_of(entity)
    if not (surface or article):
        written = "\n".join(
            f"  {count:>5}  {one_line(each)}" for each, count in own.surfaces().most_common(_SHOWN)
        )
        raise UsageError(
            f"which mentions of {entity}? --surface, --article, or both; it is written\n{written}\n"
            f"To undo a merge or to keep two ids apart: khabar entities split {entity} OTHER"
        )
    taken = own.among(surface, article)
    if to is not None:
        target = book.standing(to)
    elif (target := book.target(taken, article)).entity_id == entity:
        raise UsageError(
            f"{entity} itself goes by that name: say whose the mentions are (--to ID), or where "
            "they are another's (--article ID)"
        )
    _write(book, [_decision("split", found, target, note, taken.surface, taken.article)])
    print(f"{_told(found)}: these mentions are {_told(target)} from now on.")
    _say_when(book, len(taken.rows), taken.articles)
    return 0


def _link(book: Book, surface: str, entity: str, article: str | None, note: str | None) -> int:
    target = book.standing(entity)
    taken = book.mentions_of(None).among(surface, article)
    _write(book, [_decision("link", None, target, note, taken.surface, taken.article)])
    print(f"{isolated(surface)} where it was left open is {_told(target)} from now on.")
    _say_when(book, len(taken.rows), taken.articles)
    return 0


def _decision(
    action: str, entity: Found | None, into: Found, note: str | None,
    surface: str | None = None, article: str | None = None,
) -> Decision:  # fmt: skip
    from flows.settings import UsageError
    from transforms.decision_lines import DecisionError
    from transforms.tag.decisions import decide

    try:
        return decide(
            decided_on=f"{datetime.now(UTC):%Y-%m-%d}", action=action,
            entity_id=entity.entity_id if entity else None, name=entity.name if entity else None,
            surface=surface, article_id=article, other_id=into.entity_id, other_name=into.name,
            note=note,
        )  # fmt: skip
    except DecisionError as problem:
        raise UsageError(str(problem)) from None


def _write(book: Book, add: Sequence[Decision], remove: Sequence[str] = ()) -> Decisions:
    from warehouse.decisions import change_decisions

    return change_decisions(book.home, add, remove, book.wait_seconds)


def _told(found: Found) -> str:
    return f"{found.entity_id} {isolated(found.name)}"


def _say_when(book: Book, mentions: int, articles: int) -> None:
    """Say what changes and when: pages are read again by a run, past the same gates."""
    home = f" --home {book.home.root}"
    if mentions:
        print(
            f"{mentions} mentions in {articles} articles are linked anew by the next run, "
            f"or at once: khabar reprocess{home}"
        )
    print(f"Written to {book.home.decisions}")
