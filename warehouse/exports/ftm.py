"""`khabar export ftm FILE`: FollowTheMoney entities as JSON lines, for OpenAleph and its kin.

The model: https://followthemoney.tech/explorer/. Persons, organisations, then each article with
the mentions in it. A Mention resolves to a legal entity, and a place is none: of places the
article has the names (`locationMentioned`) and the country codes (`detectedCountry`).

Ids depend on what they name, so that an export that is loaded again replaces its own entities.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from transforms.plain import one_line
from warehouse.exports.base import Counts, Format, Shown
from warehouse.exports.stories import Story, stories

#: `entities.subtype` of countries and of territories with a code of their own.
_COUNTRY = "territory"
#: CLDR's own code for Ceuta and Melilla; the model has none.
_UNKNOWN_CODES = {"EA"}
_SCHEMATA = {"PER": "Person", "ORG": "Organization"}

#: ISO 639-2/T of the languages that are told apart (transforms/clean/rules/languages.tsv) or are
#: commonly published beside Arabic: the model takes no code of two letters. Others are left out.
LANGUAGES = {
    "ar": "ara", "ckb": "ckb", "de": "deu", "en": "eng", "es": "spa", "fa": "fas", "fr": "fra",
    "he": "heb", "it": "ita", "ps": "pus", "ru": "rus", "tr": "tur", "ur": "urd",
}  # fmt: skip

_ENTITIES = """
SELECT e.entity_id, e.type, e.name_ar, e.name_en, e.country,
       list(a.alias ORDER BY a.alias) FILTER (a.alias IS NOT NULL) AS aliases
FROM entities AS e LEFT JOIN aliases AS a USING (entity_id)
WHERE e.type IN ('PER', 'ORG')
GROUP BY ALL ORDER BY e.entity_id
"""
_PLACES = "SELECT count(*) FROM entities WHERE type NOT IN ('PER', 'ORG')"
_FETCHED = 2_000

Properties = dict[str, Iterable[str | None]]


def lines(shown: Shown, counts: Counts) -> Iterator[dict[str, Any]]:
    """Yield persons and organisations, then every article before its mentions.

    Places are counted as left out: once each, and not as often as they are named.
    """
    for each in _lines(shown):
        counts.add(each["schema"])
        yield each
    (counts.left_out["places"],) = shown.connection.execute(_PLACES).fetchone() or (0,)


def _lines(shown: Shown) -> Iterator[dict[str, Any]]:
    for batch in shown.connection.execute(_ENTITIES).to_arrow_reader(_FETCHED):
        yield from map(legal_entity, batch.to_pylist())
    for story in stories(shown):
        yield article(story)
        yield from mentions(story)


def legal_entity(row: dict[str, Any]) -> dict[str, Any]:
    """Return a person or organisation with its names."""
    names = [row["name_ar"], row["name_en"]]
    return _entity(
        _entity_id(row["entity_id"]), _SCHEMATA[row["type"]],
        {
            "name": names,
            "alias": [each for each in row["aliases"] or () if one_line(each) not in names],
            "country": [_code(row["country"])],
        },
    )  # fmt: skip


def article(story: Story) -> dict[str, Any]:
    """Return an article; its text stands as it is, everything else on one line."""
    row = story.article
    places = [each for each in story.mentions if each["type"] == "LOC"]
    countries = [each["country"] for each in places if each["subtype"] == _COUNTRY]
    found = _entity(
        _article_id(row), "Article",
        {
            "title": [row["title"]],
            "author": [row["byline"]],
            "publisher": [row["publisher"]],
            "sourceUrl": [row["url"]],
            "language": [LANGUAGES.get(row["language"])],
            "publishedAt": [_moment(row["published_at"])],
            "modifiedAt": [_moment(row["modified_at"])],
            "retrievedAt": [_moment(row["fetched_at"])],
            "keywords": story.keywords,
            "locationMentioned": [each["name_ar"] or each["surface"] for each in places],
            "detectedCountry": list(map(_code, countries)),
        },
    )  # fmt: skip
    texts = {"summary": row["summary"], "bodyText": row["body"]}
    found["properties"] |= {name: [text] for name, text in texts.items() if text}
    return found


def mentions(story: Story) -> Iterator[dict[str, Any]]:
    """Yield a Mention a person or organisation that the article names, with its ways to write it.

    A name that stands for nobody yet, or for one of several, has no `resolved`.
    """
    document = _article_id(story.article)
    by_name: dict[tuple[str, str], list[str]] = {}
    for each in story.mentions:
        if each["type"] in _SCHEMATA:
            who = f"id:{each['entity_id']}" if each["entity_id"] else f"name:{each['surface']}"
            by_name.setdefault((each["type"], who), []).append(each["surface"])
    for (kind, who), surfaces in by_name.items():
        digest = hashlib.sha256("\x1f".join(("mention", document, kind, who)).encode())
        resolved = _entity_id(who.removeprefix("id:")) if who.startswith("id:") else None
        yield _entity(
            f"khabar-mention-{digest.hexdigest()[:32]}", "Mention",
            {
                "document": [document],
                "resolved": [resolved],
                "name": surfaces,
                "detectedSchema": [_SCHEMATA[kind]],
            },
        )  # fmt: skip


def _entity(own: str, schema: str, properties: Properties) -> dict[str, Any]:
    """Return an entity; values on one line, each once, and no property without any."""
    said = {
        name: list(dict.fromkeys(one_line(value) for value in values if value))
        for name, values in properties.items()
    }
    filled = {name: values for name, values in said.items() if any(values)}
    return {"id": own, "schema": schema, "properties": filled}


def _code(country: str | None) -> str | None:
    return country.lower() if country and country not in _UNKNOWN_CODES else None


def _entity_id(own: str) -> str:
    return f"khabar-entity-{own}"


def _article_id(row: dict[str, Any]) -> str:
    return f"khabar-article-{row['article_id']}"


def _moment(value: str | datetime | None) -> str | None:
    """Return a day or moment in the model's form: as precise as it is, a zone's time in UTC.

    A span of days has no form there.
    """
    if value is None or (isinstance(value, str) and "/" in value):
        return None
    if isinstance(value, str) and "T" not in value:
        return value
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds")


FORMAT = Format("ftm", "FollowTheMoney entities as JSON lines", "lines", lines=lines)
