"""The rules are data: each row of each file carries a test phrase, and each phrase is run."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from transforms.clean.language import count_letters, language
from transforms.clean.leads import agency_tail, dateline_end
from transforms.clean.letters import fold
from transforms.clean.lines import cut, is_glued
from transforms.clean.marks import find_mark, modified_at, phrases, read_rules, words_of

MARKS = list(read_rules("marks"))
WORDS = list(read_rules("words"))
PHRASES = list(read_rules("phrases"))
LANGUAGES = list(read_rules("languages"))

#: The marks that count at one place of a line only.
ANYWHERE = {row["mark"] for row in MARKS if row["position"] in ("inside", "rest", "short")}
PLACED = [row for row in MARKS if row["mark"] not in ANYWHERE]
POSITIONS = {
    "line",
    "head",
    "field",
    "lead",
    "start",
    "name",
    "inside",
    "tail",
    "rest",
    "opening",
    "opens",
    "short",
    "counted",
}
EFFECTS = {"end", "close", "list", "inline", "published", "modified", "next", "tail", "-"}


def _failing(rows: list[dict[str, str]], holds: Callable[[dict[str, str]], object]) -> list[str]:
    return ["-".join(list(row.values())[:3]) for row in rows if not holds(row)]


def test_every_mark_finds_its_phrase() -> None:
    def holds(row: dict[str, str]) -> bool:
        marks = [piece.hit.mark for piece in cut(row["test"]) if piece.hit]
        return (row["mark"], row["kind"]) in {(mark.mark, mark.kind) for mark in marks}

    assert _failing(MARKS, holds) == []


def test_no_mark_counts_within_a_sentence() -> None:
    def holds(row: dict[str, str]) -> bool:
        sentence = f"وقال مدير متحف بغداد إن عبارة {row['mark']} لا تدل هنا على شيء من ذلك كله."
        return all(piece.hit is None for piece in cut(sentence))

    assert PLACED
    assert _failing(PLACED, holds) == []


def test_marks_are_well_formed() -> None:
    assert {row["position"] for row in MARKS} == POSITIONS
    assert {row["effect"] for row in MARKS} <= EFFECTS
    keys = [(row["mark"], row["position"]) for row in MARKS]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("rows", [MARKS, WORDS, PHRASES, LANGUAGES])
def test_every_row_names_its_source(rows: list[dict[str, str]]) -> None:
    assert rows
    assert _failing(rows, lambda row: row["source"].strip() and row["test"].strip()) == []


def test_every_list_of_words_knows_its_phrase() -> None:
    def holds(row: dict[str, str]) -> bool:
        known = words_of(row["list"])
        said = [fold(word) for word in re.findall(r"[^\s|،,()/]+", row["test"])]
        return bool(said) and all(word in known or word[1:] in known for word in said)

    assert _failing(WORDS, holds) == []


def test_every_phrase_is_found() -> None:
    assert _failing(PHRASES, lambda row: phrases(row["list"]).search(row["test"])) == []


def test_every_language_is_told() -> None:
    def holds(row: dict[str, str]) -> bool:
        return language(row["test"], count_letters(row["test"])) == row["language"]

    assert _failing(LANGUAGES, holds) == []


@pytest.mark.parametrize(
    "line",
    [
        "اقرأ أيضا: متحف بغداد",
        "إقرأ أيضاً | متحف بغداد",
        "اقرأ أيضًا - متحف بغداد",
        "اقـرأ أيضا… متحف بغداد",
    ],
)
def test_a_mark_is_found_however_it_is_spelled(line: str) -> None:
    hit = find_mark(line)
    assert hit is not None
    assert hit.mark.kind == "related_inline"
    assert line[hit.content :] == "متحف بغداد"


def test_a_sentence_that_opens_with_a_marks_words_is_prose() -> None:
    assert find_mark("كتب الرئيس رسالة إلى نظيره التونسي.") is None
    assert find_mark("أيضا، زار الوفد متحف بغداد في مساء اليوم الأول من الزيارة.") is None
    assert (
        find_mark(
            "نشر في باريس كتاب جديد عن تاريخ قرطاج وعلاقتها بروما في القرن الثالث قبل الميلاد."
        )
        is None
    )
    assert (
        find_mark(
            "المصدر: قال مسؤول كبير في الوزارة إن المشروع سيبدأ العام المقبل وإن التمويل متوفر له كله"
        )
        is None
    )


@pytest.mark.parametrize(
    ("line", "dateline"),
    [
        ("تونس - قال وزير الثقافة إن المتحف سيفتح أبوابه أمام الزوار يوم الأحد.", "تونس - "),
        (
            "دبي، الإمارات العربية المتحدة (CNN) -- افتتح معرض إكسبو أبوابه أمام الزوار.",
            "دبي، الإمارات العربية المتحدة (CNN) -- ",
        ),
        ("(رويترز) - افتتح معرض إكسبو أبوابه أمام الزوار يوم الجمعة الماضي في دبي.", "(رويترز) - "),
        (
            "الرباط – رويترز – قال وزير الثقافة إن المتحف سيفتح أبوابه أمام الزوار.",
            "الرباط – رويترز – ",
        ),
        (
            "تونس 11 ديسمبر 2016 (وات) - قال وزير الثقافة إن المتحف سيفتح أبوابه.",
            "تونس 11 ديسمبر 2016 (وات) - ",
        ),
        (
            "أبوظبي في 3 سبتمبر / وام / قال وزير الثقافة إن المتحف سيفتح أبوابه.",
            "أبوظبي في 3 سبتمبر / وام / ",
        ),
        (
            "رام الله 11-5-2022 وفا- قال وزير الثقافة إن المتحف سيفتح أبوابه.",
            "رام الله 11-5-2022 وفا- ",
        ),
        (
            "بغداد/ المثال: أعلنت وزارة الثقافة أن المتحف سيفتح أبوابه أمام الزوار.",
            "بغداد/ المثال: ",
        ),
        (
            "بغداد/ المثال/ أعلنت وزارة الثقافة أن المتحف سيفتح أبوابه أمام الزوار.",
            "بغداد/ المثال/ ",
        ),
        (
            "الرياض - المثال: أعلنت وزارة الثقافة أن المتحف سيفتح أبوابه أمام الزوار.",
            "الرياض - المثال: ",
        ),
        ("عدن (مثال نت) تستعد المتاحف لفتح أبوابها أمام الزوار بعد سنوات.", "عدن (مثال نت) "),
        ("تستعد متاحف (بغداد القديمة) لفتح أبوابها أمام الزوار بعد سنوات.", ""),
        ("الحكومة/ المعارضة: نرحب بافتتاح المتحف أمام الزوار يوم الأحد المقبل.", ""),
        ("مثال نيوز/ قال وزير الثقافة إن المتحف سيفتح أبوابه أمام الزوار.", "مثال نيوز/ "),
        ("شهد كانون الثاني/ يناير الماضي افتتاح متحف جديد في العاصمة تونس.", ""),
        ("فاز فريق 3 سبتمبر / أيلول بالكأس بعد مباراة طويلة في العاصمة تونس.", ""),
        ("قال وزير الثقافة - وهو أيضا شاعر معروف - إن المتحف سيفتح أبوابه أمام الزوار.", ""),
        ("أعلنت وزارة الثقافة (التونسية) أن المتحف سيفتح أبوابه أمام الزوار يوم الأحد.", ""),
        ("عين المكان – بغداد", ""),
    ],
)
def test_dateline(line: str, dateline: str) -> None:
    assert line[: dateline_end(line)] == dateline


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("وافتتح المتحف أبوابه يوم الأحد. (رويترز)", "(رويترز)"),
        ("وافتتح المتحف أبوابه يوم الأحد. (أ ف ب، وكالات)", "(أ ف ب، وكالات)"),
        ("وافتتح المتحف أبوابه يوم الأحد. (و.م.ع)", "(و.م.ع)"),
        ("وافتتح المتحف أبوابه يوم الأحد (د. م.ع)", None),
        ("وافتتح المتحف أبوابه يوم الأحد (15 يوليو)", None),
        ("(رويترز)", None),
    ],
)
def test_agency_at_the_end_of_a_line(line: str, credit: str | None) -> None:
    at = agency_tail(line)
    assert (None if at is None else line[at:]) == credit


def test_glued_headlines() -> None:
    assert is_glued(
        "افتتاح معرض دبي في الإماراتالمتحف الكبير يستقبل زوارهمكتبة الإسكندرية القديمةاليونسكو تدرج"
    )
    assert not is_glued("افتتحت إمارة دبي معرض إكسبو بحضور وفود من أنحاء العالم والمدن الكبرى")


def test_where_a_line_speaks_of_a_modification() -> None:
    line = "9 أكتوبر 2015، آخر تحديث 14:00"
    at = modified_at(line)
    assert at is not None
    assert line[at:] == "آخر تحديث 14:00"
    assert modified_at("9 أكتوبر 2015") is None
