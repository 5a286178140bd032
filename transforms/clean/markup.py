"""An HTML page read once: what its markup states of its article, and the lines that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from transforms.clean.bylines import may_be_name
from transforms.clean.json_ld import read_json_ld
from transforms.clean.letters import tidy
from transforms.ingest.shown import Line, shown_lines, strip_unseen

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

#: Names of meta elements, by field, the most telling first.
_META = {
    "title": ("og:title", "twitter:title", "dc.title", "headline"),
    "published_at": (
        "article:published_time", "datepublished", "article:published", "og:published_time",
        "article.published", "publishdate", "publisheddate", "publish_date", "pubdate",
        "publish-date", "publication_date", "dc.date.issued", "dcterms.issued", "dc.date",
        "dcterms.created", "date", "sailthru.date", "parsely-pub-date",
        "cxenseparse:recs:publishtime",
    ),
    "modified_at": (
        "article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastdate",
        "dcterms.modified",
    ),
    "publisher": ("og:site_name", "dc.publisher", "application-name"),
    "byline": ("author", "article:author", "dc.creator", "parsely-author"),
    "section": ("article:section", "section", "parsely-section"),
    "keyword": ("news_keywords", "keywords", "article:tag", "parsely-tags"),
    "language": ("inlanguage", "content-language", "dc.language", "og:locale"),
    "url": ("og:url",),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _META.items() for name in names}
_RANK = {name: rank for names in _META.values() for rank, name in enumerate(names)}
#: A <time> that says not what it is of counts only for the day that the article's line states.
WEAK = "time.datetime"
#: What a link's `rel` says of a keyword; "category tag" is the section's.
TAG = re.compile(r"(?<!\S)tag(?!\S)", re.IGNORECASE)
_SECTION = re.compile(r"\bcategory\b", re.IGNORECASE)
#: An author's element, by the relation or the name that most templates give it.
_AUTHORS = '[rel~="author"], [itemprop="author"], .author, .author-name, .byline, .writer'
_FEWEST_NAMES, _MOST_NAMES = 2, 5
_DIGIT = re.compile(r"\d")
_LONGEST = 300
_LONGEST_ADDRESS = 2000
#: A page states each thing a few times; thousands of elements are an attack.
_MOST = 20
_MOST_LINKS = 1000
#: Shorter lines equal a headline by chance: a section, a name.
_LEAST_TITLE = 15


class Fact(NamedTuple):
    """One statement of the markup: `rule` names the element that makes it."""

    field: str
    value: str
    rule: str


class Seen(NamedTuple):
    """One page's statements, its shown lines, its article's text if the markup gives it."""

    facts: list[Fact]
    lines: list[Line]
    body: str
    is_live: bool


def see(markup: str) -> Seen:
    """Return what a page states and shows: JSON-LD first, then meta elements, then visible ones."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(markup)
    address = [*_addresses(tree)]
    metas = [*_meta(tree)]
    named = next((f.value for f in (*address, *metas) if f.field == "url"), None)
    blocks = tree.css('script[type="application/ld+json" i]')[:_MOST]
    linked = read_json_ld((block.text() or "" for block in blocks), named)
    stated = [Fact(s.field, tidy(s.value), s.rule) for s in linked.stated]
    facts = [*stated, *address, *metas, *_visible(tree), *_author(tree), *_tags(tree)]
    body = strip_unseen(tree)
    lines = [] if body is None else shown_lines(body)
    kept = [f for f in dict.fromkeys(facts) if 0 < len(f.value) <= _longest(f)]
    return Seen(kept, lines, linked.body, linked.is_live)


def title_lines(seen: Seen) -> list[int]:
    """Return the lines that show the headline that the markup states, the first one to do so.

    A site's name is often appended to it, so that a line may be its beginning or its end. That a
    heading of the second rank shows itself says nothing.
    """
    shown = [
        (number, bare)
        for number, line in enumerate(seen.lines)
        if _LEAST_TITLE <= len(line.text) <= _LONGEST
        and len(bare := "".join(line.text.split())) >= _LEAST_TITLE
    ]
    for fact in seen.facts:
        if fact.field == "title" and fact.rule != "html.h2":
            stated = "".join(fact.value.split())
            found = [n for n, bare in shown if stated.startswith(bare) or stated.endswith(bare)]
            if found:
                return found
    return []


