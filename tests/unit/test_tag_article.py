"""Rows of the tag stage: keys, offsets in body and page, entities and aliases."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from transforms.clean.body import assemble
from transforms.stamp import Stamp
from transforms.tag.article import Tagged, tag_article
from transforms.tag.lexicon import KNOWLEDGE_VERSION
from warehouse.tables import Article, Source

TITLE = "حفتر يزور مـوسكو"
BODY = "وصل خليفة حفتر إلى روسيا في 7 مايو 2025.\nوشكر حفتر ليبـيا، وعاد من سرت."
PAGE = f"قائمة\n{TITLE}\nإعلان\n{BODY}\nذيل"


class Case(NamedTuple):
    tagged: Tagged
    body: str


def article(body: str) -> Article:
    return Article(
        article_id="a" * 32, version="v", document_id="d" * 32, page_id="p" * 64, source_id="s",
        role="main", ordinal=0, body=body, language="ar", published_at="2025-05-08",
        published_earliest=date(2025, 5, 8), published_latest=date(2025, 5, 8),
        body_sha256="b" * 64, body_chars=len(body), body_words=1, paragraphs=2, sentences=2,
        longest_line=1, arabic_share=1.0, boilerplate_share=0.0, replacement_chars=0,
        confidence=1.0, run_id="r", transform_version="1",
    )  # fmt: skip


def tag(with_title: bool = True) -> Case:
    start = PAGE.index(BODY)
    middle = start + BODY.index("\n")
    body = assemble(PAGE, [(start, middle), (middle + 1, start + len(BODY))])
    at = PAGE.index(TITLE)
    span = (at, at + len(TITLE)) if with_title else None
    source = Source(source_id="s", country="LY")
    return Case(tag_article(article(body.text), PAGE, body, span, source, Stamp("r")), body.text)


def test_mentions_of_the_body_are_slices_of_it() -> None:
    case = tag()
    body = [m for m in case.tagged.mentions if m.part == "body"]
    assert {m.surface for m in body} == {"خليفة حفتر", "روسيا", "حفتر", "ليبيا", "سرت"}
    for mention in body:
        assert mention.start is not None and mention.end is not None
        assert case.body[mention.start : mention.end] == mention.surface


def test_page_offsets_hold_the_name_as_the_page_writes_it() -> None:
    written = {m.surface: PAGE[m.page_start : m.page_end] for m in tag().tagged.mentions}
    assert written["ليبيا"] == "ليبـيا"
    assert written["موسكو"] == "مـوسكو"
    assert written["روسيا"] == "روسيا"


def test_a_title_mention_has_page_offsets_only() -> None:
    title = [m for m in tag().tagged.mentions if m.part == "title"]
    assert [m.surface for m in title] == ["حفتر", "موسكو"]
    assert all(m.start is None and m.end is None for m in title)
    assert title[0].entity_id == "khalifa-haftar" and title[0].link_method == "document"


def test_without_a_title_span_no_row_is_of_the_title() -> None:
    tagged = tag(with_title=False).tagged
    assert {m.part for m in tagged.mentions} == {"body"} == {d.part for d in tagged.dates}


def test_one_row_a_page_offset() -> None:
    tagged = tag().tagged
    for rows in (tagged.mentions, tagged.dates):
        assert len({row.page_start for row in rows}) == len(rows)


def test_dates_are_resolved() -> None:
    tagged = tag().tagged
    assert "2025-05-07" in {d.iso for d in tagged.dates}
    for found in tagged.dates:
        assert found.surface == PAGE[found.page_start : found.page_end]


def test_every_linked_mention_has_its_entity_and_alias() -> None:
    tagged = tag().tagged
    ids = {m.entity_id for m in tagged.mentions if m.entity_id}
    assert ids == {e.entity_id for e in tagged.entities} == {a.entity_id for a in tagged.aliases}
    assert len({a.alias_id for a in tagged.aliases}) == len(tagged.aliases)
    assert {e.knowledge_version for e in tagged.entities} == {KNOWLEDGE_VERSION}


def test_a_clitic_is_written_beside_the_name() -> None:
    body = assemble("قال لحفتر وللجيش الليبي إن الأمر بسيط", [(0, 37)])
    tagged = tag_article(
        article(body.text), body.text, body, None, Source(source_id="s"), Stamp("r")
    )
    assert {(m.surface, m.clitic) for m in tagged.mentions} == {
        ("حفتر", "ل"),
        ("لجيش الليبي", "ول"),
    }


def test_the_same_article_gives_the_same_rows() -> None:
    assert tag() == tag()
