"""THE CONTRACT: every table of the warehouse, declared once. Imports nothing of ours."""

from warehouse.tables.base import Column, Field, Row
from warehouse.tables.clean import Article, Evidence, LineIndex, Segment
from warehouse.tables.forget import Tombstone
from warehouse.tables.group import Copy, CopyPair, CopySpan, Story, StoryArticle
from warehouse.tables.ingest import Fetch, Page, Source
from warehouse.tables.publish import (
    Attempt,
    GateResult,
    Quarantine,
    RefusedPage,
    Run,
    RunStage,
    Version,
)
from warehouse.tables.tag import Alias, DateMention, Decision, Entity, IdChange, Mention

#: Every table in the order of the stages; a table that is not listed does not exist.
TABLES: tuple[type[Row], ...] = (
    Source,
    Fetch,
    Page,
    Segment,
    Article,
    Evidence,
    LineIndex,
    DateMention,
    Mention,
    Entity,
    Alias,
    Decision,
    IdChange,
    CopyPair,
    Copy,
    CopySpan,
    Story,
    StoryArticle,
    Version,
    Run,
    RunStage,
    GateResult,
    Quarantine,
    Attempt,
    RefusedPage,
    Tombstone,
)

BY_NAME: dict[str, type[Row]] = {model.table: model for model in TABLES}

__all__ = [
    "BY_NAME", "TABLES", "Alias", "Article", "Attempt", "Column", "Copy", "CopyPair", "CopySpan",
    "DateMention", "Decision", "Entity", "Evidence", "Fetch", "Field", "GateResult", "IdChange",
    "LineIndex", "Mention", "Page", "Quarantine", "RefusedPage", "Row", "Run",
    "RunStage", "Segment", "Source", "Story", "StoryArticle", "Tombstone", "Version",
]  # fmt: skip
