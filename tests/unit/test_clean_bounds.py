"""A page that states no date: the days that certainly bound it, with the span that shows each."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.clean_pages import AGGREGATOR, NOBEL, NOBEL_TITLE, clean, make_page
from transforms.clean.dates import find_past_dates
from transforms.clean.page import Cleaned
from warehouse.tables.clean import Evidence

FIRST, LAST = "published_not_before", "published_not_after"
AWARD = "وتسلم أعضاء الرباعي الجائزة، ثم أقيم حفل في 10 ديسمبر 2015 بمدينة أوسلو النرويجية."


def _undated(*above: str, body: tuple[str, ...] = NOBEL) -> str:
    return "\n".join([*above, NOBEL_TITLE, "", *body])


def _bounds(cleaned: Cleaned) -> tuple[date | None, date | None]:
    article = cleaned.articles[0]
    return article.published_not_before, article.published_not_after


def _evidence(cleaned: Cleaned) -> list[Evidence]:
    return [row for row in cleaned.evidence if row.field in (FIRST, LAST)]


def test_an_article_is_not_older_than_what_it_says_is_over() -> None:
    text = _undated(body=(*NOBEL, AWARD))
    cleaned = clean(text)
    assert cleaned.articles[0].published_at is None
    assert _bounds(cleaned) == (date(2015, 12, 10), None)
    (row,) = _evidence(cleaned)
    assert (row.field, row.value, row.chosen) == (FIRST, "2015-12-10", True)
    assert text[row.page_start : row.page_end] == "10 ديسمبر 2015"
    assert row.rule == "past.date.day-month"


def test_a_plan_bounds_nothing() -> None:
    plan = "وتعتزم المدينة أن تقيم حفلا آخر في 10 ديسمبر 2030 يحضره أعضاء الرباعي وضيوفهم."
    assert _bounds(clean(_undated(body=(*NOBEL, plan)))) == (date(2011, 1, 1), None)


def test_an_article_is_not_younger_than_the_clock_of_its_page() -> None:
    cleaned = clean("2021-03-02@10:15:00 GMT\n\n" + _undated())
    assert _bounds(cleaned) == (date(2011, 1, 1), date(2021, 3, 2))
    (row,) = [each for each in _evidence(cleaned) if each.field == LAST]
    assert (row.page_start, row.page_end, row.rule) == (0, 23, "date.page_clock")


def test_an_embedded_article_stands_on_the_same_page() -> None:
    main, *embedded = clean(AGGREGATOR).articles
    assert (main.published_at, main.published_not_after) == ("2015-10-09", None)
    assert embedded
    assert all(each.published_not_after == date(2021, 3, 2) for each in embedded)


def test_an_article_is_not_younger_than_its_modification() -> None:
    modified = "الجمعة، 9 أكتوبر 2015، آخر تحديث 14:00 (GMT+0100)"
    cleaned = clean("\n".join([NOBEL_TITLE, modified, "", *NOBEL]))
    assert _bounds(cleaned)[1] == date(2015, 10, 9)
    (row,) = [each for each in _evidence(cleaned) if each.field == LAST]
    assert row.rule.startswith("modified+")


def test_an_article_is_not_younger_than_the_fetch_of_its_page() -> None:
    """23:00 UTC is the next day in the Gulf; 09:00 UTC is the same day wherever Arabic is read."""
    for hour, last in ((23, date(2016, 1, 2)), (9, date(2016, 1, 1))):
        fetched = make_page(_undated()).model_copy(
            update={"fetched_at": datetime(2016, 1, 1, hour, tzinfo=UTC)}
        )
        cleaned = clean(fetched)
        assert _bounds(cleaned)[1] == last
        (row,) = [each for each in _evidence(cleaned) if each.field == LAST]
        assert (row.page_start, row.rule) == (None, "page.fetched_at")


def test_bounds_that_contradict_each_other_are_kept_and_the_first_day_is_not_chosen() -> None:
    cleaned = clean("2014-03-02@10:15:00 GMT\n\n" + _undated(body=(*NOBEL, AWARD)))
    assert _bounds(cleaned) == (None, date(2014, 3, 2))
    assert [(row.field, row.value, row.chosen) for row in _evidence(cleaned)] == [
        (FIRST, "2015-12-10", False),
        (LAST, "2014-03-02", True),
    ]


def test_a_stated_date_needs_no_bounds() -> None:
    cleaned = clean(
        "2021-03-02@10:15:00 GMT\n\n" + _undated("تاريخ النشر: أكتوبر 2015", body=NOBEL)
    )
    stated = clean("\n".join([NOBEL_TITLE, "تاريخ النشر: أكتوبر 2015", "", *NOBEL]))
    assert stated.articles[0].published_at == "2015-10"
    assert (_bounds(stated), _evidence(stated)) == ((None, None), [])
    assert _bounds(cleaned)[1] == date(2021, 3, 2)


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("أقيمت الدورة في 5 مايو 2019 بتونس", ["2019-05-05"]),
        ("وقع وزير الخارجية في 5 مايو 2019 اتفاقا", ["2019-05-05"]),
        ("صدر البيان الذي صدر في بكين يوم الجمعة 10 مارس 2023", ["2023-03-10"]),
        ("في 5 مايو 2019 أعلنت الوزارة النتائج", ["2019-05-05"]),
        ("يعمل هناك منذ عام 2017", ["2017"]),
        ("الخلاف يعود إلى مارس 2014", ["2014-03"]),
        ("تغير كل شيء بعد هجمات 11 سبتمبر 2001", ["2001-09-11"]),
        ("كما حدث في حرب 1967", ["1967"]),
        ("أعلن الوزير موعد الحفل في 5 مايو 2030", []),
        ("تم تحديد يوم 5 مايو 2030 موعدا للحفل", []),
        ("إنه أكبر حدث في 2030", []),
        ("إذا جرت الانتخابات في 5 مايو 2030", []),
        ("سيعود من أقيمت له الدورة في 5 مايو 2030", []),
        ("يعمل هناك حتى عام 2030", []),
        ("أقيمت الدورة في 5 مايو بتونس", []),
        ("ميزانية 2030 تمت مناقشتها", []),
        ("تقام في 5 مايو 2030", []),
    ],
)
def test_which_dates_are_over_for_certain(text: str, past: list[str]) -> None:
    assert [one.iso for one in find_past_dates(text)] == past
