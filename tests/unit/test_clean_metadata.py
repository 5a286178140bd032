"""Metadata of plain pages: dates, names and keywords, taken only where the page is certain."""

from __future__ import annotations

import pytest

from tests.clean_pages import CUP_TITLE, NOBEL, NOBEL_TITLE, SOURCE, clean
from transforms.clean.when import days_of, is_date_line
from warehouse.tables.clean import Article, Evidence
from warehouse.tables.ingest import Source


def _page(*above: str, below: tuple[str, ...] = ()) -> str:
    return "\n".join([NOBEL_TITLE, *above, "", *NOBEL, *below])


def _article(*above: str, below: tuple[str, ...] = (), source: Source = SOURCE) -> Article:
    (article,) = clean(_page(*above, below=below), source).articles
    return article


def _evidence(*above: str, below: tuple[str, ...] = ()) -> list[Evidence]:
    return clean(_page(*above, below=below)).evidence


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("تاريخ النشر: 9 أكتوبر 2015", "2015-10-09"),
        ("تاريخ النشر: 9th, October 2015 GMT", "2015-10-09"),
        ("الجمعة 9 تشرين الأول 2015", "2015-10-09"),
        ("نُشر في 9 أكتوبر/تشرين الأول 2015", "2015-10-09"),
        ("October 9, 2015", "2015-10-09"),
        ("2015-10-09", "2015-10-09"),
    ],
)
def test_a_date_line_below_the_headline(line: str, iso: str) -> None:
    article = _article(line)
    assert (article.published_at or "")[:10] == iso
    assert article.published_reason is None
    assert article.published_rule


def test_a_date_below_the_article_counts_where_there_is_none_above() -> None:
    assert _article(below=("2015-10-09",)).published_at == "2015-10-09"


def test_a_month_is_taken_only_where_it_is_labelled() -> None:
    article = _article("تاريخ النشر: أكتوبر 2015")
    assert (article.published_at, article.published_precision) == ("2015-10", "month")
    assert (str(article.published_earliest), str(article.published_latest)) == (
        "2015-10-01",
        "2015-10-31",
    )
    assert _article("أكتوبر 2015").published_at is None


def test_a_labelled_date_goes_before_another() -> None:
    article = _article("10 أكتوبر 2015", "تاريخ النشر: 9 أكتوبر 2015")
    assert article.published_at == "2015-10-09"


def test_a_clock_above_the_headline_is_no_publication_date() -> None:
    cleaned = clean("2021-03-02@10:15:00 GMT\n\n" + _page())
    (article,) = cleaned.articles
    assert article.published_at is None
    assert "clock" in (article.published_reason or "")
    assert [e for e in cleaned.evidence if e.field == "published_at"] == []
    (row,) = [e for e in cleaned.evidence if e.field == "crawled_at"]
    assert (row.value[:10], row.chosen) == ("2021-03-02", True)


def test_a_modification_is_no_publication() -> None:
    article = _article("الجمعة، 9 أكتوبر 2015، آخر تحديث 14:00 (GMT+0100)")
    assert article.published_at is None
    assert (article.modified_at or "")[:10] == "2015-10-09"
    assert "modified" in (article.published_reason or "")


def test_both_on_one_line() -> None:
    zoned = "تاريخ النشر: 9 أكتوبر 2015 - 10:20 بتوقيت غرينتش آخر تحديث: 10 أكتوبر 2015 - 11:20"
    article = _article(zoned)
    assert (article.published_at, article.modified_at) == ("2015-10-09T10:20Z", "2015-10-10T11:20")
    article = _article("نشر في 9 أكتوبر 2015 - آخر تحديث 10 أكتوبر 2015")
    assert (article.published_at, article.modified_at) == ("2015-10-09", "2015-10-10")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("الجمعة 9 أكتوبر", "no year is written and no publication date is known"),
        ("منذ 3 ساعات", "counted in hours from a moment that is not written"),
        ("الأحد 15 مايو 2018", "the weekday and the date disagree"),
    ],
)
def test_a_date_that_cannot_be_known_is_no_byline(line: str, why: str) -> None:
    article = _article(line)
    assert (article.byline, article.published_at) == (None, None)
    assert article.published_reason == f"a date line of the article gives no day: {why}"


