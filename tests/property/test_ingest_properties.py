"""Whatever the bytes: decoding, rendering and landing end, and give text that a table can hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.ingest.columns import fields
from transforms.ingest.decode import decode, sound
from transforms.ingest.land import land, page_id_of
from transforms.ingest.record import Given, RawRecord
from transforms.ingest.render import flood, render
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.tables import Page
from warehouse.tables.arrow import from_arrow, to_arrow

ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأؤإئ"
#: Letters that both Arabic code pages have, words of a plausible length.
ARABIC_WORDS = st.lists(
    st.text(ARABIC, min_size=2, max_size=9).map(lambda word: "ال" + word), min_size=4, max_size=40
).map(" ".join)
MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>", "</p>", "<div>", "</div>", "<br>", "<a href=x>", "</a>", "<script>", "</script>",
            "<table>", "<td>", "<li>", "<!--", "-->", "<![CDATA[", "]]>", "<template>", "<select>",
            "<p hidden>", '<b style="display:none">', "<svg>", "<title>", "<pre>", "<", ">", "&",
            "&#0;", "&#xD800;", "&#xFDD0;", "&nbsp;", "&amp", '"', "\x00", "\ufdd0", "خبر", "\n", " ",
        ]
    ),
    max_size=60,
).map("".join)  # fmt: skip
ANY_TEXT = st.text(st.characters())  # lone surrogates too
CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


def is_sound(text: str) -> bool:
    text.encode()  # raises on a lone surrogate
    return "\x00" not in text


@given(st.binary(), st.none() | st.sampled_from(["utf-8", "windows-1256", "utf-16"]) | ANY_TEXT)
def test_decoding_never_fails(payload: bytes, declared: str | None) -> None:
    for html in (False, True):
        assert is_sound(decode(payload, declared, html=html).text)


@given(ANY_TEXT)
def test_sound_text_is_untouched_and_keeps_its_length(text: str) -> None:
    assert len(sound(text)) == len(text)
    assert sound(sound(text)) == sound(text)
    if is_sound_already(text):
        assert sound(text) == text


def is_sound_already(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


@given(ANY_TEXT)
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    text = sound(text).removeprefix("\ufeff")
    if not text.encode().startswith((b"\xff\xfe", b"\xfe\xff")):
        assert decode(text.encode()).text == text


@pytest.mark.parametrize("codec", ["cp1256", "iso8859_6"])
@given(text=ARABIC_WORDS)
def test_arabic_comes_back_from_both_code_pages(codec: str, text: str) -> None:
    assert decode(text.encode(codec)).text == text


@given(MARKUP)
def test_rendering_never_fails_and_leaves_no_white_space_but_lines(markup: str) -> None:
    if flood(markup):
        return
    text = sound(render(sound(markup)).text)
    assert is_sound(text)
    for line in text.split("\n") if text else []:
        assert line == " ".join(line.split()) != ""


@given(ANY_TEXT)
def test_text_without_markup_is_shown_whole(text: str) -> None:
    shown = "".join(c for c in sound(text) if c not in "<&\ufdd0\ufeff").strip()
    assert render(shown).text.split() == shown.split()


@settings(deadline=None)  # the first text without a known encoding loads the detection
@given(
    st.binary(max_size=400),
    st.sampled_from(["text/plain", "text/html", "record"]),
    ANY_TEXT,
    st.none() | ANY_TEXT,
    st.none() | st.builds(Given, title=st.none() | ANY_TEXT, text=ANY_TEXT, byline=ANY_TEXT),
)
def test_landing_gives_a_storable_row_or_a_reason(
    payload: bytes, media_type: str, locator: str, url: str | None, given_: Given | None
) -> None:
    record = RawRecord("outlet", locator, payload, media_type, url, given=given_)  # type: ignore[arg-type]
    landed = land(record, Stamp("run"))
    assert landed.page_id == page_id_of(record)
    assert land(record, Stamp("run")) == landed
    if isinstance(landed, Refusal):
        assert landed.rule.startswith("ingest.")
        assert landed.reason
        "".join(str(part) for part in landed).encode()
    else:
        assert is_sound(landed.text)
        assert landed.text.strip()
        assert landed.text_chars == len(landed.text)
        assert from_arrow(Page, to_arrow(Page, [landed])) == [landed]


@given(st.dictionaries(ANY_TEXT | st.sampled_from(["text", "date_extracted", "url"]), CELLS))
def test_rows_of_any_kind_are_read(row: dict[str, object]) -> None:
    found = fields(row, {})
    assert all(value is None or value.strip() for value in found.given)
