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
#: Without a teacher WikiFANE counts less, and more epochs only learn it by heart.
GOLD_WIKI, GOLD_EPOCHS = 0.3, 5
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the recipe."""
    parser = argparse.ArgumentParser(prog="training", description=__doc__)
    parser.add_argument("--eval-data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "training")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
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
        examples = _taught(gold, given.eval_data, given.work)
        student = train_student(examples, held_out, EPOCHS)
    export(student.state_dict(), given.model)


def _taught(gold: Gold, eval_data: Path, work: Path) -> list[Example]:
    """Return what a student learns from with a teacher: its labels, and the news' own twice."""
    texts = list(read_texts(eval_data, ROOT / "samples"))
    wiki = [sentence.words for sentence in gold.wikifane]
    teacher = train_teacher(gold, texts, work)
    silver = softly_labelled(texts, label(teacher, texts, work / "texts"), TEXTS)
    silver += softly_labelled(wiki, label(teacher, wiki, work / "wikifane"), WIKI)
    return [*silver, *labelled(gold.anercorp, NEWS), *labelled(gold.anercorp, NEWS)]


if __name__ == "__main__":
    main()
