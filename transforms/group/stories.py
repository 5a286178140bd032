"""Stories: articles that tell one event, across outlets; follow-ups stay apart.

How the store keeps them: for each day on which articles came, changed or went, load the articles
of `days_to_read` and the pairs of them that were compared (overlaps), and call `stories_of`;
`replaced` says which standing stories go and which of these come, for the articles of
`days_to_write`. An article without a day goes with its copies: load those of the articles loaded,
and where one changed, take the days of its copies and of those that stand in its story. Neither
the order in which articles came nor a day beyond those read counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from transforms.group.compare import Relation
from transforms.group.families import Pair, components
from transforms.group.relation import EDITED, UNKNOWN, First, Report, first_of, relation_of
from transforms.group.told import APART, AROUND, Told, evidence, in_order

StoryRule = Literal["copy", "told alike"]

#: From this score on two reports of different outlets are taken for the same event. Of the pairs
#: read of CNN and France 24 that reach it none of 38 was wrong (two in doubt), at .7 one of 49, at
#: .6 five of 66; of the Saudi papers, drawn where it was in doubt, 7 of 47, 9 of 59, 16 of 70.
JOIN = 0.8
#: The mean score of the reports of two groups that are put together. A report that is like one
#: of three only makes a chain, and is left out.
_MEAN = 0.5
_REACH = AROUND + 3 * APART
#: Scores below are nothing.
_LEAST = 0.05
#: Days that copies of a report may lie apart: what is brought again later is a copy, no story.
FAR = 7
#: Bodies of days that lie apart are one report from this Jaccard index on. At .58 two executions
#: a week apart were joined; a report that a paper brings days later is mostly above .75.
_NEARLY = 0.75
#: An outlet's own articles of one day are one report where so much of the one is in the other: of
#: its template they may share three quarters.
_HELD = 0.9
#: A body that holds several others, each at most this share of it, may be a round-up. Two that
#: have nothing in common leave each other a tenth at least.
_PART = 0.9


class Teller(NamedTuple):
    """One article of a story, and the one of the others that it is most alike."""

    article_id: str
    nearest_id: str
    rule: StoryRule
    score: float


@dataclass(frozen=True, slots=True)
class Group:
    """The articles that tell one event, by their ids.

    `central_id` is the one most alike to the others. `independent` counts the reports that are
    not copies of each other.
    """

    tellers: tuple[Teller, ...]
    central_id: str
    independent: int

    @property
    def story_id(self) -> str:
        """Return the id of the story: the smallest of its articles'."""
        return self.tellers[0].article_id

    @property
    def article_ids(self) -> tuple[str, ...]:
        """Return the ids of its articles, ascending."""
        return tuple(each.article_id for each in self.tellers)


def days_to_write(day: date) -> tuple[date, date]:
    """Return the first and last day of articles whose stories a change on a day may change.

    An article counts for the weights of words `AROUND` days off, so for pairs that begin `APART`
    earlier; for what these are compared with, `APART` again; for what is joined to them, again.
    """
    reach = timedelta(_REACH)
    return day - reach, day + reach


def days_to_read(day: date) -> tuple[date, date]:
    """Return the first and last day of articles that say what the stories to write are.

    As far beyond those as these beyond the day itself, and as copies may lie apart.
    """
    reach = timedelta(2 * _REACH + FAR)
    return day - reach, day + reach


def stories_of(told: Sequence[Told], pairs: Sequence[Pair] = ()) -> list[Group]:
    """Return the stories of two articles or more, by their ids.

    `pairs` are those whose bodies were compared (`families.Pair`), copies or not; pairs of other
    articles are passed over.
    """
    known = {each.article_id: each for each in told}
    scores = _scores(list(known.values()), pairs)
    pairs = [pair for pair in pairs if pair.one in known and pair.other in known]
    bound = _bound(pairs, known, scores)
    reports = _Reports.of(known, bound, scores)
    copies = [_ordered(p.one, p.other) for p in pairs if _relation(p, known) is not None]
    found = [ids for ids in _joined(reports) if len(ids) > 1]
    return [_group(ids, set(bound), within, scores) for ids, within in _edges(found, copies)]


