"""Whatever the text: spans in order, surfaces as written, values that the contract allows."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clean.dates import find_dates, resolve_date
from transforms.clean.dates_lexicon import ROLES, read_table
from transforms.clean.dates_rules import RULES, candidates, islands
from transforms.clean.dates_words import read_line
from warehouse.tables.clean import ISO_DATE

FORMS = [row["form"] for name in ("date_words.tsv", "months.tsv") for row in read_table(name)]
PIECES = st.one_of(
    st.sampled_from(FORMS),
    st.sampled_from(["/", "-", "(", ")", "،", ":", " ", "\n", ".", "و", "ـ", "َ", "\u200f", "كتاب"]),
    st.integers(0, 2100).map(str),
    st.text(max_size=3),
)
DATE_LIKE = st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=14).map("".join)
PUBLISHED = st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31)).flatmap(
    lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]])
)
#: No white space and no control of direction.
VISIBLE = r"[^\s\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
COUNTRY = st.sampled_from([None, "TN", "US", "SA"])


def check(text, found):
    end = 0
    for one in found:
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.surface
        assert (one.iso is None) == (one.precision is None) == (one.reason is not None)
        assert one.iso is None or re.fullmatch(ISO_DATE, one.iso)
        assert one.rule.startswith("date.")
        end = one.end


@given(text=DATE_LIKE | st.text(), published=PUBLISHED, country=COUNTRY)
def test_found_dates_hold_the_contract(text, published, country):
    check(text, find_dates(text, published=published, country=country))


@given(text=DATE_LIKE | st.text(), published=st.none() | st.text(max_size=12))
def test_resolving_never_fails(text, published):
    one = resolve_date(text, published=published)
    assert text[one.start : one.end] == one.surface
    assert (one.iso is None) == (one.reason is not None)


@given(text=DATE_LIKE | st.text())
def test_tokens_lie_in_order_with_nothing_but_blanks_between(text):
    line = read_line(text)
    end = 0
    for token in range(len(line.tags)):
        start, after = line.place(token)
        assert end <= start < after
        assert not re.search(VISIBLE, text[end:start])
        end = after
    assert not re.search(VISIBLE, text[end:])


@given(tags=st.text(sorted({*ROLES.values(), *"MAHµNYJnx\n/-,.:()+|;_!"}), max_size=12))
def test_no_rule_matches_outside_of_the_islands(tags):
    inside = {
        (shape.rule, first + shape.start, first + shape.end)
        for first, island in islands(tags)
        for shape in candidates(island)
    }
    everywhere = {
        (order, match.start(), match.end())
        for order, rule in enumerate(RULES)
        for match in rule.pattern.finditer(tags)
    }
    assert inside == everywhere


@given(text=DATE_LIKE, before=st.text(max_size=20))
def test_a_line_before_changes_nothing(text, before):
    """A date counts from nothing in another line, and its offsets move with the text."""
    alone = find_dates(text, published="2020-06-17")
    moved = find_dates(before + "\n" + text, published="2020-06-17")
    shift = len(before) + 1
    assert [(one.start + shift, one.surface, one.iso) for one in alone] == [
        (one.start, one.surface, one.iso) for one in moved if one.start >= shift
    ]


@given(
    day=st.dates(date(1901, 1, 1), date(2099, 12, 31)),
    month=st.sampled_from([row for row in read_table("months.tsv") if row["calendar"] != "hijri"]),
)
def test_every_written_day_is_read_back(day, month):
    day = day.replace(month=int(month["month"]), day=min(day.day, 28))
    for text in (f"{day.day} {month['form']} {day.year}", f"{day.day}-{month['form']}-{day.year}"):
        assert resolve_date(f"نشر {text}").iso == day.isoformat()


@given(day=st.dates(date(1901, 1, 1), date(2099, 12, 31)), away=st.integers(-60, 60))
def test_a_day_without_a_year_is_the_nearest(day, away):
    mentioned = day + timedelta(days=away)
    found = find_dates(f"في {mentioned.day}/يناير", published=day.isoformat())
    assert len(found) <= 1
    text = f"في {mentioned.day} {ARABIC[mentioned.month - 1]}"
    [one] = find_dates(text, published=day.isoformat())
    assert one.iso == mentioned.isoformat()


ARABIC = [
    row["form"]
    for row in read_table("months.tsv")
    if row["source"] == "CLDR ar (months, wide)" and row["calendar"] == "gregorian"
]


def test_the_twelve_months_are_there():
    assert len(ARABIC) == 12


@pytest.mark.parametrize("mark", ["َ", "ـ", "ّ"])
@given(day=st.dates(date(1901, 1, 1), date(2099, 12, 31)), where=st.integers(1, 3))
def test_marks_in_a_word_change_no_value(mark, day, where):
    month = ARABIC[day.month - 1]
    marked = month[:where] + mark + month[where:]
    text = f"قال في {day.day} {marked} {day.year} شيئا"
    [one] = find_dates(text)
    assert one.iso == day.isoformat()
    assert one.surface == f"{day.day} {marked} {day.year}"
