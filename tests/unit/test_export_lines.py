"""What formats of lines make of one article: dates as stated, names that stand for nobody, no text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from warehouse.exports import ftm, json_ld
from warehouse.exports.stories import Story
from warehouse.tables import Article

RIYADH = timezone(timedelta(hours=3))


def a_story(**over: Any) -> Story:
    row: dict[str, Any] = dict.fromkeys(each.name for each in Article.fields())
    row |= {"article_id": "a" * 32, "title": "عنوان", "body": "سطر\nوسطر", "language": "ar"}
    row |= {"body_words": 2, "fetched_at": None, "terms": None, "copy_of": None}
    return Story(row | over)


def a_mention(entity: str | None, kind: str = "PER", part: str = "body", **over: Any) -> Any:
    told = {
        "entity_id": entity,
        "type": kind,
        "stands_in": part,
        "surface": "اسم",
        "name_ar": "اسم",
    }
    return told | dict.fromkeys(("name_en", "subtype", "country", "origin")) | over


@pytest.mark.parametrize(
    ("stated", "precision", "as_ftm", "as_json_ld"),
    [
        (None, None, None, None),
        ("2023", "year", "2023", "2023"),
        ("2023-05", "month", "2023-05", "2023-05"),
        ("2023-05-07", "day", "2023-05-07", "2023-05-07"),
        ("2023-05-07T10:30", "time", "2023-05-07T10:30:00", "2023-05-07T10:30"),
        ("2023-05-07T01:30+03:00", "time", "2023-05-06T22:30:00", "2023-05-07T01:30+03:00"),
        ("2023-05-07T10:30:00Z", "time", "2023-05-07T10:30:00", "2023-05-07T10:30:00Z"),
        ("2021/2022", "range", None, None),
    ],
)
def test_a_date_is_as_precise_as_it_was_stated(
    stated: str | None, precision: str | None, as_ftm: str | None, as_json_ld: str | None
) -> None:
    story = a_story(published_at=stated, published_precision=precision, modified_at=stated)
    found = ftm.article(story)["properties"]
    for name in ("publishedAt", "modifiedAt"):
        assert found.get(name) == (as_ftm and [as_ftm])
    told = json_ld.news_article(story)
    assert told.get("datePublished") == told.get("dateModified") == as_json_ld


def test_when_a_page_was_fetched_is_in_utc() -> None:
    for moment in (
        datetime(2026, 3, 4, 9, tzinfo=UTC), datetime(2026, 3, 4, 12, tzinfo=RIYADH),
    ):  # fmt: skip
        found = ftm.article(a_story(fetched_at=moment))
        assert found["properties"]["retrievedAt"] == ["2026-03-04T09:00:00"]


def test_an_article_without_its_texts_has_none() -> None:
    story = a_story(body=None, summary=None)
    assert ftm.article(story)["properties"].keys() == {"title", "language"}
    assert not {"articleBody", "abstract"} & json_ld.news_article(story).keys()


def test_the_body_stays_as_it_is_and_all_else_is_one_line() -> None:
    story = a_story(title="عنوان\nفي سطرين", summary="أول\nثان", byline=" كاتب \u202e ")
    found = ftm.article(story)["properties"]
    assert (found["bodyText"], found["summary"]) == (["سطر\nوسطر"], ["أول\nثان"])
    assert (found["title"], found["author"]) == (["عنوان في سطرين"], ["كاتب \ufffd"])


def test_an_undecided_language_is_none() -> None:
    story = a_story(language="und")
    assert "language" not in ftm.article(story)["properties"]
    assert "inLanguage" not in json_ld.news_article(story)


def test_names_of_one_entity_are_one_mention_and_open_ones_resolve_to_nobody() -> None:
    story = a_story()
    story.mentions = [
        a_mention("p-1", surface="سعيد المالكي"), a_mention("p-1", surface="المالكي"),
        a_mention("p-1", surface="المالكي"), a_mention(None, surface="خوري", name_ar=None),
        a_mention("o-1", "ORG", surface="هيئة"), a_mention("egypt", "LOC"),
    ]  # fmt: skip
    linked, unknown, office = (each["properties"] for each in ftm.mentions(story))
    assert linked["name"] == ["سعيد المالكي", "المالكي"]
    assert linked["resolved"] == ["khabar-entity-p-1"]
    assert linked["detectedSchema"] == ["Person"] and office["detectedSchema"] == ["Organization"]
    assert unknown["name"] == ["خوري"] and "resolved" not in unknown
    again = [each["id"] for each in ftm.mentions(story)]
    assert again == [each["id"] for each in ftm.mentions(story)] and len(set(again)) == 3


def test_an_article_names_the_countries_of_its_places() -> None:
    story = a_story()
    story.mentions = [
        a_mention("egypt", "LOC", name_ar="مصر", subtype="territory", country="EG"),
        a_mention("gn-360630", "LOC", name_ar="القاهرة", subtype="capital", country="EG"),
        a_mention("ceuta", "LOC", name_ar="سبتة", subtype="territory", country="EA"),
        a_mention(None, "LOC", name_ar=None, surface="أسني"),
    ]
    found = ftm.article(story)["properties"]
    assert found["detectedCountry"] == ["eg"]
    assert found["locationMentioned"] == ["مصر", "القاهرة", "سبتة", "أسني"]


def test_what_the_headline_names_the_article_is_about() -> None:
    story = a_story()
    story.mentions = [
        a_mention("p-1", part="title"), a_mention("p-1"), a_mention("gn-7", "LOC"),
        a_mention("gn-x", "LOC"), a_mention(None, part="title"),
    ]  # fmt: skip
    told = json_ld.news_article(story)
    assert [each["identifier"] for each in told["about"]] == ["p-1"]
    assert [each.get("sameAs") for each in told["mentions"]] == [
        "https://sws.geonames.org/7/", None,
    ]  # fmt: skip


def test_a_copy_is_based_on_its_original_and_on_the_source_that_it_names() -> None:
    original = {"@type": "NewsArticle", "@id": f"urn:khabar:article:{'b' * 32}"}
    source = {"@type": "CreativeWork", "publisher": "وكالة النخيل"}
    for over, based_on in (
        ({"copy_of": "b" * 32}, [original]),
        ({"stated_source": "وكالة النخيل"}, [source]),
        ({"copy_of": "b" * 32, "stated_source": "وكالة النخيل"}, [original, source]),
        ({}, None),
    ):
        assert json_ld.news_article(a_story(**over)).get("isBasedOn") == based_on
