"""Which lines of a source's stories its index gets, and as what."""

from __future__ import annotations

import random

import pytest

from tests.stories import paragraphs, title
from transforms.clean.known_lines import KnownLine, KnownLines, line_hash
from transforms.clean.line_counts import Story, is_recount_due, new_lines
from transforms.stamp import Stamp
from warehouse.tables import LineIndex

NOTHING = KnownLines(0, {})
STAMP = Stamp("run-1", "1")


def story(number: int, *, before: str = "", after: str = "", middle: str = "") -> Story:
    """Return a story with lines of others around and between its own."""
    first, second, third = paragraphs(number)
    body = [line for line in (before, first, middle, second, third, after) if line]
    return Story(f"{number:032x}", title(number), None, "\n".join(body))


def rows(stories: list[Story], known: KnownLines = NOTHING) -> dict[str, LineIndex]:
    """Return the new rows by their line."""
    made = new_lines("mithal", stories, stories, known, len(stories), STAMP)
    return {row.line: row for row in made}


def test_headline_and_first_paragraph_open_a_story() -> None:
    made = rows([story(1)])
    assert {row.kind for row in made.values()} == {"title", "lead"}
    assert {row.line_hash for row in made.values()} == {
        line_hash(title(1)), line_hash(paragraphs(1)[0]),
    }  # fmt: skip
    assert {row.next_hash for row in made.values()} == {line_hash(paragraphs(1)[1])}
    assert {row.evidence_id for row in made.values()} == {1}


def test_a_standfirst_is_a_lead_and_short_openings_are_none() -> None:
    stand = "البلدية تقول إن المشروع يوفر مئات الوظائف في عامه الأول"
    made = rows([story(1)._replace(summary=stand, title="صورة وتعليق", body="سطر قصير هنا")])
    assert [(row.kind, row.line) for row in made.values()] == [("lead", stand)]


def test_lines_at_the_edge_of_many_stories_are_furniture() -> None:
    footer = "تصلكم الأخبار على رسائل الهاتف"
    made = rows([story(n, after=footer if n < 6 else "") for n in range(60)])
    assert (made[footer].kind, made[footer].stories) == ("furniture", 6)


@pytest.mark.parametrize(("often", "kind"), [(11, "title"), (12, "masthead"), (60, "masthead")])
def test_the_headline_of_a_fifth_of_the_stories_is_a_masthead(often: int, kind: str) -> None:
    head = "شبكة أخبار الساحل صوت الناس"
    made = rows([story(n)._replace(title=head if n < often else title(n)) for n in range(60)])
    assert (made[head].kind, made[head].stories) == (kind, often)
    assert (made[head].next_hash is None) == (kind == "masthead")


def test_what_stands_between_paragraphs_is_a_subhead_not_furniture() -> None:
    subhead = "تفاصيل المشروع"
    made = rows([story(n, middle=subhead) for n in range(60)])
    assert made[subhead].kind == "recurring"


@pytest.mark.parametrize(("stories", "kind"), [(4, "recurring"), (5, "furniture")])
def test_four_stories_make_no_furniture(stories: int, kind: str) -> None:
    footer = "تصلكم الأخبار على رسائل الهاتف"
    made = rows([story(n, after=footer if n < stories else "") for n in range(60)])
    assert made[footer].kind == kind


def test_half_a_per_cent_is_needed_of_many_stories() -> None:
    footer = "وإلى اللقاء في الأسبوع القادم"
    few = [Story(f"{n:032x}", f"عنوان قصة رقم {n} هنا", None, f"فقرة {n}") for n in range(1_200)]
    ending = [each._replace(body=f"{each.body}\n{footer}") for each in few[:5]]
    assert rows([*ending, *few[5:]])[footer].kind == "recurring"
    assert rows([*ending, *few[5:900]])[footer].kind == "furniture"


def test_copies_of_one_story_count_once() -> None:
    copies = [story(1)._replace(article_id=f"{n:032x}") for n in range(8)]
    made = rows(copies)
    assert {row.kind for row in made.values()} == {"title", "lead"}
    assert {row.stories for row in made.values()} == {8}


def test_the_order_of_the_stories_changes_nothing() -> None:
    stories = [story(n, after="تصلكم الأخبار على رسائل الهاتف") for n in range(40)]
    stories += [story(1)._replace(article_id=f"{99:032x}")]
    shuffled = random.Random(7).sample(stories, len(stories))
    assert rows(shuffled) == rows(stories)


def test_what_is_known_comes_again_only_as_something_more_telling() -> None:
    footer = "تصلكم الأخبار على رسائل الهاتف"
    stories = [story(n, after=footer) for n in range(10)]
    before = KnownLines(
        4,
        {
            line_hash(title(1)): KnownLine("title", None),
            line_hash(footer): KnownLine("recurring", None),
        },
    )
    made = rows(stories, before)
    assert title(1) not in made
    assert (made[footer].kind, made[footer].evidence_id) == ("furniture", 5)
    assert rows(stories, KnownLines(5, {r.line_hash: KnownLine(r.kind, None) for r in
                                        rows(stories).values()})) == {}  # fmt: skip


def test_lines_are_counted_again_when_a_source_has_grown_by_a_fifth() -> None:
    assert is_recount_due(50, 0)
    assert not is_recount_due(1_000, 1_000)
    assert is_recount_due(1_250, 1_000)
    due = [n for n in range(100, 10_000) if is_recount_due(n, n - 1)]
    assert len(due) < 30
