"""The decisions on a page's pieces, and the spans that they come to."""

from __future__ import annotations

from typing import NamedTuple

from transforms.clean.leads import agency_tail, dateline_end
from transforms.clean.lines import Piece

#: Furniture inside an article that belongs to no article.
_OF_NO_ARTICLE = frozenset(
    {"related_inline", "ad", "related_list", "nav", "other", "comment_form", "copyright", "blank"}
)


class Span(NamedTuple):
    """A piece of the page decided: `start`..`stop` as on the page, `shown`..`end` what shows."""

    start: int
    stop: int
    shown: int
    end: int
    kind: str
    article: int | None
    rule: str
    content: int = 0
    effect: str = ""


class Decided(NamedTuple):
    """The kinds of all pieces, and the blocks that the articles were read from."""

    spans: list[Span]
    articles: int
    prose_shares: list[float]


class Sheet:
    """The decisions on a page while they are taken: the first decision on a piece stands."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.kinds: dict[int, tuple[str, int | None, str]] = {}

    def decide(self, index: int, kind: str, article: int | None, rule: str) -> None:
        """Take a decision on a piece; furniture belongs to no article."""
        if index not in self.kinds:
            self.kinds[index] = (kind, None if kind in _OF_NO_ARTICLE else article, rule)

    def spans(self, text: str, articles: int) -> list[Span]:
        """Return the decisions as spans; every piece has been decided."""
        spans = []
        for index, piece in enumerate(self.pieces):
            kind, article, rule = self.kinds[index]
            content = piece.hit.content if piece.hit else 0
            spans.append(
                Span(
                    piece.start, piece.stop, piece.shown, piece.end, kind, article, rule, content,
                    piece.effect,
                )
            )  # fmt: skip
        return split_body(text, spans, articles)

    def prose_share(self, article: int) -> float:
        """Return the share of an article's body (in characters) that reads as prose."""
        prose = total = 0
        for index, piece in enumerate(self.pieces):
            kind, owner, _ = self.kinds[index]
            if kind == "body" and owner == article:
                total += len(piece.text)
                prose += len(piece.text) if piece.prose else 0
        return prose / total if total else 0.0


def split_body(text: str, spans: list[Span], articles: int) -> list[Span]:
    """Return the spans with each article's dateline and its closing credit split from its body."""
    opened = [False] * articles
    done = []
    for span in spans:
        if span.kind == "body" and span.article is not None and not opened[span.article]:
            opened[span.article] = True
            if length := dateline_end(text[span.shown : span.end]):
                at = span.shown + length
                done.append(
                    Span(
                        span.start, at, span.shown, at, "dateline", span.article, "dateline.opening"
                    )
                )
                span = span._replace(start=at, shown=at)
        done.append(span)
    return _split_credits(text, done)


def _split_credits(text: str, spans: list[Span]) -> list[Span]:
    """Return the spans with an agency in brackets split from the end of each article's body."""
    last = {s.article: i for i, s in enumerate(spans) if s.kind == "body"}
    done = []
    for index, span in enumerate(spans):
        at = None
        if last.get(span.article) == index and span.kind == "body":
            at = agency_tail(text[span.shown : span.end])
        if at is None:
            done.append(span)
            continue
        middle = span.shown + at
        done.append(span._replace(stop=middle, end=middle))
        done.append(
            Span(middle, span.stop, middle, span.end, "source", span.article, "source.in_brackets")
        )
    return done
