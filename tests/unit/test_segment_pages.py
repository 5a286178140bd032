"""Whole pages cut in segments: what is body, what is furniture, and whose."""

from __future__ import annotations

import pytest

from tests.clean_pages import (
    AGGREGATOR,
    CUP,
    CUP_TITLE,
    HEADLINES,
    NOBEL,
    NOBEL_TITLE,
    bodies,
    clean,
    kinds,
)


def test_an_aggregators_page_has_a_second_article() -> None:
    cleaned = clean(AGGREGATOR)
    assert bodies(cleaned) == ["\n".join([*NOBEL[:2], "خلفية", NOBEL[2]]), "\n".join(CUP)]
    assert [article.role for article in cleaned.articles] == ["main", "embedded"]
    assert [article.title for article in cleaned.articles] == [NOBEL_TITLE, CUP_TITLE]


def test_every_line_of_an_aggregators_page_has_its_kind() -> None:
    cleaned = clean(AGGREGATOR)
    assert kinds(AGGREGATOR, cleaned) == [
        ("source", "مثال نيوز:"),
        ("date", "2021-03-02@10:15:00 GMT"),
        ("title", NOBEL_TITLE),
        ("date", "تاريخ النشر: 9th, October 2015 GMT"),
        ("title", NOBEL_TITLE),
        ("body", NOBEL[0]),
        ("body", NOBEL[1]),
        ("ad", "إعلان"),
        ("body", "خلفية"),
        ("body", NOBEL[2]),
        ("source", "المصدر: وكالة المثال"),
        ("keywords", "كلمات دلالية: تونس نوبل السلام"),
        ("related_inline", "إقرأ أيضاً:"),
        ("title", CUP_TITLE),
        ("body", CUP[0]),
        ("body", CUP[1]),
        ("related_list", "مقالات مشابهة"),
        ("related_list", "\n".join(f"  • {headline}" for headline in HEADLINES).strip()),
    ]


def test_a_related_mark_inside_an_article_does_not_end_it() -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0], "اقرأ أيضا|", HEADLINES[0], NOBEL[1], NOBEL[2]])
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL)]
    assert ("related_inline", f"اقرأ أيضا|\n{HEADLINES[0]}") in [
        ("related_inline", shown)
        for shown in ["\n".join(t for k, t in kinds(text, cleaned) if k == "related_inline")]
    ]


def test_a_related_mark_with_its_headline_on_one_line_is_cut_alone() -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0], f"للمزيد: {HEADLINES[0]}", NOBEL[1]])
    assert bodies(clean(text)) == ["\n".join(NOBEL[:2])]


def test_a_second_article_is_known_by_its_own_headline_too() -> None:
    """No source or keywords close the first article, but the headline's words are taken up."""
    text = "\n".join([NOBEL_TITLE, *NOBEL, "إقرأ أيضاً:", CUP_TITLE, *CUP])
    assert bodies(clean(text)) == ["\n".join(NOBEL), "\n".join(CUP)]


def test_a_list_of_headlines_after_a_mark_is_no_article() -> None:
    text = "\n".join([NOBEL_TITLE, *NOBEL, "المصدر: وكالات", "إقرأ أيضاً:", *HEADLINES])
    assert bodies(clean(text)) == ["\n".join(NOBEL)]


def test_headlines_run_together_are_cut_out_of_an_article() -> None:
    glued = (
        "افتتاح معرض دبي في الإماراتالمتحف الكبير يستقبل زوارهمكتبة الإسكندرية القديمةاليونسكو تدرج"
    )
    text = "\n".join([NOBEL_TITLE, NOBEL[0], glued, NOBEL[1]])
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL[:2])]
    assert ("related_list", glued) in kinds(text, cleaned)


def test_menus_around_an_article_are_no_part_of_it() -> None:
    menu = ["الرئيسية", "سياسة", "رياضة", "اقتصاد", "ثقافة وفن", "من نحن"]
    text = "\n".join(
        [
            *menu, *HEADLINES, NOBEL_TITLE, "الجمعة 9 أكتوبر 2015", "كتبت مي زيادة", *NOBEL,
            "طباعة شارك", "الأكثر قراءة", *HEADLINES, "لا توجد تعليقات", "أضف تعليقك", *menu,
            "جميع الحقوق محفوظة © صحيفة المثال",
        ]
    )  # fmt: skip
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL)]
    (article,) = cleaned.articles
    assert (article.title, article.byline) == (NOBEL_TITLE, "مي زيادة")
    assert (article.published_at, article.publisher) == ("2015-10-09", "صحيفة المثال")


