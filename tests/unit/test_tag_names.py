"""Spans of names: proclitics off, titles and quotation marks outside, traps avoided."""

from __future__ import annotations

import pytest

from transforms.tag.article import TextMention, tag_text


def names(text: str) -> list[tuple[str, str]]:
    return [(m.surface, m.type) for m in tag_text(text)]


def only(text: str) -> TextMention:
    (mention,) = tag_text(text)
    return mention


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("تحدثت تركيا وروسيا عن الملف", "روسيا"),
        ("وصل الوفد بموسكو متأخرا", "موسكو"),
        ("سلم الخطاب لحفتر شخصيا", "حفتر"),
        ("انضم القادة والجيش الليبي إلى اللقاء", "الجيش الليبي"),
        ("توجه الشكر للجيش الليبي على ذلك", "لجيش الليبي"),
        ("رفعوا التقرير وللأمم المتحدة نسخة", "لأمم المتحدة"),
        ("غادر ثم فروسيا ردت", "روسيا"),
        ("دولة كفرنسا تستطيع", "فرنسا"),
        ("عقد اللقاء ببنغازي ليلا", "بنغازي"),
        ('عناصر بـ"الجيش الوطني الليبي" تحركوا', "الجيش الوطني الليبي"),
        ("في مدينة «سرت» هدوء", "سرت"),
        ("انتقل إلى فزّان قبل أيام", "فزّان"),
        ("زار ليبيـــا مرتين", "ليبيـــا"),
        ("وشاركت أيضا روسيا", "روسيا"),
        ("أما تركيا فقد رفضت", "تركيا"),
        ("وصلوا درنة وسرت ليلا", "سرت"),
        ("مدن عدة (سرت، والجفرة)", "سرت"),
    ],
)
def test_proclitics_and_marks_stay_outside(text: str, surface: str) -> None:
    assert surface in [s for s, _ in names(text)]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("اتفقت بيلاروسيا مع جارتها", "روسيا"),
        ("أعلنت الوزارة خطة مالية", "مالي"),
        ("حصل على دعم مالي كبير", "مالي"),
        ("وزع الأردنيون الماء", "الأردن"),
        ("قرأ المصريون الخبر", "مصر"),
        ("وصف الروسي المشهد", "روسيا"),
        ("لم يستبعد الخبراء تدخلا روسيا", "روسيا"),
        ("أرسلت الدولة وفدا تركيا أمس", "تركيا"),
        ("كان الخطاب سلطان نفسه", "سلطان"),
        ("رجل كريم يفتح بابه", "كريم"),
        ("لا أمل في حرب طويلة", "أمل"),
        ("رأى المدينة من بعيد", "المدينة"),
        ("اجتمعوا بعد صلاة المغرب", "المغرب"),
        ("قال الأستاذ إن كمال العمل مهم", "مال"),
        ("شكرت وزيرة الخارجية اليونانية ضيوفها", "الخارجية اليونانية"),
    ],
)
def test_traps(text: str, wrong: str) -> None:
    assert wrong not in [s for s, _ in names(text)]


def test_a_name_does_not_cross_a_mark_of_punctuation() -> None:
    assert names("انتهت الأمم، المتحدة غابت") == []


def test_a_name_crosses_the_quotation_mark_that_opens_within_it() -> None:
    text = 'زار مقر القيادة العامة "للقوات المسلحة العربية الليبية" أمس'
    assert only(text).surface == 'القيادة العامة "للقوات المسلحة العربية الليبية'


def test_the_longest_name_wins() -> None:
    assert names("اجتمع مجلس الأمن الروسي ليلا") == [("مجلس الأمن الروسي", "ORG")]


def test_two_armies_stay_two() -> None:
    army, national = tag_text("قال الجيش الليبي إن الجيش الوطني الليبي انسحب")
    assert army.entity_id != national.entity_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مجموعة فاغنر", "مجموعة فاجنر"),
        ("إفريقيا", "أفريقيا"),
        ("وزارة الخارجية الأميركية", "وزارة الخارجية الأمريكية"),
        ("سيرغي لافروف", "سيرجي لافروف"),
        ("عبد الفتاح السيسي", "عبدالفتاح السيسي"),
        ("يونس بك إفكوروف", "يونس بك يفكيروف"),
        ("سوريا", "سورية"),
    ],
)
def test_spellings_are_one_entity(one: str, other: str) -> None:
    assert only(f"ثم {one} أمس").entity_id == only(f"ثم {other} أمس").entity_id


