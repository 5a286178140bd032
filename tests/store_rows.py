"""Hand-made rows for the tests of the store: small, whole, and valid by the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from warehouse.staging import Batch
from warehouse.store import Store
from warehouse.tables import (
    TABLES,
    Alias,
    Article,
    DateMention,
    Entity,
    Evidence,
    GateResult,
    Mention,
    Page,
    Quarantine,
    Run,
    RunStage,
    Segment,
    Source,
)
from warehouse.tables.identity import (
    alias_id,
    article_id,
    document_id,
    page_id,
    sha256_hex,
    version,
)

SOURCE = "akhbar"
SITE = "https://akhbar.example/"
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TEXT = "افتتحت القاهرة متحفا جديدا\nقالت وزارة الآثار إن المتحف يضم ألف قطعة"


def a_page(
    text: str = TEXT,
    *,
    run_id: str = "run-1",
    source_id: str = SOURCE,
    url: str | None = None,
    fetched_at: datetime | None = None,
    transforms: str = "1",
) -> Page:
    payload = sha256_hex(text.encode())
    return Page(
        page_id=page_id(payload, source_id, url),
        document_id=document_id(source_id, url, payload),
        source_id=source_id,
        url=url,
        locator=f"{payload[:8]}.txt",
        payload_sha256=payload,
        payload_bytes=len(text.encode()),
        media_type="text/plain",
        charset="utf-8",
        charset_rule="utf-8",
        fetched_at=fetched_at,
        text=text,
        text_chars=len(text),
        replacement_chars=0,
        control_chars=0,
        run_id=run_id,
        transform_version=transforms,
    )


def an_article(
    page: Page, *, role: str = "main", title: str | None = None, **over: object
) -> Article:
    head, _, body = page.text.partition("\n")
    body = body or head
    values: dict[str, object] = {
        "article_id": article_id(page.document_id, role, 0),
        "version": version(page.payload_sha256, page.transform_version),
        "document_id": page.document_id,
        "page_id": page.page_id,
        "source_id": page.source_id,
        "url": page.url,
        "role": role,
        "ordinal": 0,
        "title": title or head,
        "body": body,
        "language": "ar",
        "published_at": "2026-03-04",
        "published_precision": "day",
        "published_rule": "date.line",
        "published_earliest": date(2026, 3, 4),
        "published_latest": date(2026, 3, 4),
        "body_sha256": sha256_hex(body.encode()),
        "body_chars": len(body),
        "body_words": len(body.split()),
        "paragraphs": 1,
        "sentences": 1,
        "longest_line": len(body),
        "arabic_share": 1.0,
        "boilerplate_share": 0.0,
        "replacement_chars": 0,
        "confidence": 0.9,
        "run_id": page.run_id,
        "transform_version": page.transform_version,
    }
    return Article.model_validate(values | over)


def its_segments(page: Page, article: Article | None = None) -> list[Segment]:
    cut = page.text.find("\n") + 1 or len(page.text)
    spans = [(0, cut, "title")] + ([(cut, len(page.text), "body")] if cut < len(page.text) else [])
    return [
        Segment.model_validate(
            {
                "page_id": page.page_id,
                "seq": seq,
                "start": start,
                "end": end,
                "kind": kind,
                "article_id": article.article_id if article else None,
                "rule": "line.first" if seq == 0 else "line.rest",
                "run_id": page.run_id,
                "transform_version": page.transform_version,
            }
        )
        for seq, (start, end, kind) in enumerate(spans)
    ]


def a_mention(
    article: Article, entity: Entity | None, at: int = 7, surface: str = "القاهرة"
) -> Mention:
    return Mention(
        article_id=article.article_id,
        version=article.version,
        page_id=article.page_id,
        part="body",
        start=at,
        end=at + len(surface),
        page_start=at,
        page_end=at + len(surface),
        surface=surface,
        type=entity.type if entity else "LOC",
        entity_id=entity.entity_id if entity else None,
        link_method="alias" if entity else "none",
        score=0.9,
        run_id=article.run_id,
        transform_version=article.transform_version,
    )


def a_date(article: Article, at: int = 0, iso: str | None = "2026-03-04") -> DateMention:
    return DateMention(
        article_id=article.article_id,
        version=article.version,
        page_id=article.page_id,
        part="body",
        start=at,
        end=at + 4,
        page_start=at,
        page_end=at + 4,
        surface="أمس",
        iso=iso,
        precision="day" if iso else None,
        calendar="gregorian" if iso else None,
        rule="date.relative",
        reason=None if iso else "no base date",
        run_id=article.run_id,
        transform_version=article.transform_version,
    )


def some_evidence(
    article: Article, seq: int, field: str, value: str, chosen: bool = True
) -> Evidence:
    return Evidence.model_validate(
        {
            "article_id": article.article_id,
            "version": article.version,
            "page_id": article.page_id,
            "seq": seq,
            "field": field,
            "value": value,
            "rule": "given",
            "chosen": chosen,
            "run_id": article.run_id,
            "transform_version": article.transform_version,
        }
    )


def an_entity(entity_id: str = "loc-cairo", name: str = "القاهرة", kind: str = "LOC") -> Entity:
    return Entity.model_validate(
        {
            "entity_id": entity_id,
            "type": kind,
            "name_ar": name,
            "origin": "curated",
            "knowledge_version": "1",
        }
    )


def an_alias(entity: Entity) -> Alias:
    return Alias(
        alias_id=alias_id(entity.entity_id, entity.name_ar),
        entity_id=entity.entity_id,
        alias=entity.name_ar,
        source="curated",
        knowledge_version="1",
    )


def a_source(source_id: str = SOURCE) -> Source:
    return Source(source_id=source_id, name_ar="أخبار", country="EG")


def a_refusal(
    record_id: str,
    page: Page,
    *,
    unit: str = "page",
    stage: str = "clean",
    rule: str = "clean.has_article",
    run_id: str = "run-1",
    at: datetime = NOON,
    transforms: str = "1",
) -> Quarantine:
    return Quarantine.model_validate(
        {
            "record_id": record_id,
            "stage": stage,
            "unit": unit,
            "source_id": page.source_id,
            "page_id": page.page_id,
            "locator": page.locator,
            "reason": "no article was found",
            "rule": rule,
            "rule_version": "1",
            "evidence": "0",
            "attempts": 1,
            "first_seen": at,
            "last_seen": at,
            "state": "quarantined",
            "run_id": run_id,
            "transform_version": transforms,
        }
    )


#: Hash of the rules of every run here.
RULES = "a" * 64


def a_run(run_id: str = "run-1", at: datetime = NOON, **over: object) -> Run:
    counts = {
        f"{unit}_{what}": 0
        for unit in ("pages", "articles")
        for what in ("landed", "published", "duplicate", "quarantined", "held")
    }
    values: dict[str, object] = {
        "run_id": run_id,
        "state": "published",
        "started_at": at,
        "finished_at": at,
        "seconds": 2.0,
        "code_version": "0",
        "transform_version": "1",
        "config_sha256": "0" * 64,
        "rules_sha256": RULES,
        **counts,
    }
    return Run.model_validate(values | over)


def a_stage(batch: Batch, stage: str = "ingest", unit: str = "page", rows: int = 1) -> RunStage:
    return RunStage.model_validate(
        {
            "run_id": batch.run_id,
            "batch_id": batch.batch_id,
            "source_id": batch.source_id,
            "stage": stage,
            "unit": unit,
            "rows_in": rows,
            "rows_out": rows,
            "duplicate": 0,
            "quarantined": 0,
            "held": 0,
            "checks": 1,
            "seconds": 0.1,
        }
    )


def a_result(batch: Batch, rule: str = "clean.body_chars", **over: object) -> GateResult:
    values: dict[str, object] = {
        "run_id": batch.run_id,
        "gate": "clean",
        "rule": rule,
        "rule_version": "1",
        "batch_id": batch.batch_id,
        "source_id": batch.source_id,
        "scope": "row",
        "severity": "critical",
        "expectation": "expect_column_values_to_be_between",
        "success": True,
        "threshold": "1..",
        "judged": 1,
        "failed": 0,
        "action": "pass",
        "judged_on": date(2026, 3, 4),
    }
    return GateResult.model_validate(values | over)


def a_batch(home: Path, run_id: str = "run-1", number: int = 0, source_id: str = SOURCE) -> Batch:
    return Batch(run_id, source_id, number, home / "staging" / run_id)


def stage(
    batch: Batch,
    pages: list[Page],
    articles: list[Article] | None = None,
    refused: list[Quarantine] | None = None,
    tagged: tuple[list[Mention], list[Entity]] | None = None,
) -> Batch:
    """Stage a batch whole: each page with its segments, each article with the rows on it."""
    if articles is None:
        articles = [an_article(page) for page in pages]
    mains = {a.page_id: a for a in reversed(articles)}
    segments = [s for page in pages for s in its_segments(page, mains.get(page.page_id))]
    batch.write("ingest", Page, pages)
    batch.write("clean", Segment, segments)
    batch.write("clean", Article, articles)
    batch.write("clean", Evidence, [some_evidence(a, 0, "title", a.title or "-") for a in articles])
    batch.write("tag", DateMention, [a_date(a) for a in articles])
    cairo = an_entity()
    mentions, entities = tagged or ([a_mention(a, cairo) for a in articles], [cairo])
    batch.write("tag", Mention, mentions)
    batch.write("tag", Entity, entities)
    batch.write("tag", Alias, [an_alias(entity) for entity in entities])
    if refused:
        batch.write("clean", Quarantine, refused)
    return batch


def publish(store: Store, run_id: str, batches: list[Batch], at: datetime = NOON) -> int:
    """Publish batches as one run, with what they staged as refused; return its snapshot."""
    refused = [q for b in batches for s in ("ingest", "clean") for q in b.rows(s, Quarantine)]
    published = store.publish(
        a_run(run_id, at),
        batches,
        [a_stage(batch) for batch in batches],
        [a_result(batch) for batch in batches],
        refused,
        [a_source()],
    )
    return published.snapshot


def read(
    home: Path, table: str, columns: str = "*", order: str = "ALL"
) -> list[tuple[object, ...]]:
    """Return rows of a published table or view, as any reader gets them."""
    import duckdb

    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY {order}").fetchall()


def assert_same(home: Path, store: Store) -> int:
    """Compare every table with the catalog, both ways; return the number of rows compared."""
    connection, compared = store._connection, 0
    path = str(home / "khabar.duckdb").replace("'", "''")
    connection.execute(f"ATTACH '{path}' AS compared (READ_ONLY)")
    try:
        for model in TABLES:
            shown, kept = f"compared.{model.table}", f"lake.{model.table}"
            for one, other in ((shown, kept), (kept, shown)):
                # EXCEPT ALL: a row that is there twice is a difference too.
                differing = connection.execute(f"FROM {one} EXCEPT ALL FROM {other}").fetchall()
                assert differing == [], f"{one} has rows that {other} has not"
            compared += connection.execute(f"SELECT count(*) FROM {kept}").fetchall()[0][0]
    finally:
        connection.execute("DETACH compared")
    return compared


def some_runs(home: Path, store: Store, runs: int = 2) -> None:
    """Publish runs that add pages, replace articles, refuse and release, renew the transforms."""
    for run in range(runs):
        run_id, at = f"run-{run}", NOON + timedelta(hours=run)
        new = [a_page(f"خبر {run}\nالمتن {n}", run_id=run_id) for n in range(5)]
        changed = [
            a_page(f"خبر متجدد {n}\nالمتن {run}", run_id=run_id, url=f"{SITE}{n}") for n in range(3)
        ]
        renewed = a_page("خبر ثابت\nمتن ثابت", run_id=run_id, transforms=str(run))
        refused = [a_refusal(new[0].page_id, new[0], run_id=run_id, at=at)]
        batch = stage(a_batch(home, run_id), [*new, *changed, renewed], refused=refused)
        publish(store, run_id, [batch], at)
