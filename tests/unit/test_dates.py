"""Dates: every row of the word lists, every form that outlets print, and what is no date."""

from __future__ import annotations

import json
import time

import pytest

from transforms.clean import dates_words
from transforms.clean.dates import find_dates, resolve_date
from transforms.clean.dates_lexicon import lexicon, make_lexicon, read_table

PUBLISHED = "2020-06-17"  # a Wednesday; the rows' test phrases count from it
WORDS = read_table("date_words.tsv")
MONTHS = read_table("months.tsv")
ORDERS = read_table("date_order.tsv")


def last_iso(text: str, published: str | None = PUBLISHED, country: str | None = None) -> str:
    """The last date of a phrase: its value, `null` where it has none, `none` where no date is."""
    found = find_dates(text, published=published, country=country)
    return (found[-1].iso or "null") if found else "none"


@pytest.mark.parametrize("rows", [WORDS, MONTHS, ORDERS])
def test_every_row_reads_its_phrase(rows):
    read = [(row["test"], last_iso(row["test"], country=row.get("country"))) for row in rows]
    assert read == [(row["test"], row["expect"]) for row in rows]
    assert all(row["source"] for row in rows)


@pytest.mark.slow
def test_no_row_is_idle(monkeypatch):
    """Without its row, the phrase of a row reads otherwise."""

    def read(row, words, months):
        monkeypatch.setattr(dates_words, "lexicon", lambda: make_lexicon(words, months))
        monkeypatch.setattr(dates_words, "_tags", dates_words._Tags())
        monkeypatch.setattr(dates_words, "_words", {})
        names = dates_words.lexicon()
        monkeypatch.setattr(dates_words, "lexicon", lambda: names)
        return [(one.surface, one.iso) for one in find_dates(row["test"], published=PUBLISHED)]

    idle = [
        row["form"]
        for rows in (WORDS[::7], MONTHS[::3])  # a sample: each takes a lexicon of its own
        for row in rows
        if read(row, WORDS, MONTHS)
        == read(row, [w for w in WORDS if w is not row], [m for m in MONTHS if m is not row])
    ]
    assert idle == []


def test_two_rows_of_one_form_are_refused():
    with pytest.raises(ValueError, match="ابريل"):
        make_lexicon([], [*MONTHS, {**MONTHS[0], "form": "ابريل"}])


def test_lexicon_is_read_once():
    assert lexicon() is lexicon()


