"""What the tagger learns from: two labelled corpora, and texts without labels.

Only sets whose licence lets the weights be passed on are read: ANERcorp (CC BY-SA 4.0),
WikiFANE-Gold (CC BY-SA 3.0), the Jawhara part of the ANT corpus (Apache-2.0) and the samples of
this project. The last tenth of ANERcorp measures and is never learned from, nor are its words
part of the unlabelled texts.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from transforms.tag.labels import LABELS
from transforms.tag.words import words_of

_TYPES = {"PERS": "PER", "PER": "PER", "ORG": "ORG", "LOC": "LOC"}
_INDEX = {label: number for number, label in enumerate(LABELS)}
ANERCORP = Path("ner/anercorp_train.conll")
WIKIFANE = Path("ner/wikifane_gold_plo.conll")
JAWHARA = Path("corpora/ant_jawhara_2013_2017.jsonl.gz")
#: Of the sentences of ANERcorp, how many learn; the rest is held out.
LEARNED = 0.9
#: A longer sentence is the whole article without its full stops.
LONGEST = 200


class Sentence(NamedTuple):
    """The words of a sentence as the tagger cuts them, and the number of each one's label."""

    words: list[str]
    labels: list[int]


class Gold(NamedTuple):
    """The labelled sentences, in the order of their corpora."""

    anercorp: list[Sentence]
    wikifane: list[Sentence]
    held_out: list[Sentence]


def read_gold(eval_data: Path) -> Gold:
    """Return the labelled sentences under `eval_data`."""
    news = read_conll(eval_data / ANERCORP)
    learned = int(len(news) * LEARNED)
    return Gold(
        [part for each in news[:learned] for part in _short(each)],
        [part for each in read_conll(eval_data / WIKIFANE) for part in _short(each)],
        news[learned:],
    )


def read_conll(path: Path) -> list[Sentence]:
    """Return the sentences of a file of "word label" lines, blank lines between them."""
    sentences, rows = [], []
    for line in [*path.read_text("utf-8").split("\n"), ""]:
        parts = line.split()
        if parts:
            rows.append((parts[0], parts[-1]))
        elif rows:
            sentences.append(_sentence(rows))
            rows = []
    return sentences


def read_texts(eval_data: Path, samples: Path) -> Iterator[list[str]]:
    """Yield the words of each text without labels: radio news, then the samples' plain pages."""
    with gzip.open(eval_data / JAWHARA, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield from _paragraphs(f"{record['title']}\n{record['text']}")
    for page in sorted(samples.rglob("*.txt")):
        if "bad" not in page.parts and "legacy_cp1256" not in page.parts:
            yield from _paragraphs(page.read_text("utf-8"))


def _paragraphs(text: str) -> Iterator[list[str]]:
    for line in text.split("\n"):
        words = [line[start:end] for start, end in words_of(line)]
        for at in range(0, len(words), LONGEST):
            yield words[at : at + LONGEST]


def _sentence(rows: list[tuple[str, str]]) -> Sentence:
    words, labels = [], []
    for written, label in rows:
        kind = _TYPES.get(label[2:])
        for start, end in words_of(written):
            words.append(written[start:end])
            inside = start > 0 or label.startswith("I")
            labels.append(_INDEX[f"{'I' if inside else 'B'}-{kind}"] if kind else 0)
    return Sentence(words, labels)


def _short(sentence: Sentence) -> Iterator[Sentence]:
    for at in range(0, len(sentence.words), LONGEST):
        yield Sentence(sentence.words[at : at + LONGEST], sentence.labels[at : at + LONGEST])
