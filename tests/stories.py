"""Stories of one invented outlet that share no line, and pages of them that link to each other."""

from __future__ import annotations

from pathlib import Path

from tests.run_pages import CITIES

_SUBJECTS = (
    "متحف", "ميناء", "جامعة", "مكتبة", "مطار", "مسرح", "حديقة", "سوق", "ملعب", "مستشفى",
)  # fmt: skip


def title(number: int) -> str:
    """Return the headline of a story; no two numbers give the same."""
    city, subject = CITIES[number % len(CITIES)], _SUBJECTS[number // len(CITIES) % len(_SUBJECTS)]
    return f"{city} تفتتح {subject} المدينة الجديد بعد أعمال دامت {number + 2} عاما"


def paragraphs(number: int) -> list[str]:
    """Return the three paragraphs of a story."""
    city, subject = CITIES[number % len(CITIES)], _SUBJECTS[number // len(CITIES) % len(_SUBJECTS)]
    return [
        f"افتتحت بلدية {city} صباح الأحد {subject} المدينة في الحي رقم {number + 1}، بعد أعمال "
        f"ترميم وتوسعة بدأت قبل {number + 2} عاما وتوقفت أكثر من مرة.",
        f"وقال رئيس البلدية إن كلفة {subject} بلغت {number + 3} مليونا، وإن {city} تنتظر من "
        f"المشروع {number * 7 + 40} وظيفة في سنته الأولى.",
        f"وزار {subject} {city} في يومه الأول {number * 11 + 300} شخص، وفق ما أعلنته إدارته "
        f"في بيان وزعته على الصحفيين مساء اليوم نفسه.",
    ]


def page(number: int, links: list[str] | None = None, inside: str | None = None) -> str:
    """Return the text of a page: headline, story, and what else stands on it.

    `inside` stands after the first paragraph, `links` after the last one, a line each.
    """
    first, *rest = paragraphs(number)
    lines = [title(number), "", first]
    lines += [inside] if inside else []
    return "\n".join([*lines, *rest, "", *(links or [])]) + "\n"


def write_stories(folder: Path, count: int, first: int = 0) -> Path:
    """Write pages without links into a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        (folder / f"{number:05d}.txt").write_text(page(number), "utf-8")
    return folder