PUBLICATION_STRINGS = [
    ("Tue, 13 Feb 2018 10:22:00 +0000", "2018-02-13T10:22:00Z"),
    ("Fri, 6 Jul 2018 08:05:09 GMT", "2018-07-06T08:05:09Z"),
    ("2017-01-20T21:43:00+01:00", "2017-01-20T21:43:00+01:00"),
    ("2017-01-22T182900", "2017-01-22T18:29:00"),
    ("2018-02-13T10:22:00.123Z", "2018-02-13T10:22:00Z"),
    ("2015-07-21 12:31:13", "2015-07-21T12:31:13"),
    ("2015-07-21", "2015-07-21"),
    ("2015/7/21", "2015-07-21"),
    ("٢٠١٨/٠٢/١٣", "2018-02-13"),
    ("13/02/2018", "2018-02-13"),
    ("02/13/2018", "2018-02-13"),
    ("13.02.2018", "2018-02-13"),
    ("05/05/2018", "2018-05-05"),
    ("الأحد 04/03/2018", "2018-03-04"),
    ("21st, March 2022 GMT", "2022-03-21"),
    ("March 2, 2022", "2022-03-02"),
    ("Oct. 4, 2021", "2021-10-04"),
    ("Mon Feb 12 2018 10:00:00 GMT+0200", "2018-02-12T10:00:00+02:00"),
    ("الجمعة، 5 كانون الثاني/يناير 2018، آخر تحديث 18:35 (GMT+0300)", "2018-01-05T18:35+03:00"),
    ("الخميس، 9 يوليو 2020 09:23 ص", "2020-07-09T09:23"),
    ("8 نيسان، 2013، الساعة 07:45 مساءً", "2013-04-08T19:45"),
    ("9 يوليو 2020 12:30 ص", "2020-07-09T00:30"),
    ("9 يوليو 2020 12:30 م", "2020-07-09T12:30"),
    ("9 يوليو 2020 14:05 م", "2020-07-09T14:05"),
    ("9 يوليو 2020 14:05 ص", "2020-07-09"),
    ("9 يوليو 2020 25:61", "2020-07-09"),
    ("9 يوليو 2020 14:00 (GMT+1900)", "2020-07-09T14:00"),
    ("الجمعة 19 أوت 2022 – 10:15", "2022-08-19T10:15"),
    ("12 سبتمبر 2023 - 06:05", "2023-09-12T06:05"),
    ("12 سبتمبر 2023 | 12:20", "2023-09-12T12:20"),
    ("12 سبتمبر 2023، 10:15", "2023-09-12T10:15"),
    ("12 سبتمبر 2023 • 18:05 م", "2023-09-12T18:05"),
    ("12 سبتمبر 2023 في 06:05", "2023-09-12T06:05"),
    ("12 سبتمبر 2023 - 6:5", "2023-09-12"),
    ("2023-09-12 - 06:05:30", "2023-09-12T06:05:30"),
    ("سبتمبر 2023 - 06:05", "2023-09"),
    ("10:15 - 12 سبتمبر 2023", "2023-09-12T10:15"),
    ("10:15، 12 سبتمبر 2023", "2023-09-12T10:15"),
    ("06:05 م - 2023/09/12", "2023-09-12T18:05"),
    ("الساعة 10:15 من يوم الثلاثاء 12 سبتمبر 2023", "2023-09-12T10:15"),
    ("26:15 - 12 سبتمبر 2023", "2023-09-12"),
    ("تاريخ النشر: 03 يونيو 2020", "2020-06-03"),
    ("2025-05", "2025-05"),
    ("(2017)", "2017"),
    ("12 شوال 1441هـ - 04 يونيو 2020م", "2020-06-04"),
    ("الأربعاء 11 شوال 1441 هـ الموافق 3 يونيو 2020 م", "2020-06-03"),
    ("10 شوال 1441هـ (03 يونيو 2020)", "2020-06-03"),
    ("17-10-1433 هـ, 08:25 صباحاً", "2012-09-04T08:25"),
    ("الأربعاء 7/8/1438هـ الموافق 3/5/2017م", "2017-05-03"),
    ("1436/10/19هـ", "2015-08-04"),
    ("23/02/2022 - 22/07/1443", "2022-02-23"),
    ("22/07/1443 - 23/02/2022", "2022-02-23"),
    ("23/02/2022م - 22/07/1443هـ", "2022-02-23"),
    ("22/07/1443 هـ - 23/02/2022", "2022-02-23"),
    ("22-7-1443 الموافق 23-2-2022", "2022-02-23"),
    ("1443/07/22 - 2022/02/23", "2022-02-23"),
    ("الأربعاء 22/07/1443 (23/02/2022) 10:15", "2022-02-23T10:15"),
    ("03/02/2022 - 02/07/1443", "2022-02-03"),
    ("24/02/2022 - 22/07/1443", "2022-02-24"),
    ("22/07/1443 - 23 فبراير 2022", "2022-02-23"),
    ("22 رجب 1443 - 23 فبراير 2022", "2022-02-23"),
    ("24- 10 - 1436هـ", "2015-08-09"),
    ("12 سبتمبر 2023 - 15 شخصا", "2023-09-12"),
]


@pytest.mark.parametrize(("text", "iso"), PUBLICATION_STRINGS)
def test_publication_string(text, iso):
    assert resolve_date(text).iso == iso


