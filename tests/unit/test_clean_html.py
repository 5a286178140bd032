"""HTML pages: the main content found in the markup, its metadata checked against the page."""

from __future__ import annotations

import json

import pytest

from tests.clean_pages import CUP_TITLE, HEADLINES, NOBEL, NOBEL_TITLE, clean, make_page
from transforms.clean.html import kept_pieces, main_region
from transforms.clean.lines import cut
from transforms.clean.markup import see
from transforms.clean.page import Cleaned
from transforms.ingest.render import render

MENU = "".join(
    f"<li><a href='/{n}'>{name}</a></li>" for n, name in enumerate(("الرئيسية", "سياسة", "رياضة"))
)
LINKS = "".join(f"<li><a href='/s/{n}'>{title}</a></li>" for n, title in enumerate(HEADLINES * 3))


def html(head: str = "", *, date: str = "9 أكتوبر 2015", body: tuple[str, ...] = NOBEL) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in body)
    return (
        f"<html lang='ar'><head><title>{NOBEL_TITLE} - صحيفة المثال</title>{head}</head><body>"
        f"<nav><ul>{MENU}</ul></nav><article><h1>{NOBEL_TITLE}</h1><div>{date}</div>{paragraphs}"
        f"</article><aside><h3>الأكثر قراءة</h3><ul>{LINKS}</ul></aside>"
        "<footer>جميع الحقوق محفوظة © صحيفة المثال</footer></body></html>"
    )


def clean_html(markup: str) -> Cleaned:
    return clean(make_page(render(markup).text, "text/html", markup=markup))


def test_the_main_content_is_the_body() -> None:
    (article,) = clean_html(html()).articles
    assert article.body == "\n".join(NOBEL)
    assert article.title == NOBEL_TITLE
    assert article.published_at == "2015-10-09"
    assert article.publisher == "صحيفة المثال"


def test_menus_and_lists_keep_their_kinds() -> None:
    markup = html()
    cleaned = clean_html(markup)
    text = render(markup).text
    kinds = {s.kind for s in cleaned.segments if HEADLINES[0] in text[s.start : s.end]}
    assert kinds == {"related_list"}


def test_markup_states_the_moment_and_the_line_agrees() -> None:
    head = '<meta property="article:published_time" content="2015-10-09T09:05:00+00:00">'
    cleaned = clean_html(html(head))
    (article,) = cleaned.articles
    assert (article.published_at or "").startswith("2015-10-09T09:05")
    assert article.published_rule == "meta.article:published_time"
    dates = [(e.rule, e.chosen) for e in cleaned.evidence if e.field == "published_at"]
    assert dates == [("meta.article:published_time", True), ("date.below_title", False)]


def test_a_labelled_line_goes_before_markup_that_names_another_day() -> None:
    head = '<meta property="article:published_time" content="2021-03-02T09:05:00+00:00">'
    (article,) = clean_html(html(head, date="تاريخ النشر: 9 أكتوبر 2015")).articles
    assert article.published_at == "2015-10-09"


@pytest.mark.parametrize("stated", ["1970-01-01T00:00:00Z", "2024-13-45T99:99:99Z", "قريبا", ""])
def test_a_date_that_cannot_be_is_no_date(stated: str) -> None:
    head = f'<meta property="article:published_time" content="{stated}">'
    (article,) = clean_html(html(head, date="تونس")).articles
    assert article.published_at is None


def test_json_ld() -> None:
    data = {
        "@graph": [
            {"@type": "WebSite", "name": "صحيفة المثال"},
            {
                "@type": "NewsArticle",
                "headline": NOBEL_TITLE,
                "datePublished": "2015-10-09T10:00:00+01:00",
                "dateModified": "2015-10-10",
                "author": [{"@type": "Person", "name": "طه حسين"}],
                "publisher": {"@type": "Organization", "name": "المثال"},
                "articleSection": "عالم",
                "keywords": "تونس,كلمة ليست في الصفحة",
            },
        ]
    }
    cleaned = clean_html(html(f'<script type="application/ld+json">{json.dumps(data)}</script>'))
    (article,) = cleaned.articles
    assert article.published_at == "2015-10-09T10:00:00+01:00"
    assert article.modified_at == "2015-10-10"
    assert (article.byline, article.publisher, article.section) == ("طه حسين", "المثال", "عالم")
    keywords = {e.value: e.chosen for e in cleaned.evidence if e.field == "keyword"}
    assert keywords == {"تونس": True, "كلمة ليست في الصفحة": False}


