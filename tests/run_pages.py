"""Pages for the tests of whole runs: our own sentences, enough of them to be an article."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

CITIES = (
    "القاهرة", "تونس", "الرباط", "عمّان", "بيروت", "بغداد", "الرياض", "الدوحة", "مسقط", "المنامة",
    "الكويت", "صنعاء", "الخرطوم", "طرابلس", "نواكشوط", "الجزائر", "دمشق", "أبوظبي", "مقديشو",
)  # fmt: skip
_TEXT = """\
{city} تستضيف الدورة رقم {number} من معرض الكتاب
تاريخ النشر: {day} مايو 2023
افتتح معرض الكتاب أبوابه في {city} صباح اليوم، وشاركت فيه دور نشر من بلدان كثيرة عرضت {number} عنوانا جديدا على الزوار.
وقال المنظمون إن المعرض يستمر عشرة أيام، وإن برنامجه يضم ندوات ولقاءات مع كتّاب ومترجمين من داخل البلاد وخارجها.
ويتوقع القائمون عليه أن يزيد عدد الزوار هذا العام على ما كان في العام الماضي، إذ خصصوا للأطفال جناحا أكبر من ذي قبل.
المصدر: وكالة النخيل
"""


def page_text(number: int) -> str:
    """Return the text of one page; no two numbers give the same."""
    return _TEXT.format(city=CITIES[number % len(CITIES)], number=number, day=number % 28 + 1)


def write_pages(folder: Path, count: int, first: int = 1) -> Path:
    """Write `count` good pages into a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        (folder / f"{number:05d}.txt").write_text(page_text(number), "utf-8")
    return folder


def write_broken(folder: Path, count: int) -> Path:
    """Write pages that ingest refuses, no two alike: white space of another length each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        (folder / f"broken-{number:05d}.txt").write_text(" " * number, "utf-8")
    return folder


#: What differs between two runs over the same pages and should: who ran, and when.
_PER_RUN = {"run_id", "first_seen", "last_seen", "tried_at", "replaced_in"}
_ABOUT_RUNS = {"runs", "run_stages", "gate_results"}


def tables_of(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every published table, sorted, without what is the run's own."""
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
        from warehouse.tables import TABLES

        content = {}
        for model in TABLES:
            if model.table in _ABOUT_RUNS:
                continue
            columns = [f'"{f.name}"' for f in model.fields() if f.name not in _PER_RUN]
            query = f"SELECT {', '.join(columns)} FROM {model.table} ORDER BY ALL"
            content[model.table] = connection.execute(query).fetchall()
    return content


def ask(home: Path, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query over the published tables."""
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def write_records(file: Path, count: int, days: str = "عشرة") -> Path:
    """Write good pages as JSON lines, with titles and addresses; `days` is a word of each body."""
    lines = []
    for number in range(1, count + 1):
        title, _, *body = page_text(number).replace("عشرة", days).splitlines()
        url = f"https://nakheel.example/{number}"
        record = {"title": title, "text": "\n".join(body), "url": url}
        lines.append(json.dumps(record, ensure_ascii=False))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file
