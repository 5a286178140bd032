"""What interrupts an article and what closes it: links, credits, captions, posts, comments."""

from __future__ import annotations

import unicodedata

import pytest

from tests.clean_pages import (
    CUP,
    CUP_TITLE,
    HEADLINES,
    NOBEL,
    NOBEL_TITLE,
    STAMP,
    bodies,
    clean,
    kinds,
)
from transforms.ingest.land import land
from transforms.ingest.record import RawRecord
from warehouse.tables.clean import Article
from warehouse.tables.ingest import Page


def _text(*below: str) -> str:
    return "\n".join([NOBEL_TITLE, *NOBEL, *below])


def _article(*below: str) -> Article:
    (article,) = clean(_text(*below)).articles
    return article


def _keywords(*below: str) -> list[str]:
    evidence = clean(_text(*below)).evidence
    return [each.value for each in evidence if each.field == "keyword" and each.chosen]


def test_a_source_and_keywords_below_a_linked_story_are_the_articles() -> None:
    below = (f"اقرأ أيضا: {HEADLINES[0]}", "المصدر: وكالة المثال", "كلمات دلالية: تونس، نوبل")
    assert _article(*below).stated_source == "وكالة المثال"
    assert _keywords(*below) == ["تونس", "نوبل"]


def test_a_date_below_a_linked_story_is_that_storys() -> None:
    article = _article(f"اقرأ أيضا: {HEADLINES[0]}", "12 مايو 2018")
    assert article.published_at is None


@pytest.mark.parametrize(
    "link",
    [
        f"اقرأ أيضا: {HEADLINES[0]}",
        f"إقرأ أيضاً : {HEADLINES[0]}",
        f" اقرأ أيضًا {HEADLINES[0]}",
        f" شاهد أيضا: {HEADLINES[0]}",
        f"اقرأ المزيد: {HEADLINES[0]}",
    ],
)
def test_a_link_at_a_paragraphs_end_is_cut_with_or_without_a_space(link: str) -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0] + link, *NOBEL[1:]])
    cleaned = clean(text)
    assert [line.strip() for line in bodies(cleaned)[0].split("\n")] == list(NOBEL)
    assert ("related_inline", link.strip()) in kinds(text, cleaned)


@pytest.mark.parametrize(
    "sentence",
    [
        " اقرأ أيضا: كتاب الوفد عن تونس، يقول الناشر. وصدر الكتاب في باريس.",
        "وقال إن عبارة اقرأ أيضا تزعج القراء",
    ],
)
def test_a_paragraph_that_goes_on_after_a_links_words_stays_whole(sentence: str) -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0] + sentence, *NOBEL[1:]])
    assert bodies(clean(text)) == ["\n".join([NOBEL[0] + sentence, *NOBEL[1:]])]


def test_a_source_run_together_with_the_last_sentence_is_cut() -> None:
    text = _text() + "المصدر: وكالة المثال"
    (article,) = clean(text).articles
    assert (article.body, article.stated_source) == ("\n".join(NOBEL), "وكالة المثال")


@pytest.mark.parametrize(
    "picture",
    [
        ["مصدر الصورة، Getty Images", "التعليق على الصورة، أعضاء الوفد في أوسلو"],
        ["صدر الصورة، Getty Images", "التعليق على الصورة،", "أعضاء الوفد في قاعة الحفل"],
    ],
)
def test_a_picture_above_the_last_paragraph_cuts_nothing_but_itself(picture: list[str]) -> None:
    text = "\n".join([NOBEL_TITLE, *NOBEL[:2], *picture, NOBEL[2]])
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL)]
    captions = [line for kind, shown in kinds(text, cleaned) if kind == "caption"
                for line in shown.split("\n")]  # fmt: skip
    assert captions == picture


def test_a_caption_mark_alone_announces_no_paragraph() -> None:
    text = "\n".join([NOBEL_TITLE, *NOBEL[:2], "تعليق الصورة،", NOBEL[2]])
    assert bodies(clean(text)) == ["\n".join(NOBEL)]


TWEET = "شكرا لكل من ساند الحوار في تونس خلال السنتين الماضيتين. الجائزة لكم جميعا."
SIGNATURE = "— عضو في الوفد (@example) October 9, 2015"


def test_a_tweet_that_is_a_sentence_is_no_paragraph() -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0], TWEET, SIGNATURE, *NOBEL[1:]])
    assert bodies(clean(text)) == ["\n".join(NOBEL)]


