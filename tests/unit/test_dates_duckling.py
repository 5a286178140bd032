"""Duckling's Arabic examples that name a day, a month or a year, in the form that Khabar writes.

Duckling reads requests (its next Tuesday is to come), news tells what happened: both are asked
for what is to come here, with `prefer="future"`, and the reference day stands for the publication.
Converted are the grains day, month and year, and the intervals of whole days as a/b (Duckling's
end is exclusive). Clock times, nights and the intervals that begin now, seasons, holidays and the
days counted from them are another matter, as are weeks, which name no day; what else is left out
stands in LEFT_OUT, with the reason.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest

from transforms.clean.dates import resolve_date

REFERENCE = "2013-02-12"
MOMENT = re.compile(r"\((\d+), (\d+), (\d+), (\d+), (\d+), (\d+)\)")
GRAIN = re.compile(r"\) (\w+)$")
_EDGE = "a part of a month, which Khabar's gold gives as the month; Duckling pins it to days"
_OTHER_VALUE = "stands under the value of another example: its own words say otherwise"
LEFT_OUT = {
    "2/2013": "names a month; Duckling gives its first day",
    "قبل اسبوع": "counts back in weeks, and a week ago is no day",
    "من اسبوع": "counts back in weeks, and a week ago is no day",
    "ثالث ثلاثاء بعد كريسماس 2014": "counts from a holiday",
    **dict.fromkeys(
        (
            "نص شهر ثلاث", "منتصف اذار", "في نصف شهر مارس", "بداية شهر 3", "في اوائل اذار",
            "في أوائل شهر مارس", "في اواخر اذار", "في أواخر شهر مارس",
        ),
        _EDGE,
    ),
    **dict.fromkeys(
        (
            "الشهر التالي", "السنة السابقة", "السنة القادمة", "السنة الحالية", "هذه السنة",
            "اليوم الثالث من اكتوبر", "اليوم الثالث من شهر عشرة", "ثالث يوم من شهر عشرة",
        ),
        _OTHER_VALUE,
    ),
}  # fmt: skip


def converted(kind: str, value: str) -> str | None:
    """Duckling's value as Khabar writes it; None where it names no day, month or year."""
    grain = GRAIN.search(value)
    moments = [tuple(map(int, found)) for found in MOMENT.findall(value)]
    if grain is None or any(clock for moment in moments for clock in moment[3:]):
        return None
    days = [date(*moment[:3]) for moment in moments]
    if kind == "datetime":
        size = {"Day": 10, "Month": 7, "Year": 4}.get(grain[1])
        return days[0].isoformat()[:size] if size else None
    if kind == "datetimeInterval" and grain[1] == "Day":
        return f"{days[0]}/{days[1] - timedelta(days=1)}"
    return None


@pytest.fixture(scope="module")
def examples(eval_data) -> list[tuple[str, str]]:
    """The phrases in scope, each with the value that it must come to."""
    entries = json.loads((eval_data / "dates" / "duckling_ar.json").read_text(encoding="utf-8"))
    assert all(entry["reference"].startswith(REFERENCE) for entry in entries)
    return [
        (phrase, iso)
        for entry in entries
        if (iso := converted(entry["kind"], entry["value"]))
        for phrase in entry["examples"]
        if phrase not in LEFT_OUT
    ]


def test_every_phrase_left_out_is_there(eval_data):
    text = (eval_data / "dates" / "duckling_ar.json").read_text(encoding="utf-8")
    phrases = {phrase for entry in json.loads(text) for phrase in entry["examples"]}
    assert LEFT_OUT.keys() <= phrases


def test_nineteen_of_twenty_right_and_none_wrong(examples):
    said = [resolve_date(text, published=REFERENCE, prefer="future").iso for text, _ in examples]
    right = sum(iso == one for (_, iso), one in zip(examples, said, strict=True))
    wrong = [
        (text, iso, one)
        for (text, iso), one in zip(examples, said, strict=True)
        if one and one != iso
    ]
    assert wrong == []
    assert len(examples) >= 80
    assert right >= 0.95 * len(examples)


def test_news_convention_differs_in_what_no_word_decides(examples):
    """With the convention of news the same phrases are right, null, or the one before."""
    for text, iso in examples:
        said = resolve_date(text, published=REFERENCE).iso
        if said is not None and said != iso:
            assert said <= REFERENCE < iso, text
