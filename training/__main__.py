"""`python -m training --eval-data DIR --work DIR`: every step from the data to the model file.

Each step leaves its result in the work folder and is left out where that lies there already, so
that a training that was stopped goes on.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from training.corpora import Gold, read_gold, read_texts
from training.examples import labelled, softly_labelled
from training.export import export
from training.label import label
from training.student import Example, train_student
from training.teacher import SEED, train_teacher
from transforms.tag.tagger import MODEL

#: Weights of the news with its own labels, of radio texts and of WikiFANE by the teacher's.
NEWS, TEXTS, WIKI = 1.0, 1.0, 0.5
EPOCHS = 6
#: Without a teacher WikiFANE counts less, and more epochs only learn it by heart.
GOLD_WIKI, GOLD_EPOCHS = 0.3, 5
Labels = list[np.ndarray]
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the recipe."""
    parser = argparse.ArgumentParser(prog="training", description=__doc__)
    parser.add_argument("--eval-data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "training")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--teachers", type=int, default=1, help="whose labels are averaged")
    parser.add_argument("--without-teacher", action="store_true", help="learn from gold alone")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    given.work.mkdir(parents=True, exist_ok=True)
    gold = read_gold(given.eval_data)
    held_out = labelled(gold.held_out, 1.0)
    if given.without_teacher:
        examples = labelled(gold.anercorp, 1.0) + labelled(gold.wikifane, GOLD_WIKI)
        student = train_student(examples, held_out, GOLD_EPOCHS)
    else:
        examples = _taught(gold, given.eval_data, given.work, given.teachers)
        student = train_student(examples, held_out, EPOCHS)
    export(student.state_dict(), given.model)


def _taught(gold: Gold, eval_data: Path, work: Path, teachers: int) -> list[Example]:
    """Return what a student learns from with teachers: their labels, and the news' own twice."""
    texts = list(read_texts(eval_data, ROOT / "samples"))
    wiki = [sentence.words for sentence in gold.wikifane]
    heard: list[tuple[Labels, Labels]] = []
    for number in range(teachers):
        folder = work / f"teacher{number}"
        folder.mkdir(exist_ok=True)
        teacher = train_teacher(gold, texts, folder, SEED + 100 * number)
        heard.append(
            (label(teacher, texts, folder / "texts"), label(teacher, wiki, folder / "wikifane"))
        )
    silver = softly_labelled(texts, _mean([each for each, _ in heard]), TEXTS)
    silver += softly_labelled(wiki, _mean([each for _, each in heard]), WIKI)
    return [*silver, *labelled(gold.anercorp, NEWS), *labelled(gold.anercorp, NEWS)]


def _mean(heard: Sequence[Labels]) -> Labels:
    """Return the mean of what several teachers say of each text."""
    return [np.mean(each, axis=0) for each in zip(*heard, strict=True)]


if __name__ == "__main__":
    main()
