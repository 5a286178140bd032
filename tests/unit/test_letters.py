"""Letters: one form for each, reversible by offsets; the folded form is a key only."""

from __future__ import annotations

import pytest

from transforms.clean.body import assemble
from transforms.clean.letters import fold, normalise, plain_forms, tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("تونس", "تونس"),
        ("تونــــس", "تونس"),
        ("\u200fتو\u200cنس\u202c", "تونس"),
        ("\ufeffتونس", "تونس"),
        ("ا\u0653ب", "آب"),
        ("ا\u0640\u0653ب", "آب"),
        ("الوطنی اللیبی", "الوطني الليبي"),
        ("کتاب", "كتاب"),
        ("\ufe97\ufeee\ufee7\ufeb2", "تونس"),
        ("تونس\u00a0الخضراء", "تونس الخضراء"),
        ("a\ud800b", "a\ufffdb"),
        ("تو\x00نس", "تونس"),
        ("مدينة أصيلة ٢٠٢٣", "مدينة أصيلة ٢٠٢٣"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text).text == expected


def test_a_foreign_word_in_an_arabic_text_keeps_its_letters() -> None:
    text = "تحدث المدرب گواردیولا عن الفريق " + "وقال إن المباراة كانت صعبة على الفريقين " * 4
    assert "گواردیولا" in normalise(text).text


def test_a_persian_text_keeps_its_letters() -> None:
    text = "پایتخت ایران تهران است و گفتگو با چین ادامه دارد"
    assert normalise(text).text == text


def test_offsets_lead_back_to_the_source() -> None:
    text = "زار وفـــد\u200f رسمي مدينة تونس"
    done = normalise(text)
    at = done.text.index("وفد")
    assert text[slice(*done.to_source(at, at + 3))] == "وفـــد"
    at = done.text.index("تونس")
    assert text[slice(*done.to_source(at, at + 4))] == "تونس"


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 99)])
def test_a_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no span"):
        normalise("تونس").to_source(start, end)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إفريقيا", "افريقيا"),
        ("مؤتمر", "موتمر"),
        ("القاهرة", "القاهره"),
        ("مستشفى", "مستشفي"),
        ("مُدَرِّسٌ", "مدرس"),
        ("سنة ٢٠١٥", "سنه 2015"),
        ("TUNIS", "tunis"),
    ],
)
def test_fold_joins_ways_to_write_a_word(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_letter_folds_alike_alone_and_in_a_foreign_word() -> None:
    for heh in "\u06c0\u06c1\u06c2\u06c3\u06be":
        assert fold(heh) == "ه"
        assert fold(f"\u0679{heh}") == "\u0679ه"


def test_fold_keeps_different_words_apart() -> None:
    assert fold("سوريا") != fold("روسيا")


def test_tidy_is_one_line() -> None:
    assert tidy("  تونـس \n الخضراء ") == "تونس الخضراء"


def test_assemble_joins_paragraphs_and_leads_back() -> None:
    page = "عنوان\n  الفقرة الأولـى. \r\n\u200f \r\nالفقرة الثانية.\nذيل"
    start, end = page.index("  الفقرة"), page.index("ذيل")
    body = assemble(page, [(start, end)])
    assert body.text == "الفقرة الأولى.\nالفقرة الثانية."
    at = body.text.index("الأولى")
    assert page[slice(*body.to_page(at, at + 6))] == "الأولـى"
    at = body.text.index("الثانية")
    assert page[slice(*body.to_page(at, at + 7))] == "الثانية"


def test_a_span_over_two_paragraphs_covers_what_stands_between() -> None:
    page = "فقرة أولى\n[إعلان]\nفقرة ثانية"
    last = page.rindex("فقرة")
    body = assemble(page, [(0, 10), (last, len(page))])
    assert body.text == "فقرة أولى\nفقرة ثانية"
    assert page[slice(*body.to_page(5, 14))] == "أولى\n[إعلان]\nفقرة"


def test_no_span_gives_no_text() -> None:
    assert assemble("أي نص", []).text == ""
    assert assemble("أي نص", []).to_page(0, 0) == (0, 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("11\u0640\ufefb", [("1", "1"), ("1", "1"), ("ل", "\u0640\ufefb"), ("ا", "\u0640\ufefb")]),
        ("ل\ufefb", [("ل", "ل"), ("ل", "\ufefb"), ("ا", "\ufefb")]),
    ],
)
def test_a_ligature_leads_back_to_itself_whatever_stands_before_it(
    text: str, shown: list[tuple[str, str]]
) -> None:
    done = normalise(text)
    spans = [done.to_source(at, at + 1) for at in range(len(done.text))]
    assert [(char, text[a:b]) for char, (a, b) in zip(done.text, spans, strict=True)] == shown


def test_plain_forms_keep_every_offset() -> None:
    text = "\ufe8d\ufef7\ufe91 ab \ufdf2 \ufe70\ufeff"
    plain = plain_forms(text)
    assert plain == "\u0627\ufef7\u0628 ab \ufdf2 \ufe70\ufeff"
    assert len(plain) == len(text)
    assert plain_forms("متحف بغداد") == "متحف بغداد"


def test_a_tatweel_that_stands_free_is_a_dash_in_a_value() -> None:
    assert tidy("نادر  الحمصي ـ دمـــشق") == "نادر الحمصي - دمشق"
