"""What the JSON-LD blocks of a page state of its article (schema.org).

Read: a block, the members of a list, of its @graph and of its mainEntity; references by @id are
followed. An item of another address than the page's own is another story and states nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

#: A page states each thing a few times; thousands of blocks or items are an attack.
_MOST = 50
#: NewsArticle and its kinds (Reportage-, Opinion-, AnalysisNewsArticle ...), posts and reports.
_ARTICLE = re.compile(r"(?:\w*Article|\w*BlogPosting|Report|SocialMediaPosting)")
_LIVE = re.compile("LiveBlogPosting")
_PAGE = re.compile(r"(?:Web|Item|About)?Page|NewsMediaOrganizationPage")
_FIELDS = {
    "title": "headline", "published_at": "datePublished", "modified_at": "dateModified",
    "publisher": "publisher", "byline": "author", "section": "articleSection",
    "keyword": "keywords", "language": "inLanguage",
}  # fmt: skip
#: What the page as a whole states where no article item does.
_PAGE_FIELDS = ("published_at", "modified_at", "language")

Item = dict[str, object]


class Stated(NamedTuple):
    """One property of an article item: `rule` names the property."""

    field: str
    value: str
    rule: str


class Linked(NamedTuple):
    """What the blocks state: properties, the article's text if given, whether it is a live page."""

    stated: list[Stated]
    body: str
    is_live: bool


def read_json_ld(blocks: Iterable[str], address: str | None) -> Linked:
    """Return what the blocks state; one that is no JSON states nothing. Raises nothing.

    `address` is the page's own, where it names one.
    """
    items = list(_items(blocks))[:_MOST]
    known = {key: item for item in items if isinstance(key := item.get("@id"), str)}
    every = [item for item in items if _is(item, _ARTICLE)]
    articles = [item for item in every if not _is_other(item, address)] or every
    stated = [s for item in articles for s in _properties(item, known, _FIELDS, "json-ld")]
    if not any(each.field == "published_at" for each in stated):
        for item in items:
            if _is(item, _PAGE):
                names = {field: _FIELDS[field] for field in _PAGE_FIELDS}
                stated += _properties(item, known, names, "json-ld.page")
    body = next((b for a in articles if isinstance(b := a.get("articleBody"), str)), "")
    is_live = any(_is(item, _LIVE) for item in articles)
    return Linked(stated, body, is_live)


def _items(blocks: Iterable[str]) -> Iterator[Item]:
    for block in blocks:
        try:
            data: object = json.loads(block, strict=False)
        except (ValueError, RecursionError):
            continue
        todo = [data]
        for _ in range(_MOST):
            if not todo:
                break
            each = todo.pop(0)
            if isinstance(each, list):
                todo += each[:_MOST]
            elif isinstance(each, dict):
                yield each
                todo += [each[key] for key in ("@graph", "mainEntity") if key in each]


def _is(item: Item, kind: re.Pattern[str]) -> bool:
    stated = item.get("@type")
    kinds = stated if isinstance(stated, list) else [stated]
    return any(isinstance(k, str) and kind.fullmatch(re.split("[/:#]", k)[-1]) for k in kinds)


def _is_other(item: Item, address: str | None) -> bool:
    """Return whether an item names another page of the same site as its own."""
    named = item.get("url") or item.get("mainEntityOfPage")
    if isinstance(named, dict):
        named = named.get("@id") or named.get("url")
    if not address or not isinstance(named, str):
        return False
    (own_site, own), (site, other) = _place(address), _place(named)
    return own_site == site and "" not in (site, own, other) and own != other


def _place(address: str) -> tuple[str, str]:
    """Return site and path of an address; the path is empty for a site's front page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    path = unquote(parts.path).strip("/").removesuffix("/amp")
    return parts.netloc.lower(), path + (f"?{parts.query}" if "." in path else "")


def _properties(
    item: Item, known: dict[str, Item], names: dict[str, str], rule: str
) -> Iterator[Stated]:
    for field, name in names.items():
        for value in _values(item.get(name), known):
            yield Stated(field, value, f"{rule}.{name}")


def _values(value: object, known: dict[str, Item]) -> Iterator[str]:
    """Yield the texts of a property: itself, its name, or the name of what it refers to."""
    for each in (value if isinstance(value, list) else [value])[:_MOST]:
        if isinstance(each, dict) and "name" not in each and isinstance(each.get("@id"), str):
            each = known.get(str(each["@id"]), each)
        if isinstance(each, dict):
            each = each.get("name") or each.get("@value")
        for text in each if isinstance(each, list) else [each]:
            if isinstance(text, str):
                yield text
