"""Rendering: the text that a reader of the page sees, one block a line, nothing hidden."""

from __future__ import annotations

import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from transforms.ingest.render import MAX_DEPTH, MAX_TAG_ATTRIBUTES, flood, render
from transforms.ingest.shown import shown_lines, strip_unseen


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<h1>عنوان</h1><p>أول</p><p>ثان</p>", "عنوان\nأول\nثان"),
        ("<p>أول<br>ثان<br/>ثالث", "أول\nثان\nثالث"),
        ("<ul><li>واحد<li>اثنان</ul>بعد", "واحد\nاثنان\nبعد"),
        ("<table><tr><td>قائمة<td>نص</table>", "قائمة\nنص"),
        ("<p>قال <a href=x>الوزير</a> إنه <b>سيعود</b>.</p>", "قال الوزير إنه سيعود."),
        ("<div>قبل<div>داخل</div>بعد</div>", "قبل\nداخل\nبعد"),
        ("<p> كلمة \n\t أخرى&nbsp;وثالثة </p>", "كلمة أخرى وثالثة"),
        ("<pre>سطر\nسطر آخر</pre>", "سطر\nسطر آخر"),
        ("<a>سياسة</a><a>رياضة</a> <a>فن</a>", "سياسة رياضة فن"),
        ("في ال<a>قاهرة</a>و<a>بيروت</a>", "في القاهرةوبيروت"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("<p>a &amp; b &#1575;</p>", "a & b ا"),
        ("قبل<!-- تعليق -->بعد", "قبلبعد"),
        ("نص بلا وسوم", "نص بلا وسوم"),
    ],
)
def test_visible_text(markup: str, text: str) -> None:
    assert render(markup).text == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>سر</script>", "<style>سر</style>", "<noscript>سر</noscript>",
        "<template><p>سر</p></template>", "<title>سر</title>", "<p hidden>سر</p>",
        '<div style="color:red; DISPLAY: none">سر</div>', "<span style='display:none'>سر</span>",
        "<div style='visibility:hidden'>سر</div>", "<select><option>سر</select>",
        "<textarea>سر</textarea>", "<iframe>سر</iframe>", "<svg><text>سر</text></svg>",
        "<div hidden><p>سر</p><ul><li>سر</ul></div>",
    ],
)  # fmt: skip
def test_what_is_not_shown_is_left_out(hidden: str) -> None:
    assert render(f"<p>قبل</p>{hidden}<p>بعد</p>").text == "قبل\nبعد"


@pytest.mark.parametrize("markup", ["", "   ", "<frameset><frame src=x>", "<script>1</script>"])
def test_markup_that_shows_nothing(markup: str) -> None:
    assert render(markup).text == ""


def test_the_page_says_its_own_address() -> None:
    link = '<link rel="canonical" href="https://news.example.org/1">'
    meta = '<meta property="og:url" content="https://news.example.org/2">'
    assert render(f"<head>{meta}{link}</head>").canonical == "https://news.example.org/1"
    assert render(f"<head>{meta}</head>").canonical == "https://news.example.org/2"


def test_a_front_page_named_as_canonical_leaves_the_word_to_the_other_element() -> None:
    link = '<link rel="canonical" href="https://news.example.org/">'
    meta = '<meta property="og:url" content="https://news.example.org/?p=2">'
    assert render(f"<head>{link}{meta}</head>").canonical == "https://news.example.org/?p=2"


@pytest.mark.parametrize(
    "address",
    [
        "/relative", "javascript:alert(1)", "https://a b", "", "https://news.example.org",
        "https://news.example.org/", "https://[news.example.org/1",
    ],
)  # fmt: skip
def test_no_address_is_better_than_a_wrong_one(address: str) -> None:
    assert render(f'<link rel="canonical" href="{address}">').canonical is None


def test_ten_thousand_paragraphs_and_links_take_no_time() -> None:
    started = time.process_time()
    assert render("<p>فقرة</p>" * 60_000).text.count("\n") == 59_999
    render("<a href=x>رابط</a>" * 40_000)
    render("<table><tr><td>" * 20_000 + "x")
    render("<" * 300_000 + "&" * 300_000)
    assert time.process_time() - started < 5


FLOODS = {
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x",
    "quoted attributes": "<p " + " ".join(f'a{n}=">"' for n in range(200_000)) + ">x",
    "depth": "<div>" * 100_000 + "x",
    "closed depth": "<span>" * 50_000 + "x" + "</span>" * 50_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods_are_seen_before_they_are_parsed(name: str) -> None:
    started = time.process_time()
    assert flood(FLOODS[name])
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "markup",
    [
        "<p>فقرة</p>" * 60_000,
        "<p>فقرة" * 60_000,
        "<div>" * (MAX_DEPTH // 2) + "x" + "</div><div>" * MAX_DEPTH,
        f'<img alt="x" src="data:image/png;base64,{"QUJD" * 200_000}">',
        "<p " + " ".join(f"a{n}=1" for n in range(MAX_TAG_ATTRIBUTES // 2)) + ">x",
    ],
)
def test_large_honest_pages_are_no_flood(markup: str) -> None:
    assert flood(markup) is None


def shown(markup: str) -> list[tuple[str, str, int]]:
    body = strip_unseen(LexborHTMLParser(markup))
    assert body is not None
    return [(line.text, line.block.tag, line.linked) for line in shown_lines(body)]


def test_a_line_knows_its_block_and_how_much_of_it_is_linked() -> None:
    markup = "<div>قبل<p>في <a href=x>تونس</a> أمس</p><ul><li><a href=y>رابط <b>طويل</b></a></ul>بعد</div>"
    assert shown(markup) == [
        ("قبل", "div", 0), ("في تونس أمس", "p", 4), ("رابط طويل", "li", 8), ("بعد", "div", 0),
    ]  # fmt: skip


def test_an_anchor_without_an_address_is_no_link() -> None:
    assert shown("<a name=top><p>فقرة</p>نص")[1] == ("نص", "body", 0)


def test_inline_elements_nested_deep_are_climbed_once() -> None:
    started = time.process_time()
    assert shown("<a href=x>" + "<b>خ" * 19_000)[0][1:] == ("body", 19_000)
    assert time.process_time() - started < 2
