"""The language of an article: by script, by letters, by small words; und where undecided."""

from __future__ import annotations

import pytest

from tests.clean_pages import NOBEL, NOBEL_TITLE, clean
from transforms.clean.language import count_letters, language, language_of_span
from transforms.clean.letters import normalise
from transforms.clean.measures import measure


def _language(text: str) -> str:
    body = normalise(text).text
    return language(body, count_letters(body))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (NOBEL[0], "ar"),
        (
            "قال المدرب بيب گوارديولا إن المباراة التي أقيمت في ملعب الاتحاد كانت صعبة على الفريقين في شوطيها الأول والثاني",
            "ar",
        ),
        ("رئیس جمهور ایران این سفر را برای مردم کشور مهم خواند و گفت که گفتگوها ادامه دارد", "fa"),
        ("این کتاب برای مردم ایران است و این را همه می دانند", "fa"),
        ("وزیر اعظم نے کہا ہے کہ پاکستان کے عوام کی خدمت حکومت کی ذمہ داری ہے", "ur"),
        ("ڕۆژی نەورۆز جەژنی نەتەوەیی گەلی کوردە و هەموو ساڵێک لە بەهاردا ئاهەنگ دەگێڕن", "ckb"),
        ("The quartet was awarded the prize in Oslo for its work in the country", "en"),
        ("Le quartet a reçu le prix à Oslo pour le dialogue dans le pays et la paix", "fr"),
        ("Нобелевская премия мира присуждена тунисскому квартету", "und"),
        ("Lorem ipsum dolor sit amet consectetur", "und"),
        ("2015 - 2016 (1)", "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert _language(text) == code


def test_a_quotation_does_not_change_the_language() -> None:
    quoted = f"{NOBEL[0]} وجاء في البيان: The Nobel Peace Prize for 2015 is awarded to the quartet."
    assert _language(quoted) == "ar"


def test_letters_are_counted_by_script_without_marks_and_digits() -> None:
    assert count_letters("مُدَرِّس 12 abc") == (4, 3)
    assert count_letters("").arabic_share == 0.0


def test_a_persian_page_is_an_article_in_persian() -> None:
    line = "رئیس جمهور ایران این سفر را برای مردم کشور مهم خواند و گفت که گفتگوها با همسایگان ادامه دارد."
    assert [article.language for article in clean("\n".join([line, line, line])).articles] == ["fa"]


def test_sentences_and_paragraphs() -> None:
    body = "جملة أولى. جملة ثانية؟\nسطر بلا نقطة\nقال: «انتهى.» ثم مضى."
    counts = measure(body, count_letters(body))
    assert (counts.paragraphs, counts.sentences) == (3, 5)


TWEET = "The Nobel Peace Prize is awarded to the quartet for its work in Tunisia #nobel"
PERSIAN = (
    "این خبر برای مردم کشور مهم است و گفتگوها با همسایگان در تهران ادامه دارد، چنانکه وزیر گفت که"
    " پیش از پایان سال گزارشی را چاپ می‌کند."
)


@pytest.mark.parametrize(
    ("span", "code"),
    [
        (NOBEL_TITLE, "ar"),
        (TWEET, "en"),
        ("Le quartet tunisien est le lauréat du prix Nobel de la paix", "fr"),
        ("Mithal Arena Lucerna Tabula Rasa", "und"),
        ("بيب گوارديولا يفوز بالكأس مجددا", "ar"),
        (PERSIAN, "fa"),
        ("وكالة المثال", None),
        ("2015-10-09 10:15 (1) 2015-10-10", None),
    ],
)
def test_the_language_of_a_span(span: str, code: str | None) -> None:
    assert language_of_span(span, "ar") == code


def test_a_tweet_in_an_article_has_a_language_of_its_own() -> None:
    page = "\n".join([NOBEL_TITLE, NOBEL[0], TWEET, NOBEL[1], NOBEL[2]])
    spoken = [(s.kind, s.language) for s in clean(page).segments]
    assert spoken == [("title", "ar"), ("body", "ar"), ("social_embed", "en"), ("body", "ar")]


def test_a_paragraph_in_another_script_is_a_segment_of_its_own() -> None:
    page = "\n".join([NOBEL_TITLE, NOBEL[0], PERSIAN, NOBEL[1], NOBEL[2]])
    bodies = [s.language for s in clean(page).segments if s.kind == "body"]
    assert bodies == ["ar", "fa", "ar"]


def test_a_short_span_has_the_language_of_the_page() -> None:
    (article,) = (
        cleaned := clean("\n".join(["برج آزادی تهران دروازه شهر", *[PERSIAN] * 2]))
    ).articles
    assert article.language == "fa"
    assert [s.language for s in cleaned.segments] == ["fa", "fa"]
