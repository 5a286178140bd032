"""clean_page: rows that keep the contract, ids that stay, evidence that shows its span."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.clean_pages import AGGREGATOR, CUP_TITLE, NOBEL, NOBEL_TITLE, SOURCE, clean, make_page
from transforms.clean.body import assemble
from transforms.clean.letters import tidy
from transforms.clean.page import clean_page
from transforms.stamp import Stamp
from transforms.version import TRANSFORM_VERSION
from warehouse.tables import identity
from warehouse.tables.base import Row


def _bounds_broken(row: Row) -> list[str]:
    broken = []
    for field in type(row).fields():
        value = getattr(row, field.name)
        column = field.column
        if value is None:
            continue
        if column.ge is not None and value < column.ge:
            broken.append(field.name)
        if column.le is not None and value > column.le:
            broken.append(field.name)
        if column.min_chars is not None and len(value) < column.min_chars:
            broken.append(field.name)
        if column.pattern is not None and not re.fullmatch(column.pattern, value):
            broken.append(field.name)
    return broken


def test_rows_keep_the_contracts_bounds() -> None:
    cleaned = clean(AGGREGATOR)
    rows: list[Row] = [*cleaned.segments, *cleaned.articles, *cleaned.evidence]
    assert [_bounds_broken(row) for row in rows] == [[] for _ in rows]


def test_the_body_is_the_assembly_of_its_segments() -> None:
    cleaned = clean(AGGREGATOR)
    for article in cleaned.articles:
        spans = [
            (segment.start, segment.end)
            for segment in cleaned.segments
            if segment.kind == "body" and segment.article_id == article.article_id
        ]
        assert article.body == assemble(AGGREGATOR, spans).text
        assert article.body_sha256 == identity.sha256_hex(article.body.encode())


def test_evidence_shows_its_span() -> None:
    cleaned = clean(AGGREGATOR)
    dated = {
        "published_at", "modified_at", "crawled_at", "published_not_before", "published_not_after",
    }  # fmt: skip
    for row in cleaned.evidence:
        assert row.page_start is not None
        assert row.page_end is not None
        shown = AGGREGATOR[row.page_start : row.page_end]
        assert shown
        assert tidy(shown) == row.value or row.field in dated


def test_chosen_evidence_is_what_the_article_says() -> None:
    cleaned = clean(AGGREGATOR)
    main, embedded = cleaned.articles
    chosen = {(e.article_id, e.field): e.value for e in cleaned.evidence if e.chosen}
    assert chosen[main.article_id, "title"] == main.title == NOBEL_TITLE
    assert chosen[main.article_id, "publisher"] == main.publisher == "مثال نيوز"
    assert chosen[main.article_id, "stated_source"] == main.stated_source == "وكالة المثال"
    assert chosen[main.article_id, "published_at"] == main.published_at == "2015-10-09"
    assert chosen[embedded.article_id, "title"] == embedded.title == CUP_TITLE


def test_ids_depend_on_the_document_only() -> None:
    page = make_page(AGGREGATOR)
    first, again = clean_page(page, SOURCE, Stamp("one")), clean_page(page, SOURCE, Stamp("two"))
    assert [a.article_id for a in first.articles] == [a.article_id for a in again.articles]
    main, embedded = first.articles
    assert main.article_id == identity.article_id(page.document_id, "main", 0)
    assert embedded.article_id == identity.article_id(page.document_id, "embedded", 0)
    assert main.version == identity.version(page.payload_sha256, TRANSFORM_VERSION)


def test_the_same_page_gives_the_same_rows() -> None:
    assert clean(AGGREGATOR) == clean(AGGREGATOR)


def test_measures_of_a_body() -> None:
    (article,) = clean("\n".join([NOBEL_TITLE, *NOBEL])).articles
    assert article.paragraphs == 3
    assert article.sentences == 3
    assert article.body_chars == len(article.body)
    assert article.body_words == len(article.body.split())
    assert article.longest_line == max(map(len, NOBEL))
    assert article.arabic_share == 1.0
    assert article.boilerplate_share == 0.0
    assert article.replacement_chars == 0


def test_confidence_falls_with_what_is_missing() -> None:
    (whole,) = clean("\n".join([NOBEL_TITLE, *NOBEL])).articles
    (untitled,) = clean("\n".join(NOBEL)).articles
    (short,) = clean("\n".join([NOBEL_TITLE, NOBEL[0]])).articles
    assert 0 < untitled.confidence < whole.confidence <= 1
    assert short.confidence < whole.confidence


def test_boilerplate_is_counted_in_visible_characters() -> None:
    text = "\n".join([NOBEL_TITLE, *NOBEL, "", "مقالات مشابهة", "", "  • " + CUP_TITLE])
    (article,) = clean(text).articles
    foot = len("مقالات مشابهة") + len("• " + CUP_TITLE)
    shown = foot + len(NOBEL_TITLE) + sum(map(len, NOBEL))
    assert article.boilerplate_share == pytest.approx(foot / shown, abs=1e-4)


def test_a_day_bounds_itself() -> None:
    main = clean(AGGREGATOR).articles[0]
    assert main.published_precision == "day"
    assert main.published_earliest == main.published_latest == date(2015, 10, 9)


@pytest.mark.parametrize(
    "text",
    [
        "\x00" * 50,
        "\ud800" * 50,
        "ـ" * 5000,
        "رياضة ــــ فن",
        "(رويترز ــــ)" * 9,
        "(" * 5000,
        "— " * 5000,
        "\n" * 5000,
        "المصدر: " * 999,
    ],
)
@pytest.mark.parametrize("media_type", ["text/plain", "record"])
def test_hostile_text_is_only_text(text: str, media_type: str) -> None:
    cleaned = clean(make_page(text, media_type))
    assert cleaned.segments[0].start == 0
    assert cleaned.segments[-1].end == len(text)


def test_a_lone_surrogate_never_reaches_a_row() -> None:
    (article,) = clean("\n".join([NOBEL_TITLE, NOBEL[0] + "\ud800", *NOBEL[1:]])).articles
    assert "\ufffd" in article.body
    article.body.encode("utf-8")
    assert article.replacement_chars == 1


@pytest.mark.parametrize("media_type", ["text/plain", "record"])
def test_a_body_is_what_its_segments_give_where_a_bar_parts_a_line(media_type: str) -> None:
    text = f"{NOBEL[0]}\nنشره سامي العمري |  (@samialomari) في 20 ديسمبر\n{NOBEL[1]}\n{NOBEL[2]}"
    cleaned = clean(make_page(text, media_type))
    spans = [(s.start, s.end) for s in cleaned.segments if s.kind == "body"]
    assert "|" in cleaned.articles[0].body
    assert assemble(text, spans).text == cleaned.articles[0].body