def _longest(fact: Fact) -> int:
    return _LONGEST_ADDRESS if fact.field == "url" else _LONGEST


def _addresses(tree: LexborHTMLParser) -> Iterator[Fact]:
    for link in tree.css('link[rel="canonical" i]')[:_MOST]:
        yield Fact("url", (link.attributes.get("href") or "").strip(), "link.canonical")
    html = tree.css_first("html[lang]")
    if html is not None:
        yield Fact("language", (html.attributes.get("lang") or "").strip().lower(), "html.lang")


def _meta(tree: LexborHTMLParser) -> list[Fact]:
    stated: list[tuple[int, Fact]] = []
    for element in tree.css("meta[content]"):
        attributes = element.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        name = (name or "").strip().lower()
        if field := _FIELD_OF.get(name):
            value = tidy(attributes.get("content") or "")
            stated.append((_RANK[name], Fact(field, value, f"meta.{name}")))
    return [fact for _, fact in sorted(stated[: _MOST * len(_META)], key=lambda each: each[0])]


def _visible(tree: LexborHTMLParser) -> Iterator[Fact]:
    headline = tree.css_first("h1")
    for element in tree.css("time[datetime], [itemprop=datePublished][datetime]")[:_MOST]:
        attributes = element.attributes
        prop = (attributes.get("itemprop") or "").lower()
        field = "modified_at" if prop == "datemodified" else "published_at"
        rule = WEAK
        if prop in ("datepublished", "datemodified") or "pubdate" in attributes:
            rule = f"time.{prop or 'pubdate'}"
        elif headline is not None and _only_time_beside(headline, element):
            rule = "time.beside_headline"
        yield Fact(field, tidy(attributes.get("datetime") or ""), rule)
    for element in tree.css("abbr.published[title]")[:_MOST]:
        yield Fact("published_at", tidy(element.attributes.get("title") or ""), "abbr.published")
    for query in ("[itemprop=headline]", "h1", "title", "h2"):
        if query == "h2" and headline is not None:
            return  # without a headline of the first rank, one of the second may be it
        for element in tree.css(query)[:_MOST]:
            text = tidy(element.text(deep=True)[:_LONGEST])
            yield Fact("title", text, f"html.{query.strip('[]')}")


def _author(tree: LexborHTMLParser) -> Iterator[Fact]:
    """Yield the name in the one element beside the headline that the markup calls the author's.

    Such names often share a line with the date, run together with it.
    """
    box = tree.css_first("h1")
    for _ in range(2):
        box = box.parent if box is not None else None
        if box is None or box.tag in ("body", "html"):
            return
        found = {tidy(element.text(deep=True)[:_LONGEST]) for element in box.css(_AUTHORS)[:_MOST]}
        if found:
            name = found.pop().rpartition(":")[2].strip()
            if not found and _is_name(name):
                yield Fact("byline", name, "html.author")
            return


def _is_name(text: str) -> bool:
    words = len(text.split())
    return _FEWEST_NAMES <= words <= _MOST_NAMES and may_be_name(text) and not _DIGIT.search(text)


def _tags(tree: LexborHTMLParser) -> Iterator[Fact]:
    """Yield the keywords that links are called, where all such links stand in one box."""
    links = [
        (link, rel)
        for link in tree.css("a[rel]")[:_MOST_LINKS]
        if TAG.search(rel := link.attributes.get("rel") or "") and not _SECTION.search(rel)
    ]
    boxes = {box.mem_id for link, _ in links if (box := _box_of(link)) is not None}
    for link, _ in links[:_MOST] if len(boxes) == 1 else ():
        yield Fact("keyword", tidy(link.text(deep=True)[:_LONGEST]).lstrip("#"), "html.rel=tag")


def _box_of(link: LexborNode) -> LexborNode | None:
    """Return the element that holds a link, of an item its list."""
    box = link.parent
    return box.parent if box is not None and box.tag == "li" else box


def _only_time_beside(headline: LexborNode, time: LexborNode) -> bool:
    """Return whether a time is the only one in the box of the headline, two levels up at most."""
    box = headline
    for _ in range(2):
        if box.parent is None or box.parent.tag in ("body", "html"):
            return False
        box = box.parent
        times = box.css("time[datetime]")
        if times:
            return len(times) == 1 and times[0].mem_id == time.mem_id
    return False
