"""Short names and namesakes are decided over the whole article, or stay open."""

from __future__ import annotations

import pytest

from transforms.tag.keys import make_key
from transforms.tag.lexicon import lexicon
from transforms.tag.link import Linked, link
from transforms.tag.matcher import find_known
from transforms.tag.people import find_people


def linked(*parts: str, country: str | None = None) -> list[tuple[str, Linked]]:
    keys = [make_key(part) for part in parts]
    found = [
        find_known(key) or find_people(key, part) for key, part in zip(keys, parts, strict=True)
    ]
    return [
        (key.words[one.start : one.end], one)
        for key, names in zip(keys, link(keys, found, lexicon(), country), strict=True)
        for one in names
    ]


def entities(*parts: str, country: str | None = None) -> list[tuple[str, str | None]]:
    return [(surface, one.entity_id) for surface, one in linked(*parts, country=country)]


def test_a_short_name_links_to_the_full_one_before_it() -> None:
    surface, one = linked("وصل خليفة حفتر أولا. ثم تحدث حفتر قليلا")[-1]
    assert (surface, one.entity_id, one.method) == ("حفتر", "khalifa-haftar", "document")


def test_a_headline_links_to_the_full_name_in_the_body() -> None:
    assert entities("المنفي يزور تونس", "وصل محمد المنفي أمس")[0] == ("المنفي", "mohamed-al-menfi")


def test_the_curated_short_form_decides_a_tie() -> None:
    found = entities("جلس صدام حفتر قرب خليفة حفتر. قال حفتر كلمة")
    assert found[-1] == ("حفتر", "khalifa-haftar")


def test_a_tie_without_a_curated_form_stays_open() -> None:
    surface, one = linked("جلس مسعود بارزاني قرب مروان البرغوثي ومصطفى البرغوثي. رد البرغوثي")[-1]
    assert (surface, one.entity_id, one.method) == ("البرغوثي", None, "none")


def test_the_only_one_introduced_before_is_meant() -> None:
    found = entities("بدأ مروان البرغوثي. رد البرغوثي. ثم مصطفى البرغوثي هنا")
    assert found[1] == ("البرغوثي", "marwan-barghouti")


def test_the_main_person_of_the_article_is_meant() -> None:
    text = "بدأ مروان البرغوثي ومصطفى البرغوثي. عاد مروان البرغوثي. قال البرغوثي"
    assert entities(text)[-1] == ("البرغوثي", "marwan-barghouti")


@pytest.mark.parametrize(
    ("text", "surface", "entity"),
    [
        ("أرسل خليفة حفتر ابنه صدام إلى هناك. عاد صدام حفتر", "صدام", "saddam-haftar"),
        ("ترك خليفة حفتر الأمر لابنيه خالد وصدام. خالد حفتر وصدام حفتر", "صدام", "saddam-haftar"),
    ],
)
def test_given_names_of_kin(text: str, surface: str, entity: str) -> None:
    assert (surface, entity) in entities(text)


def test_a_given_name_alone_is_no_mention() -> None:
    assert ("صدام", "saddam-haftar") not in entities("عاد صدام حفتر. في وقت صدام بعيد")


def test_a_family_name_that_is_a_noun_does_not_link_alone() -> None:
    assert [s for s, _ in entities("وصل رياض سلامة. حرصا على سلامة الناس")] == ["رياض سلامه"]


def test_without_full_name_a_curated_short_form_links_by_alias() -> None:
    assert linked("قال بوتين إنه مستعد")[0][1].method == "alias"


def test_a_name_of_the_text_links_again_by_document() -> None:
    keys = [make_key("قال الكاتب سامي النعماني شيئا. ثم سكت سامي النعماني. ضحك النعماني")]
    people = find_people(
        keys[0], "قال الكاتب سامي النعماني شيئا. ثم سكت سامي النعماني. ضحك النعماني"
    )
    (names,) = link(keys, [people], lexicon(), None)
    assert [one.method for one in names] == ["none", "document", "document"]
    assert len({one.entity_id for one in names}) == 1


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("اجتمعوا في طرابلس مع مسؤولين من ليبيا", None, "LY"),
        ("اجتمعوا في طرابلس مع مسؤولين من لبنان", None, "LB"),
        ("قال المسؤول اللبناني إن طرابلس هادئة", None, "LB"),
        ("هدوء في طرابلس", "LY", "LY"),
        ("هدوء في طرابلس", None, None),
        ("وصل إلى عمان وفد من الأردن", None, "JO"),
        ("وصل إلى عمان وفد والسلطان هيثم بن طارق حاضر", None, "OM"),
    ],
)
def test_namesake_places(text: str, country: str | None, expected: str | None) -> None:
    surface, one = next(
        pair for pair in linked(text, country=country) if pair[0] in ("طرابلس", "عمان")
    )
    known = lexicon().known.get(one.entity_id or "")
    assert (known.country if known else None) == expected, surface


def test_a_ministry_without_country() -> None:
    assert entities("قالت وزارة الداخلية كلمة") == []
    assert entities("قالت وزارة الداخلية كلمة", country="TN") == [
        ("وزاره الداخليه", "tn-ministry-of-interior")
    ]
    both = entities("قالت وزارة الداخلية المصرية كلمة. ثم سكتت وزارة الداخلية", country="TN")
    assert both[-1] == ("وزاره الداخليه", "eg-ministry-of-interior")
