"""Tables of the clean stage: what each span of a page is, and the articles found on it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from warehouse.tables.base import Column, ReplacedWith, Row
from warehouse.tables.ingest import HEX16, HEX32, HEX64

SegmentKind = Literal[
    "title", "body", "summary", "byline", "source", "date", "caption", "related_inline", "ad",
    "related_list", "keywords", "social_embed", "comment_form", "copyright", "nav", "dateline",
    "other", "blank",
]  # fmt: skip
Role = Literal["main", "embedded"]
Precision = Literal["time", "day", "month", "year", "range"]
Calendar = Literal["gregorian", "hijri"]
EvidenceField = Literal[
    "title", "summary", "published_at", "modified_at", "publisher", "stated_source", "byline",
    "dateline", "keyword", "section", "language", "url", "published_not_before",
    "published_not_after", "aggregator", "crawled_at",
]  # fmt: skip
LineKind = Literal["title", "lead", "furniture", "recurring", "masthead"]
_DAY = r"\d{4}(-\d{2}(-\d{2})?)?"
_MOMENT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?"
ISO_DATE = rf"({_MOMENT}|{_DAY}(/{_DAY})?)"
RULE = "Id of the rule or feature that decided"
EVIDENCE_ID = "Snapshot of line_index that decided; null where none did"


class Segment(Row):
    """One span of a page's text. The segments of a page cover its text without gap or overlap."""

    table: ClassVar[str] = "segments"
    key: ClassVar[tuple[str, ...]] = ("page_id", "seq")
    replaced_with: ClassVar[ReplacedWith] = "page"

    page_id: Annotated[str, Column("Page", pattern=HEX64, references="pages")]
    seq: Annotated[int, Column("Position among the page's segments, from 0", ge=0)]
    start: Annotated[int, Column("First code point in the page's text", unit="code points", ge=0)]
    end: Annotated[int, Column("One past the last code point", unit="code points", ge=1)]
    kind: Annotated[SegmentKind, Column("What the span is")]
    article_id: Annotated[
        str | None, Column("Article that the span belongs to; null for the page's own furniture")
    ] = None
    language: Annotated[
        str | None,
        Column(
            "ISO 639 of the span; und where undecided, null where too few letters show",
            pattern=r"[a-z]{2,3}",
        ),
    ] = None
    rule: Annotated[str, Column(RULE, min_chars=1)]
    evidence_id: Annotated[int | None, Column(EVIDENCE_ID, ge=1)] = None
    run_id: Annotated[str, Column("Run that wrote the row", min_chars=1, references="runs")]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]


class Article(Row):
    """One article found on a page: the main one, or a second one that stands inside the page."""

    table: ClassVar[str] = "articles"
    key: ClassVar[tuple[str, ...]] = ("article_id",)
    replaced_with: ClassVar[ReplacedWith] = "document"
    order_by: ClassVar[tuple[str, ...]] = ("published_earliest", "source_id", "article_id")
    row_group: ClassVar[int] = 2_048

    article_id: Annotated[str, Column("Hash of document, role and ordinal", pattern=HEX32)]
    version: Annotated[
        str, Column("Payload hash, transform version and, where one decided, evidence", min_chars=1)
    ]
    document_id: Annotated[str, Column("Document that the article stands in", pattern=HEX32)]
    page_id: Annotated[
        str, Column("Page that this version was read from", pattern=HEX64, references="pages")
    ]
    source_id: Annotated[str, Column("Source of the page", min_chars=1, references="sources")]
    url: Annotated[str | None, Column("Address of the page")] = None
    role: Annotated[Role, Column("main: what the page is about; embedded: a second article")]
    ordinal: Annotated[int, Column("Position within the role, from 0", ge=0)]
    title: Annotated[str | None, Column("Headline; null where the page has none")] = None
    body: Annotated[
        str,
        Column(
            "Text with letters normalised, paragraphs separated by a newline",
            min_chars=1,
            is_text=True,
        ),
    ]
    summary: Annotated[
        str | None,
        Column("Standfirst or abstract, where the page sets one", is_text=True),
    ] = None
    language: Annotated[
        str, Column("ISO 639-1 of most of the body; und where undecided", pattern=r"[a-z]{2,3}")
    ]
    language_asked: Annotated[
        bool | None, Column("Whether the source's setting asks for articles in this language")
    ] = None
    published_at: Annotated[
        str | None,
        Column("Publication date, ISO 8601, as precise as the page states it", pattern=ISO_DATE),
    ] = None
    published_precision: Annotated[Precision | None, Column("How precise published_at is")] = None
    published_rule: Annotated[str | None, Column(RULE)] = None
    published_reason: Annotated[str | None, Column("Why published_at is null")] = None
    published_earliest: Annotated[date | None, Column("First day that published_at allows")] = None
    published_latest: Annotated[date | None, Column("Last day that published_at allows")] = None
    published_not_before: Annotated[
        date | None,
        Column("Where published_at is null: first day that is certain, by its evidence"),
    ] = None
    published_not_after: Annotated[
        date | None, Column("Where published_at is null: last day that is certain, by its evidence")
    ] = None
    modified_at: Annotated[
        str | None, Column("Last modification as stated, ISO 8601", pattern=ISO_DATE)
    ] = None
    publisher: Annotated[str | None, Column("Outlet that publishes the page")] = None
    aggregator: Annotated[
        str | None,
        Column("Site that republishes the article, where the page names another outlet's"),
    ] = None
    stated_source: Annotated[
        str | None, Column("Source that the page names for the article (after المصدر)")
    ] = None
    byline: Annotated[str | None, Column("Author as stated")] = None
    dateline: Annotated[str | None, Column("Place (and agency) that opens the body")] = None
    section: Annotated[str | None, Column("Section or category as stated")] = None
    body_sha256: Annotated[str, Column("SHA-256 of the body in UTF-8", pattern=HEX64)]
    body_chars: Annotated[int, Column("Length of the body", unit="code points", ge=1)]
    body_words: Annotated[
        int, Column("White-space separated words of the body", unit="words", ge=1)
    ]
    paragraphs: Annotated[int, Column("Paragraphs of the body", unit="paragraphs", ge=1)]
    sentences: Annotated[int, Column("Sentences of the body", unit="sentences", ge=1)]
    longest_line: Annotated[int, Column("Longest paragraph", unit="code points", ge=1)]
    arabic_share: Annotated[
        float, Column("Share of the body's letters that are of the Arabic script", ge=0, le=1)
    ]
    boilerplate_share: Annotated[
        float,
        Column("Share of the page's visible characters that belong to no article", ge=0, le=1),
    ]
    replacement_chars: Annotated[int, Column("U+FFFD in the body", unit="code points", ge=0)]
    confidence: Annotated[float, Column("Confidence of the segmentation", ge=0, le=1)]
    evidence_id: Annotated[int | None, Column(EVIDENCE_ID, ge=1)] = None
    run_id: Annotated[str, Column("Run that wrote the row", min_chars=1, references="runs")]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]


