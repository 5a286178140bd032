"""Soft labels: what the teacher gives each word of texts that nobody labelled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.corpora import Sentence
from training.teacher import NEWS, Teacher, logits_of, windows_of
from transforms.tag.network import softmax

#: Texts of one file of labels; a labelling that was stopped goes on with the next file.
CHUNK = 2_000


def label(teacher: Teacher, texts: Sequence[Sequence[str]], folder: Path) -> list[np.ndarray]:
    """Return the probabilities of the labels of each text's words; files lie in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    labels: list[np.ndarray] = []
    for at in range(0, len(texts), CHUNK):
        chunk = texts[at : at + CHUNK]
        file = folder / f"{at // CHUNK:04}.npy"
        if not file.is_file():
            made = np.concatenate(_labelled(teacher, chunk)).astype(np.float16)
            np.save(file.with_suffix(".tmp.npy"), made)
            file.with_suffix(".tmp.npy").replace(file)
            print(f"labels: {at + len(chunk)} of {len(texts)} texts", flush=True)
        lengths = np.cumsum([len(text) for text in chunk])[:-1]
        labels += np.split(np.load(file).astype(np.float32), lengths)
    return labels


def _labelled(teacher: Teacher, texts: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """Return probabilities in the order of the words, read in windows of consecutive texts."""
    sentences = [Sentence(list(text), [0] * len(text)) for text in texts]
    return [softmax(each) for each in logits_of(teacher, windows_of(sentences, NEWS))]
