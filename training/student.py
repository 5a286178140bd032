"""The student: a small convolutional network over hashed features, trained from scratch.

A word is the sum of its features' rows, brought to the width of the network; three residual
convolutions then look at its neighbours. A batch is one long sequence of texts with a line break
between them, as an article is at run time, so no padding exists anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from training.measure import f1_of
from transforms.tag.hints import KINDS
from transforms.tag.labels import LABELS, decode
from transforms.tag.network import BREAK, DILATIONS, ROW, WIDTH
from transforms.tag.words import ROWS, features_of

#: Words of a batch.
BATCH = 4_000
RATE = 2e-3
#: The weights are the mean of those after every so many steps of the second half of the training
#: (stochastic weight averaging, Izmailov et al. 2018): the last ones know the gold by heart.
AVERAGED = 20
#: The share of words whose own identity is hidden, so that endings and neighbours are learned.
HIDDEN = 0.15
DROPOUT = 0.2
#: The features that say which word it is: as written, folded, its stem.
IDENTITY = 3
SEED = 20261124


class Example(NamedTuple):
    """Words with what the knowledge found and the probabilities of the labels of each.

    `weight` multiplies the loss.
    """

    words: list[str]
    kinds: list[int]
    targets: np.ndarray
    weight: float


@dataclass(slots=True)
class Bags:
    """Feature rows of all words, one after the other, and where each word's begin."""

    numbers: dict[str, int]
    rows: np.ndarray
    weights: np.ndarray
    begins: np.ndarray