def replaced(
    found: Iterable[Group], standing: Mapping[str, Collection[str]], articles: Iterable[str]
) -> tuple[list[str], list[Group]]:
    """Return the ids of the standing stories that go, and the groups that come in their place.

    `articles` are those of the days to write, and those that went; `standing` has the articles of
    each story in which one of them, or of the articles read, stands. A story may have articles of
    other days (copies brought again): when one leaves it, what is left of it is written as well,
    and what that joins now.
    """
    groups = list(found)
    of_group = {each: group for group in groups for each in group.article_ids}
    of_story = {each: story for story, ids in standing.items() for each in ids}
    seen: set[str] = set()
    going: set[str] = set()
    coming: set[str] = set()
    to_see = list(articles)
    while to_see:
        article = to_see.pop()
        if article in seen:
            continue
        seen.add(article)
        if (story := of_story.get(article)) is not None and story not in going:
            going.add(story)
            to_see += standing[story]
        if (group := of_group.get(article)) is not None and group.story_id not in coming:
            coming.add(group.story_id)
            to_see += group.article_ids
    return sorted(going), [group for group in groups if group.story_id in coming]


def first_told(article_ids: Collection[str], reports: Mapping[str, Report]) -> First:
    """Return which article of a story was before those of all other outlets, and the next of them.

    Of its own outlet none was before it; of several that say the same time the one with the
    smallest id is named. Unknown where a report is missing, or where one may have been before.
    """
    if not all(each in reports for each in article_ids):
        return UNKNOWN
    for article_id in sorted(article_ids):
        own = reports[article_id]
        beside = [
            (first_of(own, other), other.source_id != own.source_id)
            for each in sorted(article_ids)
            if each != article_id and (other := reports[each])
        ]
        later = [first for first, foreign in beside if foreign] or [each for each, _ in beside]
        none_before = all(first.article_id in (article_id, None) for first, _ in beside)
        if later and none_before and all(each.article_id == article_id for each in later):
            return min(later, key=_lag)
    return UNKNOWN


def _lag(first: First) -> tuple[int, int]:
    """Order by how certain and how close: minutes before days before none."""
    if first.minutes is not None:
        return 0, first.minutes
    return (1, first.days) if first.days is not None else (2, 0)


_Scores = dict[tuple[str, str], float]


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _scores(told: Sequence[Told], pairs: Sequence[Pair]) -> _Scores:
    """Return the scores of articles that lie near enough, by their ids in order."""
    days = in_order(told)
    places = {each.article_id: place for place, each in enumerate(days)}
    copies = frozenset(
        (min(left, right), max(left, right))
        for pair in pairs
        if (left := places.get(pair.one)) is not None
        and (right := places.get(pair.other)) is not None
        and relation_of(pair.found, same_source=False)
    )
    found = evidence(days, copies)
    return {
        _ordered(days[one].article_id, days[other].article_id): round(score, 4)
        for one, other, score in zip(
            found.one.tolist(), found.other.tolist(), found.scores.tolist(), strict=True
        )
        if score >= _LEAST
    }


def _bound(
    pairs: Sequence[Pair], told: Mapping[str, Told], scores: Mapping[tuple[str, str], float]
) -> list[tuple[str, str]]:
    """Return the pairs that stay together because their bodies are copies."""
    bound, parts = [], defaultdict(list)
    for pair in pairs:
        edge = _ordered(pair.one, pair.other)
        if not _stays(pair, told, scores.get(edge, 0.0)):
            continue
        bound.append(edge)
        for whole, part, share in (
            (pair.one, pair.other, pair.found.right / max(pair.found.left, 1)),
            (pair.other, pair.one, pair.found.left / max(pair.found.right, 1)),
        ):
            if share <= _PART:
                parts[whole].append(part)
    apart = {
        _ordered(whole, part)
        for whole, those in parts.items()
        if len(those) > 1 and _is_round_up(those, set(bound), scores)
        for part in those
    }
    return sorted(set(bound) - apart)


def _stays(pair: Pair, told: Mapping[str, Told], score: float) -> bool:
    """Return whether two articles stay together for their bodies alone.

    What officials give out has its template too: two executions share half of their words, and so
    do the forecasts of two days. So bodies that are not nearly the same must be of the same days.
    Where they share less than half, one often has the other's report among several (in some
    twenty of 50 such pairs read, with scores below `JOIN`): these must agree as any two. An
    outlet's own articles must be of the same day unless they are the same word for word, and one
    must hold the other nearly whole.
    """
    one, other = told[pair.one], told[pair.other]
    same = one.source_id == other.source_id
    relation = _relation(pair, told)
    apart = None if one.day is None or other.day is None else abs(one.day - other.day)
    if relation is None or (apart is not None and apart > FAR):
        return False
    if relation == "identical":
        return True
    if same:
        return apart == 0 and max(pair.found.of_left, pair.found.of_right) >= _HELD
    if apart is None or apart > APART:
        return pair.found.jaccard >= _NEARLY
    return pair.found.jaccard >= EDITED or score >= JOIN


def _relation(pair: Pair, told: Mapping[str, Told]) -> Relation | None:
    same = told[pair.one].source_id == told[pair.other].source_id
    return relation_of(pair.found, same_source=same)


