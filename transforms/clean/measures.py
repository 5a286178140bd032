"""Measures of an article's body, and how sure the segmentation is of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.language import Letters

#: The last of a run of end marks: what follows it is no end mark.
_SENTENCE_END = re.compile("[.!?\u061f\u06d4\u2026](?=[\\s\"'\u00bb\u201d)\\]]|$)")


class Measures(NamedTuple):
    """Columns of `articles` that are counted in the body."""

    body_chars: int
    body_words: int
    paragraphs: int
    sentences: int
    longest_line: int
    arabic_share: float
    replacement_chars: int


def measure(body: str, letters: Letters) -> Measures:
    """Return the counts of a body that is not empty; a line without an end mark is a sentence.

    `letters` are the counts of the whole body.
    """
    lines = body.split("\n")
    return Measures(
        body_chars=len(body),
        body_words=max(1, len(body.split())),
        paragraphs=len(lines),
        sentences=sum(max(1, len(_SENTENCE_END.findall(line))) for line in lines),
        longest_line=max(map(len, lines)),
        arabic_share=round(letters.arabic_share, 4),
        replacement_chars=body.count("\ufffd"),
    )


def confidence(
    *, prose_share: float, has_title: bool, body_chars: int, boilerplate_share: float
) -> float:
    """Return how much speaks for the segmentation, 0 to 1: a plain score, no probability.

    Half is the share of the body that reads as prose, a fifth the length (600 characters, a short
    news item, count as enough), a fifth a title, a tenth how little of the page is furniture.
    """
    return round(
        0.5 * prose_share
        + 0.2 * min(1.0, body_chars / 600)
        + 0.2 * has_title
        + 0.1 * (1 - boilerplate_share),
        3,
    )
