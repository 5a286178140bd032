"""What of a page's boxes is running text, told by its shape: paragraphs in a row, few links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from transforms.clean.html_boxes import HEADINGS, Box, Layout

#: A box of several lines is text where this share of its lines are paragraphs, headings left
#: aside. Comments (name, date, text) and teasers (title, lead) reach a half at most.
_PARAGRAPHS = 0.6
#: Text has few lines that are links, and at most one line that is no paragraph at either end: a
#: subhead without a heading's element, a name below it.
_LINKS = 0.2
_EDGE = 1
#: A box of items (stories, comments, posts) is no text though its lines may look so.
_MOST = 0.5
#: So many headings and captions may stand there besides; what has more is no text.
_LONGEST_EDGE = 12
#: Elements whose items may be short: points, quotations.
LISTS = frozenset({"ul", "ol", "dl", "blockquote"})


class Text(NamedTuple):
    """What of a box is text: its weight, its paragraphs, its first and last line (exclusive)."""

    weight: int
    paragraphs: int
    first: int
    last: int


class Texts:
    """The text of each box of a page, boxes that are known as furniture (`shut`) left out.

    `headline` is the line that shows the page's headline.
    """

    def __init__(self, layout: Layout, shut: set[Box], headline: int) -> None:
        self.layout = layout
        self.shut = shut
        self.headline = headline
        self._closed = _closed(layout, shut)
        self._of: dict[Box, Text] = {}
        #: Of a box that holds one other and nothing else, the one that is no such wrapper.
        self._within: dict[Box, Box] = {}
        own: dict[Box, list[Text]] = {}
        for line, box in enumerate(layout.box_of):
            if weight := layout.weights[line]:
                own.setdefault(box, []).append(Text(weight, 1, line, line + 1))
        whole: dict[Box, Text] = {}
        for box in reversed(layout.boxes):
            only = box.children[0] if len(box.children) == 1 else box
            self._within[box] = (
                self._within[only] if only is not box and only.lines == box.lines else box
            )
            if not box.prose or box in shut:
                continue
            parts = own.get(box, [])
            text = parts + [
                _all_of(child, whole[child]) for child in self.children(box) if child in whole
            ]
            if text:
                self._of[box] = _sum(text)
            parts = parts + [whole[child] for child in box.children if child in whole]
            if parts:
                whole[box] = _sum(parts)

    def __contains__(self, box: Box) -> bool:
        return box in self._of

    def __getitem__(self, box: Box) -> Text:
        return self._of[box]

    def __iter__(self) -> Iterator[Box]:
        """Yield the boxes that hold text, inner ones before those around them."""
        return iter(self._of)

    def children(self, box: Box) -> list[Box]:
        """Return the boxes right within a box that hold its text, those of one kind together.

        A single line is text by its own weight, boxes of several lines by their common shape.
        """
        text: list[Box] = []
        groups: dict[tuple[str, str], list[Box]] = {}
        for child in box.children:
            if child in self.shut or not child.prose:
                continue
            if child.lines == 1:
                text.append(child)
            else:
                groups.setdefault((child.tag, child.names), []).append(child)
        for group in groups.values():
            if self._is_text(group) or self._is_listed(group):
                text += group
        return text

    def _is_text(self, group: Sequence[Box]) -> bool:
        """Return whether boxes of one kind hold paragraphs of one text, not an item each.

        Several of which one holds the page's headline are stories.
        """
        if len(group) > 1 and any(box.holds(self.headline) for box in group):
            return False
        lines = links = paragraphs = 0
        for box in group:
            closed = self._closed.get(box, _NOTHING)
            lines += box.lines - box.headings - closed.lines
            links += box.links - closed.links
            paragraphs += box.paragraphs - closed.paragraphs
        return (
            paragraphs >= max(1, _PARAGRAPHS * lines)
            and links <= _LINKS * lines
            and all(self._is_all_text(box) and self._begins_and_ends(box) for box in group)
        )

    def _is_all_text(self, box: Box) -> bool:
        """Return whether most prose of a box is text of it, not of items within it."""
        box = self._within[box]
        closed = self._closed.get(box, _NOTHING).prose
        return box in self and self[box].weight >= _MOST * (box.prose - closed)

    def _is_listed(self, group: Sequence[Box]) -> bool:
        """Return whether boxes are lists or quotations of a text: items of one line, no link."""
        return group[0].tag in LISTS and all(
            box.links == 0 and all(child.lines == 1 for child in box.children) for box in group
        )

    def _begins_and_ends(self, box: Box) -> bool:
        """Return whether a box begins and ends with a paragraph, one other line left aside."""
        lines = range(box.first, box.last)
        return self._begins(lines) and self._begins(reversed(lines))

    def _begins(self, lines: Iterable[int]) -> bool:
        """Return whether a paragraph comes soon, and no link to another story before it."""
        others = 0
        for line in islice(lines, _LONGEST_EDGE):
            if self.layout.weights[line]:
                return True
            box = self.layout.box_of[line]
            if self.layout.is_headline_link(line) and box not in self.shut:
                return False
            others += not (box in self.shut or box.tag in HEADINGS)
            if others > _EDGE:
                return False
        return False


class _Closed(NamedTuple):
    """What of a box stands in furniture within it."""

    lines: int = 0
    links: int = 0
    paragraphs: int = 0
    prose: int = 0

    def plus(self, other: _Closed) -> _Closed:
        """Return the sum of both."""
        return _Closed(
            self.lines + other.lines,
            self.links + other.links,
            self.paragraphs + other.paragraphs,
            self.prose + other.prose,
        )


_NOTHING = _Closed()


def _closed(layout: Layout, shut: set[Box]) -> dict[Box, _Closed]:
    """Return by box what of it stands in furniture within it; boxes without any are left out."""
    closed: dict[Box, _Closed] = {}
    for box in reversed(layout.boxes if shut else ()):
        own = closed.get(box)
        if box in shut:
            own = _Closed(box.lines - box.headings, box.links, box.paragraphs, box.prose)
        if own is not None and box.parent is not None:
            before = closed.get(box.parent)
            closed[box.parent] = own if before is None else before.plus(own)
    return closed


def _all_of(box: Box, text: Text) -> Text:
    """Return a box's text; of a list with its short items."""
    return text._replace(first=box.first, last=box.last) if box.tag in LISTS else text


def _sum(parts: Sequence[Text]) -> Text:
    if len(parts) == 1:
        return parts[0]
    weights, paragraphs, firsts, lasts = zip(*parts, strict=True)
    return Text(sum(weights), sum(paragraphs), min(firsts), max(lasts))
