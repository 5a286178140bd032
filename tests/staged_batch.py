"""A batch of two sound pages, staged by hand: change its rows, then ask for its frames."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from transforms.stamp import Stamp
from warehouse.frames import STAGED, frames
from warehouse.staging import STAGES, Batch
from warehouse.tables import Alias, Article, DateMention, Entity, Evidence, Mention, Page

from warehouse.tables import Quarantine, Row, RunStage, Segment  # isort: skip
from warehouse.tables.identity import article_id, page_id, sha256_hex, version

R = TypeVar("R", bound=Row)
STAMP = Stamp("run-1")._asdict()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TITLE = "افتتاح جسر جديد على النهر"
# A letter beyond the BMP, a joined emoji and vowel marks: one code point each, whatever is shown
BODY = (
    "👩‍🔧 افتُتِح الجسر الجديد يوم 3 آذار 2024 في موسكو بحضور حشد من السكان. 𞤀 "
    "وقال المهندس إن العمل استغرق عامين كاملين في موسكو."
)
TEXT = f"{TITLE}\n{BODY}"
OFFSET = len(TITLE) + 1


def made(model: type[R], changes: dict[str, Any], **values: Any) -> R:
    return model(**values | changes, **STAMP)


def page(n: int, text: str = TEXT, **changes: Any) -> Page:
    payload = sha256_hex(f"{n}".encode())
    return made(
        Page, changes, page_id=page_id(payload, "akhbar", None), document_id=payload[:32],
        source_id="akhbar", url=f"https://akhbar.example/{n}", locator=f"pages/{n}.txt",
        payload_sha256=payload, payload_bytes=900, media_type="text/plain", charset="utf-8",
        charset_rule="utf-8", text=text, text_chars=len(text), replacement_chars=0,
        control_chars=0,
    )  # fmt: skip


def article(on: Page, role: str = "main", **changes: Any) -> Article:
    day = date(2024, 3, 3)
    return made(
        Article, changes, article_id=article_id(on.document_id, role, 0),
        version=version(on.payload_sha256, "1"), document_id=on.document_id, page_id=on.page_id,
        source_id="akhbar", url=on.url, role=role, ordinal=0, title=TITLE, body=BODY,
        language="ar", published_at="2024-03-03", published_precision="day", published_rule="r",
        published_earliest=day, published_latest=day, body_sha256=sha256_hex(BODY.encode()),
        body_chars=len(BODY), body_words=25, paragraphs=1, sentences=2, longest_line=len(BODY),
        arabic_share=0.97, boilerplate_share=0.1, replacement_chars=0, confidence=0.9,
    )  # fmt: skip


def segment(of: Article, seq: int, start: int, end: int, kind: str, **changes: Any) -> Segment:
    return made(
        Segment, changes, page_id=of.page_id, seq=seq, start=start, end=end, kind=kind, rule="r",
        article_id=of.article_id,
    )  # fmt: skip


def evidence(of: Article, seq: int, field: str, **changes: Any) -> Evidence:
    return made(
        Evidence, changes, article_id=of.article_id, version=of.version, page_id=of.page_id,
        seq=seq, field=field, rule="r", chosen=True, **_SHOWN[field],
    )  # fmt: skip


def place(surface: str, nth: int = 0) -> dict[str, int]:
    start = -1
    for _ in range(nth + 1):
        start = BODY.index(surface, start + 1)
    end = start + len(surface)
    return {"start": start, "end": end, "page_start": OFFSET + start, "page_end": OFFSET + end}


_SHOWN = {
    "title": {"value": TITLE, "page_start": 0, "page_end": len(TITLE)},
    "published_at": {
        "value": "2024-03-03",
        **{name: at for name, at in place("3 آذار 2024").items() if name.startswith("page")},
    },
}


def mention(of: Article, nth: int = 0, **changes: Any) -> Mention:
    return made(
        Mention, changes, article_id=of.article_id, version=of.version, page_id=of.page_id,
        part="body", surface="موسكو", type="LOC", entity_id="geo-moscow", link_method="alias",
        score=0.9, **place("موسكو", nth),
    )  # fmt: skip


def dated(of: Article, **changes: Any) -> DateMention:
    return made(
        DateMention, changes, article_id=of.article_id, version=of.version, page_id=of.page_id,
        part="body", surface="3 آذار 2024", iso="2024-03-03", precision="day",
        calendar="gregorian", rule="r", **place("3 آذار 2024"),
    )  # fmt: skip


def refusal(record_id: str, unit: str, stage: str, page: str) -> Quarantine:
    return Quarantine(
        record_id=record_id, stage=stage, unit=unit, source_id="akhbar", page_id=page,
        locator="pages/0.txt", reason="because", rule="some.rule", rule_version="1", evidence="",
        attempts=1, first_seen=NOW, last_seen=NOW, state="quarantined", **STAMP,
    )  # fmt: skip


class Staged:
    """The rows of the batch by table, and what its ingest stage and its gates said of them."""

    def __init__(self, root: Path) -> None:
        self.batch = Batch("run-1", "akhbar", 0, root)
        self.pages = [page(0), page(1)]
        self.articles = [article(each) for each in self.pages]
        self.segments = [
            segment(of, seq, *span)
            for of in self.articles
            for seq, span in enumerate([(0, OFFSET, "title"), (OFFSET, len(TEXT), "body")])
        ]
        fields = ("title", "published_at")
        self.evidence = [
            evidence(of, seq, f) for of in self.articles for seq, f in enumerate(fields)
        ]
        self.mentions = [mention(of, nth) for of in self.articles for nth in (0, 1)]
        self.dates = [dated(of) for of in self.articles]
        self.entities = [
            Entity(entity_id="geo-moscow", type="LOC", name_ar="موسكو", origin="geonames",
                   knowledge_version="1")
        ]  # fmt: skip
        self.aliases: list[Alias] = []
        self.landed, self.duplicate = 2, 0
        self.refused: dict[str, list[Quarantine]] = {stage: [] for stage in STAGES}

    def frames(self, stage: str) -> dict[str, pa.Table]:
        rows: dict[type[Row], list[Any]] = {
            Page: self.pages, Segment: self.segments, Article: self.articles,
            Evidence: self.evidence, Mention: self.mentions, DateMention: self.dates,
            Entity: self.entities, Alias: self.aliases,
        }  # fmt: skip
        reached = STAGES[: STAGES.index(stage) + 1]
        for written_by in STAGED.keys() & reached:
            for model in STAGED[written_by]:
                self.batch.write(written_by, model, rows[model])
        for each, refused in self.refused.items():
            if refused:
                self.batch.write(each, Quarantine, refused)
        landing = RunStage(
            run_id="run-1", batch_id=self.batch.batch_id, source_id="akhbar", stage="ingest",
            unit="page", rows_in=self.landed, duplicate=self.duplicate, rows_out=0, quarantined=0,
            held=0, checks=0, seconds=0.0,
        )  # fmt: skip
        self.batch.write("ingest", RunStage, [landing])
        return frames(self.batch, stage)

    def row(self, stage: str, unit: str, record_id: str | None = None) -> dict[str, Any]:
        table = self.frames(stage)[unit].to_pylist()
        return next(r for r in table if record_id is None or r[f"{unit}_id"] == record_id)

    def first_page(self) -> dict[str, Any]:
        return self.row("clean", "page", self.pages[0].page_id)

    def first_article(self, stage: str = "clean") -> dict[str, Any]:
        return self.row(stage, "article", self.articles[0].article_id)
