"""What a tagger found, made to follow the span rules and joined with the knowledge."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from transforms.tag.article import tag_text
from transforms.tag.choice import NONE
from transforms.tag.hints import Hint
from transforms.tag.keys import make_key
from transforms.tag.tagger import Found, tagger_named
from transforms.tag.unseen import joined, unseen
from warehouse.tables.tag import EntityType


class Says:
    """A tagger that finds each of its names wherever the text has it."""

    def __init__(self, score: float = 0.97, **names: EntityType) -> None:
        self._score = score
        self._names = names
        self.hints: list[Sequence[Hint]] = []

    def names(self, texts: Sequence[str], hints: Sequence[Sequence[Hint]]) -> list[list[Found]]:
        self.hints += hints
        return [
            sorted(
                Found(at, at + len(name), kind, self._score)
                for written, kind in self._names.items()
                for name in [written.replace("_", " ")]
                for at in range(len(text))
                if text.startswith(name, at)
            )
            for text in texts
        ]


def surfaces(text: str, **names: EntityType) -> list[tuple[str, str | None, str]]:
    """Return surface, proclitics and type of what a tagger's names become in a text."""
    key = make_key(text)
    (found,) = Says(**names).names([text], [[]])
    matches = [(m, key.to_source(m.start, m.end)) for m, _ in unseen(key, found)]
    return [(text[a:b], match.clitic, match.type) for match, (a, b) in matches]


@pytest.mark.parametrize(
    ("text", "name", "surface", "clitic"),
    [
        ("انتقل إلى زقزوقيا أمس", "زقزوقيا", "زقزوقيا", None),
        ("انتقل وبغداد بعيدة", "وبغداد", "بغداد", "و"),
        ("عقد بالزقزوقية اجتماعا", "بالزقزوقية", "الزقزوقية", "ب"),
        ("سلم للزقزوقية الرد", "للزقزوقية", "لزقزوقية", "ل"),
        ("سلم وللزقزوقية الرد", "وللزقزوقية", "لزقزوقية", "ول"),
        ("زقزوقيا كبيرة، وزقزوقيا بعيدة", "وزقزوقيا", "زقزوقيا", "و"),
        ("انتقل واشنطن أمس", "واشنطن", "واشنطن", None),
        ("انتقل وزقزوقيا أمس", "وزقزوقيا", "وزقزوقيا", None),
        ("في «زقزوقيا» أمس", "«زقزوقيا»", "زقزوقيا", None),
        ("في زقزوقيا، أمس", "زقزوقيا،_أمس", "زقزوقيا", None),
        ("زَقْزُوقيا بعيدة", "زَقْزُوقيا", "زَقْزُوقيا", None),
    ],
)
def test_proclitics_quotes_and_marks_stay_outside(
    text: str, name: str, surface: str, clitic: str | None
) -> None:
    assert surfaces(text, **{name.replace(" ", "_"): "LOC"}) == [(surface, clitic, "LOC")]


def test_titles_stand_before_a_person_and_adjectives_of_countries_are_no_names() -> None:
    assert surfaces("قال الدكتور زقزوق", الدكتور_زقزوق="PER") == [("زقزوق", None, "PER")]
    assert surfaces("قال الوزير", الوزير="PER") == []
    assert surfaces("قال المصري أمس", المصري="LOC") == []
    assert surfaces("قال أب أمس", أب="PER") == []


def test_a_name_of_the_knowledge_stays_and_the_tagger_was_told_of_it() -> None:
    tagger = Says(القاهرة_زقزوقيا="ORG", سمسوم="PER", زقزوقيا="LOC")
    found = tag_text("زار القاهرة سمسوم ثم زقزوقيا", tagger)
    assert [(m.surface, m.type, m.name) for m in found] == [
        ("القاهرة", "LOC", "القاهرة"), ("سمسوم", "PER", "سمسوم"), ("زقزوقيا", "LOC", "زقزوقيا"),
    ]  # fmt: skip
    assert [[(h.start, h.end, h.type) for h in hints] for hints in tagger.hints] == [
        [(4, 11, "LOC")]
    ]


@pytest.mark.parametrize(
    ("score", "kept"), [(0.76, True), (0.74, False), (0.51, False), (0.49, False)]
)
def test_a_name_that_no_list_holds_must_be_as_sure_as_the_lists_are(
    score: float, kept: bool
) -> None:
    tagger = Says(score, زقزوقيا="LOC")
    text = "اتخذ زقزوقيا موقفا"
    assert bool(joined(make_key(text), [], tagger.names([text], [[]])[0])) is kept


