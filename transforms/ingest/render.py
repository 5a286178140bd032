"""HTML to the text that a reader of the page sees, line by line.

The tree is Lexbor's, which repairs markup as browsers do. Everything below is one call into C a
step: a Python walk over the nodes of a news page costs 10 to 90 ms, this about one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

#: Never shown, or shown only as a control of a form.
_UNSEEN = [
    "head", "title", "script", "style", "noscript", "template", "iframe", "object", "embed",
    "svg", "math", "canvas", "audio", "video", "select", "datalist", "textarea", "noframes",
]  # fmt: skip
_HIDDEN = (
    '[hidden], [style*="display:none" i], [style*="display: none" i], '
    '[style*="visibility:hidden" i], [style*="visibility: hidden" i]'
)
#: Elements that begin and end a line. Cells of tables count: old sites lay out whole pages in
#: tables, and a menu must not run into the text beside it.
_BLOCKS = (
    "address,article,aside,blockquote,br,button,caption,center,dd,details,dialog,dir,div,dl,dt,"
    "fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hgroup,hr,legend,li,main,"
    "menu,nav,ol,p,pre,section,summary,table,tbody,td,tfoot,th,thead,tr,ul"
)
#: Stands for a line break until white space is collapsed; a noncharacter, so never in a text
#: (a page that spells it as an entity gets a line break).
_BREAK = "\ufdd0"

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
    tree.strip_tags(_UNSEEN, recursive=True)
    body = tree.body
    if body is None:
        return Rendered("", canonical)
    for node in body.css(_HIDDEN):
        node.decompose()
    _mark_lines(body)
    return Rendered(_collapse(body.text()), canonical)


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
        if _ADDRESS.fullmatch(address):
            return address
    return None


def _mark_lines(body: LexborNode) -> None:
    for node in body.css(_BLOCKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    for pre in body.css("pre"):
        for node in [n for n in pre.traverse(include_text=True) if n.is_text_node]:
            node.replace_with((node.text_content or "").replace("\n", _BREAK))
    for node in body.css("a + a"):
        # Menus: links that nothing separates but their style.
        before = node.prev
        if before is not None and before.tag == "a":
            node.insert_before(" ")


def _collapse(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)
