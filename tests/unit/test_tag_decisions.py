"""Decisions of analysts: their file, what they give, and which of them contradict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.tag.decisions import (
    COLUMNS,
    DecisionError,
    Decisions,
    decide,
    read_decisions,
    write_decisions,
)
from transforms.tag.text_entities import known_by_now, text_id
from warehouse.tables import Decision

A, B, C, D = "x-per-a", "x-per-b", "khalifa-haftar", "x-per-d"
ONE, TWO = "1" * 32, "2" * 32


def of(action: str, entity: str | None, into: str, **values: str) -> Decision:
    given = {"decided_on": "2026-11-25", "other_name": "فلان", "note": ""} | values
    return decide(action=action, entity_id=entity, other_id=into, **given)


def settled(
    decisions: Decisions, entity: str | None, surface: str = "س", article: str = ONE
) -> str:
    found = decisions.settle(entity, surface, article)
    return found.other_id if found else str(entity)


def test_what_a_decision_gives_is_decided_on_again_in_any_order_of_the_file() -> None:
    rows = [of("merge", A, B), of("merge", B, C), of("split", C, D, surface="أخ")]
    for order in (rows, rows[::-1]):
        decisions = Decisions(order)
        assert settled(decisions, A) == settled(decisions, B) == C
        assert settled(decisions, A, "اخ") == D
        assert settled(decisions, D) == D
        assert decisions.final(A) == C
        assert decisions.touched == {A, B, C}


def test_the_most_specific_decision_is_taken() -> None:
    decisions = Decisions(
        [
            of("split", A, B, surface="س"),
            of("split", A, C, article_id=ONE),
            of("split", A, D, surface="س", article_id=ONE),
        ]
    )
    assert settled(decisions, A, "س", ONE) == D
    assert settled(decisions, A, "ص", ONE) == C
    assert settled(decisions, A, "س", TWO) == B
    assert settled(decisions, A, "ص", TWO) == A


def test_open_mentions_are_linked_by_their_spelling_only() -> None:
    decisions = Decisions([of("link", None, C, surface="حفتر")])
    assert settled(decisions, None, "حَفتر") == C
    assert decisions.settle(None, "المنفي", ONE) is None
    assert settled(decisions, A, "حفتر") == A


def test_two_namesakes_may_each_be_wrong_where_the_other_is_meant() -> None:
    decisions = Decisions([of("split", A, B, article_id=ONE), of("split", B, A, article_id=TWO)])
    assert settled(decisions, A, article=ONE) == B
    assert settled(decisions, B, article=TWO) == A


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([of("merge", A, B), of("merge", A, C)], "two decisions on the same"),
        ([of("merge", A, B), of("merge", B, A)], "leads back"),
        ([of("merge", A, B), of("merge", B, C), of("merge", C, A)], "leads back"),
        ([of("split", A, B, surface="س"), of("merge", B, A)], "leads back"),
        ([of("split", A, B, article_id=ONE), of("split", B, A, surface="س")], "leads back"),
        ([of("apart", A, B), of("merge", A, B)], "they are two"),
        ([of("apart", A, C), of("merge", A, B), of("merge", C, B)], "they are two"),
        ([of("split", A, B, surface="أس"), of("split", A, C, surface="اس")], "the same"),
        ([of("merge", A, A)], "itself"),
        ([of("link", None, B, surface="س"), of("link", None, C, surface="س")], "the same"),
    ],
)
def test_contradictions_are_refused(rows: list[Decision], said: str) -> None:
    with pytest.raises(DecisionError, match=said):
        Decisions(rows)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"action": "merge"}, "needs entity_id"),
        ({"action": "merge", "entity_id": A, "surface": "س"}, "has no surface"),
        ({"action": "split", "entity_id": A}, "a surface, an article_id or both"),
        ({"action": "link", "entity_id": A, "surface": "س"}, "has no entity_id"),
        ({"action": "burn", "entity_id": A}, "action"),
        ({"action": "merge", "entity_id": A, "other_id": "No Id"}, "other_id"),
        ({"action": "merge", "entity_id": A, "decided_on": "yesterday"}, "decided_on"),
        ({"action": "merge", "entity_id": A, "other_name": ""}, "other_name"),
    ],
)
def test_a_decision_says_all_that_its_action_needs(values: dict[str, str], said: str) -> None:
    given = {"decided_on": "2026-11-25", "other_id": B, "other_name": "فلان"} | values
    with pytest.raises(DecisionError, match=said):
        decide(**given)


HOSTILE = "سامي\tالنعماني\nmerge\u2028x\u202e\u2066\x00\x1b[2J\r\u200f"


def test_hostile_names_stay_one_value_on_one_line() -> None:
    row = of("split", A, B, surface=HOSTILE, name=HOSTILE, other_name=HOSTILE, note=HOSTILE)
    text = write_decisions([row])
    assert len(text.split("\n")) == 3 and text.split("\n")[1].count("\t") == len(COLUMNS) - 1
    assert not set(text) & set("\r\x00\x1b\u202e\u2066\u2028\u200f")
    assert read_decisions(text) == [row]


@given(st.text(min_size=1), st.text())
def test_any_name_comes_back_as_it_was_written(name: str, note: str) -> None:
    try:
        row = of("split", A, B, surface=name, other_name=f"س{name}", note=note)
    except DecisionError:
        return  # a name of nothing that is seen
    assert read_decisions(write_decisions([row])) == [row]


def test_what_is_written_by_hand_may_be_pasted_from_a_terminal_or_a_spreadsheet() -> None:
    header = "\t".join(COLUMNS)
    line = f"2026-11-25\tsplit\t{A}\t\t\u2068حفتر\u2069 \t\t{B}\tحَفتر\t"
    (row,) = read_decisions(f"\ufeff{header}\r\n{line}\r\n\r\n")
    assert (row.surface, row.other_name, row.article_id) == ("حفتر", "حفتر", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ("a\tb\n", "line 1"),
        ("\t".join(COLUMNS) + "\n<<<<<<< HEAD\n", "line 2: 1 values"),
        ("\t".join(COLUMNS) + f"\n2026-11-25\tburn\t{A}\t\t\t\t{B}\tف\t\n", "line 2: action"),
    ],
)
def test_a_line_that_is_no_decision_is_named(text: str, said: str) -> None:
    with pytest.raises(DecisionError, match=said):
        read_decisions(text)


def test_the_id_of_a_name_that_only_texts_know_is_that_of_its_key() -> None:
    plain = text_id("PER", "سامي النعماني")
    assert plain == "x-per-66a14d168aa1"
    assert {text_id("PER", each) for each in ("سامي  النعمانى", "سَامي «النعماني»")} == {plain}
    assert text_id("ORG", "سامي النعماني") != plain
    assert text_id("PER", "گمال ڤيتالي") == text_id("PER", "غمال فيتالي")


def test_what_the_knowledge_knows_by_now_has_its_id() -> None:
    assert known_by_now("PER", "خليفة حفتر") == "khalifa-haftar"
    assert known_by_now("ORG", "خليفة حفتر").startswith("x-org-")  # another type is another thing
    assert known_by_now("LOC", "طرابلس").startswith("x-loc-")  # two towns bear it
    assert known_by_now("PER", "سامي النعماني") == text_id("PER", "سامي النعماني")
