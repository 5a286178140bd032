"""The articles of the made pages: texts of the samples, alone or several under one headline."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tests.gold.samples import Doc, good


class Paragraph(NamedTuple):
    """A paragraph (`p`) or a subhead (`h`) of an article."""

    kind: str
    text: str


class Story(NamedTuple):
    """One article; `published` is a day in ISO form."""

    id: str
    title: str
    summary: str
    byline: str
    published: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def body(self) -> str:
        """The main text, a paragraph a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


#: A subhead of the samples is shorter than this and has no full stop.
_SUBHEAD = 60
_BYLINES = ("ليلى عبد الحميد", "نهى الطيب", "سامر خوري", "يوسف بنعلي", "هدى الشمري")
#: A long article is made of so many short ones: the samples are shorter than most of the news.
_JOINED = 3


@cache
def stories() -> tuple[Story, ...]:
    """Return every story: each sample alone, then each three in a row as one long article."""
    short = [story for doc in good() if (story := _story(doc))]
    long = [_joined(short[n : n + _JOINED]) for n in range(0, len(short) - _JOINED, _JOINED)]
    return (*short, *long)


def _story(doc: Doc) -> Story | None:
    """Return a sample as a story, None where it has no headline or no date."""
    title, published = doc.metadata["title"], doc.metadata["published"]
    if not title or not published:
        return None
    body = [
        text.strip()
        for line, text in zip(doc.lines, doc.text_lines, strict=True)
        if line["label"] == "body" and not line.get("spans")
    ]
    seed = len(doc.id) + len(title)
    return Story(
        doc.id,
        title,
        doc.metadata.get("summary") or "",
        _BYLINES[seed % len(_BYLINES)],
        published[:10],
        tuple(Paragraph(_kind(text), text) for text in body),
    )


def _kind(text: str) -> str:
    return "h" if len(text) < _SUBHEAD and not text.endswith((".", ":", "؟")) else "p"


def _joined(parts: list[Story]) -> Story:
    first = parts[0]
    paragraphs = list(first.paragraphs)
    for part in parts[1:]:
        paragraphs += [Paragraph("h", part.title), *part.paragraphs]
    return first._replace(
        id="+".join(part.id for part in parts),
        title=f"حصاد الأسبوع: {first.title}",
        paragraphs=tuple(paragraphs),
    )
