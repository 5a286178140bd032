"""From the spans of a page to the text of an article, and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from transforms.clean.letters import INVISIBLE, Normalised, normalise

#: The line breaks of a page's text; a form feed or a vertical tab is white space within a line.
#: Opens with a set of characters, not with the pair \r\n: so the search is twice as fast.
LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029](?:(?<=\r)\n)?")


@dataclass(frozen=True, slots=True)
class BodyText:
    """An article's text and the way back to the page: all offsets count code points."""

    text: str
    _normalised: Normalised
    _starts: list[int]
    _page_starts: list[int]

    def to_page(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the page that `text[start:end]` was made from.

        A span over two paragraphs covers what stands between them on the page.

        Raises:
            ValueError: `start` and `end` are no span of the text.
        """
        first, last = self._normalised.to_source(start, end)
        page_start = self._page(first)
        return (page_start, page_start) if start == end else (page_start, self._page(last - 1) + 1)

    def _page(self, position: int) -> int:
        if not self._starts:
            return 0
        paragraph = max(0, bisect_right(self._starts, position) - 1)
        return self._page_starts[paragraph] + position - self._starts[paragraph]


def assemble(page_text: str, spans: Iterable[tuple[int, int]]) -> BodyText:
    r"""Return the text of the spans: letters normalised, one paragraph a line, joined by "\n".

    A line break within a span separates paragraphs too; paragraphs without a visible character
    are left out, and so is what is invisible at a paragraph's ends.
    """
    parts: list[str] = []
    starts: list[int] = []
    page_starts: list[int] = []
    length = 0
    for start, end in spans:
        for line_start, line_end in _lines(page_text, start, end):
            line = page_text[line_start:line_end]
            shown = line.strip(INVISIBLE)
            if not shown:
                continue
            starts.append(length)
            page_starts.append(line_start + len(line) - len(line.lstrip(INVISIBLE)))
            parts.append(shown)
            length += len(shown) + 1
    normalised = normalise("\n".join(parts))
    return BodyText(normalised.text, normalised, starts, page_starts)


def _lines(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    at = start
    for match in LINE_BREAK.finditer(text, start, end):
        yield at, match.start()
        at = match.end()
    yield at, end