def test_no_date_says_why() -> None:
    article = _article()
    assert article.published_at is None
    assert article.published_precision is None
    assert article.published_reason == "no date line on the page"


def test_dates_in_the_prose_are_no_publication_date() -> None:
    """The body speaks of 2011, 2013 and 2015."""
    assert _article().published_at is None


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("كتبت مي زيادة", "مي زيادة"),
        ("بقلم: طه حسين", "طه حسين"),
        ("طه حسين", "طه حسين"),
        ("تونس: طه حسين", "تونس: طه حسين"),
        ("صحيفة المثال – تونس", "صحيفة المثال – تونس"),
        ("مثال برس|", "مثال برس"),
        ("طه حسين (القاهرة)", "طه حسين (القاهرة)"),
        ("طه حسين (القاهرة) @mithal", "طه حسين (القاهرة)"),
        ("طه حسين من القاهرة", "طه حسين من القاهرة"),
        ("د. طه حسين", "د. طه حسين"),
        ("ط. ح", "ط. ح"),
        ("مثال 24 - رويترز", "مثال 24 - رويترز"),
        ("كتب: طه حسين - تصوير: مي زيادة", "طه حسين"),
        ("تحرير: طه حسين | مراجعة: مي زيادة", "طه حسين"),
        ("ترجمة وتحرير: طه حسين", "طه حسين"),
        ("مراسل المثال: طه حسين", "طه حسين"),
        ("من طه حسين", "طه حسين"),
        ("بقلم: علي فكري", "علي فكري"),
        ("طه حسين، مي عبد الله – تونس", "طه حسين، مي عبد الله – تونس"),
    ],
)
def test_byline(line: str, byline: str) -> None:
    assert _article(line).byline == byline


@pytest.mark.parametrize(
    "line",
    [
        "أخبار محلية", "أخبار الساحل", "العالم الإسلامي", "الصفحة الثانية", "رياضة - كرة اليد",
        "قراءة في ثلاث دقائق", "الخط + -", "خدمة المثال الإخبارية", "رئيس التحرير: طه حسين",
        "الكاتب: admin", "نشر بواسطة: Editor", "وكالات - تونس", "رويترز - الدار البيضاء",
        "تونس (رويترز)", "تونس، الجمهورية التونسية (CNN) --",
    ],
)  # fmt: skip
def test_what_is_nobodys_name(line: str) -> None:
    assert _article(line).byline is None


@pytest.mark.parametrize(
    "line",
    ["📌 تابعونا على تطبيقنا: https://app.example/x", "في هذه الصفحة: تونس", "الخلاصة: جائزة"],
)
def test_what_signs_no_article_below_it(line: str) -> None:
    assert _article(below=(line,)).byline is None


def test_an_agency_that_opens_a_credit_is_the_source() -> None:
    assert _article("رويترز - تونس").stated_source == "رويترز"
    assert _article("تونس (رويترز)").stated_source == "رويترز"
    article = _article("طه حسين (رويترز)")
    assert (article.byline, article.stated_source) == ("طه حسين (رويترز)", "رويترز")


def test_a_login_says_why_it_is_no_author() -> None:
    cleaned = clean("\n".join([NOBEL_TITLE, "الكاتب: admin", *NOBEL]))
    (row,) = [row for row in cleaned.evidence if row.field == "byline"]
    assert (row.chosen, row.reason) == (False, "a login, not a name")


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("نُشر بواسطة طه حسين في 9 أكتوبر 2015", "طه حسين"),
        ("كتب: طه حسين، الجمعة 9 أكتوبر 2015", "طه حسين"),
        ("طه حسين 9 أكتوبر 2015", "طه حسين"),
        ("الجمعة 9 أكتوبر 2015 طه حسين", "طه حسين"),
        ("رام الله 9 أكتوبر 2015", None),
        ("صحيفة الضحى 9 أكتوبر 2015", None),
        ("طه حسينالجمعة 9 أكتوبر 2015", None),
        ("القاهرة 9 أكتوبر 2015", None),
        ("أخبار محلية 9 أكتوبر 2015", None),
        ("فن وثقافة 9 أكتوبر 2015", None),
    ],
)
def test_a_name_and_a_date_on_one_line(line: str, byline: str | None) -> None:
    article = _article(line)
    assert (article.byline, article.published_at) == (byline, "2015-10-09")


