"""The chunks of the stages: what the children are given and what they give back."""

from __future__ import annotations

import json

from flows.work import clean_chunk, land_chunk, tag_chunk, tag_items
from transforms.ingest.record import Given, RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Article, Mention, Page, Segment, Source
from warehouse.tables.arrow import from_arrow

LEAD = "وصل وفد من منظمة الصحة العالمية إلى مدينة درنة شرقي ليبيا بعد الفيضانات. "
MORE = "وزار الوفد المستشفيات في بنغازي، ثم عاد إلى القاهرة بعد يومين من العمل الميداني. "


def record(text: str) -> RawRecord:
    given = Given(title="وفد أممي في درنة", text=text)
    payload = json.dumps(given._asdict(), ensure_ascii=False).encode()
    return RawRecord(
        "s", "f.jsonl#1", payload, "record", url="https://outlet.example/1", given=given
    )


def test_two_versions_of_one_article_in_one_batch_keep_their_own_offsets() -> None:
    stamp, source = Stamp("run"), Source(source_id="s")
    records = [record(LEAD + MORE), record("تحديث: عدلت الفقرة الأولى من الخبر. " + LEAD + MORE)]
    pages = from_arrow(Page, land_chunk(records, stamp).pages)
    cleaned = clean_chunk(pages, source, stamp)
    articles = from_arrow(Article, cleaned[Article.table])
    assert len({a.article_id for a in articles}) == 1 and len({a.version for a in articles}) == 2
    texts = {p.page_id: p.text for p in pages}
    items = tag_items(cleaned[Article.table], cleaned[Segment.table], texts)
    mentions = from_arrow(Mention, tag_chunk(items, source, stamp)[Mention.table])
    bodies = {a.version: a.body for a in articles}
    inside = [m for m in mentions if m.start is not None]
    assert {m.version for m in inside} == set(bodies)
    for mention in inside:
        assert bodies[mention.version][mention.start : mention.end] == mention.surface
