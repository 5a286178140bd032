"""Stories in the tables: which change with the articles that a publication changes.

Stories are made of days (`transforms.group.stories`): of every day on which an article comes,
changes or goes, the articles around it are read, as they will stand, and the stories of the days
next to it are made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from transforms.group.families import Pair
from transforms.group.relation import Report
from transforms.group.stories import (
    Group,
    days_to_read,
    days_to_write,
    first_told,
    replaced,
    stories_of,
)
from transforms.group.told import Told
from transforms.stamp import Stamp
from warehouse.compared import Standing, name_articles, pairs_among
from warehouse.sqltext import fill, literal
from warehouse.tables import Story, StoryArticle

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Articles whose stories are made together: an archive of years is taken in parts.
_AT_ONCE = 20_000
#: What of a body is looked at, in code points: the first paragraphs.
_LEAD = 1_200

_DAYS = """
SELECT DISTINCT published_latest FROM {articles}
WHERE article_id IN (FROM asked_articles) AND published_latest - published_earliest <= 1
UNION
SELECT published_latest FROM lake.articles
WHERE article_id IN (FROM asked_articles) AND published_latest - published_earliest <= 1
"""

#: Counted outside: DuckDB 1.5.5 groups dates of such a union by statistics that are not right
#: ("aggregate group exceeded total groups").
_LATEST = """
SELECT published_latest FROM {articles}
WHERE published_latest BETWEEN DATE {first} AND DATE {last}
"""

_THERE = "SELECT article_id FROM {articles} WHERE article_id IN (FROM asked_articles)"

_TOLD = """
SELECT article_id, source_id, title, substr(body, 1, {lead}) AS lead, published_earliest,
       published_latest
FROM {articles}
WHERE {dated} OR (published_earliest IS NULL AND article_id IN (FROM beside_articles))
"""

#: Articles that are compared with others: those without a day go with these.
_BESIDE = """
CREATE OR REPLACE TEMP TABLE beside_articles AS
SELECT article_id FROM lake.copies UNION SELECT article_id FROM paired_articles
"""

_NAMED = """
SELECT article_id, list(DISTINCT entity_id) FROM {mentions}
WHERE entity_id IS NOT NULL AND (part = 'title' OR start < {lead})
  AND article_id IN (FROM asked_articles)
GROUP BY article_id
"""

#: Whole stories that have one of some articles.
_STANDING = """
SELECT story_id, list(article_id) FROM lake.story_articles
WHERE story_id IN (
  SELECT story_id FROM lake.story_articles WHERE article_id IN (FROM asked_articles))
GROUP BY story_id
"""


@dataclass(frozen=True, slots=True)
class Retold:
    """Stories that go, by their ids, and the rows that come."""

    gone: Sequence[str] = ()
    stories: Sequence[Story] = ()
    tellers: Sequence[StoryArticle] = ()


def retold(
    connection: DuckDBPyConnection,
    standing: Standing,
    changed: Iterable[str],
    pairs: Sequence[Pair],
    stamp: Stamp,
) -> Retold:
    """Return what changes in the stories around `changed` articles; writes nothing.

    `pairs` are those that were compared now; the others stand in `copy_pairs`.
    """
    changed = set(changed)
    # One without a day stands with others that have one.
    concerned = changed.union(*_standing(connection, changed).values())
    name_articles(connection, "asked_articles", concerned)
    rows = connection.execute(fill(_DAYS, articles=standing.articles)).fetchall()
    there = connection.execute(fill(_THERE, articles=standing.articles)).fetchall()
    went = changed.difference(article for (article,) in there)
    going = {*_standing(connection, changed)}
    coming: dict[str, Group] = {}
    for first, last in _spans(connection, standing, {day for (day,) in rows if day is not None}):
        told = _told(connection, standing, pairs, first, last)
        ids = {each.article_id for each in told}
        compared = [*pairs_among(connection, ids), *pairs]
        within = {t.article_id for t in told if t.latest and first <= t.latest <= last}
        gone, come = replaced(
            stories_of(told, compared), _standing(connection, ids | went), within | went
        )
        going.update(gone)
        coming |= {group.story_id: group for group in come}
    groups = [coming[story] for story in sorted(coming)]
    reports = standing.reports(connection, {i for g in groups for i in g.article_ids})
    return Retold(
        sorted(going),
        [_story(group, reports, stamp) for group in groups],
        [row for group in groups for row in _tellers(group, stamp)],
    )


def _standing(connection: DuckDBPyConnection, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the articles of each standing story that has one of these."""
    name_articles(connection, "asked_articles", ids)
    return dict(connection.execute(_STANDING).fetchall())


