"""The JSON forms that the command line prints: a contract, published in docs/schemas/.

All offsets count Unicode code points, the end exclusive. `page_start` and `page_end` count in
the page's text (for .txt the file's own text, for HTML the rendered text that `--text` prints);
`start` and `end` count in the article's body and are null for what stands in the title.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Base of the printed objects: closed, so that a schema can hold them to their word."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KnownShape(Shape):
    """One line that decided a span because other pages of the source show it."""

    evidence_id: int = Field(ge=1, description="snapshot of line_index that brought the line")
    kind: Literal["title", "lead", "furniture", "recurring", "masthead"]
    stories: int = Field(ge=1, description="stories that show it")
    article_id: str = Field(description="one of them")
    line: str


class SegmentShape(Shape):
    """One span of the page; the spans cover the text without gap or overlap."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    kind: str = Field(description="title, body, related_list, ...: see segments.kind in tables.md")
    rule: str = Field(description="what decided")
    article: int | None = Field(description="index into articles; null for the page's furniture")
    language: str | None = Field(default=None, description="null where too few letters show")
    known: list[KnownShape] = Field(
        default=[], description="only where other pages decided, of pages from the warehouse"
    )


class EvidenceShape(Shape):
    """One candidate value of a field of the article, chosen or not."""

    field: str
    value: str
    start: int | None = Field(description="in the page's text; null where given beside it")
    end: int | None
    rule: str
    chosen: bool
    reason: str | None = Field(description="why, where the page states several values")


class DateShape(Shape):
    """One date in the text of the article."""

    page_start: int
    page_end: int
    surface: str
    iso: str | None = Field(description="as precise as the text; null where it cannot be known")
    precision: str | None
    calendar: str | None
    rule: str


class MentionShape(Shape):
    """One named mention in the title or the body of the article."""

    page_start: int
    page_end: int
    start: int | None
    end: int | None
    surface: str
    clitic: str | None
    type: Literal["PER", "ORG", "LOC"]
    entity_id: str | None
    name: str | None = Field(description="the entity's name in Arabic")
    link_method: str
    score: float = Field(ge=0, le=1)


class ArticleShape(Shape):
    """One article of the page. The first one is the main one."""

    article_id: str
    role: Literal["main", "embedded"]
    title: str | None
    body: str
    language: str
    published_at: str | None
    published_precision: str | None
    published_reason: str | None = Field(description="why published_at is null")
    publisher: str | None
    stated_source: str | None
    keywords: list[str]
    evidence: list[EvidenceShape]
    dates: list[DateShape]
    mentions: list[MentionShape]
    attributions: list[None] = Field(max_length=0, description="reserved, empty in this version")
    meetings: list[None] = Field(max_length=0, description="reserved, empty in this version")

    @property
    def published_between(self) -> tuple[str | None, str | None]:
        """Return the days that bound a publication date that is not stated, as far as known."""
        return self.chosen("published_not_before"), self.chosen("published_not_after")

    def chosen(self, field: str) -> str | None:
        """Return the value that was chosen for a field; of several the last one."""
        values = [each.value for each in self.evidence if each.chosen and each.field == field]
        return values[-1] if values else None


class QuarantineShape(Shape):
    """Why a reader of the tables would not see this record."""

    stage: str
    reason: str
    rule: str
    evidence: str


class ExplainShape(Shape):
    """What `khabar explain --json` prints: one object a record, one line each."""

    schema_: Literal["khabar.explain/1"] = Field(default="khabar.explain/1", alias="schema")
    file: str | None = Field(description="the file as named; null for a page from the warehouse")
    record: int | None = Field(description="row or line of the file; null where it is one page")
    page_id: str
    text_length: int = Field(ge=0)
    text: str | None = Field(default=None, description="only with --text")
    segments: list[SegmentShape]
    articles: list[ArticleShape]
    quarantine: QuarantineShape | None
    replay: Literal["same", "differs", "older"] | None = Field(
        default=None,
        description="only of a page from the warehouse: whether reading it again by the evidence "
        "that its rows name gives its segments; older: other transforms made them",
    )


