"""Scores of names and of the entities that they are linked to, on pages as a run reads them.

A mention is right where its span on the page and its type are the gold's. Links are judged on the
mentions that are right and that the gold links, as clusters: entity ids are the program's own, so
what counts is which mentions it holds to be one. B-cubed (Bagga and Baldwin, Entity-Based
Cross-Document Coreferencing, 1998): for each mention, the share of its cluster that the gold puts
with it (precision), and the share of the gold's cluster that is there (recall). Clusters reach over
all pages; a mention without an entity is a cluster of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from flows.commands.evaluate_gold import read_pages
from flows.commands.evaluate_groups import Scored, groups
from flows.commands.evaluate_measures import RESAMPLES, Array, Sums, f1, share
from flows.commands.evaluate_pages import Read, check_digest, read_gold_pages, refused
from flows.commands.evaluate_shapes import EvaluateShape, FaultShape, left_out
from flows.settings import UsageError
from warehouse.tables.tag import EntityType

if TYPE_CHECKING:
    from flows.settings import Settings

#: Faults named before the rest is only counted.
_SHOWN = 50


def b_cubed(sums: Sums) -> Array:
    """Return the harmonic mean of precision and recall over mentions; 0 where none is linked."""
    precision, recall = (share(side, "linked")(sums) for side in ("pure", "whole"))
    both = precision + recall
    return np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)


MEASURES = {
    "mention_f1": f1("right", "added", "lost"),
    "b_cubed": b_cubed,
    "b_cubed_precision": share("pure", "linked"),
    "b_cubed_recall": share("whole", "linked"),
}
_COUNTS = ("right", "added", "lost", "linked", "persons_merged")


class Span(NamedTuple):
    """A name on a page: code points of the page's text, the end exclusive."""

    start: int
    end: int
    type: EntityType


class _Link(NamedTuple):
    """One right mention: its page, its type, the gold's entity and the program's cluster."""

    page: int
    type: str
    gold: str
    found: str


def evaluate_links(
    gold: Path, root: Path, settings: Settings, source: str | None = None
) -> EvaluateShape:
    """Return the scores of mentions and links on the pages of a gold that have mentions.

    Raises:
        UsageError: the gold is malformed, or does not fit the files under `root`.
    """
    pages = read_pages(gold)
    labelled = [page for page in pages if page.mentions]
    if not labelled:
        raise UsageError(f"{gold}: no entry has mentions")
    files = [root / page.file for page in labelled]
    read = read_gold_pages(labelled, files, settings, source)
    for each, file in zip(read, files, strict=True):
        check_digest(each.gold, file)
        check_surfaces(each)
    counts, faults = score_pages(read)
    scored = [
        Scored(count, {"kind": page.kind, "outlet": page.outlet})
        for count, page in zip(counts, labelled, strict=True)
    ]
    return EvaluateShape(
        task="links",
        gold=str(gold),
        documents=len(labelled),
        resamples=RESAMPLES,
        groups=groups(scored, MEASURES, _COUNTS),
        faults=faults[:_SHOWN],
        refused=refused(read),
        left_out=left_out(("no mention", len(pages) - len(labelled))),
    )


def check_surfaces(read: Read) -> None:
    """Hold the gold's mentions against the text of the page.

    Raises:
        UsageError: a mention says other words than stand at its place.
    """
    if read.explained.page is None:
        return
    text = read.explained.page.text
    for mention in read.gold.mentions:
        said = text[mention.start : mention.end]
        if said != mention.surface:
            raise UsageError(
                f"{read.gold.name}: {mention.start}-{mention.end} is {said[:80]!r}, "
                f"not {mention.surface[:80]!r}"
            )


def score_pages(read: Sequence[Read]) -> tuple[list[dict[str, float]], list[FaultShape]]:
    """Return the sums of each page, and the names that are lost or added."""
    links: list[_Link] = []
    counts: list[dict[str, float]] = []
    faults: list[FaultShape] = []
    for page, each in enumerate(read):
        gold = {Span(m.start, m.end, m.type): m for m in each.gold.mentions}
        found = {Span(m.page_start, m.page_end, m.type): m for m in each.explained.mentions}
        right = gold.keys() & found.keys()
        for span in sorted(right):
            if entity := gold[span].entity:
                cluster = found[span].entity_id or f"{page}:{span.start}"
                links.append(_Link(page, span.type, entity, cluster))
        faults += [
            _fault(each, span, "lost", mention.surface)
            for span, mention in gold.items()
            if span not in right
        ]
        faults += [
            _fault(each, span, "added", mention.surface)
            for span, mention in found.items()
            if span not in right
        ]
        counts.append(
            {"right": len(right), "added": len(found) - len(right), "lost": len(gold) - len(right),
             "linked": 0, "pure": 0, "whole": 0, "persons_merged": 0}
        )  # fmt: skip
    _add_clusters(links, counts)
    return counts, faults


def _fault(read: Read, span: Span, fault: Literal["lost", "added"], surface: str) -> FaultShape:
    return FaultShape(
        id=read.gold.name, start=span.start, surface=surface, type=span.type, fault=fault
    )


def _add_clusters(links: Sequence[_Link], counts: Sequence[dict[str, float]]) -> None:
    """Add to each page what its mentions share of their clusters."""
    of_gold = Counter(link.gold for link in links)
    of_found = Counter(link.found for link in links)
    of_both = Counter((link.gold, link.found) for link in links)
    persons: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.type == "PER":
            persons[link.found].add(link.gold)
    for link in links:
        together = of_both[link.gold, link.found]
        count = counts[link.page]
        count["linked"] += 1
        count["pure"] += together / of_found[link.found]
        count["whole"] += together / of_gold[link.gold]
        count["persons_merged"] += link.type == "PER" and len(persons[link.found]) > 1
