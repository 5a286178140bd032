"""Great Expectations' rendered content as HTML that is safe to open.

Its renderer says what a page shows; its own view is not used, since that takes sixteen scripts,
styles and fonts from other hosts, links to a newsletter, and lets a value through as markup. Here
every text is escaped, and of the styling asked for only what tells a failure from a success is
kept. A kind of block that is not known is an error: nothing is left out silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Template
from typing import Any

from markupsafe import Markup, escape

from transforms.plain import plain

Block = Mapping[str, Any]
_GAPS = re.compile(r"\n\s*")
#: What Great Expectations puts before an outcome as an icon font's letter.
_ICONS = {"fa-check-circle": ("ok", "✓ passed"), "fa-times": ("bad", "✗ failed")}
_ALARMS = {"text-danger", "text-warning"}
_LONGEST = 2_000


class UnknownBlockError(Exception):
    """Great Expectations rendered a kind of content that this view does not know."""


def shown(block: Any) -> Markup:
    """Return a block of rendered content, a list of them, or a plain value as HTML.

    Raises:
        UnknownBlockError: It is of a kind that is not known.
    """
    if block is None:
        return Markup("")
    if isinstance(block, (list, tuple)):
        return Markup("").join(map(shown, block))
    if not isinstance(block, Mapping):
        return _text(block)
    kind = block.get("content_block_type")
    if kind not in _KINDS:
        raise UnknownBlockError(f"no view for a content block of type {kind!r}")
    return _KINDS[kind](block)


def _text(value: object) -> Markup:
    return escape(plain(str(value)[:_LONGEST]))


def _header(block: Block) -> Markup:
    lines = Markup("<h2>{}</h2>").format(shown(block["header"]))
    if block.get("subheader"):
        lines += Markup("<p>{}</p>").format(shown(block["subheader"]))
    return lines


def _titled(block: Block) -> Markup:
    return Markup("<h3>{}</h3>").format(shown(block["header"])) if block.get("header") else Markup()


def _string(block: Block) -> Markup:
    """Return a template with its values, which are escaped before they are put in."""
    asked = block["string_template"]
    styles = asked.get("styling", {}).get("params", {})
    values = asked.get("params", {})
    filled = {name: _value(value, styles.get(name, {})) for name, value in values.items()}
    # The status is a word beside its icon; the icon is markup for a font that is not here.
    filled |= {"html_success_icon": Markup("")} if "html_success_icon" in values else {}
    text = _GAPS.sub(" ", str(asked.get("template", "")).strip())
    # Escaped before it is filled: a name of a value is letters only, which no escape changes.
    whole = Markup(Template(str(escape(plain(text)))).safe_substitute(filled))  # noqa: S704
    alarming = _ALARMS & {*asked.get("styling", {}).get("classes", ())}
    return Markup('<strong class="bad">{}</strong>').format(whole) if alarming else whole


def _value(value: object, style: Block) -> Markup:
    for each in style.get("classes", ()):
        if each in _ICONS:
            return Markup('<span class="{}">{}</span>').format(*_ICONS[each])
    return Markup("<strong>{}</strong>").format(_text(value))


def _table(block: Block) -> Markup:
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(shown(cell))
        for cell in block.get("header_row") or ()
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(shown(cell)) for cell in row)
        )
        for row in block["table"]
    )
    head = Markup("<thead><tr>{}</tr></thead>").format(head) if head else Markup("")
    return _titled(block) + Markup(
        '<div class="wide" tabindex="0"><table>{}<tbody>{}</tbody></table></div>'
    ).format(head, body)


def _list(block: Block) -> Markup:
    points = (Markup("<li>{}</li>").format(shown(point)) for point in block["bullet_list"])
    return _titled(block) + Markup("<ul>{}</ul>").format(Markup("").join(points))


def _paragraphs(block: Block) -> Markup:
    return _titled(block) + Markup("").join(
        Markup("<p>{}</p>").format(shown(text)) for text in block["text"]
    )


def _collapse(block: Block) -> Markup:
    link = shown(block.get("collapse_toggle_link", "More"))
    return Markup("<details><summary>{}</summary>{}</details>").format(
        link, shown(block["collapse"])
    )


def _values(block: Block) -> Markup:
    return _titled(block) + Markup(" ").join(shown(each) for each in block["value_list"])


_KINDS: dict[str, Callable[[Block], Markup]] = {
    "header": _header,
    "string_template": _string,
    "table": _table,
    "bullet_list": _list,
    "text": _paragraphs,
    "collapse": _collapse,
    "value_list": _values,
}