def _is_round_up(
    parts: Sequence[str],
    bound: Collection[tuple[str, str]],
    scores: Mapping[tuple[str, str], float],
) -> bool:
    """Return whether the reports that one body holds have nothing to do with each other."""
    alike = [
        edge for edge in _pairs_of(sorted(parts)) if edge in bound or scores.get(edge, 0) >= _MEAN
    ]
    group = {each: root for root, those in components(alike).items() for each in those}
    return len({group.get(part, part) for part in parts}) > 1


def _pairs_of(ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    for place, one in enumerate(ids):
        for other in ids[place + 1 :]:
            yield one, other


@dataclass(frozen=True, slots=True)
class _Reports:
    """Copies as one report each, under the smallest id.

    `days` is the first day of each, where one is known; `scores` are the highest of any two of
    their articles, `across` the highest of any two of different outlets.
    """

    articles: Mapping[str, Sequence[str]]
    days: Mapping[str, int]
    sources: Mapping[str, frozenset[str]]
    scores: Mapping[tuple[str, str], float]
    across: Mapping[tuple[str, str], float]

    @classmethod
    def of(
        cls,
        told: Mapping[str, Told],
        bound: Sequence[tuple[str, str]],
        scores: Mapping[tuple[str, str], float],
    ) -> _Reports:
        groups = components(bound)
        grouped = {each for those in groups.values() for each in those}
        groups |= {each: [each] for each in told if each not in grouped}
        report = {each: root for root, those in groups.items() for each in those}
        highest: dict[tuple[str, str], float] = defaultdict(float)
        across: dict[tuple[str, str], float] = defaultdict(float)
        for (one, other), score in scores.items():
            edge = _ordered(report[one], report[other])
            highest[edge] = max(highest[edge], score)
            if told[one].source_id != told[other].source_id:
                across[edge] = max(across[edge], score)
        days = {
            root: min(known)
            for root, those in groups.items()
            if (known := [day for each in those if (day := told[each].day) is not None])
        }
        sources = {
            root: frozenset(told[each].source_id for each in those)
            for root, those in groups.items()
        }
        return cls(groups, days, sources, highest, across)

    def go_together(self, left: Sequence[str], right: Sequence[str]) -> bool:
        """Return whether all reports of two groups may tell one event, and most of them do."""
        days = [self.days[each] for each in (*left, *right)]
        if max(days) - min(days) > APART:
            return False
        total = 0.0
        for one in left:
            for other in right:
                score = self.scores.get(_ordered(one, other), 0.0)
                if score < JOIN and self.sources[one] & self.sources[other]:
                    return False
                total += score
        return total >= _MEAN * len(left) * len(right)


def _joined(reports: _Reports) -> list[list[str]]:
    """Return the groups of articles, by their smallest ids: the likeliest pairs come first."""
    groups = {root: [root] for root in reports.articles}
    seeds = [
        (-score, edge)
        for edge, score in reports.across.items()
        if score >= JOIN and edge[0] != edge[1]
    ]
    for _, (one, other) in sorted(seeds):
        left, right = groups[one], groups[other]
        if left is not right and reports.go_together(left, right):
            left += right
            groups.update(dict.fromkeys(right, left))
    found = {id(group): group for group in groups.values()}.values()
    return sorted(
        sorted(each for root in group for each in reports.articles[root]) for group in found
    )


def _edges(
    groups: Sequence[Sequence[str]], copies: Iterable[tuple[str, str]]
) -> Iterator[tuple[Sequence[str], list[tuple[str, str]]]]:
    """Yield each group with the pairs of copies in it."""
    place = {each: number for number, ids in enumerate(groups) for each in ids}
    within: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for one, other in copies:
        if one in place and place[one] == place.get(other):
            within[place[one]].append((one, other))
    for number, ids in enumerate(groups):
        yield ids, within[number]


def _group(
    ids: Sequence[str],
    bound: Collection[tuple[str, str]],
    copies: Sequence[tuple[str, str]],
    scores: Mapping[tuple[str, str], float],
) -> Group:
    """Return a group with what holds each of its articles; a copy counts as 1."""
    tellers, sums = [], []
    for one in ids:
        near = [
            (edge in bound, 1.0 if edge in bound else scores.get(edge, 0.0), other)
            for other in ids
            if other != one
            for edge in [_ordered(one, other)]
        ]
        copy, score, other = max(near, key=lambda each: (each[0], each[1], each[2]))
        tellers.append(Teller(one, other, "copy" if copy else "told alike", score))
        sums.append((sum(each[1] for each in near), one))
    families = components(copies)
    alone = len(ids) - sum(map(len, families.values()))
    return Group(tuple(tellers), max(sums)[1], len(families) + alone)