def test_a_day_that_is_not_certain_is_no_part_of_the_name() -> None:
    article = _article("كتب: طه حسين 04-08-2021")
    assert (article.byline, article.published_at) == ("طه حسين", None)
    why = "day and month cannot be told apart"
    assert article.published_reason == f"a date line of the article gives no day: {why}"


def test_the_author_below_a_section() -> None:
    assert _article("محليات", "طه حسين", "9 أكتوبر 2015").byline == "طه حسين"
    assert _article("محليات", "رياضة", "كأس القارات").byline is None


def test_the_author_below_the_date_and_the_caption() -> None:
    above = ("9 أكتوبر 2015", "أعضاء الرباعي في باريس بعد إعلان الجائزة", "طه حسين")
    assert _article(*above).byline == "طه حسين"


def test_who_republishes_an_article_is_its_aggregator() -> None:
    foot = ("جميع الحقوق محفوظة © شبكة الجامع",)
    article = _article("نشر في صحيفة المثال يوم 9 أكتوبر 2015", below=foot)
    assert (article.publisher, article.aggregator) == ("صحيفة المثال", "شبكة الجامع")
    assert article.published_at == "2015-10-09"
    assert _article(below=foot).aggregator is None
    named = Source(source_id="jami", name_ar="الجامع")
    article = _article("نشر في صحيفة المثال يوم 9 أكتوبر 2015", source=named)
    assert (article.publisher, article.aggregator) == ("صحيفة المثال", "الجامع")


def test_an_agency_in_the_credit_is_the_source() -> None:
    article = _article("صحيفة المثال – رويترز")
    assert (article.byline, article.stated_source) == ("صحيفة المثال – رويترز", "رويترز")


@pytest.mark.parametrize(
    ("below", "source"),
    [
        (("المصدر: وكالة المثال",), "وكالة المثال"),
        (("المصدر :", "وكالة المثال"), "وكالة المثال"),
        (("رويترز/ أ ف ب",), "رويترز/ أ ف ب"),
    ],
)
def test_stated_source(below: tuple[str, ...], source: str) -> None:
    assert _article(below=below).stated_source == source


def test_a_source_on_the_last_line_of_the_prose() -> None:
    text = f"{NOBEL_TITLE}\n{NOBEL[0]}\n{NOBEL[1]} المصدر : وكالة المثال"
    (article,) = clean(text).articles
    assert article.stated_source == "وكالة المثال"
    assert article.body.endswith(NOBEL[1])


def test_an_agency_in_brackets_is_cut_from_the_prose() -> None:
    (article,) = clean(f"{NOBEL_TITLE}\n{NOBEL[0]}\n{NOBEL[1]} (رويترز)").articles
    assert article.stated_source == "رويترز"
    assert article.body.endswith(NOBEL[1])


@pytest.mark.parametrize(
    ("below", "keywords"),
    [
        (("الكلمات المفتاحية: نوبل، تونس، السلام",), ["نوبل", "تونس", "السلام"]),
        (("كلمات دلالية: نوبل",), ["نوبل"]),
        (("وسوم: جائزة نوبل | الرباعي التونسي",), ["جائزة نوبل", "الرباعي التونسي"]),
        (("جائزة نوبل", "لجنة نوبل", "تونس"), ["جائزة نوبل", "لجنة نوبل", "تونس"]),
    ],
)
def test_keywords_are_split_where_it_is_certain(
    below: tuple[str, ...], keywords: list[str]
) -> None:
    rows = [e for e in _evidence(below=below) if e.field == "keyword"]
    assert [row.value for row in rows] == keywords
    assert all(row.chosen for row in rows)


