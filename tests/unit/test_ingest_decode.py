"""Decoding: what a page declares is believed only where its bytes bear it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.sources.files import read
from transforms.ingest.decode import decode, sound
from transforms.ingest.land import land
from transforms.stamp import Stamp
from warehouse.tables import Page

NEWS = "وقّع وزير الخارجية في القاهرة اتفاقا جديدا مع نظيره الفرنسي، وقال إن العمل به يبدأ غدا."
LATIN = "Le président a été reçu à Genève où l'été s'achève."


@pytest.mark.parametrize("codec", ["cp1256", "iso8859_6"])
@pytest.mark.parametrize(
    "declared", [None, "utf-8", "windows-1256", "ISO-8859-6", "iso-8859-1", "utf-16", "rot13"]
)
def test_arabic_code_pages_are_read_whatever_is_declared(codec: str, declared: str | None) -> None:
    found = decode(NEWS.encode(codec), declared)
    assert found.text == NEWS
    assert found.charset == {"cp1256": "windows-1256", "iso8859_6": "iso-8859-6"}[codec]


@pytest.mark.parametrize("declared", [None, "utf-8", "windows-1256", "iso-8859-6", "latin1"])
def test_utf_8_is_read_whatever_is_declared(declared: str | None) -> None:
    found = decode(NEWS.encode(), declared)
    assert (found.text, found.charset) == (NEWS, "utf-8")
    assert found.rule == ("declared" if declared == "utf-8" else "utf-8")


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16le"), ("utf-32", "utf-32le")],
)
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(encoding: str, charset: str) -> None:
    found = decode(NEWS.encode(encoding), "windows-1256")
    assert found == (NEWS, charset, "bom", 1.0)


def test_big_endian_mark() -> None:
    assert decode(b"\xfe\xff" + NEWS.encode("utf-16-be")) == (NEWS, "utf-16be", "bom", 1.0)


def test_utf_16_without_a_mark_is_read_where_declared() -> None:
    assert decode(NEWS.encode("utf-16-le"), "utf-16le") == (NEWS, "utf-16le", "declared", 1.0)


@pytest.mark.parametrize(
    "head",
    [
        b'<meta charset="windows-1256">',
        b"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=Windows-1256'>",
        b"<?xml version='1.0' encoding=\"cp1256\"?>",
    ],
)
def test_html_is_asked_for_its_charset(head: bytes) -> None:
    found = decode(head + NEWS.encode("cp1256"), html=True)
    assert (found.charset, found.rule) == ("windows-1256", "declared")
    assert decode(head + NEWS.encode("cp1256")).rule == "detected", "plain text declares nothing"


def test_a_utf_16_declaration_that_could_be_read_as_ascii_is_wrong() -> None:
    found = decode(b'<meta charset="utf-16">' + NEWS.encode(), html=True)
    assert found.text.endswith(NEWS)


def test_another_declared_charset_is_honoured_where_it_is_no_arabic() -> None:
    text = "Der Käse über der Größe."
    assert decode(text.encode("latin1"), "iso-8859-1")[:3] == (text, "windows-1252", "declared")
    assert decode(LATIN.encode("cp1252"), "windows-1252").text == LATIN


def test_arabic_beside_french_is_no_reason_to_doubt() -> None:
    text = f"{NEWS} «été à Genève» {NEWS}"
    assert decode(text.encode("cp1256")).text == text


@pytest.mark.parametrize("size", [12, 25, 50])
def test_a_headline_is_enough(size: int) -> None:
    for codec in ("cp1256", "iso8859_6"):
        assert decode(NEWS[:size].encode(codec)).text == NEWS[:size]


def test_damaged_utf_8_stays_utf_8() -> None:
    payload = bytearray(NEWS.encode())
    payload[40] = payload[90] = 0xFF
    found = decode(bytes(payload), "windows-1256")
    assert found.charset == "utf-8"
    assert 2 <= found.text.count("\ufffd") <= 6
    assert found.text[:15] == NEWS[:15]


def test_a_truncated_last_letter_costs_one_character() -> None:
    cut = NEWS[:-1].encode()[:-1]
    assert decode(cut).text == NEWS[:-2] + "\ufffd"


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    noise = bytes((n * 7919 + n * n) % 256 for n in range(4000))
    assert decode(noise).text.count("\ufffd") > 400


def test_newlines_are_untouched() -> None:
    assert decode(b"a\r\nb\rc\n\n").text == "a\r\nb\rc\n\n"


def test_nul_and_lone_surrogates_never_reach_a_text() -> None:
    assert sound("a\x00b\ud800c\udfffd") == "a\ufffdb\ufffdc\ufffdd"
    assert decode(b"a\x00b").text == "a\ufffdb"
    assert decode(b"\xff\xfe" + b"\x00\xd8a\x00").text == "\ufffda"
    assert sound("\U0001f600") == "\U0001f600"


@pytest.mark.parametrize("codec", ["cp1256", "iso8859_6"])
@pytest.mark.parametrize("sign", ["", "\u00a4"])
def test_a_long_head_in_ascii_hides_no_code_page(codec: str, sign: str) -> None:
    """Old pages have their scripts above the text; one stray sign among them decides nothing."""
    head = f"<script>{sign}{'x = 1; ' * 20_000}</script>"
    found = decode(head.encode("latin-1") + NEWS.encode(codec))
    assert found.text.endswith(NEWS)
    assert found.confidence > 0.9


@pytest.mark.parametrize("declared", ["utf-16", "utf-16le", "utf-16be"])
def test_a_page_in_ascii_is_no_utf_16_whatever_is_declared(declared: str) -> None:
    page = b"<p>&#1608;&#1589;&#1604; &nbsp;</p>"
    assert decode(page + b" " * (len(page) % 2), declared).text.startswith("<p>&#1608;")
    for text in (NEWS, "خبر"):
        codec = "utf-16-be" if declared.endswith("be") else "utf-16-le"
        assert decode(text.encode(codec), declared).text == text


def test_real_pages_equal_their_utf_8_twins(eval_data: Path) -> None:
    pages = sorted((eval_data / "encodings").glob("derived_*/*.txt"))
    assert len(pages) >= 80
    wrong = [
        page.name
        for page in pages
        if decode(page.read_bytes()).text != page.with_suffix(".utf8").read_text("utf8")
    ]
    assert not wrong


def test_real_pages_without_a_declaration_are_recognised(eval_data: Path) -> None:
    pages = sorted((eval_data / "encodings" / "real").glob("*.html"))
    assert pages
    for page in pages:
        found = decode(page.read_bytes(), html=True)
        assert found.charset in page.name.lower()
        assert found.rule == "detected"
        assert "\ufffd" not in found.text


@pytest.mark.parametrize("codec", ["cp1256", "iso8859_6"])
def test_a_reading_that_no_other_comes_near_is_sure(codec: str) -> None:
    assert decode(NEWS.encode(codec)).confidence >= 0.95
    assert decode(NEWS.encode(codec), codec).confidence >= 0.95


def test_sure_is_what_can_be_read_in_one_way_only() -> None:
    assert decode(b"ASCII alone", "windows-1256").confidence == 1
    assert decode(NEWS.encode(), "iso-8859-6").confidence == 1
    assert decode("ابت".encode("cp1256")).confidence == 1, "all code pages read these letters alike"


def test_a_guess_is_called_one() -> None:
    found = decode("café".encode("cp1252"), "windows-1252")
    assert found == ("café", "windows-1252", "declared", 0.5)
    stray = ("القاهرة " * 20).encode("cp1256") + b" \xf3 \xf3"
    assert 0.8 < decode(stray).confidence < 1, "two vowel marks that no letter carries"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_damage_is_so_much_of_what_is_not_ascii(mark: bytes) -> None:
    found = decode(mark + ("a" * 1_000 + "س" * 95).encode() + b"\xff" * 5)
    assert (found.charset, found.confidence) == ("utf-8", 0.95)


@pytest.mark.parametrize("head", ["text\n", '{"text": "'])
def test_a_record_says_how_sure_the_encoding_of_its_file_is(tmp_path: Path, head: str) -> None:
    file = tmp_path / ("a.jsonl" if head.startswith("{") else "a.csv")
    tail = '"}' if head.startswith("{") else ""
    text = f"{head}{'القاهرة ' * 20}X{tail}\n".encode("cp1256")
    file.write_bytes(text.replace(b"X", b" \xf3 \xf3"))
    (record,) = read(file, "outlet")
    page = land(record, Stamp("run"))
    assert isinstance(page, Page)
    assert (page.charset, page.charset_rule) == ("windows-1256", "detected")
    assert page.charset_confidence is not None
    assert 0.8 < page.charset_confidence < 1
