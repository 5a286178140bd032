"""Short lines in and below an article: which go on with it, and which are the page's."""

from __future__ import annotations

import pytest

from tests.clean_pages import CUP, CUP_TITLE, HEADLINES, NOBEL, NOBEL_TITLE, bodies, clean, kinds

LONG_HEADLINES = [f"{headline} بحضور وفود من دول عدة" for headline in (*HEADLINES, CUP_TITLE)]
OPENING = [NOBEL_TITLE, *NOBEL]


def _body(*below: str) -> list[str]:
    """Return the lines of the main body that stand below the three paragraphs."""
    (body, *_) = bodies(clean("\n".join([*OPENING, *below])))
    assert body.startswith("\n".join(NOBEL))
    return body.split("\n")[len(NOBEL) :]


@pytest.mark.parametrize(
    "line",
    [
        "وتسلم الوفد الجائزة في مدينة أوسلو",
        "ويحضر الحفل هارالد ملك النرويج",
        "كما كرم الوفد في باريس قبل العودة",
    ],
)
def test_an_unfinished_line_that_goes_on_belongs_to_the_article(line: str) -> None:
    assert _body(line, "كلمات دلالية: تونس") == [line]


@pytest.mark.parametrize("line", ["وزير الثقافة في أوسلو", HEADLINES[0], "وكالة المثال في تونس"])
def test_an_unfinished_line_that_opens_anew_does_not(line: str) -> None:
    assert _body(line, "كلمات دلالية: تونس") == []


def test_questions_between_short_answers_belong_to_the_interview() -> None:
    lines = ["هل سافر الوفد كله؟", "سافر أربعة منهم.", "ومتى عادوا إلى تونس؟", "بعد ثلاثة أيام."]
    assert _body(*lines, "شارك") == lines


def test_a_last_question_belongs_to_the_article_only_above_its_foot() -> None:
    assert _body("من يحفظ ذاكرة الحوار اليوم؟", "الوسوم: تونس") == ["من يحفظ ذاكرة الحوار اليوم؟"]
    assert _body("من يحفظ ذاكرة الحوار اليوم؟", *LONG_HEADLINES) == []


def test_a_line_up_belongs_to_the_article_two_claims_do_not() -> None:
    line_up = ["تشكيل الفريق", "الدفاع: هاني، متولي، معلول", "الوسط: ديانج، أفشة"]
    assert _body(*line_up, "كلمات دلالية: كرة") == line_up
    assert _body("الغنوشي: نرحب بالجائزة", "المرزوقي: فخر لتونس", "شارك") == []


def test_prices_between_paragraphs_belong_to_the_article() -> None:
    prices = ["البنك الأهلي", "سعر الشراء", "سعر البيع", "بنك مصر", "سعر الشراء", "سعر البيع"]
    assert _body(*prices, "وكانت الأسعار قد استقرت في الأسبوع الماضي كله.") == [
        *prices,
        "وكانت الأسعار قد استقرت في الأسبوع الماضي كله.",
    ]


def test_a_menu_between_two_articles_is_no_part_of_either() -> None:
    menu = ["رياضة", "ثقافة", "اقتصاد", "صور", "فيديو", "المزيد"]
    assert _body(*menu, *CUP) == []


def test_what_a_line_announces_belongs_to_the_article() -> None:
    listed = ["في ما يأتي أسماء المنظمات الأربع:", "الاتحاد العام", "اتحاد الصناعة"]
    assert _body(*listed) == listed


def test_a_statement_of_clauses_is_an_article() -> None:
    page = "\n".join(
        [
            "نص البيان الصادر عن القمة",
            "ننشر في ما يلي أبرز ما جاء في البيان الذي اعتمده القادة في ختام القمة العربية بالجزائر",
            "أولا: القضية الفلسطينية",
            "1. التمسك بمبادرة السلام العربية",
            "2. حماية مدينة القدس",
        ]
    )
    (body,) = bodies(clean(page))
    assert body.split("\n") == page.split("\n")[1:]


def test_short_sentences_alone_are_an_article() -> None:
    lines = [
        "افتتحت الدوحة خط المترو الأحمر في 8 مايو 2019.",
        "طول الخط أربعون كيلومترا.",
        "القطارات تسير بلا سائق.",
        "السرعة مئة كيلومتر في الساعة.",
        "الخطان الآخران افتتحا كلاهما قبل نهاية العام نفسه.",
    ]
    assert bodies(clean("\n".join(["مترو الدوحة", *lines]))) == ["\n".join(lines)]


