"""Our own texts in the page layouts of news sites: the main text is known, so it can be asked for.

A sample of `benchmarks/html_pages.py`, which measures all of them. The thresholds are the floor
on pages of our own making, not the accuracy on the web's.
"""

from __future__ import annotations

from functools import cache

import pytest

from flows.commands.evaluate_html import token_f1
from tests.html_corpus.pages import Made, pages, templates
from transforms.clean import html
from transforms.clean.page import Cleaned, clean_page
from transforms.ingest.land import land
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Page, Source

STAMP, SOURCE = Stamp("corpus", "0"), Source(source_id="corpus")
#: Every story would take a minute; those of this step are short and long ones alike.
EVERY = 16
#: Without an element for headings, a text in questions and answers has the shape of a thread of
#: comments (name, text): such a page is in doubt.
UNTOLD = {("explainer_sections", "bare")}

every_layout = pytest.mark.parametrize("template", templates())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that trafilatura is asked about; it knows nothing."""
    pages_asked: list[str] = []
    monkeypatch.setattr(html, "main_text", lambda markup: pages_asked.append(markup) or "")
    return pages_asked


@cache
def _made(template: str) -> tuple[Made, ...]:
    return tuple(pages(template, every=EVERY))


def _landed(made: Made) -> Page:
    page = land(RawRecord("corpus", "page.html", made.markup.encode(), "text/html"), STAMP)
    assert isinstance(page, Page)
    return page


@cache
def _cleaned(made: Made) -> Cleaned:
    return clean_page(_landed(made), SOURCE, STAMP)


@every_layout
def test_the_main_text_is_the_body(template: str) -> None:
    for made in _made(template):
        if (template, made.dress) not in UNTOLD:
            (article,) = _cleaned(made).articles
            assert token_f1(article.body, made.body) >= 0.93, (made.dress, made.story, article.body)


def test_what_the_shape_cannot_tell_is_left_to_the_second_witness(asked: list[str]) -> None:
    for template, dress in UNTOLD:
        for made in _made(template):
            if made.dress == dress:
                clean_page(_landed(made), SOURCE, STAMP)
                assert asked.pop() == made.markup


@every_layout
def test_the_headline_is_found(template: str) -> None:
    for made in _made(template):
        assert _cleaned(made).articles[0].title == made.title


@every_layout
def test_a_date_is_the_story_s_or_none(template: str) -> None:
    """In numbers only, day and month may stand in either order: no outlet's country is told."""
    for made in _made(template):
        article = _cleaned(made).articles[0]
        year, month, day = made.published.split("-")
        if article.published_at is None:
            assert article.published_reason
        else:
            assert article.published_at[:10] in (made.published, f"{year}-{day}-{month}")


def test_most_pages_need_no_second_witness(asked: list[str]) -> None:
    landed = [_landed(made) for template in templates() for made in _made(template)]
    for page in landed:
        clean_page(page, SOURCE, STAMP)
    assert len(asked) <= 0.1 * len(landed)


def test_segments_cover_the_page_and_offsets_count_in_its_text() -> None:
    for template in templates():
        made = _made(template)[0]
        page, cleaned = _landed(made), _cleaned(made)
        ends = [0, *(segment.end for segment in cleaned.segments)]
        assert [segment.start for segment in cleaned.segments] == ends[:-1]
        assert ends[-1] == len(page.text)


def test_the_pages_are_made_the_same_each_time() -> None:
    assert next(pages("drupal")) == next(pages("drupal"))
    assert len(templates()) >= 12
