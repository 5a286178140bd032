"""What other pages of a source decide on a page, and what they leave alone."""

from __future__ import annotations

import pytest

from tests.clean_pages import SOURCE, STAMP, make_page, make_record
from tests.stories import page, paragraphs, title
from transforms.clean.known_lines import KnownLine, KnownLines, line_hash, may_decide
from transforms.clean.page import Cleaned, clean_page
from warehouse.tables import Page


def known(*, evidence_id: int = 3, **lines: str) -> KnownLines:
    """Return a snapshot: kind by line, the lines given as `kind=line` or `kind_n=line`."""
    return KnownLines(
        evidence_id,
        {line_hash(line): KnownLine(kind.split("_")[0], None) for kind, line in lines.items()},  # type: ignore[arg-type]
    )


def clean(on: Page, lines: KnownLines | None) -> Cleaned:
    return clean_page(on, SOURCE, STAMP, lines)


def decided(cleaned: Cleaned, text: str) -> list[tuple[str, str, str]]:
    """Return kind, rule and text of the spans that the index decided."""
    return [
        (s.kind, s.rule, text[s.start : s.end].strip())
        for s in cleaned.segments
        if s.rule.startswith("index.")
    ]


def test_another_storys_headline_inside_is_a_related_link() -> None:
    text = page(1, inside=title(2))
    before, after = clean(make_page(text), None), clean(make_page(text), known(title=title(2)))
    assert title(2) in before.articles[0].body
    assert decided(after, text) == [("related_inline", "index.other_title", title(2))]
    assert after.articles[0].body == "\n".join(paragraphs(1))


def test_leads_that_end_a_body_are_a_list_and_recurring_lines_after_them_too() -> None:
    leads = [paragraphs(number)[0] for number in (2, 3, 4)]
    text = page(1, links=leads)
    lines = known(lead=leads[0], recurring_1=leads[1], recurring_2=leads[2])
    after = clean(make_record("\n".join(text.splitlines()[1:]), title=title(1)), lines)
    assert after.articles[0].body == "\n".join(paragraphs(1))
    assert [s.kind for s in after.segments if s.rule.startswith("index.")] == ["related_list"] * 2


def test_a_masthead_is_no_headline_and_the_next_line_is() -> None:
    head = "شبكة أخبار الساحل صوت الناس"
    headline = "افتتاح متحف المدينة"
    text = "\n".join([head, headline, "محرر الشبكة", *paragraphs(1)])
    before, after = clean(make_page(text), None), clean(make_page(text), known(masthead=head))
    assert before.articles[0].title == head
    assert after.articles[0].title == headline
    assert after.articles[0].evidence_id == 3
    assert decided(after, text) == [("other", "index.masthead", head)]
    assert after.articles[0].body == before.articles[0].body
    assert may_decide(head, after.articles[0].body, known(masthead=head))


def test_a_recurring_line_alone_stays() -> None:
    third = paragraphs(1)[2]
    after = clean(make_page(page(1)), known(recurring=third))
    assert after.articles[0].body.endswith(third)
    assert after.articles[0].evidence_id is None


def test_the_own_headline_and_lead_are_no_links_though_the_index_has_them() -> None:
    text = page(1, inside=title(1))
    without = clean(make_page(text), None)
    after = clean(make_page(text), known(title=title(1), lead=paragraphs(1)[0]))
    assert after.articles[0].body == without.articles[0].body
    assert after.segments == without.segments


def test_an_update_that_tells_the_older_story_keeps_its_lead() -> None:
    old, more = paragraphs(2)[0], paragraphs(2)[1]
    text = "\n".join([title(1), "", paragraphs(1)[0], old, more, paragraphs(1)[2]])
    told = KnownLines(1, {line_hash(old): KnownLine("lead", line_hash(more))})
    assert old in clean(make_page(text), told).articles[0].body
    linked = KnownLines(1, {line_hash(old): KnownLine("lead", line_hash(paragraphs(2)[2]))})
    assert old not in clean(make_page(text), linked).articles[0].body


@pytest.mark.parametrize("mark", ["كذلك: ", "شاهد.. ", "من الأرشيف | ", "في الصورة: "])
def test_a_headline_behind_any_short_mark_is_a_link(mark: str) -> None:
    text = page(1, inside=mark + title(2))
    after = clean(make_page(text), known(title=title(2)))
    assert title(2) not in after.articles[0].body


def test_letters_and_signs_do_not_hide_a_headline() -> None:
    written = title(2).replace("ا", "أ", 1).replace("تفتتح", "تفـتتـح") + " .."
    after = clean(make_page(page(1, inside=f"«{written}»")), known(title=title(2)))
    assert after.articles[0].body == "\n".join(paragraphs(1))


def test_furniture_goes_wherever_it_stands_and_a_credit_is_a_byline() -> None:
    credit, footer = "مراسل المثال في تونس", "كل الأخبار بين يديكم على مدار الساعة"
    record = make_record("\n".join([credit, *paragraphs(1), footer]), title=title(1))
    after = clean(record, known(furniture_1=credit, furniture_2=footer))
    assert after.articles[0].body == "\n".join(paragraphs(1))
    assert after.articles[0].byline == credit
    assert decided(after, record.text) == [
        ("byline", "index.furniture", credit),
        ("other", "index.furniture", footer),
    ]


def test_a_body_of_nothing_but_known_lines_stays_whole() -> None:
    text = "\n".join(paragraphs(1))
    lines = known(**{f"furniture_{n}": line for n, line in enumerate(paragraphs(1))})
    assert clean(make_page(text), lines) == clean(make_page(text), None)


def test_only_what_the_index_decided_names_the_snapshot() -> None:
    text = page(1, inside=title(2))
    after = clean(make_page(text), known(evidence_id=7, title=title(2)))
    assert {s.evidence_id for s in after.segments if s.rule.startswith("index.")} == {7}
    assert {s.evidence_id for s in after.segments if not s.rule.startswith("index.")} == {None}
    assert after.articles[0].evidence_id == 7
    assert after.articles[0].version.endswith(".e7")
    untouched = clean(make_page(page(1)), known(evidence_id=7, title=title(2)))
    assert untouched == clean(make_page(page(1)), None)


def test_may_decide_says_no_only_where_nothing_is_decided() -> None:
    lines = known(title=title(2), lead=paragraphs(3)[0], furniture="تابعونا على كل المنصات")
    for inside in (title(2), "كذلك: " + title(2), paragraphs(3)[0], "تابعونا على كل المنصات"):
        body = "\n".join([paragraphs(1)[0], inside, paragraphs(1)[1]])
        assert may_decide(title(1), body, lines)
    assert not may_decide(title(1), "\n".join(paragraphs(1)), lines)
    assert not may_decide(title(2), "\n".join([paragraphs(2)[0], title(2)]), lines)