def test_a_box_that_says_where_it_ends_is_cut_with_the_questions_below_it_kept() -> None:
    box = ["قصص مقترحة", *HEADLINES[:2], "قصص مقترحة نهاية"]
    page = "\n".join([NOBEL_TITLE, NOBEL[0], *box, "لماذا تونس؟", *NOBEL[1:]])
    assert bodies(clean(page)) == ["\n".join([NOBEL[0], "لماذا تونس؟", *NOBEL[1:]])]


def test_a_list_for_screen_readers_is_cut() -> None:
    box = ["اقرأ أيضا", "list of 2 items", "list 1 of 2", HEADLINES[0], "list 2 of 2", HEADLINES[1]]
    page = "\n".join([NOBEL_TITLE, NOBEL[0], *box, "end of list", *NOBEL[1:]])
    assert bodies(clean(page)) == ["\n".join(NOBEL)]


def test_the_first_of_two_stretches_is_the_article_unless_it_is_slight() -> None:
    menu = ["رياضة", "ثقافة", "اقتصاد", "صور", "فيديو", "المزيد"] * 3
    other = [*CUP, *CUP]
    assert bodies(clean("\n".join([NOBEL_TITLE, *NOBEL, *menu, *other])))[0] == "\n".join(NOBEL)
    notice = "نهتم بخصوصيتك، وبالمتابعة تقبل شروطنا كلها."
    assert bodies(clean("\n".join([notice, *menu, NOBEL_TITLE, *NOBEL]))) == ["\n".join(NOBEL)]


def test_a_related_headline_below_a_photo_credit_opens_no_second_article() -> None:
    """The credit's © closes nothing: the article has not begun above it."""
    page = "\n".join(
        [NOBEL_TITLE, "© وكالة المثال", NOBEL[0], "اقرأ المزيد", HEADLINES[0], *NOBEL[1:], *CUP]
    )
    cleaned = clean(page)
    assert len(cleaned.articles) == 1
    assert ("caption", "© وكالة المثال") in kinds(page, cleaned)


def test_titles_run_together_with_their_mark_are_cut() -> None:
    glued = f"اقرأ أيضا{HEADLINES[0]}{HEADLINES[2]}"
    assert bodies(clean("\n".join([NOBEL_TITLE, NOBEL[0], glued, *NOBEL[1:]]))) == [
        "\n".join(NOBEL)
    ]


def test_a_tables_rows_are_no_menu() -> None:
    rows = ["الجائزة | السنة | القيمة", "السلام | 2015 | 8.0", "الأدب | 2015 | 8.0"]
    paragraph = "وتبلغ قيمة كل جائزة ثمانية ملايين كرونة سويدية."
    assert _body(*rows, paragraph) == [*rows, paragraph]


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("وصدر أمس بيان عن الرباعي في تونس هذا نصه:", True),
        ("ويقول رئيس لجنة نوبل في مطلع البيان", True),
        ("تونس - مكتب صحيفة المثال - طه حسين:", False),
        ("أعضاء الرباعي في باريس بعد إعلان الجائزة", False),
    ],
)
def test_a_short_line_above_the_first_paragraph_may_open_the_article(
    line: str, opens: bool
) -> None:
    page = "\n".join([NOBEL_TITLE, "9 أكتوبر 2015", line, "", *NOBEL])
    assert bodies(clean(page)) == ["\n".join([line, *NOBEL] if opens else NOBEL)]


def test_a_verse_in_braces_is_no_code() -> None:
    verse = "{إِنَّ مَعَ الْعُسْرِ يُسْرًا}"
    assert _body(verse, "وبها ختم الوفد كلمته في أوسلو.") == [
        verse,
        "وبها ختم الوفد كلمته في أوسلو.",
    ]


def test_a_last_line_that_ends_in_two_stops_is_a_sentence() -> None:
    assert _body("من لا يخسر لا يتعلم..", "شارك") == ["من لا يخسر لا يتعلم.."]
    assert _body("مكتبة الإسكندرية تستقبل...", "شارك") == []


VERSES = [
    "على قدر أهل العزم تأتي العزائم",
    "وتأتي على قدر الكرام المكارم",
    "وتعظم في عين الصغير صغارها",
    "وتصغر في عين العظيم العظائم",
]


def test_verses_at_the_end_of_a_bare_text_belong_to_it() -> None:
    couplet = ["يا أعدل الناس إلا في معاملتي", "فيك الخصام وأنت الخصم والحكم"]
    assert _body(*couplet, *VERSES) == [*couplet, *VERSES]
    assert _body(*LONG_HEADLINES) == []


def test_a_page_that_shows_its_menu_is_not_bare() -> None:
    page = "\n".join(["الرئيسية | رياضة | ثقافة", *OPENING, "متحف بغداد يفتح", *HEADLINES])
    assert bodies(clean(page)) == ["\n".join(NOBEL)]
