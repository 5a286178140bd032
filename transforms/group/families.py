"""Groups of copies: which articles hang together, and which of them each was copied from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transforms.group.compare import Overlap, Relation
from transforms.group.relation import First, Report, first_of, relation_of

#: How close a relation is; of several that it was copied from, an article names the closest.
_CLOSENESS = {"identical": 0, "copy": 1, "edited copy": 2, "excerpt": 2, "extended": 2}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that were compared; `found.left` is of the first."""

    one: str
    other: str
    found: Overlap

    def seen_from(self, article_id: str) -> tuple[str, Overlap]:
        """Return the other article, and the overlap with `article_id` as the left one."""
        if article_id == self.one:
            return self.other, self.found
        found = self.found
        return self.one, Overlap(found.right, found.left, found.both, found.same_words)


@dataclass(frozen=True, slots=True)
class Member:
    """One article of a group: beside which other one it stands, and what it is there.

    `first` is the other one where that was earlier; `relation` is None for an article that was
    earlier than all that it was compared with.
    """

    article_id: str
    group_id: str
    nearest: str
    found: Overlap
    first: First
    relation: Relation | None

    @property
    def copy_of(self) -> str | None:
        """Return the article that it was copied from, where that is known."""
        return self.nearest if self.first.article_id == self.nearest else None


def components(edges: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the sets of articles that hang together, in order, by the smallest id of each."""
    parents: dict[str, str] = {}

    def root(node: str) -> str:
        while parents.setdefault(node, node) != node:
            parents[node] = node = parents[parents[node]]
        return node

    for one, other in edges:
        left, right = sorted((root(one), root(other)))
        parents[right] = left
    groups: dict[str, list[str]] = defaultdict(list)
    for node in sorted(parents):
        groups[root(node)].append(node)
    return dict(groups)


def members(pairs: Sequence[Pair], reports: Mapping[str, Report]) -> list[Member]:
    """Return every article of the groups that these pairs make, in the order of their ids.

    Pairs that are no copies, or of an article without a report, are left out.
    """
    kept = [
        pair
        for pair in pairs
        if pair.one in reports and pair.other in reports and _related(pair, reports)
    ]
    beside: dict[str, list[Pair]] = defaultdict(list)
    for pair in kept:
        beside[pair.one].append(pair)
        beside[pair.other].append(pair)
    found = []
    for group_id, ids in components((pair.one, pair.other) for pair in kept).items():
        found += [_member(each, group_id, beside[each], reports) for each in ids]
    return found


def _related(pair: Pair, reports: Mapping[str, Report]) -> bool:
    same = reports[pair.one].source_id == reports[pair.other].source_id
    return relation_of(pair.found, same_source=same) is not None


def _member(
    article_id: str, group_id: str, pairs: Sequence[Pair], reports: Mapping[str, Report]
) -> Member:
    own = reports[article_id]
    seen = []
    for pair in pairs:
        other, found = pair.seen_from(article_id)
        first = first_of(own, reports[other])
        relation = relation_of(found, same_source=own.source_id == reports[other].source_id)
        seen.append((other, found, first, relation))
    earlier = [each for each in seen if each[2].article_id == each[0]]
    unknown = [each for each in seen if each[2].article_id is None]
    other, found, first, relation = min(earlier or unknown or seen, key=_nearest)
    leads = first.article_id == article_id
    return Member(article_id, group_id, other, found, first, None if leads else relation)


def _nearest(each: tuple[str, Overlap, First, Relation | None]) -> tuple[int, float, int, str]:
    """Order by relation, likeness, then who was first by most, then the id."""
    other, found, first, relation = each
    score = max(found.jaccard, found.of_left, found.of_right)
    lag = first.minutes if first.minutes is not None else (first.days or 0) * 24 * 60
    return _CLOSENESS[relation or "extended"], -score, -lag, other
