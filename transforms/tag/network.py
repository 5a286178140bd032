"""The student in numpy: the probabilities of labels for the words of a text.

The model file holds what training/ exported: a table of rows for hashed features (8 bits, a scale
a row), the layer that brings their sum to the width of the network, residual convolutions of
three words each, and the output. What a word is by itself is computed once for each distinct
word and kept; the convolutions are three matrix products each, over all words at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transforms.tag.words import features_of

Floats = NDArray[np.float32]

#: Numbers in a row of the table, and in a word's state.
ROW, WIDTH = 48, 128
#: How far apart the three words are that each convolution looks at.
DILATIONS = (1, 1, 2)
#: Stands between texts, and before the first and after the last.
BREAK = "\n"
#: Distinct words whose states are kept: the words of about 5,000 articles, 50 MB.
KEPT = 100_000


class Network:
    """The loaded model. Its only state is the memory of words, which changes no result."""

    def __init__(self, weights: dict[str, NDArray[np.generic]]) -> None:
        self._table: NDArray[np.int8] = weights["table"].astype(np.int8, copy=False)
        self._scales = weights["scales"].astype(np.float32)
        self._input = _floats(weights["input"]), _floats(weights["input_bias"])
        self._layers = [
            (_floats(weights[f"layer{at}"]), _floats(weights[f"layer{at}_bias"]), dilation)
            for at, dilation in enumerate(DILATIONS)
        ]
        self._kinds = _floats(weights["kinds"])
        self._output = _floats(weights["output"]), _floats(weights["output_bias"])
        self._numbers: dict[str, int] = {}
        self._states = np.empty((1024, WIDTH), np.float32)

    @classmethod
    def read(cls, path: Path) -> Network:
        """Return the network of a model file; raise ValueError where it is none."""
        with np.load(path, allow_pickle=False) as stored:
            return cls({name: stored[name] for name in stored.files})

    def logits(self, words: Sequence[str], kinds: Sequence[int]) -> Floats:
        """Return the logits of each word's labels; texts are told apart by BREAK.

        `kinds` says what the knowledge found (`transforms.tag.hints`).
        """
        x: Floats = self._states_of([BREAK, *words, BREAK]) + self._kinds[[0, *kinds, 0]]
        for weights, bias, dilation in self._layers:
            x += _convolved(x, weights, bias, dilation)
        weights, bias = self._output
        logits: Floats = x[1:-1] @ weights + bias
        return logits

    def _states_of(self, words: Sequence[str]) -> Floats:
        if len(self._numbers) > KEPT:
            self._numbers = {}
        numbers = self._numbers
        new = [word for word in dict.fromkeys(words) if word not in numbers]
        if new:
            first, last = len(numbers), len(numbers) + len(new)
            numbers.update(zip(new, range(first, last), strict=True))
            self._make_room(last)
            self._states[first:last] = self._computed(new)
        return self._states[[numbers[word] for word in words]]

    def _make_room(self, words: int) -> None:
        """Double the memory until it holds so many words, so that growing costs little."""
        while words > len(self._states):
            self._states = np.concatenate([self._states, np.empty_like(self._states)])

    def _computed(self, words: Sequence[str]) -> Floats:
        """Return what each word is by itself."""
        rows: list[int] = []
        weights: list[float] = []
        begins: list[int] = []
        for word in words:
            whole, trigrams = features_of(word)
            begins.append(len(rows))
            rows += whole
            rows += trigrams
            weights += [1.0] * len(whole)
            weights += [len(trigrams) ** -0.5] * len(trigrams)
        scales = self._scales[rows] * np.array(weights, np.float32)
        summed = np.add.reduceat(self._table[rows] * scales[:, None], begins)
        matrix, bias = self._input
        states: Floats = np.maximum(summed @ matrix + bias, 0)
        return states


def softmax(logits: Floats) -> Floats:
    """Return logits as probabilities."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = raised / raised.sum(axis=1, keepdims=True)
    return probabilities


def _convolved(x: Floats, weights: Floats, bias: Floats, dilation: int) -> Floats:
    """Return the convolution of three words, `dilation` apart, through a rectifier."""
    out: Floats = x @ weights[1]
    out += bias
    out[dilation:] += x[:-dilation] @ weights[0]
    out[:-dilation] += x[dilation:] @ weights[2]
    np.maximum(out, 0, out=out)
    return out


def _floats(weights: NDArray[np.generic]) -> Floats:
    return weights.astype(np.float32)
