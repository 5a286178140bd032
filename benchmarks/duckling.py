"""Duckling's Arabic examples of dates, in the form that Khabar writes, each in or out by a rule.

The file dates/duckling_ar.json holds the examples of Duckling/Time/AR/Corpus.hs. Duckling reads
requests ("book it for Tuesday"): where no word decides, it means what is to come. Its grain says
how long the value is; the end of its intervals is exclusive. In scope is what names a day, a month
or a year, also by counting from the reference day (أمس, الشهر الماضي). The rules, in order:

1. Two groups that Duckling's file prints on one line have swallowed the groups behind them: eight
   examples stand under a value that is not theirs. They get their own from that file (`OWN`).
2. A feast is left out: it names no day, month or year. رمضان 2019 names a month and a year.
3. A time of day, now, a night and what begins now is left out. Where a day is named beside the
   clock (another one than the reference day), the day is asked.
4. A week is left out, and so is what counts in weeks, for a week is no day, month or year.
5. What names a month and no day of it comes to the month: 2/2013, and the parts of a month
   (منتصف آذار), which Duckling pins to days that the words do not name.
6. The rest comes to its day (2013-02-12), month, year, or days (2013-07-13/2013-07-15).

Of these, a weekday alone (الاثنين) is a matter of convention: in news it is over. It is asked only
where the reader is told to look ahead, as Duckling does (`prefer="future"`).
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from transforms.clean.dates_lexicon import fold_word, read_table

#: By Duckling/Time/AR/Corpus.hs, commit 08132308142c.
OWN = {
    "الشهر التالي": "2013-03",
    "السنة السابقة": "2012",
    "السنة القادمة": "2014",
    "السنة الحالية": "2013",
    "هذه السنة": "2013",
    "اليوم الثالث من اكتوبر": "2013-10-03",
    "اليوم الثالث من شهر عشرة": "2013-10-03",
    "ثالث يوم من شهر عشرة": "2013-10-03",
}
FEAST = "a feast"
CLOCK = "a time of day, now, or what begins now"
WEEK = "a week, or counted in weeks"

_MOMENT = re.compile(r"\((\d+), (\d+), (\d+), (\d+), (\d+), (\d+)\)")
_GRAIN = re.compile(r"\) (\w+)")
_SIZE = {"Day": 10, "Month": 7, "Year": 4}
_COUNTED_IN_WEEKS = re.compile(r"(?:^|\s)(?:قبل|من) اسبوع$")


class Example(NamedTuple):
    """One phrase; `iso` is what it comes to, or `left_out` says why it is not asked.

    `names`: whether it names a month or a year. `convention`: whether only the convention of the
    reader says which day is meant.
    """

    text: str
    reference: str
    iso: str | None
    left_out: str | None = None
    names: bool = False
    convention: bool = False


def read_duckling(file: Path) -> list[Example]:
    """Return every example of the file, in its order."""
    return [
        _example(text, group["kind"], group["value"], group["reference"][:10])
        for group in json.loads(file.read_text("utf-8"))
        for text in group["examples"]
    ]


def _example(text: str, kind: str, value: str, reference: str) -> Example:
    iso = OWN.get(text) or _convert(text, kind, value, reference)
    if iso in (FEAST, CLOCK, WEEK):
        return Example(text, reference, None, left_out=iso)
    folded = fold_word(text)
    return Example(
        text,
        reference,
        iso,
        names=_NAMES.search(folded) is not None,
        convention=_NAMES.search(folded) is None and _is_bare_weekday(folded),
    )


def _convert(text: str, kind: str, value: str, reference: str) -> str:
    """Return what an example comes to, or the reason why it is left out."""
    grain = _GRAIN.findall(value)[-1]
    if "Holiday" in kind and "رمضان" not in text:
        return FEAST
    if grain == "Week" or _COUNTED_IN_WEEKS.search(fold_word(text)):
        return WEEK
    moments = [tuple(map(int, found)) for found in _MOMENT.findall(value)]
    days = [date(*moment[:3]) for moment in moments]
    if grain not in _SIZE:
        named = str(days[0])
        return CLOCK if named == reference else named
    if _PART.search(fold_word(text)):
        return str(days[0])[:7]
    if len(days) == 2:
        return f"{days[0]}/{days[1] - timedelta(days=1)}"
    return str(days[0])[: _SIZE[grain]]


def _is_bare_weekday(folded: str) -> bool:
    return _WEEKDAY.search(folded) is not None and _DECIDES.search(folded) is None


def _words(forms: list[str]) -> str:
    return "|".join(sorted(map(re.escape, map(fold_word, forms)), key=len, reverse=True))


_PARTS = _words(["نص", "نصف", "منتصف", "بداية", "أوائل", "أواخر"])
_PART = re.compile(rf"(?:^|\s)(?:{_PARTS})\s|^\d/\d{{4}}$")
_MONTHS = _words([row["form"] for row in read_table("months.tsv")])
_WEEKDAYS = _words(
    [row["form"] for row in read_table("date_words.tsv") if row["role"].endswith("weekday")]
)
_SAYS_WHICH = _words(
    [
        row["form"]
        for row in read_table("date_words.tsv")
        if row["role"] in ("past", "current", "coming", "ordinal", "week")
        or row["value"] in ("before", "after")
    ]
)
_NAMES = re.compile(
    rf"(?<!\w)[بول]?(?:{_MONTHS})(?!\w)|(?<!\d)\d{{4}}(?!\d)|\d/\d|(?<!\w)(?:ال)?(?:شهر|سنه)(?!\w)"
)
_WEEKDAY = re.compile(rf"(?<!\w)(?:{_WEEKDAYS})(?!\w)")
_DECIDES = re.compile(rf"(?<!\w)(?:{_SAYS_WHICH})(?!\w)")