class Student(nn.Module):
    """The network; its parts have the names and order of the exported model."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(ROWS, ROW, mode="sum", sparse=True)
        nn.init.normal_(self.table.weight, std=0.1)
        self.input = nn.Linear(ROW, WIDTH)
        self.kinds = nn.Embedding(KINDS, WIDTH)
        nn.init.zeros_(self.kinds.weight)
        self.layers = nn.ModuleList(
            nn.Conv1d(WIDTH, WIDTH, 3, padding=dilation, dilation=dilation)
            for dilation in DILATIONS
        )
        self.output = nn.Linear(WIDTH, len(LABELS))

    def forward(
        self,
        rows: torch.Tensor,
        weights: torch.Tensor,
        begins: torch.Tensor,
        order: torch.Tensor,
        kinds: torch.Tensor,
    ) -> torch.Tensor:
        """Return the logits of a sequence; `order` names the bag of each of its words."""
        bags = self.table(rows, begins, per_sample_weights=weights)
        words = nn.functional.relu(self.input(bags))[order] + self.kinds(kinds)
        x = nn.functional.dropout(words, DROPOUT, self.training).t()[None]
        for layer in self.layers:
            x = x + nn.functional.dropout(nn.functional.relu(layer(x)), DROPOUT, self.training)
        out: torch.Tensor = self.output(x[0].t())
        return out


def train_student(
    examples: Sequence[Example], held_out: Sequence[Example], epochs: int, seed: int = SEED
) -> Student:
    """Return a student trained on examples, which stand in the order of their texts."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    student = Student()
    bags = bags_of([*examples, *held_out])
    steps = epochs * (sum(len(e.words) for e in examples) // BATCH + 1)
    dense = [p for name, p in student.named_parameters() if not name.startswith("table")]
    optimisers = [
        torch.optim.AdamW(dense, RATE, weight_decay=0.01),
        torch.optim.SparseAdam([student.table.weight], RATE),
    ]
    step = 0
    mean = AveragedModel(student)
    for epoch in range(epochs):
        student.train()
        total = 0.0
        for batch in _batches(examples, chance):
            for optimiser in optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = RATE * min(1.0, (step + 1) / 100) * max(0.02, 1 - step / steps)
            total += _step(student, bags, batch, optimisers)
            step += 1
            if step % AVERAGED == 0 and 2 * step > steps:
                mean.update_parameters(student)
        print(f"student: epoch {epoch + 1}, loss {total / step * (epoch + 1):.4f}, "
              f"{measure(student, bags, held_out)}", flush=True)  # fmt: skip
    averaged: Student = mean.module
    print(f"student: mean of the second half, {measure(averaged, bags, held_out)}", flush=True)
    return averaged.eval()


def bags_of(examples: Sequence[Example]) -> Bags:
    """Return the features of all words of the examples."""
    words = {BREAK: 0}
    for each in examples:
        for word in each.words:
            words.setdefault(word, len(words))
    rows: list[int] = []
    weights: list[float] = []
    begins = [0]
    for word in words:
        whole, trigrams = features_of(word)
        rows += whole + trigrams
        weights += [1.0] * len(whole) + [len(trigrams) ** -0.5] * len(trigrams)
        begins.append(len(rows))
    return Bags(words, np.array(rows), np.array(weights, np.float32), np.array(begins))


@torch.no_grad()
def measure(student: Student, bags: Bags, examples: Sequence[Example]) -> dict[str, float]:
    """Return F1 on examples, each read by itself."""
    student.eval()
    found = []
    for each in examples:
        words, kinds = [BREAK, *each.words, BREAK], [0, *each.kinds, 0]
        logits = student(*_inputs(bags, words, kinds, hide=False)).numpy()
        found.append((each.targets.argmax(axis=1).tolist(), decode(logits)[1:-1].tolist()))
    return f1_of(found)


def save(student: Student, path: Path) -> None:
    """Write the weights at full precision, for `training.export`."""
    torch.save(student.state_dict(), path)


def _batches(examples: Sequence[Example], chance: random.Random) -> list[list[Example]]:
    """Return all examples in batches of runs of one to four consecutive ones."""
    runs, at = [], 0
    while at < len(examples):
        length = chance.randint(1, 4)
        runs.append(examples[at : at + length])
        at += length
    chance.shuffle(runs)
    batches: list[list[Example]] = [[]]
    size = 0
    for run in runs:
        if size > BATCH:
            batches.append([])
            size = 0
        batches[-1] += _joined(run)
        size += sum(len(each.words) for each in run)
    return batches


def _joined(run: Sequence[Example]) -> list[Example]:
    """Return the texts of a run as one, weights kept, with a line break after the last."""
    end = Example([BREAK], [0], np.eye(len(LABELS), dtype=np.float32)[:1], 1.0)
    return [*run, end]


def _step(
    student: Student,
    bags: Bags,
    batch: Sequence[Example],
    optimisers: Sequence[torch.optim.Optimizer],
) -> float:
    words = [word for each in batch for word in each.words]
    kinds = [kind for each in batch for kind in each.kinds]
    targets = torch.from_numpy(np.concatenate([each.targets for each in batch]))
    weights = torch.from_numpy(
        np.repeat([each.weight for each in batch], [len(each.words) for each in batch])
    ).float()
    logits = student(*_inputs(bags, words, kinds, hide=True))
    losses = nn.functional.cross_entropy(logits, targets, reduction="none")
    loss = (losses * weights).mean()
    for optimiser in optimisers:
        optimiser.zero_grad()
    loss.backward()
    for optimiser in optimisers:
        optimiser.step()
    return loss.item()


def _inputs(
    bags: Bags, words: Sequence[str], kinds: Sequence[int], *, hide: bool
) -> tuple[torch.Tensor, ...]:
    numbers = np.array([bags.numbers[word] for word in words])
    own, order = np.unique(numbers, return_inverse=True)
    begins = bags.begins[own]
    lengths = bags.begins[own + 1] - begins
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    at = np.repeat(begins - starts, lengths) + np.arange(lengths.sum())
    weights = bags.weights[at]
    if hide:
        hidden = np.flatnonzero(torch.rand(len(own)).numpy() < HIDDEN)
        weights[(starts[hidden][:, None] + np.arange(IDENTITY)).ravel()] = 0.0
    return (
        torch.from_numpy(bags.rows[at]),
        torch.from_numpy(weights),
        torch.from_numpy(starts),
        torch.from_numpy(order),
        torch.tensor(kinds),
    )