def test_a_head_that_is_no_part_of_the_name_stays_outside() -> None:
    assert ("الجزيرة", "ORG") in names("نقلت قناة الجزيرة الخبر")
    assert ("الشرق الأوسط", "ORG") in names("كتبت صحيفة الشرق الأوسط ذلك")
    assert ("الشرق الأوسط", "LOC") in names("تعيش شعوب الشرق الأوسط القلق")


def test_a_club_is_told_from_its_city_by_the_adjective_outside_its_name() -> None:
    assert ("ليون", "ORG") in names("فاز ليون الفرنسي بهدفين")


def test_a_facility_is_one_name_with_its_place() -> None:
    assert names("وصلوا مطار إسطنبول صباحا") == [("مطار إسطنبول", "LOC")]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("قال الكاتب سامي النعماني إن الحل قريب", "سامي النعماني"),
        ("التقى الوزير أحمد بن سالم الزبيري وفدا", "أحمد بن سالم الزبيري"),
        ("شكر لعبد الرحمن الفيتوري جهده", "عبد الرحمن الفيتوري"),
        ("أضافت المحللة كريستين هولمبرغ، في مقالها", "كريستين هولمبرغ"),
        ("حضر محمد سالم ورفاقه", "محمد سالم"),
        ("أكد محمد عز العرب ذلك", "محمد عز العرب"),
        ("كتب روبن فان دايك مقالا", "روبن فان دايك"),
    ],
)
def test_people_whom_only_the_text_names(text: str, surface: str) -> None:
    mention = next(m for m in tag_text(text) if m.type == "PER")
    assert mention.surface == surface
    assert mention.entity_id is not None and mention.entity_id.startswith("x-per-")
    assert mention.score < 0.7


@pytest.mark.parametrize(
    "text",
    [
        "قال محمد إن الطريق مغلق",
        "وقع الحادث في شارع محمد سالم ليلا",
        "اعتمد أحمد على نفسه",
        "تحدث ديفيد عن تجربته",
        "بدأ شهر رمضان المبارك أمس",
    ],
)
def test_no_person_without_evidence(text: str) -> None:
    assert [m for m in tag_text(text) if m.type == "PER"] == []


def test_another_persons_father_is_no_mention() -> None:
    assert all(m.entity_id != "khalifa-haftar" for m in tag_text("حضر سالم بن خليفة حفتر أمس"))


def test_empty_and_blank_texts_have_no_names() -> None:
    assert tag_text("") == [] and tag_text(" \n\t") == []


@pytest.mark.parametrize(
    "text",
    [
        "ارتفعت الأسهم السعودية اليوم",
        "نشطت السوق السعودية أمس",
        "عبروا الأراضي السعودية أمس",
        "عقدت البعثة السعودية لقاء",
        "طرد 23 دبلوماسياً روسياً أمس",
        "قدموا درعاً تذكارياً للضيف",
        "ارتدى الحارس درعا واقية",
        "بنوا المدينة الجديدة قرب النهر",
        "يسكن في حي القاهرة منذ سنوات",
        "استقبلوه بكل حماس أمس",
        "عالجه من الماء الزرقاء أمس",
    ],
)
def test_what_only_looks_like_a_place(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("زار الوزير السعودية أمس", "السعودية"),
        ("غادر الوفد السعودية أمس", "السعودية"),
        ("قال إن السعودية تدعم الحوار", "السعودية"),
        ("زاروا مدينة الجديدة أمس", "الجديدة"),
        ("أعلنت أوبك، في بيان", "أوبك"),
        ("شمال العاصمة تونس أمس", "العاصمة تونس"),
    ],
)
def test_what_is_a_name_beside_the_same_word(text: str, name: str) -> None:
    assert [surface for surface, _ in names(text)] == [name]


def test_a_country_is_no_adjective_of_another() -> None:
    assert ("السعودية", "LOC") in names("دعت الولايات المتحدة السعودية إلى الحوار")
    assert names("أقلعت من جدة السعودية ليلا") == [("جدة", "LOC")]


def test_a_rank_behind_a_name_is_not_its_part() -> None:
    (person, _) = names("وقف الأمير فيصل بن خالد بن عبدالعزيز أمير منطقة عسير أمس")
    assert person == ("فيصل بن خالد بن عبدالعزيز", "PER")


def test_a_party_of_two_countries_is_told_by_the_article() -> None:
    text = "عقد الحزب الجمهوري مؤتمره في {}، وحضره ضيوف من {}"
    (tunis, *_) = tag_text(text.format("تونس", "صفاقس"))
    (ohio, *_) = tag_text(text.format("الولايات المتحدة", "واشنطن"))
    assert (tunis.entity_id, ohio.entity_id) == ("republican-party-tn", "republican-party-us")
