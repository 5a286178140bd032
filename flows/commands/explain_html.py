"""The readable view of `khabar explain` as one right-to-left HTML file: no script, no request.

Everything a page says is escaped text; controls that could turn a line around are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from transforms.plain import plain

if TYPE_CHECKING:
    from flows.commands.explain import Shown
    from flows.commands.shapes import ExplainShape, MentionShape

#: What a reader of Arabic calls the kinds of spans; the blank ones are not shown.
KINDS = {
    "title": "عنوان",
    "body": "متن",
    "summary": "موجز",
    "byline": "كاتب",
    "source": "مصدر",
    "date": "تاريخ",
    "caption": "تعليق صورة",
    "related_inline": "رابط داخل النص",
    "ad": "إعلان",
    "related_list": "قائمة روابط",
    "keywords": "كلمات دلالية",
    "social_embed": "منشور مضمَّن",
    "comment_form": "نموذج تعليق",
    "copyright": "حقوق",
    "nav": "تنقل",
    "dateline": "مكان الخبر",
    "other": "غير ذلك",
}
TYPES = {"PER": "شخص", "ORG": "منظمة", "LOC": "مكان"}
_KEPT = {"body", "summary", "caption"}
_META = {"date", "source", "byline", "dateline", "keywords"}


class Piece(NamedTuple):
    """A run of text; `type` is set where it is a name."""

    text: str
    type: str | None = None
    name: str | None = None


def write(shown: Iterable[Shown], file: Path) -> Path:
    """Write the view of all records to `file` and return it; folders are made as needed."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True,
        finalize=lambda value: plain(value) if isinstance(value, str) else value,
    )  # fmt: skip
    template = environment.get_template("explain.html.j2")
    html = template.render(pages=[_page(each) for each in shown], kinds=KINDS, types=TYPES)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(html, "utf-8", errors="replace")
    return file


def _page(each: Shown) -> dict[str, Any]:
    shape, page = each.shape, each.explained.page
    text = page.text if page else ""
    mentions = sorted(
        (mention for article in shape.articles for mention in article.mentions),
        key=lambda mention: mention.page_start,
    )
    return {
        "place": shape.file or each.explained.locator,
        "page_id": shape.page_id,
        "quarantine": shape.quarantine,
        "articles": shape.articles,
        "spans": list(_spans(shape, text, mentions)),
    }


def _spans(
    shape: ExplainShape, text: str, mentions: list[MentionShape]
) -> Iterator[dict[str, Any]]:
    for span in shape.segments:
        if span.kind == "blank":
            continue
        inside = [m for m in mentions if span.start <= m.page_start and m.page_end <= span.end]
        yield {
            "kind": span.kind,
            "rule": span.rule,
            "article": span.article,
            "known": span.known,
            "look": _look(span.kind, span.article),
            "pieces": list(_pieces(text, span.start, span.end, inside)),
        }


def _look(kind: str, article: int | None) -> str:
    if kind == "title":
        return "title"
    if kind in _META:
        return "meta"
    return "kept" if kind in _KEPT and article is not None else "cut"


def _pieces(text: str, start: int, end: int, mentions: list[MentionShape]) -> Iterator[Piece]:
    at = start
    for mention in mentions:
        if mention.page_start < at:
            continue
        yield Piece(text[at : mention.page_start])
        yield Piece(text[mention.page_start : mention.page_end], mention.type, mention.name)
        at = mention.page_end
    yield Piece(text[at:end])