def test_a_run_of_words_is_one_candidate_and_not_chosen() -> None:
    (row,) = [
        e for e in _evidence(below=("كلمات دلالية: نوبل تونس السلام",)) if e.field == "keyword"
    ]
    assert (row.value, row.rule, row.chosen) == ("نوبل تونس السلام", "keywords.unsplit", False)


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("جميع الحقوق محفوظة © صحيفة المثال", "صحيفة المثال"),
        ("© 2015 صحيفة المثال - جميع الحقوق محفوظة", "صحيفة المثال"),
        ("Copyright © 2015 Example Daily. All Rights Reserved.", "Example Daily"),
        ("جميع الحقوق محفوظة", None),
        ("تصميم شركة المثال", None),
    ],
)
def test_the_holder_of_the_copyright_publishes(line: str, publisher: str | None) -> None:
    assert _article(below=("", line)).publisher == publisher


def test_the_configured_name_stands_in_for_a_missing_publisher() -> None:
    source = Source(source_id="mithal", name_ar="صحيفة المثال")
    assert _article(source=source).publisher == "صحيفة المثال"
    named = _article(below=("", "© صحيفة أخرى"), source=source)
    assert named.publisher == "صحيفة أخرى"


def test_a_headline_is_the_line_that_the_article_takes_up() -> None:
    text = "\n".join([CUP_TITLE, "منذ أسبوع في الدوحة", NOBEL_TITLE, "9 أكتوبر 2015", *NOBEL])
    (article,) = clean(text).articles
    assert article.title == NOBEL_TITLE


def test_prose_alone_has_no_headline() -> None:
    (article,) = clean("\n".join(NOBEL)).articles
    assert article.title is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("الجمعة 9 أكتوبر 2015", True),
        ("تاريخ النشر: 9 أكتوبر 2015", True),
        ("تونس في 9 أكتوبر 2015", True),
        ("منحت لجنة نوبل جائزتها للرباعي في 9 أكتوبر 2015", False),
        (
            "تاريخ النشر: 9 أكتوبر 2015 - 10:20 بتوقيت غرينتش آخر تحديث: 10 أكتوبر 2015 - 11:20",
            True,
        ),
        ("الأحد 9 أكتوبر", True),
        ("منذ 3 ساعات", True),
        ("قمة 9 أكتوبر", False),
        ("7 أخبار رياضية", False),
        ("الجمعة", False),
    ],
)
def test_is_date_line(line: str, expected: bool) -> None:
    assert is_date_line(line, None) is expected


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2015", "2015-01-01", "2015-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2015-10-09T10:00Z", "2015-10-09", "2015-10-09"),
        ("2013/2016", "2013-01-01", "2016-12-31"),
    ],
)
def test_days_of(iso: str, first: str, last: str) -> None:
    assert tuple(map(str, days_of(iso))) == (first, last)


def test_an_outlet_and_a_place_above_the_date_are_no_headline() -> None:
    day = "2015-10-09 08:45"
    (article,) = clean("\n".join(["ضفاف المثال / تونس", day, NOBEL_TITLE, *NOBEL])).articles
    assert (article.title, article.byline) == (NOBEL_TITLE, "ضفاف المثال / تونس")
    assert article.published_at == "2015-10-09T08:45"
    (article,) = clean("\n".join(["ضفاف برس الجديد - تونس", day, *NOBEL])).articles
    assert (article.title, article.byline) == (None, "ضفاف برس الجديد - تونس")


def test_the_head_of_a_printed_page_is_no_headline() -> None:
    head = "جريدة المثال - العدد 214 - الجمعة 9 تشرين الأول 2015"
    cleaned = clean("\n".join([head, "الصفحة الأولى", "محليات", NOBEL_TITLE, *NOBEL]))
    assert cleaned.articles[0].title == NOBEL_TITLE
    assert cleaned.articles[0].byline is None
    assert [row.value for row in cleaned.evidence if row.field == "crawled_at"] == ["2015-10-09"]


def test_a_news_bulletin_is_no_credit() -> None:
    """نشره and نشرة are written alike."""
    (article,) = clean("\n".join(["نشرة المساء - صوت المثال", "9 أكتوبر 2015", *NOBEL])).articles
    assert article.title == "نشرة المساء - صوت المثال"
