"""Scores of the tagger on sentences whose words are labelled: exact spans by type.

A corpus keeps proclitics inside its words and the program sets them apart, so a mention covers
every word that it touches. A name counts where first and last word and the type are the gold's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.commands.evaluate_groups import Scored, groups
from flows.commands.evaluate_measures import RESAMPLES, f1, share
from flows.commands.evaluate_shapes import EvaluateShape
from flows.settings import UsageError

if TYPE_CHECKING:
    from transforms.tag.tagger import Tagger

#: How corpora write the three types; names of any other type are left out of both sides.
_TYPES = {"PERS": "PER", "PER": "PER", "LOC": "LOC", "ORG": "ORG"}
TYPES = ("PER", "ORG", "LOC")
_COUNTS = ("right", "added", "lost")
MEASURES = {
    "f1": f1("right", "added", "lost"),
    "precision": share("right", "found"),
    "recall": share("right", "gold"),
} | {kind: f1(f"right_{kind}", f"added_{kind}", f"lost_{kind}") for kind in TYPES}


class GoldWord(NamedTuple):
    """One word and its label: O, or B- or I- with a type."""

    word: str
    label: str


class Name(NamedTuple):
    """The words [first, last) of a sentence and the type of the name that they are."""

    first: int
    last: int
    type: str


def evaluate_ner(gold: Path, tagger: str) -> EvaluateShape:
    """Return the scores of the tag stage on labelled sentences, each tagged by itself.

    `tagger` names who finds what no list holds (`transforms.tag.tagger`).

    Raises:
        UsageError: the file is not in the form of labelled words.
    """
    from transforms.tag.tagger import tagger_named

    sentences, finder = read_words(gold), tagger_named(tagger)
    scores = [score_sentence(sentence, finder) for sentence in sentences]
    return EvaluateShape(
        task="ner",
        gold=str(gold),
        documents=len(scores),
        resamples=RESAMPLES,
        groups=groups([Scored(each, {}) for each in scores], MEASURES, _COUNTS),
    )


def read_words(gold: Path) -> list[list[GoldWord]]:
    """Return the sentences of a file of "word label" lines, a blank line between two.

    Of more than two columns the first is the word and the last the label.

    Raises:
        UsageError: the file cannot be read, a line has one column, or a label is none.
    """
    try:
        lines = gold.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{gold} cannot be read: {problem}") from None
    sentences: list[list[GoldWord]] = [[]]
    for number, line in enumerate(lines, 1):
        columns = line.split()
        if not columns and sentences[-1]:
            sentences.append([])
        if columns:
            sentences[-1].append(_word(columns, f"{gold}, line {number}"))
    sentences = [sentence for sentence in sentences if sentence]
    if not sentences:
        raise UsageError(f"{gold}: no line has a word")
    return sentences


def score_sentence(sentence: Sequence[GoldWord], tagger: Tagger | None) -> dict[str, float]:
    """Tag one sentence and return how many names are right, added and lost, by type."""
    gold, found = names_of(sentence), tagged(sentence, tagger)
    counts: dict[str, float] = {"found": len(found), "gold": len(gold)}
    sides = {"right": gold & found, "added": found - gold, "lost": gold - found}
    for side, names in sides.items():
        counts[side] = len(names)
        for kind in TYPES:
            counts[f"{side}_{kind}"] = sum(name.type == kind for name in names)
    return counts


def names_of(sentence: Sequence[GoldWord]) -> set[Name]:
    """Return the names that the labels describe; one that begins with I is a name too."""
    names, first = set(), 0
    while first < len(sentence):
        label = sentence[first].label
        last = first + 1
        if label != "O":
            inside = f"I-{label[2:]}"
            while last < len(sentence) and sentence[last].label == inside:
                last += 1
            if label[2:] in _TYPES:
                names.add(Name(first, last, _TYPES[label[2:]]))
        first = last
    return names


def tagged(sentence: Sequence[GoldWord], tagger: Tagger | None) -> set[Name]:
    """Return the names that the program finds in a sentence, its words one space apart."""
    from transforms.tag.article import tag_text

    ends, length = [], 0
    for each in sentence:
        length += len(each.word) + 1
        ends.append(length)
    names = set()
    for mention in tag_text(" ".join(each.word for each in sentence), tagger):
        first = next(at for at, end in enumerate(ends) if mention.start < end - 1)
        last = next(at for at, end in enumerate(ends) if mention.end <= end)
        names.add(Name(first, last + 1, mention.type))
    return names


def _word(columns: list[str], place: str) -> GoldWord:
    if len(columns) < 2:
        raise UsageError(f"{place}: a word without a label")
    label = columns[-1]
    if label != "O" and not (label[:2] in ("B-", "I-") and len(label) > 2):
        raise UsageError(f"{place}: {label[:20]!r} is no label: O, B-PER, I-PER, ...")
    return GoldWord(columns[0], label)
