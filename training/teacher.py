"""The teacher: the encoder with one output a word, tuned on the labelled corpora.

It learns on windows of consecutive sentences, so that it sees what was said before; a vector a
corpus is added to its inputs, so that what two corpora label differently does not blur. First
both corpora, then the news alone. Training goes on after the last round that was finished.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from training.corpora import Gold, Sentence
from training.encoder import Encoder, packaged_file, read_model
from training.measure import f1_of
from training.pieces import Pieces
from transforms.tag.labels import LABELS, decode

NEWS, WIKI = 0, 1
#: Words of a window: two or three sentences of news. Attention costs by its square.
WINDOW = 80
#: Places of a row that the encoder knows.
PLACES = 512
#: Pieces of a batch, padding included.
BATCH = 3_000
#: Each layer learns this much slower than the one above it.
LAYER_DECAY = 0.94
RATE = 1.2e-4
RATE_HEAD = 1e-3
DROPOUT = 0.1
WARM_UP = 0.08
#: Rounds over the news with one part of WikiFANE each, then over the news alone. WikiFANE is four
#: times as large and of another kind; each of its sentences is seen once.
ROUNDS_BOTH, ROUNDS_NEWS = 4, 3
SEED = 20261124


class Window(NamedTuple):
    """Consecutive words with their labels, and the corpus that they are from."""

    words: list[str]
    labels: list[int]
    corpus: int


class Batch(NamedTuple):
    """Windows as rows of pieces; `firsts` holds (row, column) of each word's first piece."""

    pieces: torch.Tensor
    mask: torch.Tensor
    corpora: torch.Tensor
    firsts: tuple[torch.Tensor, torch.Tensor]
    labels: torch.Tensor
    lengths: list[int]