def test_a_modification_before_the_publication_is_not_believed() -> None:
    head = (
        '<meta property="article:published_time" content="2015-10-09">'
        '<meta property="article:modified_time" content="2014-01-01">'
    )
    (article,) = clean_html(html(head)).articles
    assert article.modified_at is None


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "[[[[",
        "null",
        '{"@type": 5}',
        '{"@type": "NewsArticle", "headline": {"name": 3}}',
        "[" * 99999,
    ],
)
def test_broken_json_ld_states_nothing(script: str) -> None:
    markup = f'<script type="application/ld+json">{script}</script><p>{NOBEL[0]}</p>'
    assert see(markup).facts == []


def test_the_headline_is_the_pages_line_not_the_sites_name() -> None:
    head = f'<meta property="og:title" content="{NOBEL_TITLE} | صحيفة المثال">'
    cleaned = clean_html(html(head))
    assert cleaned.articles[0].title == NOBEL_TITLE
    (chosen,) = [e for e in cleaned.evidence if e.field == "title" and e.chosen]
    assert chosen.page_start is not None


@pytest.mark.parametrize(
    ("element", "summary"),
    [
        ("<h2>{}</h2>", True),
        ('<p class="article__subhead"><em>{}</em></p>', True),
        ('<div class="deck"><p>{}</p></div>', True),
        ("<p>{}</p>", False),
        ('<h2><a href="/x">{}</a></h2>', False),
    ],
)
def test_a_line_that_the_markup_sets_apart_is_the_standfirst(element: str, summary: bool) -> None:
    line = "أربع منظمات قادت البلاد إلى الحوار"
    below = f"<h1>{NOBEL_TITLE}</h1>{element.format(line)}<div>طه حسين</div>"
    (article,) = clean_html(html().replace(f"<h1>{NOBEL_TITLE}</h1>", below)).articles
    assert article.summary == (line if summary else None)
    assert article.byline == "طه حسين"
    assert article.body == "\n".join(NOBEL)


SITE = "صحيفة ضفاف الفرات الإخبارية"
SITE_NAME = f'<meta property="og:site_name" content="{SITE}">'


@pytest.mark.parametrize(
    ("title", "head", "heading"),
    [
        (f"{NOBEL_TITLE} - {SITE}", "", "h2"),
        (f"{SITE} | {NOBEL_TITLE}", "", "h2"),
        (NOBEL_TITLE, "", "h2"),
        (SITE, "", "h3"),
        (SITE, SITE_NAME, "div"),
        ("", SITE_NAME, "div"),
    ],
)
def test_a_first_heading_that_names_the_site_is_no_headline(
    title: str, head: str, heading: str
) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in NOBEL)
    markup = (
        f"<html lang='ar'><head><title>{title}</title>{head}</head><body><h1>{SITE}</h1>"
        f"<{heading}>{NOBEL_TITLE}</{heading}>{paragraphs}</body></html>"
    )
    (article,) = clean_html(markup).articles
    assert article.title == NOBEL_TITLE
    assert article.body == "\n".join(NOBEL)


def test_a_first_heading_stays_the_headline_where_the_site_s_name_stands_below() -> None:
    below = f"<h1>{NOBEL_TITLE}</h1><div>{SITE}</div>"
    markup = html().replace(f"<h1>{NOBEL_TITLE}</h1>", below).replace("صحيفة المثال", SITE)
    assert clean_html(markup).articles[0].title == NOBEL_TITLE


def test_an_author_that_is_an_address_is_none() -> None:
    head = '<meta property="article:author" content="https://social.example/author">'
    assert clean_html(html(head)).articles[0].byline is None


def test_a_page_of_links_has_no_article() -> None:
    markup = f"<html><body><ul>{MENU}{LINKS}</ul></body></html>"
    assert clean_html(markup).articles == []


