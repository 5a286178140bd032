"""`khabar export jsonld FILE`: each article as a NewsArticle of schema.org, one a line.

The vocabulary: https://schema.org/NewsArticle. What is stated in words, and of which nobody can
say whether it names a person or an office (a byline, a stated source), stays a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from warehouse.exports.base import Counts, Format, Shown
from warehouse.exports.stories import Story, stories

_CONTEXT = "https://schema.org"
_TYPES = {"PER": "Person", "ORG": "Organization", "LOC": "Place"}
#: Ids that the knowledge took from GeoNames; of others no page on the web is known to be theirs.
_GEONAMES = re.compile(r"gn-(\d+)")


def lines(shown: Shown, counts: Counts) -> Iterator[dict[str, Any]]:
    """Yield one NewsArticle an article, in the order of the ids."""
    for story in stories(shown):
        counts.add("NewsArticle")
        yield news_article(story)


def news_article(story: Story) -> dict[str, Any]:
    """Return an article as JSON-LD; what is not known is not there.

    `about` are entities that the headline names, `mentions` the others. `datePublished` is as
    precise as the page states it: a year is no day. A date that is only a span has no property.
    `isBasedOn` are the article that it was copied from and the source that it names.
    """
    row = story.article
    in_title = {each["entity_id"] for each in story.mentions if each["stands_in"] == "title"}
    entities = {each["entity_id"]: each for each in story.mentions if each["entity_id"]}
    stated = row["published_precision"] != "range"
    original = {"@type": "NewsArticle", "@id": _article_id(row["copy_of"])}
    named = {"@type": "CreativeWork", "publisher": row["stated_source"]}
    based_on = [original] * bool(row["copy_of"]) + [named] * bool(row["stated_source"])
    found = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "@id": _article_id(row["article_id"]),
        "identifier": row["article_id"],
        "url": row["url"],
        "headline": row["title"],
        "abstract": row["summary"],
        "articleBody": row["body"],
        "wordCount": row["body_words"],
        "inLanguage": row["language"] if row["language"] != "und" else None,
        "datePublished": row["published_at"] if stated else None,
        "dateModified": row["modified_at"] if "/" not in (row["modified_at"] or "") else None,
        "dateline": row["dateline"],
        "author": row["byline"],
        "publisher": _organization(row["publisher"]),
        "provider": _organization(row["aggregator"]),
        "isBasedOn": based_on,
        "articleSection": row["section"],
        "keywords": story.keywords,
        "copyrightNotice": row["terms"],
        "about": _things(each for own, each in entities.items() if own in in_title),
        "mentions": _things(each for own, each in entities.items() if own not in in_title),
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def _article_id(own: str | None) -> str:
    return f"urn:khabar:article:{own}"


def _organization(name: str | None) -> dict[str, str] | None:
    return {"@type": "Organization", "name": name} if name else None


def _things(mentions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_thing(each) for each in mentions]


def _thing(mention: dict[str, Any]) -> dict[str, Any]:
    own = mention["entity_id"]
    geonames = _GEONAMES.fullmatch(own)
    thing = {
        "@type": _TYPES[mention["type"]],
        "@id": f"urn:khabar:entity:{own}",
        "identifier": own,
        "name": mention["name_ar"] or mention["surface"],
        "alternateName": mention["name_en"],
        "sameAs": f"https://sws.geonames.org/{geonames[1]}/" if geonames else None,
    }
    return {name: value for name, value in thing.items() if value is not None}


FORMAT = Format("jsonld", "JSON lines, each a NewsArticle of schema.org", "lines", lines=lines)
