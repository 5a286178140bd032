"""Tables of the tag stage: dates and names in an article's text, and what the names stand for."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from warehouse.tables.base import Column, ReplacedWith, Row
from warehouse.tables.clean import ISO_DATE, RULE, Calendar, Precision
from warehouse.tables.ingest import HEX32, HEX64

Part = Literal["title", "body"]
EntityType = Literal["PER", "ORG", "LOC"]
LinkMethod = Literal["alias", "document", "decision", "none"]
LinkStatus = Literal["linked", "new", "ambiguous"]
DecisionAction = Literal["merge", "split", "link", "apart", "accept"]
HEX12 = r"[0-9a-f]{12}"
ENTITY_ID = r"[a-z0-9][a-z0-9._-]*"


class DateMention(Row):
    """One date mentioned in an article, resolved as far as the text allows."""

    table: ClassVar[str] = "dates"
    key: ClassVar[tuple[str, ...]] = ("article_id", "page_start")
    replaced_with: ClassVar[ReplacedWith] = "document"

    article_id: Annotated[str, Column("Article", pattern=HEX32, references="articles")]
    version: Annotated[str, Column("Version of the article", min_chars=1)]
    page_id: Annotated[
        str, Column("Page that this version was read from", pattern=HEX64, references="pages")
    ]
    part: Annotated[Part, Column("Where it stands: title or body")]
    start: Annotated[int | None, Column("Offset in the body; null in a title", ge=0)] = None
    end: Annotated[int | None, Column("One past the last code point in the body", ge=1)] = None
    page_start: Annotated[int, Column("Offset in the page's text", unit="code points", ge=0)]
    page_end: Annotated[int, Column("One past the last code point", unit="code points", ge=1)]
    surface: Annotated[str, Column("The words of the text", min_chars=1)]
    iso: Annotated[
        str | None, Column("ISO 8601 value, as precise as the text; range a/b", pattern=ISO_DATE)
    ] = None
    precision: Annotated[Precision | None, Column("How precise iso is")] = None
    calendar: Annotated[Calendar | None, Column("Calendar that the text uses")] = None
    rule: Annotated[str, Column(RULE, min_chars=1)]
    reason: Annotated[str | None, Column("Why iso is null")] = None
    run_id: Annotated[str, Column("Run that wrote the row", min_chars=1, references="runs")]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]


class Mention(Row):
    """One named mention of a person, an organisation or a place."""

    table: ClassVar[str] = "mentions"
    key: ClassVar[tuple[str, ...]] = ("article_id", "page_start")
    replaced_with: ClassVar[ReplacedWith] = "document"

    article_id: Annotated[str, Column("Article", pattern=HEX32, references="articles")]
    version: Annotated[str, Column("Version of the article", min_chars=1)]
    page_id: Annotated[
        str, Column("Page that this version was read from", pattern=HEX64, references="pages")
    ]
    part: Annotated[Part, Column("Where it stands: title or body")]
    start: Annotated[int | None, Column("Offset in the body; null in a title", ge=0)] = None
    end: Annotated[int | None, Column("One past the last code point in the body", ge=1)] = None
    page_start: Annotated[int, Column("Offset in the page's text", unit="code points", ge=0)]
    page_end: Annotated[int, Column("One past the last code point", unit="code points", ge=1)]
    surface: Annotated[str, Column("The name as written, without proclitics", min_chars=1)]
    clitic: Annotated[str | None, Column("Proclitics written on the name (و، ب، ل، ...)")] = None
    type: Annotated[EntityType, Column("PER person, ORG organisation, LOC place")]
    entity_id: Annotated[
        str | None, Column("Entity that it stands for; null where open", references="entities")
    ] = None
    link_method: Annotated[
        LinkMethod,
        Column(
            "alias: full name known; document: short form of a name before it; decision: an "
            "analyst's"
        ),
    ]
    score: Annotated[float, Column("Confidence of the mention and its link", ge=0, le=1)]
    run_id: Annotated[str, Column("Run that wrote the row", min_chars=1, references="runs")]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]
    link_status: Annotated[
        LinkStatus | None,
        Column("linked; new: an entity that only texts know; ambiguous: left open"),
    ] = None
    decision_id: Annotated[
        str | None, Column("Decision that gave the entity, the last where several", pattern=HEX12)
    ] = None
    undecided_id: Annotated[
        str | None, Column("Entity that the text gave, where a decision gave another; null if open")
    ] = None


class Entity(Row):
    """One real-world entity that some published article mentions."""

    table: ClassVar[str] = "entities"
    key: ClassVar[tuple[str, ...]] = ("entity_id",)

    entity_id: Annotated[str, Column("Stable id", pattern=ENTITY_ID)]
    type: Annotated[EntityType, Column("PER person, ORG organisation, LOC place")]
    subtype: Annotated[str | None, Column("country, city, government, media, ...")] = None
    name_ar: Annotated[str, Column("Name in Arabic", min_chars=1)]
    name_en: Annotated[str | None, Column("Name in Latin letters")] = None
    country: Annotated[str | None, Column("ISO 3166-1 alpha-2", pattern=r"[A-Z]{2}")] = None
    origin: Annotated[
        str, Column("Where the row comes from: cldr, geonames, curated, text", min_chars=1)
    ]
    knowledge_version: Annotated[str, Column("Version of the knowledge files", min_chars=1)]


class Alias(Row):
    """One way to write an entity, with its source."""

    table: ClassVar[str] = "aliases"
    key: ClassVar[tuple[str, ...]] = ("alias_id",)

    alias_id: Annotated[str, Column("Hash of entity and folded alias", pattern=HEX32)]
    entity_id: Annotated[str, Column("Entity", min_chars=1, references="entities")]
    alias: Annotated[str, Column("Written form", min_chars=1)]
    source: Annotated[str, Column("Where the form comes from", min_chars=1)]
    knowledge_version: Annotated[str, Column("Version of the knowledge files", min_chars=1)]


class Decision(Row):
    """One decision of an analyst, as a file of the home has it; wins over what is derived.

    Decisions on entities stand in `decisions/entities.tsv`; those that let a refused record in
    (accept), in `decisions/quarantine.tsv`.
    """

    table: ClassVar[str] = "decisions"
    key: ClassVar[tuple[str, ...]] = ("decision_id",)

    decision_id: Annotated[str, Column("Hash of what is decided", pattern=HEX12)]
    decided_on: Annotated[str, Column("Day (UTC), ISO 8601", pattern=ISO_DATE)]
    action: Annotated[
        DecisionAction,
        Column(
            "merge: two ids are one; split: links of an entity are another's; link: open mentions "
            "are an entity's; apart: two ids are two; accept: a rule does not count for a record"
        ),
    ]
    entity_id: Annotated[str | None, Column("Entity decided on; null for open mentions")] = None
    name: Annotated[str | None, Column("Its name in Arabic, for whoever reads the file")] = None
    surface: Annotated[str | None, Column("Only mentions written so; null for all")] = None
    article_id: Annotated[str | None, Column("Only in this article; null for all")] = None
    other_id: Annotated[
        str | None,
        Column("Entity that it is, or is not (apart); null for accept", pattern=ENTITY_ID),
    ] = None
    other_name: Annotated[str | None, Column("That entity's name in Arabic", min_chars=1)] = None
    note: Annotated[str | None, Column("Why, in the analyst's words")] = None
    record_id: Annotated[
        str | None, Column("accept: page or article that is let in", min_chars=1)
    ] = None
    on_page: Annotated[
        str | None, Column("accept: page whose bytes the analyst judged", pattern=HEX64)
    ] = None
    rule: Annotated[str | None, Column("accept: rule that does not count for it")] = None

    @property
    def into(self) -> str:
        """Return `other_id`, which every decision on entities has."""
        return self.other_id or ""


class IdChange(Row):
    """One id of an entity that another took the place of: the old id stays resolvable."""

    table: ClassVar[str] = "id_changes"
    key: ClassVar[tuple[str, ...]] = ("old_id",)

    old_id: Annotated[str, Column("Id that is no longer given", pattern=ENTITY_ID)]
    new_id: Annotated[str, Column("Id in its place, which may have changed since", min_chars=1)]
    reason: Annotated[
        Literal["merge", "knowledge"],
        Column("merge: an analyst's decision; knowledge: the files know the name by now"),
    ]
    decision_id: Annotated[str | None, Column("The decision; null for knowledge")] = None
    run_id: Annotated[str, Column("Run that wrote the row", min_chars=1, references="runs")]