def test_the_first_paragraph_is_never_the_tweet_nor_one_above_an_undated_credit() -> None:
    undated = "— عضو في الوفد (@example)"
    for lines in ([NOBEL[0], SIGNATURE, *NOBEL[1:]], [*NOBEL[:2], undated, NOBEL[2]]):
        assert bodies(clean("\n".join([NOBEL_TITLE, *lines]))) == ["\n".join(NOBEL)]


def test_a_quoted_post_and_the_date_below_it_are_no_paragraphs() -> None:
    post = ["@example: نعود إلى تونس غدا مساء.", "pic.twitter.com/ab12CD", "9 أكتوبر 2015"]
    text = "\n".join([NOBEL_TITLE, NOBEL[0], *post, *NOBEL[1:]])
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL)]
    assert [kind for kind, _ in kinds(text, cleaned)].count("social_embed") == 3


@pytest.mark.parametrize(
    "name", ["twitter-tweet", "instagram-media", "fb-post", "tiktok-embed", "telegram-post"]
)
def test_an_embedded_box_of_a_network_is_no_text_of_the_article(name: str) -> None:
    box = f'<blockquote class="{name}"><p>{TWEET}</p></blockquote>'
    paragraphs = [f"<p>{line}</p>" for line in NOBEL]
    markup = f"<article><h1>{NOBEL_TITLE}</h1>{paragraphs[0]}{box}{''.join(paragraphs[1:])}"
    record = RawRecord("test", "page.html", f"<body>{markup}</article>".encode(), "text/html")
    page = land(record, STAMP)
    assert isinstance(page, Page)
    assert bodies(clean(page)) == ["\n".join(NOBEL)]


COMMENTS = [
    "يقول أحمد من صفاقس:",
    "10 أكتوبر 2015 الساعة 9:30 ص",
    "مبروك لتونس هذه الجائزة الكبيرة، ونرجو أن يستمر الحوار بين الجميع في السنوات المقبلة.",
    "رد",
    "Samir يقول:",
    "11/10/2015 10:12",
    "كنا ننتظر هذه الجائزة منذ سنتين كاملتين، والحمد لله على كل حال.",
]


@pytest.mark.parametrize(
    "heading", [[f'3 ردود على "{NOBEL_TITLE}"'], [f"تعليقان على «{NOBEL_TITLE}»"], []]
)
def test_readers_comments_are_no_body(heading: list[str]) -> None:
    text = _text(*heading, *COMMENTS)
    cleaned = clean(text)
    assert bodies(cleaned) == ["\n".join(NOBEL)]
    assert {kind for kind, _ in kinds(text, cleaned)} == {"title", "body", "comment_form"}


def test_a_headline_that_counts_answers_and_a_quoted_speaker_are_no_comments() -> None:
    title = "3 ردود على جائزة نوبل للرباعي التونسي"
    text = "\n".join([title, *NOBEL[:2], "يقول رئيس الوفد:", "نعود إلى تونس غدا.", NOBEL[2]])
    (article,) = clean(text).articles
    assert article.title == title
    assert article.body.endswith("\n".join(["يقول رئيس الوفد:", "نعود إلى تونس غدا.", NOBEL[2]]))


@pytest.mark.parametrize("mark", ["الوسوم", "دلالات", "TAGS"])
def test_keywords_one_a_line_below_a_mark_are_certain_up_to_the_buttons(mark: str) -> None:
    tags = ["الرباعي التونسي", "نوبل", "الحوار الوطني في تونس"]
    assert _keywords(mark, *tags, "مشاركة", "حفظ") == tags


def test_one_line_of_words_below_a_mark_stays_unsplit() -> None:
    assert _keywords("الوسوم", "تونس نوبل السلام") == []
    assert _keywords("الوسوم", "تونس، نوبل", "السلام") == ["تونس", "نوبل", "السلام"]


@pytest.mark.parametrize(
    "line",
    [
        "إذا أعجبك هذا الخبر فلا تبخل بمشاركته مع من تعرف من القراء في كل مكان.",
        "هل أعجبك الموضوع؟",
        "ملحوظة: مضمون هذا الخبر تم كتابته في صحيفة المثال ولا يعبر عن وجهة نظر الموقع.",
        "تنبيه: التعليقات لا تعبر عن رأي صحيفة المثال ولا عن رأي محرريها.",
        "اشترك في نشرتنا البريدية ليصلك جديد صحيفة المثال كل صباح.",
        "عزيزي القارئ، يسعدنا أن نقرأ رأيك في هذا الموضوع أسفل الصفحة.",
    ],
)
def test_a_footer_that_is_a_sentence_is_no_paragraph(line: str) -> None:
    assert _article(line).body == "\n".join(NOBEL)


