"""The language of an article: by script, by letters, by small words; und where undecided."""

from __future__ import annotations

import pytest

from tests.clean_pages import NOBEL, clean
from transforms.clean.language import count_letters, language
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
