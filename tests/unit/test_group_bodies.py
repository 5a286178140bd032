"""Words, shingles, signatures: arrays against the plain way to say the same."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.group_rows import body as told
from transforms.clean.letters import folded
from transforms.group.candidates import meet, merged, shelf_of
from transforms.group.compare import overlap, shared_runs
from transforms.group.core import core_of
from transforms.group.meeting import Body, days_of, met, packed, pairs_of, unpacked
from transforms.group.minhash import BANDS, ROWS, estimates, signatures, sketches
from transforms.group.shingles import SIZE, in_order, shingles_of
from transforms.group.words import words_of

LETTERS = st.text("ابتجحدرسعفقلمنهويأإآةىؤئ ءَُِّـ،.\n0٣7abXYZ-\u200f\ud800😀", max_size=120)


def plain_words(body: str) -> list[tuple[str, int, int]]:
    """Return the words of a body the slow way: a letter at a time, folded as `folded` folds."""
    found: list[tuple[str, int, int]] = []
    word, first, last = "", 0, 0
    for place, char in enumerate([*body, " "]):
        key = folded(char)[:1] if not 0xD800 <= ord(char) < 0xE000 else " "
        if key and key.isalnum() and ord(char) < 0x10000:
            first = place if not word else first
            word, last = word + key, place + 1
        elif key or char.isspace():
            if word:
                found.append((word, first, last))
            word = ""
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(LETTERS, max_size=5))
def test_words_are_those_that_a_loop_finds(bodies: list[str]) -> None:
    words = words_of(bodies)
    by_word: dict[str, int] = {}
    for n, body in enumerate(bodies):
        own = slice(words.bounds[n], words.bounds[n + 1])
        expected = plain_words(body)
        spans = list(zip(words.starts[own].tolist(), words.ends[own].tolist(), strict=True))
        assert spans == [(first, last) for _, first, last in expected]
        for (word, _, _), key in zip(expected, words.hashes[own].tolist(), strict=True):
            assert by_word.setdefault(word, key) == key
    assert len(set(by_word.values())) == len(by_word)


def test_spellings_of_one_word_are_one() -> None:
    [first, second] = (words_of([b]).hashes for b in ("أُقيمت مكتبـة", "اقيمت مكتبه"))
    assert first.tolist() == second.tolist()


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 1), (4, 1), (5, 1), (6, 2), (40, 36)])
def test_a_body_has_a_shingle_for_every_five_words(count: int, expected: int) -> None:
    body = " ".join(f"كلمة{n}" for n in range(count))
    ordered, bounds = in_order(words_of([body, told(1, 120)]))
    assert bounds[1] == expected
    assert len(set(ordered.tolist())) == len(ordered)


def test_shingles_do_not_cross_bodies() -> None:
    one, other = told(1, 120), told(2, 120)
    apart = {int(x) for b in (one, other) for x in shingles_of(words_of([b])).hashes}
    assert {int(x) for x in shingles_of(words_of([one, other])).hashes} == apart


def test_order_of_words_counts_in_a_text_and_repetition_not_in_its_set() -> None:
    words = ["قال", "الوزير", "إن", "المتحف", "سيفتح", "أبوابه", "غدا"]
    body = " ".join(words)
    twice = shingles_of(words_of([body, " ".join(reversed(words)), f"{body}\n{body}"]))
    assert twice.texts[0] != twice.texts[1]
    assert len(np.unique(twice.of(2))) == len(twice.of(2))


def test_signatures_estimate_the_jaccard_index() -> None:
    base = told(3, 400).split()
    bodies = [" ".join(base)]
    for kept in range(0, 400, 20):
        bodies.append(" ".join(base[:kept] + told(1000 + kept, 400 - kept).split()))
    shingles = shingles_of(words_of(bodies))
    marks = sketches(signatures(shingles))
    errors = []
    for n in range(1, len(bodies)):
        true = overlap(shingles.of(0), shingles.of(n)).jaccard
        errors.append(float(estimates(marks[[0]], marks[[n]])[0]) - true)
    assert max(map(abs, errors)) < 0.16  # 3.5 deviations of .045
    assert abs(sum(errors)) / len(errors) < 0.03


def test_bands_use_the_permutations_once() -> None:
    assert BANDS * ROWS <= 128
    assert 1 - (1 - 0.5**ROWS) ** BANDS > 0.995


def bodies_with_copies() -> list[Body]:
    """Return two hundred bodies, among them copies, an excerpt and the same tail under others."""
    plain = [told(n, 120) for n in range(200)]
    plain[50] = plain[3]
    words = plain[7].split()
    plain[60] = " ".join([*words[:50], "غير", *words[51:]])
    plain[70] = f"{told(900, 200)}\n{plain[9]}\n{told(901, 200)}"
    tail = told(500, 30)
    for n in range(80, 90):
        plain[n] = f"{told(700 + n, 120)}\n{tail}"
    return [Body(f"{n:032x}", body) for n, body in enumerate(plain)]


def test_copies_are_met_and_counted_as_they_are() -> None:
    bodies = bodies_with_copies()
    pairs = {(int(p.one, 16), int(p.other, 16)): p.found for p in pairs_of(met([bodies], ()), _no)}
    assert pairs[3, 50].same_words
    assert pairs[7, 60].jaccard == pytest.approx(1 - 10 / 121, abs=0.01)
    assert pairs[9, 70].of_left == 1.0
    assert pairs[9, 70].of_right < 0.35
    alike = {pair for pair, found in pairs.items() if found.jaccard > 0.4 or found.of_left > 0.8}
    assert alike == {(3, 50), (7, 60), (9, 70)}


def test_all_pairs_are_found_that_comparing_each_with_each_finds() -> None:
    bodies = bodies_with_copies()
    shingles = shingles_of(words_of([b.body for b in bodies]))
    true = {
        (n, m)
        for n in range(len(bodies))
        for m in range(n + 1, len(bodies))
        if overlap(shingles.of(n), shingles.of(m)).jaccard >= 0.5
    }
    found = {
        (int(p.one, 16), int(p.other, 16))
        for p in pairs_of(met([bodies], ()), _no)
        if p.found.jaccard >= 0.5
    }
    assert found == true == {(3, 50), (7, 60)}


@pytest.mark.parametrize("size", [13, 64, 200])
def test_portions_and_shelves_change_nothing(size: int) -> None:
    bodies = bodies_with_copies()
    whole = pairs_of(met([bodies], ()), _no)
    parts = [bodies[n : n + size] for n in range(0, len(bodies), size)]
    assert pairs_of(met(parts, ()), _no) == whole
    shelf = merged(met(parts[:-1], ()).shelves) if len(parts) > 1 else None
    if shelf is not None:
        by_id = {b.article_id: b for b in bodies}
        late = pairs_of(met(parts[-1:], [shelf]), lambda days: [[by_id[i] for i in days]])
        new = {b.article_id for b in parts[-1]}
        assert late == [pair for pair in whole if {pair.one, pair.other} & new]


def test_a_shelf_of_nothing_meets_nothing() -> None:
    empty = shelf_of(
        shingles_of(words_of(["", "...", " \n"])),
        packed(["0" * 32] * 3),
        days_of([Body("", "")] * 3),
    )
    some = shelf_of(
        shingles_of(words_of([told(1, 120)])), packed(["1" * 32]), days_of([Body("", "")])
    )
    for one, other in ((empty, some), (some, empty)):
        assert not len(meet(one, other).asked)
    assert not pairs_of(met([[Body("a" * 32, ""), Body("b" * 32, "")]], ()), _no)


def test_ids_are_packed_and_come_back() -> None:
    ids = ["0" * 32, "f" * 32, "0123456789abcdef" * 2]
    assert unpacked(packed(ids)) == ids


def test_runs_stand_where_the_words_stand() -> None:
    lead, quoted, rest = told(20, 30), told(21, 40), told(22, 30)
    one = f"{lead}\n{quoted}\n{rest}"
    other = f"{told(23, 10)}. {quoted}! {told(24, 10)} {lead}"
    left, right = words_of([one]), words_of([other])
    runs = shared_runs(
        in_order(left)[0], (left.starts, left.ends), in_order(right)[0], (right.starts, right.ends)
    )
    assert [one[r.start : r.end] for r in runs] == [lead, quoted]
    assert [other[r.other_start : r.other_end] for r in runs] == [lead, quoted]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from("أبجدهوز"), max_size=60),
    st.lists(st.sampled_from("أبجدهوز"), max_size=60),
)
def test_runs_say_the_same_words_and_overlap_nowhere(one: list[str], other: list[str]) -> None:
    texts = " ".join(one), " ".join(other)
    left, right = (words_of([text]) for text in texts)
    runs = shared_runs(
        in_order(left)[0], (left.starts, left.ends), in_order(right)[0], (right.starts, right.ends)
    )
    ends = 0
    for run in runs:
        assert run.start >= ends
        ends = run.end
        assert re.split(r"\s+", texts[0][run.start : run.end]) == re.split(
            r"\s+", texts[1][run.other_start : run.other_end]
        )


def test_a_dateline_is_no_part_of_what_is_compared() -> None:
    dateline = "طرابلس (وكالة المثال) -"
    body = f"{dateline} افتتح المتحف أبوابه"
    assert core_of(body, dateline) == " " * len(dateline) + " افتتح المتحف أبوابه"
    assert core_of(body, None) == body
    assert core_of(body, "تونس -") == body


def test_words_of_a_hostile_length_are_hashed() -> None:
    words = words_of(["ا" * 1_000_000, "ب " * 200_000, "\u064b" * 5000])
    assert words.counts.tolist() == [1, 200_000, 0]
    assert len(shingles_of(words).of(1)) == 1
    assert SIZE == 5


def _no(ids: object) -> list[list[Body]]:
    raise AssertionError(f"nobody stands: {ids}")
