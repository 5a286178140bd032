"""Groups of copies in the tables: what a publication changes in them.

    change = regrouped(connection, arriving(...), shelves, stamp, sources)   before the transaction
    write_groups(connection, change)                                  within it
    shelves.cover(change.shelves, snapshot)                           after it

New bodies are looked up on the shelves (`warehouse.shelves`), what they meet is compared with the
bodies that stand, and the groups that this touches are made again from all of their pairs: so the
result hangs on the articles alone, not on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from transforms.group.candidates import Shelf
from transforms.group.families import Member, Pair, members
from transforms.group.meeting import Body, met, pairs_of, runs_of
from transforms.group.relation import Report, relation_of
from transforms.stamp import Stamp
from warehouse.compared import Standing, name_articles, pairs_among
from warehouse.retold import Retold, retold
from warehouse.sqltext import fill, identifier, identifiers, literal
from warehouse.tables import Copy, CopyPair, CopySpan, Row, Source, Story, StoryArticle
from warehouse.tables.arrow import to_arrow
from warehouse.upsert import columns_of

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from warehouse.arriving import Arriving

#: Rows of bodies that are read at a time.
_AT_ONCE = 2_000

_BODIES = """
SELECT article_id, body, dateline, published_earliest AS day FROM {articles}
WHERE article_id IN (FROM asked_articles) AND {of_days}
"""

#: What is compared as it will stand: what is written, and what stands and is not replaced.
_AS_IT_WILL_STAND = """
(SELECT {columns} FROM {arriving}
 UNION ALL
 SELECT {columns} FROM lake.articles WHERE article_id NOT IN (FROM changed_articles))
"""

_MENTIONS_AS_THEY_WILL_STAND = """
(SELECT article_id, part, start, entity_id FROM {arriving}
 UNION ALL
 SELECT article_id, part, start, entity_id FROM lake.mentions
 WHERE article_id NOT IN (FROM changed_articles))
"""

_TOUCHED = """
SELECT article_id FROM lake.copies WHERE group_id IN (
  SELECT group_id FROM lake.copies WHERE article_id IN (FROM asked_articles))
