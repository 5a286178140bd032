"""Laws of the tag stage on any text: offsets, keys, order."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transforms.tag.article import tag_text
from transforms.tag.keys import fold_name, make_key

NAMES = ["خليفة حفتر", "حفتر", "روسيا", "الجيش الوطني الليبي", "محمد سالم", "فزّان", "طرابلس", "CNN"]
GLUE = [" ", "، ", "\n", " و", " ب", " لل", '"', "ـ", "\u200f", "ّ", " (", ") ", "|", "«", "\ud7ff"]
texts = st.lists(
    st.one_of(st.sampled_from(NAMES), st.sampled_from(GLUE), st.text(max_size=6)), max_size=30
).map("".join)


@given(texts)
def test_a_mention_is_a_slice_of_its_text(text: str) -> None:
    for mention in tag_text(text):
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.surface


@given(texts)
def test_mentions_stand_in_order_and_apart(text: str) -> None:
    spans = [(m.start, m.end) for m in tag_text(text)]
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


@given(texts)
def test_a_key_leads_back_to_the_letters_that_it_was_made_from(text: str) -> None:
    key = make_key(text)
    assert len(key.words) == len(key.marked)
    for at in range(1, len(key.marked) - 1):
        start, end = key.to_source(at, at + 1)
        assert end == start + 1
        if key.marked[at].isalnum():
            assert fold_name(text[start]) == key.marked[at]


@given(texts)
def test_folding_a_name_and_a_text_agree(text: str) -> None:
    assert fold_name(text) == " ".join(make_key(text).marked.split())


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)


@given(texts, st.sampled_from([" ", "\n"]))
def test_white_space_at_the_end_changes_no_span(text: str, space: str) -> None:
    assert [m[:4] for m in tag_text(text)] == [m[:4] for m in tag_text(text + space)]