def test_persons_joined_by_and_are_two_where_the_second_is_a_name() -> None:
    assert surfaces("حضر خالد وصدام", خالد_وصدام="PER") == [
        ("خالد", None, "PER"), ("صدام", "و", "PER"),
    ]  # fmt: skip
    assert surfaces("حضر خالد وليد", خالد_وليد="PER") == [("خالد وليد", None, "PER")]
    assert surfaces("وزارة العدل والشؤون", وزارة_العدل_والشؤون="ORG") == [
        ("وزارة العدل والشؤون", None, "ORG")
    ]


def test_a_surer_tagger_goes_on_where_rules_stopped_and_tells_a_club_from_its_town() -> None:
    def types(text: str, score: float, **names: EntityType) -> list[tuple[str, str]]:
        return [(m.surface, m.type) for m in tag_text(text, Says(score, **names))]

    text = "قال الوزير محمد علي خشلفوط أمس"
    assert types(text, 0.51, محمد_علي_خشلفوط="PER") == [("محمد علي خشلفوط", "PER")]
    assert types(text, 0.49, محمد_علي_خشلفوط="PER") == [("محمد علي", "PER")]
    assert types("فاز فريق القاهرة", 0.51, القاهرة="ORG") == [("القاهرة", "ORG")]
    assert types("فاز فريق القاهرة", 0.49, القاهرة="ORG") == [("القاهرة", "LOC")]


def test_an_everyday_word_names_a_body_where_a_tagger_is_very_sure() -> None:
    def names(score: float, kind: EntityType) -> list[tuple[str, str]]:
        return [(m.surface, m.type) for m in tag_text("سجل الرئيس هدفا", Says(score, الرئيس=kind))]

    assert names(0.91, "ORG") == [("الرئيس", "ORG")]
    assert names(0.89, "ORG") == names(0.99, "PER") == []


def test_a_new_name_is_one_entity_and_later_ones_link_to_it() -> None:
    first, second = tag_text("زار زقزوقيا، وفي زقزوقيا بقي", Says(زقزوقيا="LOC"))
    assert first.entity_id == second.entity_id is not None
    assert first.score < second.score


def test_a_last_name_alone_still_links_to_the_person_named_in_full() -> None:
    full, short = tag_text("زار خليفة حفتر المدينة، ثم عاد حفتر", Says(حفتر="PER"))
    assert (short.surface, short.entity_id) == ("حفتر", full.entity_id)


def test_a_tagger_is_named_or_none() -> None:
    assert tagger_named(NONE) is None
    assert tagger_named(f"{__name__}:Says") is tagger_named(f"{__name__}:Says")
    with pytest.raises(ImportError):
        tagger_named("no_such_module:Tagger")


def test_a_tagger_does_not_find_what_only_looks_like_a_name() -> None:
    text = "اجتمعوا بعد صلاة المغرب أمس"
    found = Says(0.99, المغرب="LOC").names([text], [[]])[0]
    assert found
    assert joined(make_key(text), [], found) == []


def test_a_place_that_needs_a_cue_is_known_where_a_tagger_sees_it() -> None:
    text = "استيقظت الزرقاء على خبر سار"
    found = Says(0.99, الزرقاء="LOC").names([text], [[]])[0]
    (match,) = joined(make_key(text), [], found)
    assert [bearer.entity_id for bearer in match.bearers] == ["gn-250090"]


def test_a_name_that_the_knowledge_holds_is_no_second_entity() -> None:
    text = "جماعات تصنفها روسيا ضمن قوائمها"
    assert tag_text(text) == []  # the word before may be an adverb: the knowledge does not trust it
    (seen,) = tag_text(text, Says(روسيا="LOC"))
    assert (seen.entity_id, seen.name) == ("russia", "روسيا")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("روسيا", "ORG"), ("وزارة_الداخلية", "ORG"), ("العربية", "ORG")],
)
def test_a_name_of_another_type_or_of_a_body_behind_a_cue_stays_one_of_the_text(
    name: str, kind: EntityType
) -> None:
    written = name.replace("_", " ")
    text = f"قيل إن {written} هنا"
    (found,) = Says(**{name: kind}).names([text], [[]])
    assert all(match.bearers == () for match, _ in unseen(make_key(text), found))
