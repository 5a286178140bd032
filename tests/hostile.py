"""What a hostile page may try, and what stands in a page that shows it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

_FILE = Path(__file__).parent / "xss" / "payloads.txt"
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\\\")


def _read(line: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else "\\", line)


PAYLOADS = [
    _read(line)
    for line in _FILE.read_text("utf-8").split("\n")
    if line and not line.startswith("# ")
]

#: Everything that a report is made of. No script, no picture but SVG, nothing that asks for a file.
TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "article",
    "h1", "h2", "h3", "h4", "p", "br", "wbr", "span", "strong", "div", "table", "caption", "thead",
    "tbody", "tr", "th", "td", "code", "bdi", "ul", "ol", "li", "dl", "dt", "dd", "details",
    "summary", "footer", "a", "figure", "figcaption", "del", "mark", "svg", "g", "path", "line",
    "rect", "text", "tspan",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "charset", "http-equiv", "content", "name", "class", "id", "scope", "role",
    "tabindex", "aria-label", "aria-labelledby", "href", "hreflang", "open", "aria-hidden",
    "focusable", "d", "fill", "fill-opacity", "font-size", "font-weight", "opacity", "stroke",
    "stroke-linejoin", "stroke-linecap", "stroke-width", "text-anchor", "transform", "viewbox",
    "width", "height", "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip


class Seen(HTMLParser):
    """The tags, attributes, links and text of a page; its style is none of its text."""

    def __init__(self, page: Path | str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self._in_style = False
        self.source = page.read_text("utf-8") if isinstance(page, Path) else page
        self.feed(self.source)

    @property
    def links(self) -> set[str]:
        return {value for _, name, value in self.attributes if name in ("href", "src")}

    def harmless(self) -> bool:
        """Whether only what a report is made of stands in it, and no hidden character."""
        names = {name for _, name, _ in self.attributes}
        hidden = re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u061c\ufeff]", self.source
        )
        return set(self.tags) <= TAGS and names <= ATTRIBUTES and hidden is None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_style = tag == "style"
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += "" if self._in_style else data
