"""Pages for the tests of the clean stage: invented outlets, well-documented public facts."""

from __future__ import annotations

from transforms.clean.page import Cleaned, clean_page
from transforms.stamp import Stamp
from warehouse.tables import identity
from warehouse.tables.ingest import Page, Source

STAMP = Stamp("test-run", "1")
SOURCE = Source(source_id="mithal")

NOBEL_TITLE = "الرباعي التونسي يفوز بجائزة نوبل للسلام"
NOBEL = (
    "أعلنت لجنة نوبل في أوسلو منح جائزة السلام لعام 2015 للرباعي الراعي للحوار الوطني في تونس،"
    " تقديرا لدوره في بناء الديمقراطية بعد ثورة عام 2011.",
    "ويضم الرباعي الاتحاد العام التونسي للشغل واتحاد الصناعة والتجارة ورابطة حقوق الإنسان"
    " والهيئة الوطنية للمحامين.",
    "وتأسس الرباعي في صيف عام 2013 حين كان مسار الانتقال الديمقراطي في تونس مهددا بالانهيار.",
)
CUP_TITLE = "الأرجنتين تحرز كأس العالم في قطر"
CUP = (
    "أحرزت الأرجنتين كأس العالم لكرة القدم في قطر بعد فوزها على فرنسا بركلات الترجيح في ملعب"
    " لوسيل يوم 18 ديسمبر 2022.",
    "وانتهى الوقتان الأصلي والإضافي بالتعادل بثلاثة أهداف لكل فريق، وسجل كيليان مبابي أهداف"
    " فرنسا الثلاثة.",
)
HEADLINES = (
    "افتتاح معرض إكسبو في مدينة دبي",
    "مكتبة الإسكندرية تستقبل زوارها من جديد",
    "اليونسكو تدرج مدينة أصيلة في قائمتها",
)

AGGREGATOR = "\n".join(
    [
        "مثال نيوز:",
        "2021-03-02@10:15:00 GMT",
        "",
        NOBEL_TITLE,
        "",
        "تاريخ النشر: 9th, October 2015 GMT",
        "",
        NOBEL_TITLE,
        "",
        NOBEL[0],
        "",
        NOBEL[1],
        "",
        "إعلان",
        "",
        "خلفية",
        "",
        NOBEL[2],
        "",
        "المصدر: وكالة المثال",
        "",
        "كلمات دلالية: تونس نوبل السلام",
        "",
        "إقرأ أيضاً:",
        "",
        CUP_TITLE,
        "",
        CUP[0],
        "",
        CUP[1],
        "",
        "مقالات مشابهة",
        "",
        *(f"  • {headline}" for headline in HEADLINES),
    ]
)


def make_page(
    text: str, media_type: str = "text/plain", *, markup: str | None = None, **given: str | None
) -> Page:
    """Return a page row as ingest lands it."""
    sha = identity.sha256_hex((markup or text).encode("utf-8", "surrogatepass"))
    return Page(
        page_id=identity.page_id(sha, SOURCE.source_id, None),
        document_id=identity.document_id(SOURCE.source_id, None, sha),
        source_id=SOURCE.source_id,
        locator="page.txt",
        payload_sha256=sha,
        payload_bytes=max(1, len(text)),
        media_type=media_type,  # type: ignore[arg-type]
        charset="utf-8",
        charset_rule="utf-8",
        text=text,
        markup=markup,
        text_chars=max(1, len(text)),
        replacement_chars=0,
        control_chars=0,
        **given,  # type: ignore[arg-type]
        **STAMP._asdict(),
    )


def make_record(
    body: str, *, title: str | None = None, summary: str | None = None, **given: str | None
) -> Page:
    """Return a record's page: title, abstract and body in one text, as ingest joins them."""
    text = "\n".join(part for part in (title, summary, body) if part)
    return make_page(text, "record", given_title=title, given_summary=summary, **given)


def clean(page: Page | str, source: Source = SOURCE) -> Cleaned:
    """Return the page cleaned; a text is a page of plain text."""
    return clean_page(make_page(page) if isinstance(page, str) else page, source, STAMP)


def kinds(text: str, cleaned: Cleaned) -> list[tuple[str, str]]:
    """Return the kind and the shown text of every segment but the blank ones."""
    return [
        (segment.kind, text[segment.start : segment.end].strip())
        for segment in cleaned.segments
        if segment.kind != "blank"
    ]


def bodies(cleaned: Cleaned) -> list[str]:
    """Return the bodies of the page's articles."""
    return [article.body for article in cleaned.articles]