def test_without_main_content_the_rules_for_text_decide() -> None:
    text = "\n".join([CUP_TITLE, *NOBEL])
    page = make_page(text, "text/html", markup="<html></html>")
    (article,) = clean(page).articles
    assert article.body == "\n".join(NOBEL)


def test_a_short_line_left_out_of_the_main_content_is_no_subhead() -> None:
    pieces = cut("\n".join([NOBEL[0], "تابع الصور في المعرض", NOBEL[1]]))
    assert main_region(pieces, kept_pieces(pieces, "\n".join(NOBEL[:2]))) == (0, 3)
    assert pieces[1].fixed == "other"


def test_too_little_main_content_is_none() -> None:
    pieces = cut("\n".join(NOBEL))
    assert main_region(pieces, kept_pieces(pieces, "سطر آخر لا علاقة له بالصفحة")) is None


def _within(markup: str) -> dict[str, str]:
    """Return the kinds of the lines of a page that has `markup` between two paragraphs."""
    page = html().replace(f"<p>{NOBEL[1]}</p>", f"<p>{NOBEL[1]}</p>{markup}")
    text = render(page).text
    return {text[s.start : s.end].strip(): s.kind for s in clean_html(page).segments}


def test_prices_in_a_table_are_no_clocks() -> None:
    prices = (("عيار 24", "46.40"), ("عيار 18", "12.50"))
    rows = "".join(f"<tr><td>{name}</td><td>{price}</td></tr>" for name, price in prices)
    kinds = _within(f"<table>{rows}</table>")
    for _, price in prices:
        assert {kind for text, kind in kinds.items() if price in text} == {"body"}


def test_a_label_and_a_linked_headline_in_a_box_are_no_subhead() -> None:
    box = f"<div class='q'><b>قد تهمك هذه</b> <a href='/1'>{HEADLINES[0]}</a></div>"
    kinds = _within(box)
    assert kinds[f"قد تهمك هذه {HEADLINES[0]}"] == "related_inline"
    linked = f"<p>وذكر بيان: <a href='/1'>{HEADLINES[0]}</a>.</p>"
    assert any(HEADLINES[0] in text for text, kind in _within(linked).items() if kind == "body")


@pytest.mark.parametrize(
    ("rel", "also", "expected"),
    [
        ("tag", "", ["تونس", "جائزة نوبل"]),
        ("category tag", "", []),
        # Another box of tags: whose they are is not certain.
        ("tag", "<div><a rel='tag' href='/t/3'>أوسلو</a></div>", []),
    ],
)
def test_links_that_the_markup_calls_tags_are_keywords(
    rel: str, also: str, expected: list[str]
) -> None:
    names = ("تونس", "جائزة نوبل")
    tags = " ".join(f"<a rel='{rel}' href='/t/{n}'>{name}</a>" for n, name in enumerate(names))
    found = clean_html(html().replace("</article>", f"<div>{tags}</div>{also}</article>")).evidence
    values = [e.value for e in found if e.rule == "html.rel=tag" and e.chosen]
    assert values == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("<span class='author'>نادر الحمصي</span>", "نادر الحمصي"),
        ("<a rel='author' href='/a'>بقلم: نادر الحمصي</a>", "نادر الحمصي"),
        ("<span class='author'>أخبار الثقافة</span>", None),
        ("<span class='author'>نادر الحمصي</span><span class='author'>سعيد المثال</span>", None),
    ],
)
def test_an_author_run_together_with_the_date(author: str, expected: str | None) -> None:
    date = f"{author}<time>9 أكتوبر 2015 | 09:10</time>"
    (article,) = clean_html(html(date=date)).articles
    assert article.byline == expected


def test_the_outlet_beside_the_author_is_no_part_of_the_name() -> None:
    stated = {
        "@type": "NewsArticle",
        "headline": NOBEL_TITLE,
        "author": {"@type": "Person", "name": "نادر الحمصي"},
        "publisher": {"@type": "Organization", "name": "صحيفة المثال"},
    }
    head = f'<script type="application/ld+json">{json.dumps(stated)}</script>'
    for line in ("صحيفة المثال – نادر الحمصي", "نادر الحمصي"):
        (article,) = clean_html(html(head, date=f"{line}</div><div>9 أكتوبر 2015")).articles
        assert article.byline == "نادر الحمصي"