def test_a_standfirst_and_a_caption_stand_above_the_dateline() -> None:
    text = "\n".join(
        [
            "تونس تحتفل بجائزة نوبل للسلام", "0", f"  • {NOBEL[0]}",
            "أعضاء الرباعي في أوسلو لتسلم الجائزة", f"تونس - {NOBEL[1][1:]}", NOBEL[2],
        ]
    )  # fmt: skip
    cleaned = clean(text)
    (article,) = cleaned.articles
    assert article.summary == NOBEL[0]
    assert article.dateline == "تونس"
    assert article.body == f"{NOBEL[1][1:]}\n{NOBEL[2]}"
    assert ("caption", "أعضاء الرباعي في أوسلو لتسلم الجائزة") in kinds(text, cleaned)


def test_an_embedded_tweet_is_not_the_articles_text() -> None:
    tweet = "The Norwegian Nobel Committee has decided to award the Peace Prize for 2015 #Tunisia"
    text = "\n".join(
        [NOBEL_TITLE, NOBEL[0], tweet, "— The Nobel Prize (@example) October 9, 2015", *NOBEL[1:]]
    )
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL)]
    assert [k for k, _ in kinds(text, cleaned)].count("social_embed") == 2


def test_a_list_that_a_paragraph_opens_belongs_to_the_article() -> None:
    names = [
        "جائزة السلام: الرباعي التونسي",
        "جائزة الأدب: سفيتلانا ألكسييفيتش",
        "جائزة الاقتصاد: أنغوس ديتون",
    ]
    text = "\n".join([NOBEL_TITLE, *NOBEL, f"{NOBEL[0][:-1]}، وفي ما يلي أسماء الفائزين.", *names])
    assert clean(text).articles[0].body.endswith("\n".join(names))


LEADS = (
    "أعلنت منظمة اليونسكو إدراج مدينة أصيلة المغربية في قائمتها، وذلك في اجتماعها السنوي بباريس.",
    "افتتحت إمارة دبي، العضو في دولة الإمارات، معرض إكسبو 2020 بحضور وفود من أنحاء العالم كله.",
    "استقبلت مكتبة الإسكندرية زوارها من جديد بعد أعمال صيانة استمرت عدة أشهر في قاعاتها الكبرى.",
)


def test_leads_of_other_stories_at_the_end_are_cut() -> None:
    text = "\n".join([NOBEL_TITLE, *NOBEL, *LEADS])
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL)]
    assert ("related_list", "\n".join(LEADS)) in kinds(text, cleaned)


def test_two_such_paragraphs_are_too_few_to_cut() -> None:
    text = "\n".join([NOBEL_TITLE, *NOBEL, *LEADS[:2]])
    assert bodies(clean(text)) == ["\n".join([*NOBEL, *LEADS[:2]])]


def test_answers_at_the_end_are_no_leads() -> None:
    answers = [
        "قالت مديرة المكتبة: نستقبل الزوار من جديد بعد أعمال صيانة استمرت عدة أشهر في القاعات.",
        "رد رئيس اليونسكو: سندرج المدينة المغربية في قائمتنا في الاجتماع السنوي المقبل بباريس.",
        "أعلنت الأمينة: سنفتح المعرض بحضور وفود من أكثر من مئة وتسعين دولة من أنحاء العالم كله.",
    ]
    text = "\n".join([NOBEL_TITLE, *NOBEL, *answers])
    assert bodies(clean(text)) == ["\n".join([*NOBEL, *answers])]


def test_comments_below_an_article_do_not_take_its_place() -> None:
    comment = "كتب أحد القراء أن الجائزة جاءت في وقتها وأنها تعني الكثير للتونسيين في الداخل والخارج معا. "
    text = "\n".join([NOBEL_TITLE, *NOBEL, "تعليقات (3)", comment * 3, comment * 3, comment * 3])
    assert bodies(clean(text)) == ["\n".join(NOBEL)]


