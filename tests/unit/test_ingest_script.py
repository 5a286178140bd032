"""Arabic script by bytes: no Arabic article is passed over, other languages nearly always are."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest

from transforms.ingest.script import MIN_LETTERS, may_be_arabic

#: The least that an article can be: a body of 100 characters.
ARTICLE = "وصل الوفد إلى المدينة صباح اليوم، وقال المتحدث باسمه إن اللقاء يبدأ غدا، وإنه يستمر يومين كاملين هناك."
PERSIAN = "گزارش‌ها می‌گوید که هیئت امروز صبح به شهر رسید و سخنگوی آن گفت دیدار فردا آغاز می‌شود و دو روز طول می‌کشد."
OTHERS = {
    "English": "The delegation arrived in the city this morning. " * 400,
    "French": "Le président a été créée à Genève où l'été s'achève déjà. " * 400,
    "Danish": "På Ærø så vi Øresund, ÅRETS ØL og en ø. " * 400,
    "Chinese": "代表团今天上午抵达该市，发言人说会谈明天开始。" * 400,
    "Russian": "Делегация прибыла в город сегодня утром, сообщил представитель. " * 400,
    "Hebrew": "המשלחת הגיעה לעיר הבוקר והפגישה תתחיל מחר, אמר הדובר. " * 400,
}
MARKUP = "<div class='a b' data-x='1'><img src='x.png'>\n" * 3_000


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256", "iso8859_6", "mac_arabic"],
)
def test_the_shortest_article_passes_in_every_encoding(encoding: str) -> None:
    assert len(ARTICLE) >= 100
    assert may_be_arabic(ARTICLE.encode(encoding))
    assert may_be_arabic((MARKUP + ARTICLE + MARKUP).encode(encoding))


def test_persian_passes() -> None:
    assert may_be_arabic((MARKUP + PERSIAN + MARKUP).encode())


def test_letters_that_are_spelt_in_ascii_pass() -> None:
    entities = "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in ARTICLE)
    hexed = "".join(f"&#x{ord(c):x};" if ord(c) > 127 else c for c in ARTICLE)
    for text in (entities, hexed, json.dumps({"body": ARTICLE})):
        assert text.isascii()
        assert may_be_arabic((MARKUP + text).encode())
    assert html.unescape(entities) == ARTICLE


def test_what_can_be_mended_passes() -> None:
    """Read in the wrong encoding and stored again: `transforms.ingest.mojibake` undoes it."""
    for spoilt in (
        ARTICLE.encode().decode("latin-1"),
        ARTICLE.encode().decode("cp1256"),
        ARTICLE.encode("cp1256").decode("cp1252"),
    ):
        assert may_be_arabic((MARKUP + spoilt + MARKUP).encode())


def test_presentation_forms_pass() -> None:
    assert may_be_arabic(("\ufead\ufedf\ufee4\ufea9\ufef3\ufee8\ufe94 " * 12).encode())


def test_damaged_utf_8_passes() -> None:
    damaged = bytearray(ARTICLE.encode())
    damaged[20] = damaged[50] = 0xFF
    assert may_be_arabic(bytes(damaged))


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_do_not_pass(language: str) -> None:
    assert not may_be_arabic((MARKUP + OTHERS[language]).encode())
    assert not may_be_arabic((OTHERS[language] + "<a href=/ar>العربية</a>").encode())


def test_latin_code_pages_do_not_pass() -> None:
    assert not may_be_arabic(("Größe über Käse. " * 40).encode("cp1252")), (
        "small letters are no sign"
    )


def test_what_is_nothing_does_not_pass() -> None:
    assert not may_be_arabic(b"")
    assert not may_be_arabic(("س" * (MIN_LETTERS - 1)).encode())
    assert may_be_arabic(("س" * MIN_LETTERS).encode())


def test_all_real_pages_pass(eval_data: Path) -> None:
    files = [*(eval_data / "encodings").rglob("*.*"), *(eval_data / "html").rglob("*.htm*")]
    files = [file for file in files if "with_no_encoding" not in file.name]
    assert len(files) > 80
    assert not [file.name for file in files if not may_be_arabic(file.read_bytes())]