def _contextual(text: str) -> str:
    """Return a text as old publishing programs print it: isolated forms, lam and alef as one."""
    forms = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFE80, 0xFEFD)}
    for letters in sorted(forms, key=len, reverse=True):
        text = text.replace(letters, forms[letters])
    return text


def test_a_page_in_contextual_forms_reads_as_any_other_and_keeps_its_offsets() -> None:
    below = ("كلمات دلالية: تونس، نوبل", "اقرأ أيضا: ترميم متحف بغداد", "المصدر: وكالة المثال")
    text = _contextual(_text(*below))
    cleaned = clean(text)
    (article,) = cleaned.articles
    assert (article.body, article.stated_source) == ("\n".join(NOBEL), "وكالة المثال")
    assert article.language == "ar"
    assert kinds(text, cleaned)[-3:] == [
        (kind, _contextual(line))
        for kind, line in zip(("keywords", "related_inline", "source"), below, strict=True)
    ]
    assert {each.value for each in cleaned.evidence if each.field == "keyword"} == {"تونس", "نوبل"}


@pytest.mark.parametrize("symbol", ["👈 ", "◀️", "📌 🔴 ", "• ", "• 👈 ", "◄ ", ">> ", "› "])
def test_a_mark_is_found_behind_a_picture_an_arrow_or_a_bullet(symbol: str) -> None:
    link = f"{symbol}اقرأ المزيد: {HEADLINES[0]}"
    text = "\n".join([NOBEL_TITLE, *NOBEL[:2], link, NOBEL[2], f"{symbol}المصدر: وكالة المثال"])
    cleaned = clean(text)
    (article,) = cleaned.articles
    assert (article.body, article.stated_source) == ("\n".join(NOBEL), "وكالة المثال")
    assert ("related_inline", link.strip()) in kinds(text, cleaned)


@pytest.mark.parametrize("label", ["في الإطار| ", "من الأرشيف| ", "في الإطار|\n"])
def test_a_headline_behind_a_bar_between_paragraphs_is_linked(label: str) -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0], label + HEADLINES[0], *NOBEL[1:]])
    cleaned = clean(text)
    assert bodies(cleaned)[0].split("\n") == list(NOBEL)
    rules = [segment.rule for segment in cleaned.segments]
    assert "form.label_before_bar" in rules


def test_a_headline_behind_an_invitation_between_paragraphs_is_linked() -> None:
    for label in ("للفائدة: ", "للاطلاع على الأرشيف: "):
        text = "\n".join([NOBEL_TITLE, NOBEL[0], label + HEADLINES[0], *NOBEL[1:]])
        cleaned = clean(text)
        assert bodies(cleaned)[0].split("\n") == list(NOBEL)
        assert "form.invitation" in [segment.rule for segment in cleaned.segments]


@pytest.mark.parametrize("line", ["للتاريخ: ثلاث جوائز", f"لليبيا: {HEADLINES[0]}."])
def test_a_heading_or_a_sentence_that_opens_with_lam_stays(line: str) -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0], line, *NOBEL[1:]])
    assert line in bodies(clean(text))[0].split("\n")


def test_a_subhead_without_a_bar_stays() -> None:
    text = "\n".join([NOBEL_TITLE, NOBEL[0], f"ليبيا: {HEADLINES[0]}", *NOBEL[1:]])
    assert HEADLINES[0] in bodies(clean(text))[0]


def test_the_rows_of_a_table_stay() -> None:
    rows = ("الجائزة | الفائز", "السلام | رباعي الحوار التونسي", "الطب | العالمة تو يويو")
    text = "\n".join([NOBEL_TITLE, NOBEL[0], *rows, *NOBEL[1:]])
    assert bodies(clean(text))[0].split("\n") == [NOBEL[0], *rows, *NOBEL[1:]]


def test_hashtags_below_the_source_are_keywords_one_a_line() -> None:
    tags = _keywords("المصدر: وكالات", "#جائزة_نوبل", "#تونس", "التالي")
    assert tags == ["جائزة_نوبل", "تونس"]


def test_hashtags_in_one_line_below_the_body_are_the_articles() -> None:
    assert _keywords("#تونس #نوبل") == ["تونس", "نوبل"]


def test_a_tatweel_between_name_and_place_is_a_dash() -> None:
    page = "\n".join([NOBEL_TITLE, "نادر الحمصي ـ أوسلو", "9 أكتوبر 2015", *NOBEL])
    (article,) = clean(page).articles
    assert article.byline == "نادر الحمصي - أوسلو"


