"""Which box of a page holds the main article: the first text below the headline of some weight.

No name of an element is needed for that: shape, order and links tell comments, teasers and other
stories from the article. Names that are told besides (nav, comments, related) are believed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from transforms.clean.html_boxes import HEADINGS, Box, Layout
from transforms.clean.html_text import LISTS, Text, Texts

#: An article has a paragraph or two; what is shorter is a notice.
_LEAST = 120
#: Of the heaviest text below the headline, what the article's own weighs at least: a summary in
#: points or a standfirst weighs less, the first story of an endless page about as much as others.
_SHARE_OF_BEST = 0.5
#: A mark that ends articles ends one only after two paragraphs or so much text: "add a comment"
#: stands above bodies too, below a standfirst.
_ENOUGH = 300
#: Prose above what seems to be the headline: so many times the article's weight, and the line may
#: only repeat a headline that stands further up.
_ABOVE = 2
#: A box whose names say that it is furniture is believed unless it holds most of the page's prose.
_MOST = 0.6
#: Of a text's weight, what notes below its core have at most. The second part of a body that an
#: advert splits is more.
_NOTES = 0.25
#: No page has so many texts or headlines; what has more is not looked through to its end.
_TEXTS = 50
_TITLES = 20


class Main(NamedTuple):
    """The box of the main article, the lines `first` to `last` (exclusive) of its text.

    `confidence` is the share of the text in all that might be the article's, from 0 to 1.
    """

    box: Box
    first: int
    last: int
    confidence: float


class _Candidates(NamedTuple):
    """Texts that could be the main article, in page order, and the boxes of other stories."""

    texts: list[Box]
    stories: list[Box]


def find_main(layout: Layout, texts: Texts, headline: int | None, *, live: bool) -> Main | None:
    """Return where the main article is, None where no box holds one.

    `headline` is the line that shows the page's headline, if one does. A `live` page is one
    article whose posts have headlines and times of their own.
    """
    found = _candidates(layout, texts, headline or 0)
    if not found.texts:
        return None
    best = max(texts[box].weight for box in found.texts)
    chosen = next(box for box in found.texts if texts[box].weight >= _SHARE_OF_BEST * best)
    if live:
        return _feed(layout, texts, chosen)
    chosen = _core(layout, texts, chosen)
    text = texts[chosen]
    confidence = text.weight / (text.weight + _doubtful(layout, texts, text, headline or 0, found))
    if any(_is_passed_over(layout, texts[box], text) for box in found.texts):
        confidence /= 2
    if any(_may_be_text(box, text) for box in texts.shut):
        confidence /= 2
    if layout.prose_above > _ABOVE * text.weight and not _is_h1(layout, headline):
        confidence /= 2
    if headline is None:
        # What is above the headline cannot be told from the article: take the heaviest for sure.
        confidence *= text.weight / sum(texts[box].weight for box in found.texts)
    first, last = _with_short_sentences(layout, chosen, text)
    return Main(chosen, first, last, round(confidence, 3))


def _is_passed_over(layout: Layout, earlier: Text, chosen: Text) -> bool:
    """Return whether a text above the chosen one could be the article: no list, no standfirst."""
    is_list = layout.box_of[earlier.first].tag == "li"
    return earlier.last <= chosen.first and earlier.paragraphs > 1 and not is_list


def _may_be_text(box: Box, chosen: Text) -> bool:
    """Return whether a box that is called furniture looks more like the article than the chosen."""
    of_text = box.says != "comment_form" and not box.is_list
    return of_text and box.prose > chosen.weight and 2 * box.paragraphs > box.lines


def _is_h1(layout: Layout, headline: int | None) -> bool:
    return headline is not None and layout.box_of[headline].tag == "h1"


def named_furniture(layout: Layout, titles: Sequence[int]) -> set[Box]:
    """Return the boxes that are furniture by their own names or by those of a box around them.

    A box around the headline is not, whatever it is called, nor is one with most of the prose,
    unless it is called comments.
    """
    shut: set[Box] = set()
    most = _MOST * layout.boxes[0].prose if layout.boxes else 0
    for box in layout.boxes:
        if box.parent in shut:
            shut.add(box)
        elif box.says and (box.prose <= most or box.says == "comment_form"):
            shut.update([box] if not any(map(box.holds, titles[:_TITLES])) else [])
    return shut


def _candidates(layout: Layout, texts: Texts, headline: int) -> _Candidates:
    """Return the texts below the headline and above the foot, none within another."""
    found = _Candidates([], [])
    weight = paragraphs = 0
    end = len(layout.lines)
    for box in _disjoint(texts, headline):
        if end <= texts[box].first and (weight >= _ENOUGH or paragraphs > 1):
            break
        story = _story_of(layout, texts, found.texts[0], box, headline) if found.texts else None
        if story is not None:
            found.stories.append(story)
            continue
        if not found.texts:
            end = foot(layout, texts[box].last)
        found.texts.append(box)
        weight += texts[box].weight
        paragraphs += texts[box].paragraphs
    return found


def _disjoint(texts: Texts, headline: int) -> list[Box]:
    """Return the heaviest texts below the headline, none within another, in page order.

    Of a box and the only text in it the inner one is taken.
    """
    heavy = [box for box in texts if texts[box].last > headline and texts[box].weight >= _LEAST]
    heavy.sort(key=lambda box: -texts[box].weight)
    firsts: list[int] = []
    taken: dict[int, Box] = {}
    for box in heavy:
        text = texts[box]
        at = bisect_left(firsts, text.first)
        is_free = (at == 0 or texts[taken[firsts[at - 1]]].last <= text.first) and (
            at == len(firsts) or text.last <= firsts[at]
        )
        if is_free and len(firsts) < _TEXTS:
            firsts.insert(at, text.first)
            taken[text.first] = box
    return [taken[first] for first in firsts]


def foot(layout: Layout, line: int) -> int:
    """Return the first line from `line` on that ends every article, the page's end without one."""
    for number in range(line, len(layout.lines)):
        if any(piece.effect == "end" for piece in layout.pieces_of(number)):
            return number
    return len(layout.lines)


