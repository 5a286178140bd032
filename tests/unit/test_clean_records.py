"""Records: what is given beside the text comes first, and little is cut from the body."""

from __future__ import annotations

import pytest

from tests.clean_pages import (
    CUP,
    HEADLINES,
    NOBEL,
    NOBEL_TITLE,
    SOURCE,
    bodies,
    clean,
    kinds,
    make_record,
)
from warehouse.tables.ingest import Source

BODY = "\n".join(NOBEL)


def test_given_headline_and_abstract_are_segments_of_their_own() -> None:
    page = make_record(BODY, title=NOBEL_TITLE, summary="جائزة السلام لتونس")
    cleaned = clean(page)
    (article,) = cleaned.articles
    assert (article.title, article.summary, article.body) == (
        NOBEL_TITLE,
        "جائزة السلام لتونس",
        BODY,
    )
    assert kinds(page.text, cleaned) == [
        ("title", NOBEL_TITLE), ("summary", "جائزة السلام لتونس"), ("body", BODY)
    ]  # fmt: skip


def test_given_metadata_is_evidence_without_a_span() -> None:
    page = make_record(
        BODY,
        title=NOBEL_TITLE,
        given_published="Fri, 09 Oct 2015 11:00:00 +0000",
        given_publisher="صحيفة المثال",
        given_byline="طه حسين",
        given_section="عالم",
        given_keywords="نوبل، تونس",
    )
    cleaned = clean(page)
    (article,) = cleaned.articles
    assert (article.published_at or "").startswith("2015-10-09T11:00")
    assert article.published_precision == "time"
    assert (article.publisher, article.byline, article.section) == (
        "صحيفة المثال",
        "طه حسين",
        "عالم",
    )
    given = [e for e in cleaned.evidence if e.rule.startswith("given.") and e.field != "title"]
    assert {e.field for e in given} == {"published_at", "publisher", "byline", "section", "keyword"}
    assert all(e.page_start is None and e.page_end is None and e.chosen for e in given)
    assert [e.value for e in given if e.field == "keyword"] == ["نوبل", "تونس"]


def test_a_given_date_that_says_nothing_is_null_with_the_reason() -> None:
    (article,) = clean(make_record(BODY, title=NOBEL_TITLE, given_published="قبل قليل")).articles
    assert article.published_at is None
    assert "قبل قليل" in (article.published_reason or "")


@pytest.mark.parametrize("given", ["1526342400", "1526342400000", " 1526342400"])
def test_a_given_date_may_count_seconds_since_1970(given: str) -> None:
    (article,) = clean(make_record(BODY, title=NOBEL_TITLE, given_published=given)).articles
    assert (article.published_at, article.published_precision) == ("2018-05-15T00:00:00Z", "time")
    assert article.published_rule == "given.published+date.year-month-day"


def test_the_sources_country_decides_a_numeric_date() -> None:
    page = make_record(BODY, title=NOBEL_TITLE, given_published="09/10/2015")
    tunisian = clean(page, Source(source_id="mithal", country="TN")).articles[0]
    assert tunisian.published_at == "2015-10-09"


def test_what_is_given_goes_before_what_the_text_says() -> None:
    page = make_record(f"{BODY} (رويترز)", title=NOBEL_TITLE, given_byline="طه حسين")
    (article,) = clean(page).articles
    assert (article.byline, article.stated_source) == ("طه حسين", "رويترز")


@pytest.mark.parametrize(
    "line",
    [
        "لقاء صحفي قصير",
        "1 - الاتحاد العام التونسي للشغل",
        "مقالات مشابهة",
        "تاريخ النشر: 9 أكتوبر 2015",
        "جميع الحقوق محفوظة",
        "The quartet was formed in 2013 when the process of democracy was at risk of collapse.",
    ],
)
def test_what_may_be_the_articles_own_stays(line: str) -> None:
    body = "\n".join([NOBEL[0], line, *NOBEL[1:]])
    assert bodies(clean(make_record(body, title=NOBEL_TITLE))) == [body]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"اقرأ أيضا: {HEADLINES[0]}", "related_inline"),
        (f"اقرأ أيضا|\n{HEADLINES[0]}", "related_inline"),
        ("للتواصل مع الكاتب ارسل رسالة SMS\nتبدأ بالرمز (1) إلى", "other"),
        ("المصدر: وكالة المثال", "source"),
        ("فيسبوك تويتر واتساب", "other"),
    ],
)
def test_what_is_certainly_not_the_articles_is_cut(line: str, kind: str) -> None:
    page = make_record("\n".join([*NOBEL, line]), title=NOBEL_TITLE)
    cleaned = clean(page)
    assert bodies(cleaned) == [BODY]
    assert {segment.kind for segment in cleaned.segments} == {"title", "body", kind}


def test_the_body_goes_on_after_a_related_headline() -> None:
    body = "\n".join([NOBEL[0], "قد يهمك|", HEADLINES[0], *NOBEL[1:]])
    assert bodies(clean(make_record(body, title=NOBEL_TITLE))) == [BODY]


def test_a_given_login_is_no_author() -> None:
    page = make_record(f"كتب طه حسين\n{BODY}", title=NOBEL_TITLE, given_byline="admin")
    cleaned = clean(page)
    assert cleaned.articles[0].byline is None
    (row,) = [row for row in cleaned.evidence if row.field == "byline"]
    assert (row.value, row.reason) == ("admin", "a login, not a name")


def test_an_opening_credit_is_the_byline() -> None:
    (article,) = clean(make_record(f"صحيفة المثال – تونس\n{BODY}", title=NOBEL_TITLE)).articles
    assert (article.byline, article.body) == ("صحيفة المثال – تونس", BODY)


def test_without_a_given_headline_a_first_line_alone_is_it() -> None:
    (article,) = clean(make_record(f"{NOBEL_TITLE} \n\n {CUP[0]} {CUP[1]}")).articles
    assert (article.title, article.body) == (NOBEL_TITLE, " ".join(CUP))


def test_a_record_with_a_headline_only_has_no_article() -> None:
    cleaned = clean(make_record("", title=NOBEL_TITLE))
    assert cleaned.articles == []
    assert [segment.kind for segment in cleaned.segments] == ["title"]


def test_one_short_sentence_is_a_records_article() -> None:
    """The gate judges length; a record says itself that it is an article."""
    assert bodies(clean(make_record("فيديو يشرح الجائزة.", title=NOBEL_TITLE), SOURCE)) == [
        "فيديو يشرح الجائزة."
    ]
