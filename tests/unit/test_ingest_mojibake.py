"""Mojibake is undone to the letter, in pages and in single lines; sound text stays as it is."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from html.entities import codepoint2name
from pathlib import Path

import pytest
from ftfy import fix_encoding
from hypothesis import given
from hypothesis import strategies as st

from transforms.ingest import mojibake
from transforms.ingest.entities import unescape
from transforms.ingest.land import land
from transforms.ingest.mojibake import mend
from transforms.ingest.record import Given, RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Page

NEWS = (
    "وصل الوفد إلى المدينة، وقال «المتحدث» باسمه: إنّ اللقاء يبدأ غداً في 15 مايو ٢٠٢٦ – كما أُعلن… "
    "هل يؤجل؟ لا؛ “لن يؤجل” و ADNOC تشارك."
)
PLAIN = "وصل الوفد إلى المدينة، وقال المتحدث باسمه إن اللقاء يبدأ غدا ولن يؤجل؛ فهل يحضر الوزير؟ و هو في Paris"


def as_1252(text: str) -> str:
    """Return what a browser shows of UTF-8 that is taken for windows-1252."""
    return "".join(mojibake._character("cp1252", byte) for byte in text.encode())


SPOILT: dict[str, Callable[[str], str]] = {
    "windows-1252": as_1252,
    "latin-1": lambda text: text.encode().decode("latin-1"),
    "windows-1256": lambda text: text.encode().decode("cp1256"),
    "twice": lambda text: as_1252(as_1252(text)),
}


@pytest.mark.parametrize("way", SPOILT)
def test_a_whole_text_is_undone(way: str) -> None:
    spoilt = SPOILT[way](NEWS)
    assert spoilt != NEWS
    mended = mend(spoilt)
    assert mended.text == NEWS
    assert mended.mended >= sum("\u0621" <= c <= "\u064a" for c in NEWS)


@pytest.mark.parametrize("way", SPOILT)
def test_a_line_in_a_sound_page_is_undone_and_its_neighbours_stay(way: str) -> None:
    lines = [NEWS, SPOILT[way](NEWS), "", NEWS, SPOILT[way]("العنوان: اقرأ أيضا"), NEWS]
    assert mend("\n".join(lines)).text.split("\n") == [
        NEWS, NEWS, "", NEWS, "العنوان: اقرأ أيضا", NEWS,
    ]  # fmt: skip


def test_windows_1256_read_as_windows_1252_is_undone() -> None:
    spoilt = PLAIN.encode("cp1256").decode("latin-1")
    assert spoilt.startswith("æÕá ÇáæÝÏ")
    assert mend(spoilt).text == PLAIN
    assert mend(f"{PLAIN}\n{spoilt}\n{PLAIN}").text == f"{PLAIN}\n{PLAIN}\n{PLAIN}"


FULL = "قال «المتحدث» الرسمي باسمه “غداً” – كما أُعلن… و هو في Paris وCNN، بـBBC؛ ٹپچ؟"


@pytest.mark.parametrize("read_as", ["cp1252", "latin-1"])
def test_windows_1256_comes_back_whole_lines_at_a_time(read_as: str) -> None:
    """Words of one letter, those that touch ASCII ones, and signs too."""
    full = FULL.encode("cp1256", "ignore")
    spoilt = "".join(mojibake._character(read_as, byte) for byte in full)
    assert mend(f"العرب\n{spoilt}\n").text == f"العرب\n{full.decode('cp1256')}\n"


def test_a_sound_line_in_a_spoilt_page_keeps_its_accents() -> None:
    spoilt = PLAIN.encode("cp1256").decode("latin-1")
    footer = "<a>Español</a> <a>Türkçe</a> École d'été à São Paulo"
    assert mend(f"<p>{spoilt}</p>{footer}").text == f"<p>{PLAIN}</p>{footer}"
    mixed = "Ángel Muñoz ÇáÚÑÈ ÇáÚÑÈ ÇáÚÑÈ"
    assert mend(mixed).text == "Ángel Muñoz العرب العرب العرب"


def test_a_spoilt_headline_is_enough() -> None:
    spoilt = "رئيس مجلس الوزراء".encode("cp1256").decode("cp1252")
    assert spoilt.count("Çá") == 1
    assert mend(spoilt).text == "رئيس مجلس الوزراء"


def spelt(text: str, *, named: bool) -> str:
    names = codepoint2name if named else {}
    return "".join(c if c.isascii() else f"&{names.get(ord(c), f'#{ord(c)}')};" for c in text)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("way", ["windows-1252", "latin-1", "windows-1256", "the third"])
def test_mojibake_that_is_spelt_in_entities_is_undone(way: str, named: bool) -> None:
    spoil = SPOILT.get(way, lambda text: text.encode("cp1256").decode("cp1252"))
    text = "وصل الوفد إلى المدينة، وقال «المتحدث» باسمه"
    markup = f"<p>{spelt(spoil(text), named=named)}</p>&lt;b&gt; &amp;lt; AT&T"
    assert mend(markup).text == f"<p>{text}</p>&lt;b&gt; &amp;lt; AT&T"
    page = landed(RawRecord("s", "a.html", markup.encode(), "text/html"))
    assert page.text == f"{text}\n<b> &lt; AT&T"
    assert page.mojibake_repaired


@pytest.mark.parametrize("text", ["&sect; 5 &Ccedil;a &eacute;t&eacute;", "&#167;&#1591;&#1592;"])
def test_entities_of_a_sound_text_are_left_to_others(text: str) -> None:
    assert mend(text) == (text, 0)


@pytest.mark.parametrize("sign", ["¡", "Ç", "Çá", "ÇÇ ", "&#167;", "&sect"])
def test_a_flood_of_signs_takes_no_time(sign: str) -> None:
    started = time.process_time()
    mend("Ç" + sign * 200_000)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "text",
    [
        "حفظ، لفظ؟ سمع» بلغ… قطع“ وعظ؛ نبع",
        "المادة § 5 من القانون، والمادة § 6؛ حفظ، لفظ؟ «بلغ»…",
        "عکس و طچ و ظپ و غگ § ۵",
        "§ ظ، ط؛ ع؟ غ« ظ» ط…",
        "Ça va à Genève où l'été s'achève; Ça alors! Ça ira. ÇA",
        "Größe, Ærø, ØRSTED, Ùna, Ú, § 5 Û",
        "ÇÁ Çã Çé",
        "Çá va à Genève, Çá ira: é à è",
        "",
    ],
)
def test_sound_text_stays(text: str) -> None:
    assert mend(text) == (text, 0)


def test_what_is_lost_is_shown_as_lost() -> None:
    spoilt = as_1252("قال الوزير في القاهرة").replace("Ù\x81", "Ù\ufffd")
    mended = mend(spoilt)
    assert mended.text == "قال الوزير \ufffdي القاهرة"


def test_ftfy_finds_the_same(eval_data: Path) -> None:
    """An independent judge, where it can be one: it knows windows-1252, and no Arabic code page."""
    with gzip.open(eval_data / "corpora" / "jazeera_hespress_2022.jsonl.gz", "rt") as file:
        texts = [json.loads(line)["text"][:500] for _, line in zip(range(300), file, strict=False)]
    spoilt = [as_1252(text) for text in texts]
    assert [mend(text).text for text in spoilt] == texts
    agreed = sum(fix_encoding(text) == mend(text).text for text in spoilt)
    assert agreed >= 290


@pytest.mark.parametrize("way", ["windows-1252", "latin-1", "windows-1256"])
def test_real_texts_come_back(eval_data: Path, way: str) -> None:
    with gzip.open(eval_data / "corpora" / "ant_cnn_france24_2018.jsonl.gz", "rt") as file:
        texts = [json.loads(line)["text"] for _, line in zip(range(400), file, strict=False)]
    texts = [text for text in texts if text and "ال" in text]
    wrong = [text for text in texts if mend(SPOILT[way](text)).text != text]
    assert len(texts) > 350
    assert len(wrong) <= 0.02 * len(texts)


@pytest.mark.slow
def test_no_character_of_the_corpora_changes(eval_data: Path) -> None:
    fields = 0
    for file in sorted((eval_data / "corpora").glob("*.jsonl.gz")):
        with gzip.open(file, "rt") as lines:
            for line in lines:
                for value in json.loads(line).values():
                    if isinstance(value, str):
                        fields += 1
                        assert mend(value).text == value
    assert fields > 200_000


@given(st.text(alphabet=st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويى ،.«»\n2a"), max_size=200))
def test_any_sound_text_comes_back(text: str) -> None:
    text = f"العرب {text}"
    assert mend(text) == (text, 0)
    assert mend(as_1252(text)).text == text


@given(st.text(max_size=200))
def test_nothing_is_raised_and_once_is_enough(text: str) -> None:
    mended = mend(text)
    if mended.text == text:
        assert mended.mended == 0
    assert mend("§" + text).text.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "plain", "count"),
    [
        ("قال &quot;نعم&quot;&nbsp;ثم &#1606;&#x639;&#x645;", 'قال "نعم"\u00a0ثم نعم', 6),
        ("&amp;quot;نعم&amp;quot; &amp; لا", '"نعم" & لا', 3),
        ("&lt;script&gt; &#60;b&#x3e; &#038;lt;", "&lt;script&gt; &#60;b&#x3e; &#038;lt;", 0),
        ("&#0; &#xD800; &#150;", "&#0; \ufffd –", 2),
        ("AT&T & co; &unknown; &", "AT&T & co; &unknown; &", 0),
    ],
)
def test_entities_outside_of_html(text: str, plain: str, count: int) -> None:
    assert unescape(text) == (plain, count)


def landed(record: RawRecord) -> Page:
    page = land(record, Stamp("run"))
    assert isinstance(page, Page)
    return page


def test_a_page_counts_what_was_mended_and_its_offsets_count_the_mended_text() -> None:
    spoilt = f"{NEWS}\n{SPOILT['windows-1256'](NEWS)}\n&quot;\u202bﻻ\u200f"
    page = landed(RawRecord("s", "a.txt", spoilt.encode(), "text/plain"))
    assert page.text == f'{NEWS}\n{NEWS}\n"\u202bﻻ\u200f'
    assert page.text_chars == len(page.text)
    assert page.payload_bytes == len(spoilt.encode())
    assert (page.bidi_controls, page.presentation_forms, page.entities_replaced) == (2, 1, 1)
    assert page.mojibake_repaired == mend(SPOILT["windows-1256"](NEWS)).mended
    sound = landed(RawRecord("s", "a.txt", NEWS.encode(), "text/plain"))
    assert (sound.mojibake_repaired, sound.entities_replaced, sound.bidi_controls) == (0, 0, 0)


def test_html_is_mended_before_it_is_rendered() -> None:
    markup = f"<html><title>{as_1252('العنوان')}</title><p>{as_1252(NEWS)}</p><p>{NEWS}</p>"
    page = landed(RawRecord("s", "a.html", markup.encode(), "text/html"))
    assert page.text == f"{NEWS}\n{NEWS}"
    assert page.markup is not None
    assert "<title>العنوان</title>" in page.markup
    assert page.mojibake_repaired


def test_a_record_is_mended_in_all_that_it_says() -> None:
    given_ = Given(
        title=as_1252("العنوان الأول"), text=f"<p>{as_1252(NEWS)}</p>",
        byline=SPOILT["windows-1256"]("سالم العتيبي"), section="رياضة &amp; شباب",
    )  # fmt: skip
    page = landed(RawRecord("s", "a.jsonl#1", b"{}", "record", given=given_))
    assert page.text == f"العنوان الأول\n{NEWS}"
    assert (page.given_title, page.given_byline, page.given_section) == (
        "العنوان الأول", "سالم العتيبي", "رياضة & شباب",
    )  # fmt: skip
    assert page.entities_replaced == 1