@pytest.mark.parametrize("end", ["انتهى م.ح", "(النهاية)"])
def test_below_an_agencys_end_stands_another_report(end: str) -> None:
    below = [CUP_TITLE, "2022/12/19 18:20", *CUP]
    cleaned = clean(_text(end, *below))
    assert [body.split("\n") for body in bodies(cleaned)] == [list(NOBEL), list(CUP)]
    embedded = cleaned.articles[1]
    assert (embedded.title, embedded.published_at) == (CUP_TITLE, "2022-12-19T18:20")
    goes_on = clean(_text("(يتبع)", *NOBEL))
    assert bodies(goes_on)[0].split("\n")[-1] == NOBEL[-1]


def test_links_to_the_story_before_and_after_end_the_article() -> None:
    links = [f"‹ الخبر السابق: {HEADLINES[0]}", f"الخبر الموالي: {HEADLINES[1]} ›"]
    cleaned = clean(_text(*links, "افتتاح متحف في دمشق", *CUP))
    assert bodies(cleaned)[0].split("\n") == list(NOBEL)


def test_bullets_below_a_mark_with_a_colon_are_linked_headlines() -> None:
    box = ["لا تفوّت قراءة هذه المواضيع:", f"• {HEADLINES[0]}", f"• {HEADLINES[1]}"]
    text = "\n".join([NOBEL_TITLE, NOBEL[0], *box, *NOBEL[1:]])
    assert bodies(clean(text))[0].split("\n") == list(NOBEL)


@pytest.mark.parametrize("sign", ["{}:35", "{}"])
def test_each_entry_of_live_coverage_and_each_part_keeps_its_number(sign: str) -> None:
    entries = [line for n, entry in enumerate(NOBEL, 1) for line in (sign.format(n), entry)]
    text = "\n".join([NOBEL_TITLE, "9 أكتوبر 2015", *entries])
    assert bodies(clean(text))[0].split("\n") == entries


def test_a_columns_name_is_no_author_and_a_post_in_brackets_no_part_of_the_name() -> None:
    for name in ("على الهامش\nنادر الحمصي", "نادر الحمصي (كاتب سوري)"):
        text = "\n".join([NOBEL_TITLE, name, "9 أكتوبر 2015", *NOBEL])
        assert clean(text).articles[0].byline == "نادر الحمصي"


def test_a_page_that_opens_with_a_columnists_name_has_its_headline_below() -> None:
    text = "\n".join(["نادر الحمصي", "ليلة في أوسلو", "9 أكتوبر 2015", *NOBEL])
    assert clean(text).articles[0].title == "ليلة في أوسلو"
    text = "\n".join(["ليلة في أوسلو", "نادر الحمصي", "9 أكتوبر 2015", *NOBEL])
    assert clean(text).articles[0].title == "ليلة في أوسلو"


def test_a_pictures_line_and_an_outlets_name_with_a_dash_are_no_authors() -> None:
    for line, kind in (("جائزة نوبل - أرشيفية", "caption"), ("المثال -", "other")):
        text = "\n".join([NOBEL_TITLE, "9 أكتوبر 2015", line, *NOBEL])
        cleaned = clean(text)
        assert cleaned.articles[0].byline is None
        assert (kind, line) in kinds(text, cleaned)


def test_notes_whose_signs_stand_in_the_article_are_no_items_of_it() -> None:
    noted = [NOBEL[0].replace("أوسلو", "أوسلو (1)"), *NOBEL[1:]]
    text = "\n".join([NOBEL_TITLE, "نادر الحمصي*", *noted, "* كاتب", "(1) عاصمة النرويج"])
    (article,) = clean(text).articles
    assert (article.byline, article.body.split("\n")) == ("نادر الحمصي", noted)


@pytest.mark.parametrize("line", ["تونس / نوبل / أوسلو", "تونس | جائزة نوبل | أوسلو"])
def test_terms_parted_in_one_line_below_the_body_are_keywords(line: str) -> None:
    assert len(_keywords("المصدر: وكالات", line)) == 3
    assert _keywords(line.replace("تونس", "رياضة").replace("أوسلو", "فن")) == []


def test_references_with_dashes_below_the_body_are_no_part_of_it_and_no_source() -> None:
    text = _text("مراجع المقال:", "- تاريخ تونس، مؤلف مثال.", "- رسائل نوبل، مؤلف آخر.")
    cleaned = clean(text)
    (article,) = cleaned.articles
    assert (article.body.split("\n"), article.stated_source) == (list(NOBEL), None)
    assert {kind for kind, _ in kinds(text, cleaned)[-2:]} == {"other"}