def _spans(
    connection: DuckDBPyConnection, standing: Standing, days: set[date]
) -> Iterator[tuple[date, date]]:
    """Yield first and last days to write, which touch nowhere and are not too much at a time."""
    merged: list[tuple[date, date]] = []
    for first, last in sorted(map(days_to_write, days)):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    if not merged:
        return
    query = fill(
        _LATEST, articles=standing.articles, first=literal(str(merged[0][0])),
        last=literal(str(merged[-1][1])),
    )  # fmt: skip
    dates = connection.execute(query).to_arrow_table().column(0)
    counts = Counter(dates.to_pylist())
    for first, last in merged:
        start, articles = first, 0
        for day in (first + timedelta(n) for n in range((last - first).days + 1)):
            if articles and articles + counts[day] > _AT_ONCE:
                yield start, day - timedelta(1)
                start, articles = day, 0
            articles += counts[day]
        yield start, last


def _told(
    connection: DuckDBPyConnection, standing: Standing, pairs: Sequence[Pair], first: date,
    last: date,
) -> list[Told]:  # fmt: skip
    name_articles(connection, "paired_articles", {i for p in pairs for i in (p.one, p.other)})
    connection.execute(_BESIDE)
    # What says who is there on a day to write lies as far from it as from a day that changed.
    margin = days_to_write(first)[0] - days_to_read(first)[0]
    start, end = first - margin, last + margin
    dated = (
        f"published_earliest BETWEEN DATE {literal(str(start - timedelta(1)))}"
        f" AND DATE {literal(str(end))}"
    )
    query = fill(_TOLD, articles=standing.articles, dated=dated, lead=str(_LEAD))
    rows = connection.execute(query).fetchall()
    name_articles(connection, "asked_articles", (row[0] for row in rows))
    named = dict(
        connection.execute(
            fill(_NAMED, mentions=standing.mentions, lead=str(_LEAD))
        ).fetchall()
    )  # fmt: skip
    return [
        Told(
            article, source, title or "", lead, earliest, latest,
            frozenset(named.get(article, ())),
        )
        for article, source, title, lead, earliest, latest in rows
    ]  # fmt: skip


def _story(group: Group, reports: Mapping[str, Report], stamp: Stamp) -> Story:
    members = [reports[each] for each in group.article_ids]
    first = first_told(group.article_ids, reports)
    title = reports[first.article_id or group.central_id].title
    return Story(
        story_id=group.story_id,
        title=title or reports[group.central_id].title,
        first_id=first.article_id,
        first_rule=first.rule,
        articles=len(members),
        sources=len({each.source_id for each in members}),
        independent=group.independent,
        earliest=min((each.earliest for each in members if each.earliest), default=None),
        latest=max((each.latest for each in members if each.latest), default=None),
        **stamp._asdict(),
    )


def _tellers(group: Group, stamp: Stamp) -> Iterator[StoryArticle]:
    for each in group.tellers:
        yield StoryArticle(
            article_id=each.article_id, story_id=group.story_id, nearest_id=each.nearest_id,
            rule=each.rule, score=min(1.0, max(0.0, each.score)), **stamp._asdict(),
        )  # fmt: skip
