"""Lines that their form gives away, whatever they say."""

from __future__ import annotations

import pytest

from transforms.clean.forms import form_of
from transforms.clean.lines import cut
from transforms.clean.prose import goes_on


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("الرئيسية / رياضة / أنس جابر في ويمبلدون", "form.breadcrumb"),
        ("الرئيسية » أخبار", "form.breadcrumb"),
        ("س م / ع ح", "form.initials"),
        ("====ر.ح.", "form.initials"),
        ("--(مرسى) أ ع/ن ح", "form.initials"),
        ("(النهاية)", "form.story_end"),
        ("// انتهى //", "form.story_end"),
        ("انتهى م.ح", "form.story_end"),
        ("انتهى/ ك", "form.story_end"),
        ("م.س/ ع.ج (د ب أ)", "form.initials_of_agency"),
        ("ع.م/ س.ر (د.ب.أ، رويترز)", "form.initials_of_agency"),
        ("فيديو: كيف تعمل قناة السويس؟ (02:14)", "form.film"),
        ("https://mithal.example/1", "form.address"),
        ("تويتر: mithal@", "form.contact"),
        ("إيميل: name@mithal com", "form.contact"),
        ("#تونس #نوبل", "form.hashtags"),
        ("تونس # نوبل # السلام", "form.hashtags"),
        ("3 دقائق للقراءة", "form.counter"),
        ("0 245 دقيقة واحدة", "form.counter"),
        ("قبل ساعتين", "form.ago"),
        ("منذ 3 ساعات", "form.ago"),
        ("الأكثر قراءة نهاية", "form.box_end"),
        ("end of list", "form.box_end"),
        ("list of 3 items", "form.box_start"),
        ("list 1 of 3", "form.box_line"),
        ("88999 - Mithal", "form.short_code"),
        ("المثال24/ أ ف ب", "form.credit"),
        ("مثال نيوز / رويترز", "form.credit"),
    ],
)
def test_a_form_is_told(line: str, rule: str) -> None:
    form = form_of(line)
    assert form is not None
    assert form[1] == rule
    assert cut(line)[0].rule == rule


@pytest.mark.parametrize(
    "line",
    [
        "النهاية",
        "انتهى الدرس",
        "م. سامر (رويترز)",
        "فيديو عن قناة السويس",
        "#نافذة:",
        "الصفحات / الأولى في الكتاب",
        "دقيقة صمت حدادا على الضحايا",
        "قبل الفجر",
        "هاتف Honor 7x",
        "في النهاية",
        "* * *",
        "1995 - Tunis",
        "2022-11-20 - Qatar",
        "دمشق/ بيروت",
        "تونس / فرنسا 2-1",
    ],
)
def test_a_text_is_no_form(line: str) -> None:
    assert form_of(line) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("والمتحف مفتوح", True),
        ("ويقول المدير", True),
        ("وقال المدير", True),
        ("والي تونس يستقبل الوفد", False),
        ("وزير الثقافة في باريس", False),
        ("وتر مشدود", False),
    ],
)
def test_a_waw_that_joins(line: str, expected: bool) -> None:
    assert goes_on(line) is expected


def test_a_share_bar_with_networks_that_no_list_knows() -> None:
    assert cut("فيسبوك تويتر واتساب Mastodon Mixi")[0].rule == "words.share"
    assert cut("عطل في تويتر يوقف الخدمة ساعتين")[0].fixed is None


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Image caption متحف بغداد يستقبل زواره.", "caption"),
        ("مصدر الصورة وكالة المثال", "caption"),
        ("لمشاهدة البث اضغط هنا", "related_inline"),
        ("ونقدم لكم من خلال موقع المثال أسعار الذهب والدولار على مدار اليوم.", "other"),
        ("هل كان هذا المقال مفيدا؟", "other"),
        ("إخلاء مسؤولية: ما ينشر هنا لا يعد نصيحة.", "other"),
    ],
)
def test_marks_that_open_a_line_or_stand_in_a_short_one(line: str, kind: str) -> None:
    (piece,) = cut(line)
    assert piece.hit is not None
    assert piece.hit.mark.kind == kind


def test_a_mark_of_short_lines_leaves_a_paragraph_alone() -> None:
    long = "قال المدير إن الموقع الجديد يتيح للزائر أن يحجز موعده، فمن أراد أن يرى الصالات كتب له اضغط هنا."
    assert cut(long)[0].hit is None


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("9 أكتوبر 2015 | 09:10 م | نادر الحمصي", ["9 أكتوبر 2015 | 09:10 م", "نادر الحمصي"]),
        ("12:05 | 2015-10-09 | ثقافة", ["12:05 | 2015-10-09", "ثقافة"]),
        ("ثقافة | 12:05 | نادر الحمصي", ["ثقافة", "12:05", "نادر الحمصي"]),
    ],
)
def test_a_bar_does_not_part_a_day_from_its_hour(line: str, parts: list[str]) -> None:
    assert [piece.text.rstrip(" |") for piece in cut(line)] == parts
