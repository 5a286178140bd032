"""Sentences and labels as the student's examples, with what the knowledge finds in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from training.corpora import Sentence
from training.student import Example
from transforms.tag.find import find_by_knowledge
from transforms.tag.hints import hints_of, kinds_of
from transforms.tag.keys import make_key
from transforms.tag.labels import LABELS
from transforms.tag.words import Word


def labelled(sentences: Sequence[Sentence], weight: float) -> list[Example]:
    """Return sentences with their own labels."""
    sure = np.eye(len(LABELS), dtype=np.float32)
    return [Example(s.words, known_kinds(s.words), sure[s.labels], weight) for s in sentences]


def softly_labelled(
    texts: Sequence[Sequence[str]], labels: Sequence[np.ndarray], weight: float
) -> list[Example]:
    """Return texts with the probabilities that the teacher gave their words."""
    return [
        Example(list(words), known_kinds(words), soft, weight)
        for words, soft in zip(texts, labels, strict=True)
        if words
    ]


def known_kinds(words: Sequence[str]) -> list[int]:
    """Return what the knowledge finds in words that stand one space apart."""
    text = " ".join(words)
    key = make_key(text)
    return kinds_of(list(_places(words)), hints_of(key, find_by_knowledge(key, text)))


def _places(words: Sequence[str]) -> Iterator[Word]:
    at = 0
    for word in words:
        yield at, at + len(word)
        at += len(word) + 1
