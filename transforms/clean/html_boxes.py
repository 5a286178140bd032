"""A page's boxes: the elements that hold its lines, with what they hold of prose and of links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transforms.clean.html_names import said_by
from transforms.clean.lines import Piece
from transforms.ingest.shown import Line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

#: A line of which half is linked is a link: prose has a linked word or two.
_LINKED = 0.5
#: The headline of another story is a link of some length; shorter ones are sections and names.
HEADLINE = 20
#: Headline, lead and date are an item of a list: a box of whose lines a third are links lists
#: other things. Text has fewer.
_LISTS = 3
#: Elements whose own name says what they hold.
_SAID_BY_TAG = {
    "nav": "nav", "footer": "other", "aside": "other", "figure": "caption",
    "figcaption": "caption", "form": "other", "button": "other",
}  # fmt: skip
#: Headings within a text; one of the first rank is a story's.
HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True, eq=False, repr=False)
class Box:
    """An element that holds lines `first` to `last` (exclusive) of the page.

    `prose` counts the characters of its lines that are prose and not linked, `paragraphs` those
    lines, `links` the linked ones, `headings` the lines in elements of headings that are neither.
    `says` is the kind that its names or its tag tell, if they do.
    """

    node: LexborNode
    parent: Box | None
    tag: str
    names: str
    says: str | None
    is_link: bool
    first: int
    last: int = 0
    prose: int = 0
    paragraphs: int = 0
    links: int = 0
    headings: int = 0
    children: list[Box] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """Return how many lines the box holds."""
        return self.last - self.first

    @property
    def is_list(self) -> bool:
        """Return whether the box lists other things."""
        return self.lines > 1 and self.links * _LISTS >= self.lines

    def holds(self, line: int) -> bool:
        """Return whether a line stands in the box."""
        return self.first <= line < self.last

    def is_like(self, other: Box) -> bool:
        """Return whether two boxes are of one kind: the same element with the same names."""
        return (self.tag, self.names) == (other.tag, other.names)


class Layout:
    """The boxes of a page, the outermost first, and of each line its box and its weight as prose.

    `lines` joined by line breaks are the text that `pieces` were cut from. Those above `start`,
    which no article is looked for in, count as the outermost box's and weigh nothing;
    `prose_above` is what they would weigh. Linear in the page's lines and the elements around
    them, however deep they nest.
    """

    def __init__(self, lines: Sequence[Line], pieces: Sequence[Piece], start: int = 0) -> None:
        self.lines = lines
        self.spans = spans_of(lines, pieces)
        self.boxes: list[Box] = []
        self.box_of: list[Box] = []
        self.weights: list[int] = []
        self._pieces = pieces
        self._known: dict[int, Box] = {}
        for number in range(start, len(lines)):
            self._add(number, lines[number])
        self.prose_above = sum(
            _prose(self.pieces_of(n))
            for n in range(start)
            if lines[n].linked < _LINKED * len(lines[n].text)
        )
        self.box_of[:0] = self.boxes[:1] * start
        self.weights[:0] = [0] * start
        for box in reversed(self.boxes):
            if box.parent is not None:
                _add_up(box.parent, box)

    def is_link(self, line: int) -> bool:
        """Return whether a line is a link."""
        shown = self.lines[line]
        return self.box_of[line].is_link or shown.linked >= _LINKED * len(shown.text)

    def is_headline_link(self, line: int) -> bool:
        """Return whether a line is a link as long as a headline: to another story."""
        return self.is_link(line) and len(self.lines[line].text) >= HEADLINE

    def pieces_of(self, line: int) -> Sequence[Piece]:
        """Return the pieces of a line."""
        return self._pieces[slice(*self.spans[line])]

    def _add(self, number: int, line: Line) -> None:
        box = self._known.get(line.block.mem_id) or self._box(line.block, number)
        self.box_of.append(box)
        is_link = box.is_link or line.linked >= _LINKED * len(line.text)
        weight = 0 if is_link else _prose(self.pieces_of(number))
        self.weights.append(weight)
        box.last = number + 1
        box.prose += weight
        box.paragraphs += weight > 0
        box.links += is_link
        box.headings += not is_link and not weight and box.tag in HEADINGS

    def _box(self, node: LexborNode, line: int) -> Box:
        """Return the box of a block, made with those around it that no line has asked for yet."""
        fresh = [node]
        above = node.parent
        while above is not None and above.mem_id not in self._known:
            fresh.append(above)
            above = above.parent
        around = None if above is None else self._known[above.mem_id]
        box = self._make(fresh.pop(), around, line)
        while fresh:
            box = self._make(fresh.pop(), box, line)
        return box

    def _make(self, node: LexborNode, parent: Box | None, line: int) -> Box:
        tag = node.tag or ""
        attributes = node.attributes
        names = " ".join(filter(None, (attributes.get("class"), attributes.get("id"))))
        is_link = (tag == "a" and "href" in attributes) or (parent is not None and parent.is_link)
        says = _SAID_BY_TAG.get(tag) or (said_by(names) if names else None)
        box = Box(node, parent, tag, names, says, is_link, line)
        self._known[node.mem_id] = box
        self.boxes.append(box)
        if parent is not None:
            parent.children.append(box)
        return box


def _add_up(box: Box, child: Box) -> None:
    box.last = max(box.last, child.last)
    box.prose += child.prose
    box.paragraphs += child.paragraphs
    box.links += child.links
    box.headings += child.headings


def _prose(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces if piece.prose and not piece.hit)


def spans_of(lines: Sequence[Line], pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Return first and last (exclusive) piece of each line."""
    spans = []
    end = piece = 0
    for line in lines:
        end += len(line.text) + 1
        first = piece
        while piece < len(pieces) and pieces[piece].start < end:
            piece += 1
        spans.append((first, piece))
    return spans
