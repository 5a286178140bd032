"""A few articles of a run as they were published, beside what was taken out of their pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from expectations.report.data import Mark, Passage, Sample
from expectations.report.words import KINDS

if TYPE_CHECKING:
    from warehouse.reader import Reader

#: Enough to see whether names and cuts are right; `khabar explain ID` shows any other.
_SAMPLES = 4
#: Code points shown of an article, of a passage that was cut, and how many of those.
_KEPT, _CUT, _CUTS = 1_400, 240, 14
_OWN = ("title", "summary", "body", "caption")

#: One a source, those with something cut first, else the same ones whenever it is asked.
_PICKED = """
WITH own AS (
  SELECT article_id, page_id, source_id, title, published_at, boilerplate_share
  FROM articles
  WHERE run_id = $run AND role = 'main' AND body_words >= 40
    AND source_id NOT IN (SELECT unnest($withheld::VARCHAR[]))
), first AS (
  SELECT * FROM own QUALIFY row_number() OVER (
    PARTITION BY source_id ORDER BY boilerplate_share BETWEEN 0.02 AND 0.6 DESC, md5(article_id)
  ) = 1
)
SELECT f.article_id, f.page_id, f.source_id, f.title, f.published_at, p.text
FROM (FROM first ORDER BY boilerplate_share > 0 DESC, md5(article_id) LIMIT $n) AS f
JOIN pages AS p ON p.page_id = f.page_id ORDER BY f.source_id
"""
_SPANS = """
SELECT page_id, kind, start, "end", article_id FROM segments
WHERE page_id IN (SELECT unnest($pages::VARCHAR[])) AND kind <> 'blank' ORDER BY page_id, seq
"""
_NAMES = """
SELECT page_id, page_start, page_end, type FROM mentions
WHERE page_id IN (SELECT unnest($pages::VARCHAR[])) ORDER BY page_id, page_start
"""


class _Span(NamedTuple):
    kind: str
    start: int
    end: int
    article_id: str | None


def samples_of(reader: Reader, run_id: str, withheld: Sequence[str]) -> list[Sample]:
    """Return a few articles of a run, of different sources; none whose text may not be shown."""
    asked = {"run": run_id, "withheld": list(withheld), "n": _SAMPLES}
    picked = reader.execute(_PICKED, asked).fetchall()
    pages = {"pages": [page_id for _, page_id, *_ in picked]}
    spans: dict[str, list[_Span]] = defaultdict(list)
    for page_id, *span in reader.execute(_SPANS, pages).fetchall():
        spans[page_id].append(_Span(*span))
    names: dict[str, list[Mark]] = defaultdict(list)
    for page_id, *mark in reader.execute(_NAMES, pages).fetchall():
        names[page_id].append(Mark(*mark))
    return [
        Sample(
            article_id, source_id, title, published_at,
            _kept(text, [s for s in spans[page_id] if s.article_id == article_id], names[page_id]),
            _cut(text, spans[page_id]),
        )
        for article_id, page_id, source_id, title, published_at, text in picked
    ]  # fmt: skip


def _kept(text: str, spans: Sequence[_Span], names: Sequence[Mark]) -> list[Passage]:
    """Return the beginning of an article's own text; the last passage may be cut short."""
    passages: list[Passage] = []
    left = _KEPT
    for span in spans:
        if span.kind not in _OWN or left <= 0:
            continue
        end = min(span.end, span.start + left)
        inside = [
            Mark(mark.start - span.start, mark.end - span.start, mark.type)
            for mark in names
            if span.start <= mark.start and mark.end <= end
        ]
        passages.append(Passage(span.kind, text[span.start : end], inside))
        left -= end - span.start
    return passages


def _cut(text: str, spans: Sequence[_Span]) -> list[Passage]:
    removed = [span for span in spans if span.kind in KINDS]
    return [
        Passage(span.kind, text[span.start : min(span.end, span.start + _CUT)].strip())
        for span in removed[:_CUTS]
    ]