class TextMentionShape(Shape):
    """One named mention in a line of loose text."""

    start: int
    end: int
    surface: str
    type: Literal["PER", "ORG", "LOC"]
    entity_id: str | None
    name: str | None
    score: float = Field(ge=0, le=1)


class TagShape(Shape):
    """What `khabar tag --json` prints: one object a line of the file, blank lines included."""

    line: int = Field(ge=0, description="0-based")
    mentions: list[TextMentionShape]


class DatesShape(Shape):
    """What `khabar dates --json` prints: the most complete date of one line of input."""

    text: str
    iso: str | None
    precision: str | None
    calendar: str | None
    rule: str
    reason: str | None = Field(description="why iso is null")


class ReviewedShape(Shape):
    """One entity that a review names."""

    entity_id: str
    name: str
    type: Literal["PER", "ORG", "LOC"]
    known: bool = Field(description="whether the knowledge files hold it")
    mentions: int = Field(ge=0)
    articles: int = Field(ge=0)
    score: float | None = Field(
        default=None, description="of an open name: share of its articles that name the entity"
    )
    example: str | None = Field(default=None, description="words around a mention")


class ReviewShape(Shape):
    """What `khabar entities review --json` prints: one object a case that needs a person."""

    kind: Literal["ambiguous", "variant"]
    surface: str | None = Field(description="the open name; null for a variant")
    score: float = Field(
        ge=0, le=1, description="how likely two names are one, or the best entity of an open name"
    )
    mentions: int = Field(ge=0)
    articles: int = Field(ge=0)
    example: str | None = Field(description="words around an open mention")
    entities: list[ReviewedShape]
    next: list[str] = Field(description="the commands to choose from")


class MaintainShape(Shape):
    """What `khabar maintain --json` prints."""

    schema_: Literal["khabar.maintain/1"] = Field(default="khabar.maintain/1", alias="schema")
    home: str
    files_before: int = Field(ge=0, description="files that the tables were made of")
    files_after: int = Field(ge=0)
    files_compacted: int = Field(ge=0, description="merged or rewritten")
    files_removed: int = Field(ge=0, description="that no table has shown for three days")
    snapshots_expired: int = Field(ge=0)
    raw_removed: int = Field(ge=0, description="payloads older than raw_days")
    seconds: float = Field(ge=0)


class DamageShape(Shape):
    """One file that is not what was written."""

    file: str = Field(description="from the home's folder warehouse/ on, as in SHA256SUMS")
    what: Literal["changed", "missing", "unlisted"]
    table: str | None = Field(description="null where no table shows the file any more")
    rows: int = Field(ge=0, description="that the file holds, or whose deletion it records")
    deletes: bool
    run_id: str | None = Field(description="null for a file that holds rows of several runs")


class VerifyShape(Shape):
    """What `khabar verify --json` prints."""

    schema_: Literal["khabar.verify/1"] = Field(default="khabar.verify/1", alias="schema")
    home: str
    quick: bool = Field(description="lengths only, no sums")
    files: int = Field(ge=0)
    bytes: int = Field(ge=0)
    damaged: list[DamageShape]


def line(shape: Shape) -> str:
    """Return the object as one line of JSON, Arabic as it is; what does not apply is left out.

    Lone surrogates cannot stand in UTF-8 and never reach a shape: ingest replaces them.
    """
    if not isinstance(shape, ExplainShape):
        return shape.model_dump_json(by_alias=True)
    left_out: dict[str, Any] = {
        name: True for name in ("text", "replay") if not getattr(shape, name)
    }
    unknown = {number: {"known"} for number, each in enumerate(shape.segments) if not each.known}
    return shape.model_dump_json(by_alias=True, exclude=left_out | {"segments": unknown})