class Evidence(Row):
    """One candidate value of an article's field, with the span that shows it, chosen or not.

    Keywords are rows with field `keyword`, one each, in their order on the page.
    """

    table: ClassVar[str] = "evidence"
    key: ClassVar[tuple[str, ...]] = ("article_id", "seq")
    replaced_with: ClassVar[ReplacedWith] = "document"
    text_rows: ClassVar[tuple[str, tuple[str, ...]] | None] = ("field", ("summary",))

    article_id: Annotated[str, Column("Article", pattern=HEX32, references="articles")]
    version: Annotated[str, Column("Version of the article", min_chars=1)]
    page_id: Annotated[
        str, Column("Page that this version was read from", pattern=HEX64, references="pages")
    ]
    seq: Annotated[int, Column("Position among the article's evidence, from 0", ge=0)]
    field: Annotated[EvidenceField, Column("Field of the article that the value is for")]
    value: Annotated[str, Column("Value in the field's form", min_chars=1)]
    page_start: Annotated[
        int | None, Column("Span in the page's text; null where given beside it", ge=0)
    ] = None
    page_end: Annotated[int | None, Column("One past the span's last code point", ge=1)] = None
    rule: Annotated[str, Column(RULE, min_chars=1)]
    chosen: Annotated[bool, Column("Whether the article carries this value")]
    reason: Annotated[
        str | None, Column("Why the value was chosen or not, where the page states several")
    ] = None
    run_id: Annotated[str, Column("Run that wrote the row", min_chars=1, references="runs")]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]


class LineIndex(Row):
    """One line known of a source from its published articles; what a page shows beyond itself.

    A snapshot `evidence_id` of a source is all its rows up to that number, the newest one of each
    line. Rows are only added, so every earlier snapshot can be read again.
    """

    table: ClassVar[str] = "line_index"
    key: ClassVar[tuple[str, ...]] = ("source_id", "line_hash", "evidence_id")
    replaced_with: ClassVar[ReplacedWith] = "never"

    source_id: Annotated[str, Column("Source of the articles", min_chars=1)]
    line_hash: Annotated[
        str, Column("Hash of the line's words: 6 digits its first three, 10 all", pattern=HEX16)
    ]
    evidence_id: Annotated[
        int, Column("Snapshot that brought the row, from 1 in each source", ge=1)
    ]
    kind: Annotated[
        LineKind,
        Column(
            "title, lead: opens a story; furniture: repeats on many; recurring: on two or more; "
            "masthead: was taken for the headline of many"
        ),
    ]
    stories: Annotated[int, Column("Different stories that show the line", unit="stories", ge=1)]
    documents: Annotated[
        int, Column("Stories of the source that the snapshot looked at", unit="stories", ge=1)
    ]
    article_id: Annotated[str, Column("An article that shows the line", pattern=HEX32)]
    next_hash: Annotated[
        str | None,
        Column("Hash of the story's next paragraph: a page that has both tells it", pattern=HEX16),
    ] = None
    line: Annotated[
        str,
        Column("Its first 80 code points, for a person", min_chars=1, is_text=True),
    ]
    run_id: Annotated[str, Column("Run that wrote the row", min_chars=1, references="runs")]
    transform_version: Annotated[str, Column("Version of the transforms", min_chars=1)]