class Teacher(nn.Module):
    """Encoder, corpus vectors and the outputs; it keeps only the pieces of `texts`."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self.pieces, shape, tensors = read_model(packaged_file())
        kept = _kept(self.pieces, texts)
        self.rows = {number: row for row, number in enumerate(kept)}
        tensors["emb.word"] = tensors["emb.word"][kept]
        self.encoder = Encoder(tensors, shape)
        self.corpora = nn.Embedding(2, shape["width"])
        nn.init.zeros_(self.corpora.weight)
        self.output = nn.Linear(shape["width"], len(LABELS))

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the logits of each word of a batch, one row a word."""
        with torch.autocast("cpu", torch.bfloat16):
            extra = self.corpora(batch.corpora)
            states = self.encoder(batch.pieces, batch.mask, extra, DROPOUT)
            states = nn.functional.dropout(states[batch.firsts], DROPOUT, self.training)
            out: torch.Tensor = self.output(states)
        return out.float()

    def batch_of(self, windows: Sequence[Window]) -> Batch:
        """Return windows as one batch."""
        rows, firsts = [], []
        unknown = self.rows[self.pieces.unknown]
        for number, window in enumerate(windows):
            row = [self.rows[self.pieces.start]]
            for word in window.words:
                firsts.append((number, len(row)))
                row += [self.rows.get(piece, unknown) for piece in self.shown(window, word)]
            rows.append([*row, self.rows[self.pieces.end]])
        width = max(map(len, rows))
        pieces = torch.zeros(len(rows), width, dtype=torch.long)
        mask = torch.zeros(len(rows), width, dtype=torch.bool)
        for number, row in enumerate(rows):
            pieces[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = True
        at = torch.tensor(firsts, dtype=torch.long)
        labels = torch.tensor([label for window in windows for label in window.labels])
        corpora = torch.tensor([window.corpus for window in windows])
        lengths = [len(window.words) for window in windows]
        return Batch(pieces, mask, corpora, (at[:, 0], at[:, 1]), labels, lengths)

    def shown(self, window: Window, word: str) -> list[int]:
        """Return the first pieces of a word: an address has hundreds, a row has its places.

        A word's label is read at its first piece.
        """
        return self.pieces.of(word)[: (PLACES - 2) // len(window.words)]


def train_teacher(
    gold: Gold, texts: Sequence[Sequence[str]], folder: Path, seed: int = SEED
) -> Teacher:
    """Return the tuned teacher; `texts` are the ones that it will label."""
    torch.manual_seed(seed)
    seen = [s.words for part in gold for s in part]
    teacher = Teacher([*seen, *texts])
    news, wiki = windows_of(gold.anercorp, NEWS), windows_of(gold.wikifane, WIKI)
    rounds = [news + wiki[part::ROUNDS_BOTH] for part in range(ROUNDS_BOTH)]
    rounds += [news] * ROUNDS_NEWS
    steps = sum(len(list(_grouped(teacher, each, random.Random(0)))) for each in rounds)
    optimiser = torch.optim.AdamW(_groups(teacher), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: _rate(s, steps))
    done = _resume(folder, teacher, optimiser, schedule)
    print(f"teacher: {steps} steps in {len(rounds)} rounds, {done} done", flush=True)
    for number in range(done, len(rounds)):
        _round(teacher, rounds[number], optimiser, schedule, random.Random(seed + number))
        print(f"teacher: round {number + 1}: {measure(teacher, gold.held_out)}", flush=True)
        _keep(folder, teacher, optimiser, schedule, number + 1)
    return teacher.eval()


def windows_of(sentences: Sequence[Sentence], corpus: int) -> list[Window]:
    """Return the sentences joined into windows, in their order."""
    windows: list[Window] = []
    words: list[str] = []
    labels: list[int] = []
    for sentence in sentences:
        if words and len(words) + len(sentence.words) > WINDOW:
            windows.append(Window(words, labels, corpus))
            words, labels = [], []
        words = words + sentence.words
        labels = labels + sentence.labels
    return [*windows, Window(words, labels, corpus)] if words else windows


@torch.no_grad()
def logits_of(teacher: Teacher, windows: Sequence[Window]) -> list[np.ndarray]:
    """Return the logits of the words of each window, as the news corpus would label them."""
    teacher.eval()
    found: list[np.ndarray] = [np.empty(0)] * len(windows)
    order = sorted(range(len(windows)), key=lambda at: len(windows[at].words))
    for group in _batches(teacher, [windows[at]._replace(corpus=NEWS) for at in order]):
        batch = teacher.batch_of(group)
        parts = teacher(batch).numpy()
        at = 0
        for length in batch.lengths:
            found[order.pop(0)] = parts[at : at + length]
            at += length
    return found


def measure(teacher: Teacher, sentences: Sequence[Sentence]) -> dict[str, float]:
    """Return F1 on sentences, read in windows."""
    windows = windows_of(sentences, NEWS)
    found = [decode(each).tolist() for each in logits_of(teacher, windows)]
    return f1_of(zip((w.labels for w in windows), found, strict=True))


def _kept(pieces: Pieces, texts: Sequence[Sequence[str]]) -> list[int]:
    words = sorted({word for text in texts for word in text})
    used = {number for word in words for number in pieces.of(word)}
    return sorted(used | {pieces.start, pieces.end, pieces.unknown})


def _groups(teacher: Teacher) -> list[dict[str, object]]:
    top = len(teacher.encoder.layers)
    groups: list[dict[str, object]] = [
        {"params": [*teacher.output.parameters(), *teacher.corpora.parameters()], "lr": RATE_HEAD}
    ]
    for number, layer in enumerate(teacher.encoder.layers):
        groups.append({"params": layer.parameters(), "lr": RATE * LAYER_DECAY ** (top - number)})
    norm = teacher.encoder.norm.parameters()
    return [*groups, {"params": norm, "lr": RATE * LAYER_DECAY ** (top + 1)}]


def _rate(step: int, steps: int) -> float:
    warm = max(1, math.ceil(steps * WARM_UP))
    return step / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def _grouped(
    teacher: Teacher, windows: Sequence[Window], chance: random.Random
) -> Iterator[list[Window]]:
    """Yield batches of windows of about one length, in an order by chance."""
    mixed = sorted(windows, key=lambda w: len(w.words) + chance.random() * WINDOW / 4)
    batches = list(_batches(teacher, mixed))
    chance.shuffle(batches)
    yield from batches


def _batches(teacher: Teacher, windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Yield windows in batches of about BATCH pieces; none where there are none."""
    batch: list[Window] = []
    longest = 0
    for window in windows:
        length = 2 + sum(len(teacher.shown(window, word)) for word in window.words)
        if batch and max(longest, length) * (len(batch) + 1) > BATCH:
            yield batch
            batch, longest = [], 0
        batch.append(window)
        longest = max(longest, length)
    if batch:
        yield batch


def _round(
    teacher: Teacher,
    windows: Sequence[Window],
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    chance: random.Random,
) -> None:
    teacher.train()
    for number, group in enumerate(_grouped(teacher, windows, chance)):
        batch = teacher.batch_of(group)
        loss = nn.functional.cross_entropy(teacher(batch), batch.labels)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if number % 25 == 0:
            print(f"teacher: step {number}, loss {loss.item():.4f}", flush=True)


def _keep(
    folder: Path,
    teacher: Teacher,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    rounds: int,
) -> None:
    state = {
        "teacher": teacher.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": schedule.state_dict(),
        "rounds": rounds,
    }
    torch.save(state, folder / "teacher.tmp")
    (folder / "teacher.tmp").replace(folder / "teacher.pt")


def _resume(
    folder: Path,
    teacher: Teacher,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
) -> int:
    file = folder / "teacher.pt"
    if not file.is_file():
        return 0
    state = torch.load(file, weights_only=True)
    teacher.load_state_dict(state["teacher"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.load_state_dict(state["schedule"])
    return int(state["rounds"])
