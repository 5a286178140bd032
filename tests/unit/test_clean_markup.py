"""What the markup states, held against the page: conflicts are kept, with the reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.clean_pages import NOBEL, NOBEL_TITLE, clean, make_page
from transforms.clean.markup import Fact, see, title_lines
from transforms.clean.moments import moment
from transforms.ingest.render import render

AGREES = "the page's line names the same day"


def markup(head: str = "", *, date: str = "9 أكتوبر 2015", lang: str = "ar") -> str:
    body = "".join(f"<p>{line}</p>" for line in NOBEL)
    return (
        f"<html lang='{lang}'><head><title>{NOBEL_TITLE}</title>{head}</head><body><main>"
        f"<h1>{NOBEL_TITLE}</h1><div>{date}</div><div>{body}</div></main></body></html>"
    )


def evidence(page: str, field: str, **row: object) -> list[tuple[str, bool, str | None]]:
    landed = make_page(render(page).text, "text/html", markup=page).model_copy(update=row)
    return [(e.value, e.chosen, e.reason) for e in clean(landed).evidence if e.field == field]


def published(content: str) -> str:
    return f'<meta property="article:published_time" content="{content}">'


def test_a_statement_that_the_page_confirms_goes_before_one_that_it_does_not() -> None:
    ld = json.dumps({"@type": "NewsArticle", "datePublished": "2013-01-02"})
    page = markup(f"<script type='application/ld+json'>{ld}</script>{published('2015-10-09')}")
    assert evidence(page, "published_at") == [
        ("2013-01-02", False, "the page's line names another day"),
        ("2015-10-09", True, AGREES),
        ("2015-10-09", False, None),
    ]


def test_a_labelled_line_of_another_day_goes_before_the_markup() -> None:
    page = markup(published("2021-03-02"), date="تاريخ النشر: 9 أكتوبر 2015")
    reason = "a labelled line of the page names another day"
    assert evidence(page, "published_at") == [
        ("2015-10-09", True, "shown on the page"), ("2021-03-02", False, reason),
    ]  # fmt: skip


def test_an_unlabelled_line_of_another_day_is_kept_beside_the_markup_s() -> None:
    page = markup(published("2021-03-02"))
    assert evidence(page, "published_at") == [
        ("2021-03-02", True, "the markup states it"),
        ("2015-10-09", False, "a line without a label; the markup states the day"),
    ]


def test_a_day_after_the_page_was_fetched_is_not_believed() -> None:
    fetched = datetime(2015, 10, 10, tzinfo=UTC)
    found = evidence(markup(published("2031-01-01")), "published_at", fetched_at=fetched)
    assert found == [
        ("2015-10-09", True, "shown on the page"),
        ("2031-01-01", False, "later than the page was fetched"),
    ]


def test_a_modification_before_the_publication_says_why_it_is_not_taken() -> None:
    head = published("2015-10-09") + '<meta name="dateModified" content="2014-01-01">'
    assert evidence(markup(head), "modified_at") == [
        ("2014-01-01", False, "before the publication")
    ]


@pytest.mark.parametrize(
    ("author", "reason"),
    [
        ("صحيفة المثال", "names the publisher, not an author"),
        ("https://social.example/a", "an address, not a name"),
        ("admin", "a login, not a name"),
    ],
)
def test_what_is_no_author(author: str, reason: str) -> None:
    head = f'<meta name="author" content="{author}"><meta property="og:site_name" content="صحيفة المثال">'
    assert evidence(markup(head), "byline") == [(author, False, reason)]


def test_a_keyword_that_the_page_does_not_show_is_not_taken() -> None:
    found = evidence(markup('<meta name="keywords" content="تونس، مراكش">'), "keyword")
    assert found == [("تونس", True, None), ("مراكش", False, "not in the page's text")]


def test_two_publishers() -> None:
    ld = json.dumps({"@type": "NewsArticle", "publisher": {"name": "دار المثال"}})
    head = f"<script type='application/ld+json'>{ld}</script><meta property='og:site_name' content='المثال'>"
    assert evidence(markup(head), "publisher") == [
        ("دار المثال", True, "the markup's first statement"),
        ("المثال", False, "the page or an earlier statement says otherwise"),
    ]


def test_software_is_no_publisher() -> None:
    ld = json.dumps({"@type": "NewsArticle", "publisher": {"name": "WordPress"}})
    head = f"<script type='application/ld+json'>{ld}</script><meta property='og:site_name' content='المثال'>"
    assert [row[:2] for row in evidence(markup(head), "publisher")] == [
        ("WordPress", False),
        ("المثال", True),
    ]


def test_addresses() -> None:
    head = '<link rel="canonical" href="https://outlet.example/1"><meta property="og:url" content="https://outlet.example/2">'
    landed = {"url": "https://OUTLET.example/1?utm_source=x"}
    assert evidence(markup(head), "url", **landed) == [
        ("https://outlet.example/1", True, None),
        ("https://outlet.example/2", False, "the source gives another address"),
    ]


@pytest.mark.parametrize(
    ("lang", "chosen", "reason"),
    [
        ("ar-EG", True, None),
        ("en", False, "the body's letters and words are of ar"),
    ],
)
def test_the_language_that_the_page_states(lang: str, chosen: bool, reason: str | None) -> None:
    assert evidence(markup(lang=lang), "language") == [(lang.lower(), chosen, reason)]


def facts(page: str, field: str) -> list[Fact]:
    return [fact for fact in see(page).facts if fact.field == field]


TIME = "<time datetime='2015-10-09'>أمس</time>"


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        (f"<div><h1>{NOBEL_TITLE}</h1>{TIME}</div>", "time.beside_headline"),
        (f"<div><div><h1>{NOBEL_TITLE}</h1></div>{TIME}</div>", "time.beside_headline"),
        (f"<div><h1>{NOBEL_TITLE}</h1>{TIME}<ul>{TIME}</ul></div>", "time.datetime"),
        (f"<h1>{NOBEL_TITLE}</h1><div>{TIME}</div>", "time.datetime"),
        ("<time itemprop=datePublished datetime='2015-10-09'>أمس</time>", "time.datepublished"),
        ("<abbr class='published' title='2015-10-09'>أمس</abbr>", "abbr.published"),
        ("<meta itemprop=datePublished content='2015-10-09'>", "meta.datepublished"),
        ("<meta name=publishedDate content='2015-10-09'>", "meta.publisheddate"),
    ],
)  # fmt: skip
def test_where_a_day_is_stated(page: str, rule: str) -> None:
    assert facts(page, "published_at")[0] == Fact("published_at", "2015-10-09", rule)


def test_second_headings_are_headlines_only_where_there_is_no_first() -> None:
    assert [f.rule for f in facts("<h1>أول</h1><h2>ثان</h2>", "title")] == ["html.h1"]
    assert [f.rule for f in facts("<h2>ثان</h2>", "title")] == ["html.h2"]


def test_the_lines_that_show_the_headline() -> None:
    head = f'<meta property="og:title" content="{NOBEL_TITLE} | المثال">'
    page = f"<head>{head}</head><a>{NOBEL_TITLE}</a><p>المثال</p><h1>{NOBEL_TITLE}</h1>"
    assert title_lines(see(page)) == [0, 2]
    assert title_lines(see("<p>سطر</p>")) == []
    assert title_lines(see(f"<p>سطر</p><h2>{NOBEL_TITLE}</h2>")) == []


@pytest.mark.parametrize(
    ("stated", "iso"),
    [
        ("2015-10-09", "2015-10-09"),
        ("2015-10-09T09:05:00.000Z", "2015-10-09T09:05:00Z"),
        ("2015-10-09T09:05:00+00:00", "2015-10-09T09:05:00Z"),
        ("2015-10-09T09:05:00+0200", "2015-10-09T09:05:00+02:00"),
        (" 2015-10-09 09:05 ", "2015-10-09T09:05"),
        ("9 أكتوبر 2015", "2015-10-09"),
        ("2015-13-09", None), ("2015-02-30", None), ("2015-10-09T25:05:00Z", "2015-10-09"),
        ("1970-01-01T00:00:00Z", None), ("9999-01-01", None), ("أكتوبر 2015", None), ("", None),
    ],
)  # fmt: skip
def test_moments(stated: str, iso: str | None) -> None:
    assert moment(stated, None) == iso
