"""Laws of the clean stage that hold for any text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clean_pages import (
    CUP,
    CUP_TITLE,
    HEADLINES,
    NOBEL,
    NOBEL_TITLE,
    SOURCE,
    STAMP,
    clean,
    make_page,
)
from transforms.clean.body import assemble
from transforms.clean.known_lines import KnownLine, KnownLines, line_hash
from transforms.clean.letters import INVISIBLE, fold, normalise
from transforms.clean.marks import read_rules
from transforms.clean.page import clean_page

ALPHABET = (
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي أإآءؤئىةچگپژٹےںکیہھۃ"
    "\u0640\u064b\u064e\u0651\u0653\u0654\u0670\u200c\u200d\u200f\u202b\u2066\ufeff"
    '\ufe8d\ufe97\ufefb\ufb92\u00a0\u0000\ud800\u0301éEa1٣۴.،؟:|-–—()«»"[]{}•@# \n\n\r\t\u2028'
)
texts = st.text(alphabet=ALPHABET, max_size=120)
any_texts = st.text(max_size=60)
marks = [row["test"] for row in read_rules("marks")]
lines = st.one_of(
    st.sampled_from([*marks, *NOBEL, *CUP, *HEADLINES, NOBEL_TITLE, "", "سياسة", "2015-10-09"]),
    texts,
)
#: The rule files are read on first use, which is no matter of the law under test.
LAW = settings(deadline=None, max_examples=150)
pages = st.lists(lines, max_size=25).map("\n".join)


@LAW
@given(texts | any_texts)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@LAW
@given(texts | any_texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@LAW
@given(texts | any_texts, st.data())
def test_offsets_of_letters_lead_back_in_order(text: str, data: st.DataObject) -> None:
    done = normalise(text)
    end = data.draw(st.integers(0, len(done.text)))
    start = data.draw(st.integers(0, end))
    source_start, source_end = done.to_source(start, end)
    assert 0 <= source_start <= source_end <= len(text)
    assert (source_start == source_end) == (start == end)
    if start:
        assert done.to_source(start - 1, start)[0] <= source_start


@LAW
@given(
    st.lists(
        st.sampled_from(["تونـــس", "ال\u200fقاهرة", "کتاب", "نوبل", "مُدَرِّسة", "\ufe97\ufeee"]),
        min_size=1,
        max_size=12,
    )
)
def test_every_words_offsets_give_back_its_surface(words: list[str]) -> None:
    text = " ".join(words)
    done = normalise(text)
    at = 0
    for word, shown in zip(words, done.text.split(), strict=True):
        start = done.text.index(shown, at)
        at = start + len(shown)
        assert text[slice(*done.to_source(start, at))].strip(INVISIBLE) == word.strip(INVISIBLE)


@LAW
@given(pages, st.sampled_from(["text/plain", "record"]))
def test_segments_cover_the_page_without_gap_or_overlap(text: str, media_type: str) -> None:
    cleaned = clean(make_page(text, media_type))
    assert "".join(text[s.start : s.end] for s in cleaned.segments) == text
    assert all(s.start < s.end for s in cleaned.segments)
    assert [s.seq for s in cleaned.segments] == list(range(len(cleaned.segments)))


@LAW
@given(pages, st.sampled_from(["text/plain", "record"]))
def test_a_body_is_the_assembly_of_its_segments(text: str, media_type: str) -> None:
    cleaned = clean(make_page(text, media_type))
    ids = {article.article_id for article in cleaned.articles}
    assert {s.article_id for s in cleaned.segments if s.kind == "body"} == (ids or set())
    for article in cleaned.articles:
        spans = [
            (s.start, s.end)
            for s in cleaned.segments
            if s.kind == "body" and s.article_id == article.article_id
        ]
        assert assemble(text, spans).text == article.body != ""


@LAW
@given(pages)
def test_what_shows_is_in_no_blank_segment(text: str) -> None:
    for segment in clean(text).segments:
        assert (segment.kind == "blank") == (not text[segment.start : segment.end].strip(INVISIBLE))


@LAW
@given(texts, st.data())
def test_a_bodys_offsets_give_back_the_surface(text: str, data: st.DataObject) -> None:
    body = assemble(text, [(0, len(text))])
    if not body.text:
        return
    at = data.draw(st.integers(0, len(body.text) - 1))
    start, end = body.to_page(at, at + 1)
    assert 0 <= start < end <= len(text)
    assert body.text[at] == "\n" or fold(body.text[at]) in fold(text[start:end])


@LAW
@given(
    st.permutations(["الرئيسية", "سياسة", "رياضة", "اقتصاد", "من نحن"]),
    st.permutations(list(HEADLINES)),
    st.integers(0, 3),
    st.sampled_from(["مقالات مشابهة", "الأكثر قراءة", "أخبار ذات صلة"]),
    st.booleans(),
)
def test_furniture_around_an_article_leaves_its_body(
    menu: list[str], headlines: list[str], blanks: int, mark: str, foot: bool
) -> None:
    gap = [""] * blanks
    page = "\n".join(
        [
            *menu, *gap, NOBEL_TITLE, *gap, *NOBEL, *gap, mark, *headlines, CUP_TITLE, *menu,
            *(["جميع الحقوق محفوظة © صحيفة المثال"] if foot else []),
        ]
    )  # fmt: skip
    cleaned = clean(page)
    assert [article.body for article in cleaned.articles] == ["\n".join(NOBEL)]
    assert cleaned.articles[0].title == NOBEL_TITLE


@LAW
@given(pages, st.data())
def test_known_lines_only_take_away_and_never_all(text: str, data: st.DataObject) -> None:
    page = make_page(text)
    alone = clean(page)
    shown = sorted({line for line in text.split("\n") if line.strip()})
    chosen = data.draw(st.lists(st.sampled_from(shown), max_size=6)) if shown else []
    kinds = st.sampled_from(["title", "lead", "furniture", "recurring"])
    known = KnownLines(
        1, {line_hash(line): KnownLine(data.draw(kinds), None) for line in chosen}
    )  # fmt: skip
    together = clean_page(page, SOURCE, STAMP, known)
    spans = [(s.start, s.end) for s in together.segments]
    assert [a for a, _ in spans] == [0, *(b for _, b in spans[:-1])][: len(spans)]
    assert not spans or spans[-1][1] == len(text)
    assert len(together.articles) == len(alone.articles)
    for before, after in zip(alone.articles, together.articles, strict=True):
        kept = iter(before.body.split("\n"))
        assert after.body
        assert all(line in kept for line in after.body.split("\n"))