def test_a_box_of_headlines_between_paragraphs_is_cut() -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0], "أخبار ذات صلة", *HEADLINES, *NOBEL[1:]])
    assert bodies(clean(text)) == ["\n".join(NOBEL)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\u200f\n",
        "0",
        "\n".join(["الرئيسية", "سياسة", "رياضة", *HEADLINES * 12]),
        'var a = {"b": 1}; function f(x) { return x <= 2; }\n' * 12,
        "body { margin: 0; padding: 0 !important; }\n.a { color: red; }\n" * 9,
        "جميع الحقوق محفوظة © صحيفة المثال",
    ],
)
def test_a_page_without_an_article_has_none(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.articles == []
    assert cleaned.evidence == []
    assert all(segment.article_id is None for segment in cleaned.segments)
    assert {segment.kind for segment in cleaned.segments} <= {
        "blank", "nav", "related_list", "other", "copyright", "title"
    }  # fmt: skip


def test_an_english_page_is_an_article_in_english() -> None:
    text = (
        "Tunisian quartet wins the Nobel Peace Prize\n"
        "The Norwegian Nobel Committee announced in Oslo that the prize for 2015 was for the quartet.\n"
        "It was formed in the summer of 2013 when the process of democracy in the country was at risk.\n"
    )
    (article,) = clean(text).articles
    assert article.language == "en"
    assert article.arabic_share == 0.0


@pytest.mark.parametrize(
    "title", ["صوت", "مدير عام المرور", "شاهد.. افتتاح متحف بغداد", "وزير الثقافة يفتتح المتحف"]
)
def test_the_line_that_opens_a_page_is_its_headline(title: str) -> None:
    (article,) = clean("\n".join([title, "", *NOBEL])).articles
    assert (article.title, article.body) == (title, "\n".join(NOBEL))


def test_a_date_that_the_article_repeats_is_no_headline() -> None:
    text = "\n".join(
        [
            "محطات لا تنسى في أوسلو",
            "9 تشرين الأول/أكتوبر 2015",
            *NOBEL,
            "وذلك في 9 تشرين الأول/أكتوبر 2015.",
        ]
    )
    (article,) = clean(text).articles
    assert article.title == "محطات لا تنسى في أوسلو"
    assert article.published_at == "2015-10-09"


def test_a_line_of_credit_date_and_section_is_read_in_parts() -> None:
    (article,) = clean(
        "\n".join([NOBEL_TITLE, "طه حسين | 9 أكتوبر 2015 10:30 | عالم", *NOBEL])
    ).articles
    assert (article.byline, article.body) == ("طه حسين", "\n".join(NOBEL))
    assert (article.published_at or "").startswith("2015-10-09")


def test_the_line_above_a_tweets_signature_is_the_tweet() -> None:
    tweet = "مبروك لتونس هذه الجائزة الكبيرة"
    text = "\n".join(
        [NOBEL_TITLE, NOBEL[0], tweet, "— Example (@example) October 9, 2015", *NOBEL[1:]]
    )
    assert bodies(clean(text)) == ["\n".join(NOBEL)]


@pytest.mark.parametrize(
    "foot", ["press@example.org", "تويتر: @example", "عودة إلى الصفحة الرئيسية", "مثال نيوز – تونس"]
)
def test_the_last_line_of_a_page_is_body_only_if_it_is_a_sentence(foot: str) -> None:
    assert bodies(clean("\n".join([NOBEL_TITLE, *NOBEL, foot]))) == ["\n".join(NOBEL)]
    assert bodies(clean("\n".join([NOBEL_TITLE, *NOBEL, "والله أعلم."]))) == [
        "\n".join([*NOBEL, "والله أعلم."])
    ]


def test_numbered_lines_after_the_last_paragraph_belong_to_it() -> None:
    items = ["1- الاتحاد العام التونسي للشغل", "2- اتحاد الصناعة والتجارة", "3- رابطة حقوق الإنسان"]
    assert bodies(clean("\n".join([NOBEL_TITLE, *NOBEL, *items]))) == ["\n".join([*NOBEL, *items])]


def test_an_article_in_one_long_line_with_slips_of_the_keyboard_is_no_list() -> None:
    line = " ".join(
        [*NOBEL, "وتسلم الرباعي الجائزةفي أوسلو وعاد إلىتونس في اليوم التالي للاحتفال", *NOBEL]
    )
    assert len(clean(f"{NOBEL_TITLE}\n{line}").articles) == 1
