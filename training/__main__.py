"""`python -m training --eval-data DIR --work DIR`: every step from the data to the model file.

Each step leaves its result in the work folder and is left out where that lies there already, so
that a training that was stopped goes on.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch

from training.corpora import Gold, read_gold, read_texts
from training.examples import labelled, softly_labelled
from training.export import export
from training.label import label
from training.student import Example, train_student
from training.teacher import train_teacher
from transforms.tag.tagger import MODEL

#: Weights of the news with its own labels, of radio texts and of WikiFANE by the teacher's.
NEWS, TEXTS, WIKI = 1.0, 1.0, 0.5
EPOCHS = 8
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the recipe."""
    parser = argparse.ArgumentParser(prog="training", description=__doc__)
    parser.add_argument("--eval-data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "training")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    given.work.mkdir(parents=True, exist_ok=True)
    gold = read_gold(given.eval_data)
    texts = list(read_texts(given.eval_data, ROOT / "samples"))
    wiki = [sentence.words for sentence in gold.wikifane]
    teacher = train_teacher(gold, texts, given.work)
    silver = softly_labelled(texts, label(teacher, texts, given.work / "texts"), TEXTS)
    silver += softly_labelled(wiki, label(teacher, wiki, given.work / "wikifane"), WIKI)
    student = train_student(_examples(gold, silver), labelled(gold.held_out, 1.0), EPOCHS)
    export(student.state_dict(), given.model)


def _examples(gold: Gold, silver: list[Example]) -> list[Example]:
    """Return what the student learns from: what the teacher labelled, and the news twice."""
    return [*silver, *labelled(gold.anercorp, NEWS), *labelled(gold.anercorp, NEWS)]


if __name__ == "__main__":
    main()