"""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What is to be written: the articles whose rows go, and the rows that come."""

    changed: Sequence[str] = ()
    touched: Sequence[str] = ()
    pairs: Sequence[CopyPair] = ()
    copies: Sequence[Copy] = ()
    spans: Sequence[CopySpan] = ()
    retold: Retold = field(default_factory=Retold)
    shelves: Sequence[Shelf] = ()
    #: Whether the shelves are all that there is: those before were of no use.
    afresh: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to write or to remove."""
        return not (
            self.touched or self.pairs or self.copies or self.retold.gone or self.retold.stories
        )


def regrouped(
    connection: DuckDBPyConnection,
    arriving: Arriving,
    shelves: Sequence[Shelf],
    stamp: Stamp,
    sources: Sequence[Source] = (),
) -> Regrouped:
    """Return what articles that arrive or go change in the groups of copies; writes nothing.

    `sources` are rows that the table may not have yet.
    """
    name_articles(connection, "changed_articles", arriving.changed)
    now = fill(
        _AS_IT_WILL_STAND,
        columns=identifiers((
            "article_id", "source_id", "title", "body", "dateline", "publisher", "stated_source",
            "published_at", "published_precision", "published_earliest", "published_latest",
        )),
        arriving=arriving.articles,
    )  # fmt: skip
    standing = Standing(
        now, fill(_MENTIONS_AS_THEY_WILL_STAND, arriving=arriving.mentions), sources
    )
    known = () if arriving.afresh else shelves
    meeting = met((_bodies(connection, each) for each in arriving.portions), known)
    new = [
        pair
        for pair in pairs_of(meeting, lambda days: bodies_on(connection, now, days))
        if relation_of(pair.found, same_source=False) is not None
    ]
    # What is new and meets nothing is in no group: most publications need not look for any.
    near = {each for pair in new for each in (pair.one, pair.other)} | set(arriving.standing)
    touched = _touched(connection, near) if near else []
    pairs = [*pairs_among(connection, touched), *new] if touched else new
    told = retold(connection, standing, {*arriving.changed, *near, *touched}, new, stamp)
    if not pairs:
        return Regrouped(
            arriving.changed, touched, retold=told, shelves=meeting.shelves,
            afresh=arriving.afresh,
        )  # fmt: skip
    reports = standing.reports(connection, {e for p in pairs for e in (p.one, p.other)})
    found = members(pairs, reports)
    return Regrouped(
        arriving.changed,
        sorted({*touched, *(each.article_id for each in found)}),
        [_pair_row(pair, stamp) for pair in new],
        [_copy_row(each, stamp) for each in found],
        list(_spans(connection, now, found, reports, stamp)),
        told,
        meeting.shelves,
        arriving.afresh,
    )


def write_groups(connection: DuckDBPyConnection, change: Regrouped) -> None:
    """Write what changes; within a transaction that the caller begins and commits."""
    if change.is_empty:
        return
    name_articles(connection, "changed_articles", change.changed)
    name_articles(connection, "asked_articles", change.touched)
    gone = "article_id IN (FROM changed_articles)"
    connection.execute(
        fill(
            "DELETE FROM lake.copy_pairs WHERE {gone} OR other_id IN (FROM changed_articles)",
            gone=gone,
        )
    )
    for table in ("copies", "copy_spans"):
        connection.execute(
            fill(
                "DELETE FROM lake.{table} WHERE {gone} OR article_id IN (FROM asked_articles)",
                table=identifier(table), gone=gone,
            )
        )  # fmt: skip
    if change.retold.gone:
        name_articles(connection, "gone_stories", change.retold.gone)
        for table in ("stories", "story_articles"):
            connection.execute(
                fill(
                    "DELETE FROM lake.{table} WHERE story_id IN (FROM gone_stories)",
                    table=identifier(table),
                )
            )  # fmt: skip
    for model, rows in (
        (CopyPair, change.pairs), (Copy, change.copies), (CopySpan, change.spans),
        (Story, change.retold.stories), (StoryArticle, change.retold.tellers),
    ):  # fmt: skip
        _insert(connection, model, rows)


def _insert(connection: DuckDBPyConnection, model: type[Row], rows: Sequence[Row]) -> None:
    if not rows:
        return
    connection.register("given_rows", to_arrow(model, rows))
    try:
        connection.execute(
            fill(
                "INSERT INTO lake.{table} ({columns}) SELECT {columns} FROM given_rows",
                table=identifier(model.table), columns=columns_of(model),
            )
        )  # fmt: skip
    finally:
        connection.unregister("given_rows")


def _bodies(connection: DuckDBPyConnection, articles: str) -> list[Body]:
    query = fill(
        "SELECT article_id, body, dateline, published_earliest AS day FROM {articles}",
        articles=articles,
    )
    return _read(connection.execute(query).to_arrow_table())


def bodies_on(
    connection: DuckDBPyConnection, articles: str, days: Mapping[str, set[date | None]]
) -> Iterator[list[Body]]:
    """Yield the bodies of articles: the days that they may have spare reading all the others.

    The tables are in the order of the days, so that whole files and row groups are passed over.
    """
    ids = list(days)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        name_articles(connection, "asked_articles", some)
        every = {day for each in some for day in days[each]}
        dated = sorted(day for day in every if day is not None)
        parts = [_within(dated)] if dated else []
        parts += ["published_earliest IS NULL"] if None in every else []
        for part in parts:
            query = fill(_BODIES, articles=articles, of_days=part)
            yield _read(connection.execute(query).to_arrow_table())


def _within(days: Sequence[date]) -> str:
    """Return the condition that a date is one of some, which come in their order."""
    return fill(
        "published_earliest BETWEEN {first} AND {last} AND published_earliest IN ({days})",
        first=_day(days[0]), last=_day(days[-1]), days=", ".join(map(_day, days)),
    )  # fmt: skip


def _day(day: date) -> str:
    return f"DATE {literal(day.isoformat())}"


def _read(table: pa.Table) -> list[Body]:
    columns = (table.column(name).to_pylist() for name in Body._fields)
    return [Body(*values) for values in zip(*columns, strict=True)]


def _touched(connection: DuckDBPyConnection, ids: set[str]) -> list[str]:
    """Return the articles of the groups that some of these are in."""
    name_articles(connection, "asked_articles", ids)
    return sorted(each for (each,) in connection.execute(_TOUCHED).fetchall())


def _spans(
    connection: DuckDBPyConnection,
    articles: str,
    found: Sequence[Member],
    reports: Mapping[str, Report],
    stamp: Stamp,
) -> Iterator[CopySpan]:
    """Yield what copies share with their nearest, a thousand of them at a time."""
    copies = [each for each in found if each.relation is not None]
    for start in range(0, len(copies), _AT_ONCE):
        some = copies[start : start + _AT_ONCE]
        days = {i: {reports[i].earliest} for each in some for i in (each.article_id, each.nearest)}
        bodies = {b.article_id: b for part in bodies_on(connection, articles, days) for b in part}
        wanted = [
            (each.article_id, each.nearest)
            for each in some
            if each.article_id in bodies and each.nearest in bodies
        ]
        for (article, other), runs in runs_of(wanted, bodies).items():
            for seq, run in enumerate(runs):
                yield CopySpan(
                    article_id=article, seq=seq, start=run.start, end=run.end, other_id=other,
                    other_start=run.other_start, other_end=run.other_end, **stamp._asdict(),
                )  # fmt: skip


def _pair_row(pair: Pair, stamp: Stamp) -> CopyPair:
    return CopyPair(
        article_id=pair.one, other_id=pair.other, jaccard=pair.found.jaccard,
        contained=pair.found.of_left, contains=pair.found.of_right, shared=pair.found.both,
        same_words=pair.found.same_words, **stamp._asdict(),
    )  # fmt: skip


def _copy_row(each: Member, stamp: Stamp) -> Copy:
    first = each.first
    later = each.copy_of is not None
    return Copy(
        article_id=each.article_id, group_id=each.group_id, copy_of=each.copy_of,
        nearest_id=each.nearest, relation=each.relation, jaccard=each.found.jaccard,
        contained=each.found.of_left, contains=each.found.of_right, first_rule=first.rule,
        lag_minutes=first.minutes if later else None, lag_days=first.days if later else None,
        **stamp._asdict(),
    )  # fmt: skip
