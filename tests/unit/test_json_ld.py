"""JSON-LD: the forms that outlets print it in, and what must not be taken from it."""

from __future__ import annotations

import json

import pytest

from transforms.clean.json_ld import read_json_ld

OWN = "https://outlet.example/world/%D8%B7%D9%82%D8%B3-1"
ARTICLE = {"@type": "NewsArticle", "headline": "أ", "datePublished": "2015-10-09"}


def stated(*data: object, address: str | None = None) -> list[tuple[str, str, str]]:
    return [tuple(s) for s in read_json_ld(map(json.dumps, data), address).stated]  # type: ignore[misc]


HEADLINE = ("title", "أ", "json-ld.headline")
DAY = ("published_at", "2015-10-09", "json-ld.datePublished")


@pytest.mark.parametrize(
    "data",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "x"}, ARTICLE]},
        [[{"@graph": [ARTICLE]}]],
        {"@type": "WebPage", "mainEntity": ARTICLE},
        {"@type": "ItemPage", "mainEntity": [{"@type": "Thing"}, ARTICLE]},
        ARTICLE | {"@type": ["NewsArticle", "Thing"]},
        ARTICLE | {"@type": "http://schema.org/ReportageNewsArticle"},
        ARTICLE | {"@type": "schema:OpinionNewsArticle"},
        ARTICLE | {"@type": "BlogPosting"},
        ARTICLE | {"@type": "Report"},
    ],
)
def test_an_article_is_found_wherever_it_stands(data: object) -> None:
    assert stated(data) == [HEADLINE, DAY]


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "WebSite", "headline": "أ"},
        {"@type": "ItemList", "itemListElement": [ARTICLE]},
        {"@type": "WebPage", "mentions": ARTICLE},
        {"@type": "Articles", "headline": "أ"},
        {"headline": "أ"}, 5, None, "نص", [], {"@type": 5}, {"@graph": "x"},
    ],
)  # fmt: skip
def test_what_is_no_article_of_the_page(data: object) -> None:
    assert stated(data) == []


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("طه حسين", ["طه حسين"]),
        ({"@type": "Person", "name": "طه حسين"}, ["طه حسين"]),
        ([{"name": "طه حسين"}, {"name": "مي زيادة"}], ["طه حسين", "مي زيادة"]),
        (["طه حسين", {"name": ["مي زيادة"]}], ["طه حسين", "مي زيادة"]),
        ({"@id": "#p"}, ["جبران"]),
        ({"@id": "#unknown"}, []),
        ({"name": 3}, []),
        ([[["x"]]], []),
    ],
)
def test_authors(author: object, names: list[str]) -> None:
    graph = {"@graph": [{"@type": "NewsArticle", "author": author}, {"@id": "#p", "name": "جبران"}]}
    assert [value for field, value, _ in stated(graph) if field == "byline"] == names


@pytest.mark.parametrize(
    "named",
    [
        {"url": "https://outlet.example/world/other-2"},
        {"mainEntityOfPage": {"@type": "WebPage", "@id": "https://outlet.example/sport/3"}},
        {"mainEntityOfPage": "https://outlet.example/sport/3"},
    ],
)
def test_an_item_of_another_address_is_another_story(named: dict[str, object]) -> None:
    other = ARTICLE | named | {"headline": "ب"}
    assert stated([other, ARTICLE], address=OWN) == [HEADLINE, DAY]


@pytest.mark.parametrize(
    "named",
    [
        "https://outlet.example/world/طقس-1", OWN + "/", OWN + "/amp", "https://outlet.example/",
        "https://cdn.example/else", "/world/relative", "http://[", "",
    ],
)  # fmt: skip
def test_an_item_of_the_page_s_own_address_in_any_form_counts(named: str) -> None:
    item = ARTICLE | {"url": named}
    assert stated([item, ARTICLE | {"headline": "ب"}], address=OWN)[0] == HEADLINE


def test_where_every_item_has_another_address_the_page_s_own_is_wrong() -> None:
    assert stated(ARTICLE | {"url": "https://outlet.example/5"}, address=OWN) == [HEADLINE, DAY]


def test_the_page_s_day_counts_where_no_article_states_one() -> None:
    page = {"@type": "WebPage", "datePublished": "2015-10-08", "inLanguage": "ar"}
    day = ("published_at", "2015-10-08", "json-ld.page.datePublished")
    language = ("language", "ar", "json-ld.page.inLanguage")
    assert stated(page) == [day, language]
    assert stated([page, ARTICLE]) == [HEADLINE, DAY]


def test_a_live_page_and_a_copy_of_the_text() -> None:
    live = json.dumps({"@type": "LiveBlogPosting", "articleBody": "نص"})
    assert read_json_ld([live], None).is_live
    assert read_json_ld([live], None).body == "نص"
    assert not read_json_ld([json.dumps(ARTICLE)], None).is_live


@pytest.mark.parametrize("block", ["{", "[" * 99999, "", "\x00", '{"@type": "NewsArticle"', "<!--"])
def test_a_block_that_is_no_json_hides_no_other(block: str) -> None:
    assert read_json_ld([block, json.dumps(ARTICLE)], None).stated[0].value == "أ"


def test_a_flood_of_items_is_cut_short() -> None:
    flood = [ARTICLE | {"author": ["x"] * 500}] * 500
    assert len(stated(flood)) < 5_000