def _story_of(layout: Layout, texts: Texts, first: Box, box: Box, headline: int) -> Box | None:
    """Return the box of the other story that a text further down is of, None where it is of ours.

    It has a headline of its own: a link above it, or its place in a box like the one that holds
    the page's headline and the first text.
    """
    ours, theirs = _apart(first, box)
    above = range(max(theirs.first, texts[first].last), texts[box].first)
    if any(map(layout.is_headline_link, above)):
        return theirs
    is_alike = theirs is not box and ours.is_like(theirs) and ours.holds(headline)
    return theirs if is_alike else None


def _apart(one: Box, other: Box) -> tuple[Box, Box]:
    """Return the outermost boxes around each that are not around the other, else themselves."""
    ones, others = _path(one), _path(other)
    shared = sum(a is b for a, b in zip(ones, others, strict=False))
    return [*ones, one][shared], [*others, other][shared]


def _path(box: Box) -> list[Box]:
    """Return the boxes around a box and itself, the outermost first."""
    path = [box]
    while (parent := path[-1].parent) is not None:
        path.append(parent)
    return path[::-1]


def _core(layout: Layout, texts: Texts, box: Box) -> Box:
    """Return the box within that holds a box's text but for a standfirst above and notes below.

    A standfirst is one paragraph set apart above the text, or a list of points; notes are what
    little stands below the text, outside its box.
    """
    while True:
        whole = texts[box]
        parts = [
            child
            for child in texts.children(box)
            if child.lines > 1 and child in texts and child.tag not in LISTS
        ]
        heir = max(parts, key=lambda child: texts[child].weight, default=None)
        if heir is None:
            return box
        core = texts[heir]
        below = sum(layout.weights[core.last : whole.last])
        is_core = _is_standfirst(layout, range(whole.first, core.first))
        if not is_core or below > _NOTES * whole.weight:
            return box
        box = heir


