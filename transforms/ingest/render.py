"""HTML to the text that a reader of the page sees, line by line."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from transforms.ingest.shown import shown_lines, strip_unseen

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

#: Lexbor's time grows with the square of the attributes of one tag (20,000: 1 s, 200,000: 107 s)
#: and of the depth of nested blocks (20,000: 0.5 s, 100,000: 16 s). A tag of this many characters
#: holds at most 13,000 attributes; a page of fewer tags than this is never that deep. Real pages
#: stay under 5,000 tags; an image written into its own tag is long, but few attributes.
MAX_TAG_CHARS = 40_000
MAX_TAG_ATTRIBUTES = 2_000
MAX_DEPTH = 20_000
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']++|"[^"]*+"|'[^']*+')*+""")
_NESTING_TAG = re.compile(
    r"<(/?)(?:div|span|section|article|main|nav|aside|header|footer|table|center|blockquote|ul|ol"
    r"|dl|font|b|i|u|s|em|strong|small|big|form|figure|fieldset|object|details)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<>\"']{4,2000}", re.IGNORECASE)


class Rendered(NamedTuple):
    """Visible text, one block or list item a line, and the address that the page gives itself."""

    text: str
    canonical: str | None


def render(markup: str) -> Rendered:
    """Return what `markup` shows; the text is empty where it shows nothing.

    `markup` is expected to have passed `flood`: this function is then linear in its length.
    """
    tree = _parser()(markup)
    canonical = _canonical(tree)
    body = strip_unseen(tree)
    lines = [] if body is None else shown_lines(body)
    return Rendered("\n".join(line.text for line in lines), canonical)


def flood(markup: str) -> str | None:
    """Return what makes parsing `markup` take minutes, in words; None where nothing does."""
    if len(markup) > MAX_TAG_CHARS:
        longest = max((match[0] for match in _TAG.finditer(markup)), key=len, default="")
        attributes = len(longest.split())
        if len(longest) > MAX_TAG_CHARS and attributes > MAX_TAG_ATTRIBUTES:
            return f"one tag of {len(longest)} characters with {attributes} attributes"
    if markup.count("<") > MAX_DEPTH:
        depth = deepest = 0
        for match in _NESTING_TAG.finditer(markup):
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
        if deepest > MAX_DEPTH:
            return f"elements nested {deepest} deep"
    return None


@cache
def _parser() -> type[LexborHTMLParser]:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser


def _canonical(tree: LexborHTMLParser) -> str | None:
    """Return the page's own word for its address; only an absolute http(s) address counts."""
    for query, attribute in (
        ('link[rel="canonical" i]', "href"),
        ('meta[property="og:url" i]', "content"),
    ):
        node = tree.css_first(query)
        address = (node.attributes.get(attribute) or "").strip() if node else ""
        if _ADDRESS.fullmatch(address) and _names_a_page(address):
            return address
    return None


def _names_a_page(address: str) -> bool:
    """Return whether an address is more than a site's front page.

    Many templates name the front page on every page; all articles would be one document.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.path.strip("/") != "" or parts.query != ""
