"""What an HTML page states about its article in markup: JSON-LD, OpenGraph, microdata, <time>."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from transforms.clean.letters import tidy

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

#: Names of meta elements, by field, the most telling first.
_META = {
    "title": ("og:title", "twitter:title", "dc.title"),
    "published_at": (
        "article:published_time", "datepublished", "article:published", "og:published_time",
        "publishdate", "pubdate", "publish-date", "dc.date.issued", "dc.date", "dcterms.created",
        "date", "sailthru.date", "parsely-pub-date",
    ),
    "modified_at": ("article:modified_time", "datemodified", "og:updated_time", "last-modified"),
    "publisher": ("og:site_name", "dc.publisher", "application-name"),
    "byline": ("author", "article:author", "dc.creator", "parsely-author"),
    "section": ("article:section", "section", "parsely-section"),
    "keyword": ("news_keywords", "keywords", "article:tag", "parsely-tags"),
}  # fmt: skip
_ARTICLE_TYPE = re.compile(
    r"(?:News|Opinion|Reportage|Analysis)?(?:Article|NewsArticle)|BlogPosting"
)
_JSON_LD = {
    "title": "headline", "published_at": "datePublished", "modified_at": "dateModified",
    "publisher": "publisher", "byline": "author", "section": "articleSection",
    "keyword": "keywords",
}  # fmt: skip
#: A <time> that says not what it is of counts only for the day that the article's line states.
WEAK = "time.datetime"
_LONGEST = 300
#: A page states each thing a few times; thousands of blocks are an attack.
_MOST_BLOCKS = 20


class Fact(NamedTuple):
    """One statement of the markup: `rule` names the element that makes it."""

    field: str
    value: str
    rule: str


def read_markup(markup: str) -> list[Fact]:
    """Return what the markup states, JSON-LD first, then meta elements, then the visible tags."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(markup)
    facts = [*_json_ld(tree), *_meta(tree), *_visible(tree)]
    return [f for f in dict.fromkeys(facts) if f.value and len(f.value) <= _LONGEST]


def _json_ld(tree: LexborHTMLParser) -> Iterator[Fact]:
    for script in tree.css('script[type="application/ld+json"]')[:_MOST_BLOCKS]:
        try:
            data = json.loads(script.text() or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _items(data):
            if not _is_article(item.get("@type")):
                continue
            for field, name in _JSON_LD.items():
                for value in _values(item.get(name)):
                    yield Fact(field, tidy(value), f"json-ld.{name}")


def _items(data: object) -> Iterator[dict[str, object]]:
    """Yield the objects of a JSON-LD block: itself, the members of a list or of its @graph."""
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            if isinstance(graph, list):
                yield from (member for member in graph if isinstance(member, dict))


def _is_article(kind: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(k, str) and _ARTICLE_TYPE.fullmatch(k) for k in kinds)


def _values(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = item.get("name")
        if isinstance(item, str):
            yield item


def _meta(tree: LexborHTMLParser) -> Iterator[Fact]:
    stated: dict[str, list[str]] = {}
    for element in tree.css("meta[content]"):
        attributes = element.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name:
            stated.setdefault(name.strip().lower(), []).append(attributes.get("content") or "")
    for field, names in _META.items():
        for name in names:
            for value in stated.get(name, ())[:_MOST_BLOCKS]:
                yield Fact(field, tidy(value), f"meta.{name}")


def _visible(tree: LexborHTMLParser) -> Iterator[Fact]:
    for element in tree.css("time[datetime], [itemprop=datePublished][datetime]")[:_MOST_BLOCKS]:
        attributes = element.attributes
        prop = (attributes.get("itemprop") or "").lower()
        stated = prop in ("datepublished", "datemodified") or "pubdate" in attributes
        field = "modified_at" if prop == "datemodified" else "published_at"
        rule = f"time.{prop or 'pubdate'}" if stated else WEAK
        yield Fact(field, tidy(attributes.get("datetime") or ""), rule)
    for query in ("[itemprop=headline]", "h1", "title", "h2"):
        for element in tree.css(query)[:_MOST_BLOCKS]:
            yield Fact(
                "title", tidy(element.text(deep=True)[:_LONGEST]), f"html.{query.strip('[]')}"
            )
