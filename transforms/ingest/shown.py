"""The lines that a page shows, each with the element that holds it and how much of it is linked.

The tree is Lexbor's, which repairs markup as browsers do. One walk over the nodes in document
order, in C where it can be: a news page of 100 KB costs about half a millisecond.
"""

from __future__ import annotations

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
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "button", "caption", "center", "dd",
    "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li", "main",
    "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
})  # fmt: skip
#: A line break inside `pre`; a noncharacter, so never in a text (a page that spells it as an
#: entity gets a line break).
_BREAK = "\ufdd0"


class Line(NamedTuple):
    """One line: its text, the block element that holds it, its characters inside links.

    An anchor without an address is no link: old pages leave `<a name=...>` open.
    """

    text: str
    block: LexborNode
    linked: int


class _Holder(NamedTuple):
    """The block that a text stands in, what it is known by, whether a link stands between them."""

    block: LexborNode
    key: int
    in_link: bool


class _Ids(NamedTuple):
    """Lexbor's numbers for names of elements: comparing them costs half of comparing names."""

    text: int
    link: int
    blocks: frozenset[int]
    ends: frozenset[int]


def strip_unseen(tree: LexborHTMLParser) -> LexborNode | None:
    """Remove from `tree` what no reader sees and return its body; None where there is none."""
    tree.strip_tags(_UNSEEN, recursive=True)
    body = tree.body
    if body is None:
        return None
    for node in body.css(_HIDDEN):
        node.decompose()
    for pre in body.css("pre"):
        for node in [n for n in pre.traverse(include_text=True) if n.is_text_node]:
            node.replace_with((node.text_content or "").replace("\n", _BREAK))
    return body


def shown_lines(body: LexborNode) -> list[Line]:
    """Return the lines of `body`, from which `strip_unseen` has removed what is not shown.

    White space is collapsed as browsers do; a line shows at least one character.
    """
    lines: list[Line] = []
    for text, block, linked in _runs(body):
        if _BREAK not in text:
            if text := " ".join(text.split()):
                lines.append(Line(text, block, linked))
            continue
        parts = (" ".join(part.split()) for part in text.split(_BREAK))
        lines += [Line(part, block, min(linked, len(part))) for part in parts if part]
    return lines


def _runs(body: LexborNode) -> list[tuple[str, LexborNode, int]]:
    """Return the text between each two borders of blocks, its block, its linked length."""
    ids = _ids()
    text_id, link_id, blocks = ids.text, ids.link, ids.blocks
    holders: dict[int, _Holder] = {}
    runs: list[tuple[str, LexborNode, int]] = []
    parts: list[str] = []
    linked = 0
    block, own = body, body.mem_id
    ended = True
    for node in body.traverse(include_text=True):
        tag = node.tag_id
        if tag == text_id:
            text = node.text_content or ""
            if text.isspace():
                parts.append(" ")
                continue
            holder, key, in_link = _holder(node, holders, ids)
            if ended or key != own:
                if linked or parts:
                    runs.append(("".join(parts), block, linked))
                parts, linked, ended = [], 0, False
                block, own = holder, key
            parts.append(text)
            if in_link:
                linked += len(text.strip())
        elif tag in blocks:
            ended = True
        elif tag == link_id and (before := node.prev) is not None and before.tag_id == link_id:
            parts.append(" ")  # menus: links that nothing separates but their style
    runs.append(("".join(parts), block, linked))
    return runs


def _holder(text: LexborNode, known: dict[int, _Holder], ids: _Ids) -> _Holder:
    """Return the block that a text stands in.

    `known` keeps what was found for elements: each is climbed once, however deep they nest.
    """
    path: list[tuple[int, bool]] = []
    node = text.parent
    while node is not None:
        key = node.mem_id
        if key in known:
            found = known[key]
            break
        tag = node.tag_id
        if tag in ids.ends:
            found = known[key] = _Holder(node, key, False)
            break
        path.append((key, tag == ids.link and "href" in node.attributes))
        node = node.parent
    else:
        found = _Holder(text, text.mem_id, False)
    for key, is_link in reversed(path):
        found = known[key] = _Holder(found.block, found.key, True) if is_link else found
    return found


@cache
def _ids() -> _Ids:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser("<p><a>x</a></p>")
    link = tree.css_first("a")
    if link is None or link.first_child is None:
        raise RuntimeError("Lexbor does not parse a link")
    blocks = {tag: tree.create_node(tag).tag_id for tag in _BLOCKS}
    ends = {tree.create_node(tag).tag_id for tag in ("body", "html")}
    return _Ids(
        link.first_child.tag_id, link.tag_id, frozenset(blocks.values()),
        frozenset(blocks.values()) | ends,
    )  # fmt: skip