REFUSED = [
    ("30 فبراير 2018", "no such day in the calendar"),
    ("30 فبراير", "no such day in the calendar"),
    ("29 فبراير 2019", "no such day in the calendar"),
    ("2024-13-45", "no such day in the calendar"),
    ("2024-13-45T99:99:99Z", "no such day in the calendar"),
    ("34 رجب 1436هـ", "no such day in the calendar"),
    ("5 شوال 1319هـ", "outside the tables of the Umm al-Qura calendar"),
    ("03/04/2018", "day and month cannot be told apart"),
    ("الخميس 7 نوفمبر 2014", "the weekday and the date disagree"),
    ("11 شوال 1441هـ - 03 يونيو 2021م", "the two calendars disagree"),
    ("الأحد 10 رمضان 1440هـ الموافق 15 مايو 2018م", "the weekday and the date disagree"),
    ("الاثنين 10 رمضان 1440هـ الموافق 15 مايو 2019م", "the weekday and the date disagree"),
    ("25/02/2022 - 22/07/1443", "the two calendars disagree"),
    ("الخميس 23/02/2022 - 22/07/1443", "the weekday and the date disagree"),
    ("22/07/1443", "a year of the Hijri or of the Iranian calendar, and nothing says which"),
    ("34/07/1443 - 23/02/2022", "no such day in the calendar"),
    ("22/07/1443 - 31/02/2022", "no such day in the calendar"),
    ("7 مايو/أيار", "no year is written and no publication date is known"),
    ("أمس", "relative to the publication date, which is not known"),
    ("منذ ساعتين", "counted in hours from a moment that is not written"),
    ("5 مايو 1850", "outside the years 1900 to 2100"),
    ("لا تاريخ هنا", "no date in the text"),
    ("", "no date in the text"),
    ("13/02/18", "the year has two digits, and nothing confirms which one it is"),
    ("1850", "outside the years 1900 to 2100"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_refused_with_a_reason(text, reason):
    found = resolve_date(text)
    assert (found.iso, found.precision, found.reason) == (None, None, reason)


@pytest.mark.parametrize(
    ("country", "iso"),
    [("TN", "2018-04-03"), ("tn", "2018-04-03"), ("US", "2018-03-04"), ("JP", None), (None, None)],
)
def test_country_decides_an_ambiguous_numeric_date(country, iso):
    assert resolve_date("03/04/2018", country=country).iso == iso


@pytest.mark.parametrize(("country", "iso"), [("SA", "2022-02-23"), ("IQ", None), (None, None)])
def test_country_decides_the_calendar_of_a_number(country, iso):
    assert resolve_date("22/07/1443", country=country).iso == iso


#: (text, published, surfaces and values)
MENTIONS = [
    ("وصل إلى العاصمة في 7 مايو/أيار لحضور الحفل", "2025-05", [("7 مايو/أيار", "2025-05-07")]),
    ("عاد في 9 مايو/أيار الجاري.", "2025-05", [("9 مايو/أيار الجاري", "2025-05-09")]),
    ("زار أنقرة في أبريل/نيسان الماضي", "2025-05", [("أبريل/نيسان الماضي", "2025-04")]),
    ("خلال 17 ديسمبر 2010 – 14 فبراير 2011", None, [
        ("17 ديسمبر 2010 – 14 فبراير 2011", "2010-12-17/2011-02-14"),
    ]),
    ("قال في شهر مارس الماضي إنه باق", "2016-06", [("شهر مارس الماضي", "2016-03")]),
    (
        "سافر نهاية سبتمبر (أيلول) الماضي إلى روما",
        "2023-10-13",
        [("نهاية سبتمبر (أيلول) الماضي", "2023-09")],
    ),
    ("كان المندوب السابق (2013-2016) شاهدا", None, [("(2013-2016)", "2013/2016")]),
    ("تكرر الأمر في الأعوام 2018-2019.", None, [("الأعوام 2018-2019", "2018/2019")]),
    ("بعد ثورة 2011 تغير الدستور", None, [("ثورة 2011", "2011")]),
    ("منذ أكتوبر (تشرين الأول) 2020", None, [("أكتوبر (تشرين الأول) 2020", "2020-10")]),
    ("زار الوفد، الثلاثاء، موسكو", "2023-09-26", [("الثلاثاء", "2023-09-26")]),
    ("صدر القانون في آب-أغسطس 2019", None, [("آب-أغسطس 2019", "2019-08")]),
    ("صدر القانون في أيلول سبتمبر 2019", None, [("أيلول سبتمبر 2019", "2019-09")]),
    ("في 15 مارس و20 أبريل 2018", None, [("15 مارس", "2018-03-15"), ("20 أبريل 2018", "2018-04-20")]),
    ("تقام الدورة من 3 إلى 5 مايو 2018", None, [("من 3 إلى 5 مايو 2018", "2018-05-03/2018-05-05")]),
    (
        "من 28 ديسمبر إلى 3 يناير 2018",
        None,
        [("من 28 ديسمبر إلى 3 يناير 2018", "2017-12-28/2018-01-03")],
    ),
    ("من كانون الثاني إلى آذار 2018", None, [("من كانون الثاني إلى آذار 2018", "2018-01/2018-03")]),
    ("حكم بين عامي 2001 و2009 البلاد", None, [("بين عامي 2001 و2009", "2001/2009")]),
    ("في عامي 2011 و2013.", None, [("عامي 2011", "2011"), ("2013", "2013")]),
    ("أعوام 2011 و2013 و2015", None, [
        ("أعوام 2011", "2011"), ("2013", "2013"), ("2015", "2015"),
    ]),
    ("من 2011 إلى 2014", None, [("من 2011 إلى 2014", "2011/2014")]),
    ("ثورة 17 ديسمبر 2010/ 14 جانفي 2011", None, [
        ("17 ديسمبر 2010", "2010-12-17"), ("14 جانفي 2011", "2011-01-14"),
    ]),
    ("تراجع مارس/أبريل 2018 قليلا", None, [("مارس/أبريل 2018", "2018-03/2018-04")]),
    ("للعام 2017 وللعام الجاري", "2020", [("للعام 2017", "2017"), ("للعام الجاري", "2020")]),
    ("وأبريل 2016 شهد ذلك", None, [("أبريل 2016", "2016-04")]),
    ("في نوفمبر من العام الماضي", "2020-06", [("نوفمبر من العام الماضي", "2019-11")]),
    ("الثالث والعشرين من أكتوبر 2011", None, [("الثالث والعشرين من أكتوبر 2011", "2011-10-23")]),
    ("فاتح ماي 2014 عطلة", None, [("فاتح ماي 2014", "2014-05-01")]),
    ("أمس الأول ثم أول أمس ثم أول من أمس", "2020-06-17", [
        ("أمس الأول", "2020-06-15"), ("أول أمس", "2020-06-15"), ("أول من أمس", "2020-06-15"),
    ]),
    ("وصل اليوم الأربعاء وسيغادر غدا الخميس", "2020-06-17", [
        ("اليوم الأربعاء", "2020-06-17"), ("غدا الخميس", "2020-06-18"),
    ]),
    ("انتهى أمس الثلاثاء اللقاء", "2020-06-18", [("أمس الثلاثاء", "2020-06-16")]),
    ("زار الخميس الماضي ويعود السبت المقبل", "2020-06-17", [
        ("الخميس الماضي", "2020-06-11"), ("السبت المقبل", "2020-06-20"),
    ]),
    ("من المقرر أن يجتمعوا الأحد", "2020-06-17", [("الأحد", "2020-06-21")]),
    ("سيجتمعون الأحد", "2020-06-17", [("الأحد", "2020-06-21")]),
    ("التقى الاسبوع الفارط ، الوزير", "2016-07-14", [("الاسبوع الفارط", "2016-07-04/2016-07-10")]),
    ("قبل 3 سنوات", "2020-06", [("قبل 3 سنوات", "2017")]),
    ("افتتح في التاسع عشر من الشهر الحالي", "2020-06", [("التاسع عشر من الشهر الحالي", "2020-06-19")]),
    ("السبت 19 الجاري", "2020-09-10", [("السبت 19 الجاري", "2020-09-19")]),
    ("شهر رمضان الماضي", "2020-06-17", [("شهر رمضان الماضي", "2020-04-24/2020-05-23")]),
    ("عقد في 13 رمضان الماضي", "2020-06-17", [("13 رمضان الماضي", "2020-05-06")]),
    ("يعقد في 13 شعبان المقبل", "2020-06-17", [("13 شعبان المقبل", "2021-03-26")]),
    ("للعام الدراسي 1436-1437هـ", None, [("1436-1437هـ", "2014-10-25/2016-10-01")]),
    ("شهر رمضان 2019", None, [("شهر رمضان 2019", "2019-05-06/2019-06-03")]),
    ("الـ١٣ من شُبـاطَ ٢٠٠٥م كان أحدًا", None, [("١٣ من شُبـاطَ ٢٠٠٥م", "2005-02-13")]),
    ("في \u200f3\u00a0مايو\u200e 2016", None, [("3\u00a0مايو\u200e 2016", "2016-05-03")]),
    ("الخميس (3 مارس 2016) مساء", None, [("الخميس (3 مارس 2016)", "2016-03-03")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "published", "expected"), MENTIONS, ids=lambda v: str(v)[:40])
def test_mention(text, published, expected):
    found = find_dates(text, published=published)
    assert [(one.surface, one.iso) for one in found] == expected
    assert all(text[one.start : one.end] == one.surface for one in found)


NO_DATES = [
    "مارس الوزير ضغوطا على الشركات",
    "مارس 10 لاعبين التدريب",
    "قالت تيريزا ماي إنها باقية",
    "ولد له 3 أبناء و أب واحد",
    "رشح طارق رمضان للجائزة",
    "فاز الفريق 3-صفر على ضيفه",
    "نقلت روسيا اليوم عن مصدر",
    "نشرت صحيفة اليوم السابع الخبر",
    "اليوم العالمي للمرأة",
    "في اليوم التالي عاد",
    "بلغ العدد 2015 مشاركا و 1950 مقعدا",
    "في 2000 مدرسة",
    "بين 1990 و2050 شخصا",
    "في 2011 جنديًا",
    "ارتفع بنسبة 2018%",
    "القانون رقم 12/2015 لسنته",
    "الهاتف 2013-20145",
    "العنوان 10.2.2018.5",
    "حركة 6 أبريل المعارضة",
    "شارع 14 جانفي بالعاصمة",
    "صرح الأمين العام الحالي للمنظمة",
    "صلاة الجمعة في الجامع",
    "منذ سنوات عدة",
    "قبل يوم من الانتخابات",
    "قبل يومين من الموعد",
    "في الأسبوع الأول من مهرجان المدينة",
    "النصف الثاني من الشهر الجاري الكريم",
    "قبل أربع دقائق على نهاية الشوط الأول من المباراة النهائية",
]


@pytest.mark.parametrize("text", NO_DATES)
def test_no_date(text):
    assert find_dates(text, published=PUBLISHED) == []


def test_a_date_does_not_cross_a_line():
    assert [one.surface for one in find_dates("24 أغسطس\n2020", published="2020-09-01")] == [
        "24 أغسطس"
    ]


def test_the_most_complete_date_is_resolved():
    found = resolve_date("عام 2015 - نشر في 3 مايو 2016 عند 14:00")
    assert (found.iso, found.precision, found.rule) == (
        "2016-05-03T14:00",
        "time",
        "date.day-month",
    )


def test_calendar_says_which_one_the_text_uses():
    assert resolve_date("10 رجب 1441هـ").calendar == "hijri"
    assert resolve_date("5 مارس 2020").calendar == "gregorian"
    assert resolve_date("10 رجب 1441هـ الموافق 5 مارس 2020").rule == "date.dual-calendar"


@pytest.mark.slow
@pytest.mark.parametrize(
    "junk",
    [
        "يوم ", "1/", "(2011-", "و", "1 يناير ", "يناير 3 - ", "الاثنين ،", "ذي ", "كانون الثاني ",
        "15 مارس و", "2011 و", "10:15 - ", "22/07/1443 - ", "(مايو", "سيكون 5 يناير ", "الثلاثاء\n",
        "3 و", "3 و4 و", "السبت والأحد ", "السبت والأحد 3 و4 ", "الربع الأول من ", "تسعينيات القرن ", "13/02/18 ", "2018/19 ",
        "3 من الشهر نفسه ", "ـ ", "p.m. ", "Sun Jun 14 10:20:00 ", "20200614", "2020 يونيو ",
        "03/04/2018 ", "13 إلى 15 يوليو ", "منذ يوم ", "السنة السابقة ",
    ],
)  # fmt: skip
def test_hostile_text_takes_time_in_proportion(junk):
    """Eight times the text, about eight times the time; what grows as the square takes 64 times."""

    def seconds(times: int) -> float:
        start = time.process_time()
        find_dates(junk * times, published=PUBLISHED)
        return time.process_time() - start

    seconds(500)
    long = min(seconds(8_000) for _ in range(2))
    assert long < 30 * max(min(seconds(1_000) for _ in range(3)), 0.002)


def test_date_strings_of_the_evaluation_data(eval_data):
    """All but one right, none wrong: a date not known is better than a wrong one."""
    cases = json.loads((eval_data / "dates" / "date_strings.json").read_text(encoding="utf-8"))
    said = [resolve_date(case["raw"], published=case.get("published")).iso for case in cases]
    days = [(iso or "").split("T")[0] for iso in said]
    right = [case["iso"].split("T")[0] == day for case, day in zip(cases, days, strict=True)]
    assert right.count(False) <= 1
    assert [day for day, is_right in zip(days, right, strict=True) if day and not is_right] == []


def test_dates_mentioned_in_the_seeds(eval_data):
    """Spans and values of the gold; one of them may begin with its preposition (في شهر ...)."""
    missed = []
    for doc in json.loads((eval_data / "gold" / "seeds.json").read_text(encoding="utf-8"))["docs"]:
        lines = (eval_data / doc["file"]).read_text(encoding="utf-8").split("\n")
        published = doc["metadata"]["published"] or doc["metadata"].get("published_inferred")
        for gold in doc["date_mentions"]:
            found = find_dates(lines[gold["line"] - 1], published=published)
            if (gold["end"], gold["value"]) not in [(one.end, one.iso) for one in found]:
                missed.append(gold)
    assert missed == []