def _is_standfirst(layout: Layout, above: range) -> bool:
    """Return whether the lines above a text hold a standfirst at most."""
    paragraphs = [n for n in above if layout.weights[n]]
    listed = all(layout.box_of[n].tag == "li" for n in paragraphs)
    return listed or (len(paragraphs) == 1 and any(_sets_apart(layout, n) for n in above))


def _sets_apart(layout: Layout, line: int) -> bool:
    """Return whether a line parts a standfirst from the body: no advert, no heading of the body."""
    pieces = layout.pieces_of(line)
    is_ad = any(p.fixed == "ad" or (p.hit and p.hit.mark.kind == "ad") for p in pieces)
    return not layout.weights[line] and not is_ad and layout.box_of[line].tag not in HEADINGS


def _doubtful(layout: Layout, texts: Texts, text: Text, headline: int, found: _Candidates) -> int:
    """Return the weight of what might be the article's as well: all prose in the smallest box
    around headline and text that is not known for furniture.

    Above the text it counts twice: an article begins below its headline.
    """
    around = layout.box_of[text.first]
    while not around.holds(headline) and around.parent is not None:
        around = around.parent
    ours = {layout.lines[line].text for line in range(text.first, text.last)}
    weight = 0
    for line in range(headline, min(around.last, foot(layout, text.last))):
        if text.first <= line < text.last or not layout.weights[line]:
            continue
        is_known = (
            layout.lines[line].text in ours
            or _is_furniture(layout, texts, line)
            or any(story.holds(line) for story in found.stories)
            or (line < text.first and layout.box_of[line].tag == "li")
        )
        if not is_known:
            weight += layout.weights[line] * (1 if line >= text.last else 2)
    return weight


def _is_furniture(layout: Layout, texts: Texts, line: int) -> bool:
    """Return whether a line stands in named furniture or in a list of other stories."""
    box: Box | None = layout.box_of[line]
    if box in texts.shut:
        return True
    while box is not None and box.lines == 1:
        box = box.parent
    return box is not None and box.is_list


def _with_short_sentences(layout: Layout, box: Box, text: Text) -> tuple[int, int]:
    """Return first and last line (exclusive) of a text with the short sentences at its ends.

    They stand in elements of the kind of the paragraph next to them; above, a line that goes on
    below counts as well.
    """
    first, last = text.first, text.last
    while first > box.first and _continues(layout, first, first - 1, ".؟!:،"):
        first -= 1
    while last < box.last and _continues(layout, last - 1, last, ".؟!"):
        last += 1
    return first, last


def _continues(layout: Layout, line: int, beside: int, ends: str) -> bool:
    """Return whether the line beside a paragraph is another one, only shorter."""
    own, other = layout.box_of[line], layout.box_of[beside]
    if other.parent is not own.parent or not other.is_like(own) or layout.is_link(beside):
        return False
    is_marked = any(piece.hit or piece.fixed for piece in layout.pieces_of(beside))
    return not is_marked and layout.lines[beside].text.rstrip("\"'»”) ")[-1:] in tuple(ends)


def _feed(layout: Layout, texts: Texts, chosen: Box) -> Main:
    """Return the feed of a live page: the smallest box with more prose than the first text."""
    box = chosen
    while box.parent is not None and box.prose <= texts[chosen].weight:
        box = box.parent
    end = min(box.last, foot(layout, texts[chosen].last))
    prose = [
        line
        for line in range(texts[chosen].first, end)
        if layout.weights[line] and not _is_furniture(layout, texts, line)
    ]
    return Main(box, prose[0], prose[-1] + 1, 1.0)
