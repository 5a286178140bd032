"""The student's arithmetic, against the plain way to do it, and its choice of labels."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from transforms.tag.hints import KINDS
from transforms.tag.labels import LABELS, decode, spans_of
from transforms.tag.network import BREAK, DILATIONS, ROW, WIDTH, Network, softmax
from transforms.tag.words import ROWS, features_of

CHANCE = np.random.default_rng(7)


def weights() -> dict[str, NDArray[np.generic]]:
    def small(*shape: int) -> NDArray[np.generic]:
        return (CHANCE.standard_normal(shape) * 0.1).astype(np.float16)

    arrays: dict[str, NDArray[np.generic]] = {
        "table": CHANCE.integers(-127, 128, (ROWS, ROW)).astype(np.int8),
        "scales": np.full(ROWS, 0.01, np.float16),
        "input": small(ROW, WIDTH),
        "input_bias": small(WIDTH),
        "kinds": small(KINDS, WIDTH),
        "output": small(WIDTH, len(LABELS)),
        "output_bias": small(len(LABELS)),
    }
    for at in range(len(DILATIONS)):
        arrays[f"layer{at}"] = small(3, WIDTH, WIDTH)
        arrays[f"layer{at}_bias"] = small(WIDTH)
    return arrays


WEIGHTS = weights()


def plainly(words: list[str], kinds: list[int]) -> NDArray[np.float64]:
    """The network word by word, as its description says."""
    w = {name: array.astype(np.float64) for name, array in WEIGHTS.items()}
    states = []
    for word, kind in zip([BREAK, *words, BREAK], [0, *kinds, 0], strict=True):
        whole, trigrams = features_of(word)
        total = sum(w["table"][row] * w["scales"][row] for row in whole)
        total = total + sum(w["table"][r] * w["scales"][r] for r in trigrams) / len(trigrams) ** 0.5
        states.append(np.maximum(total @ w["input"] + w["input_bias"], 0) + w["kinds"][kind])
    for at, dilation in enumerate(DILATIONS):
        after = []
        for here, state in enumerate(states):
            out = w[f"layer{at}_bias"] + state @ w[f"layer{at}"][1]
            if here >= dilation:
                out = out + states[here - dilation] @ w[f"layer{at}"][0]
            if here + dilation < len(states):
                out = out + states[here + dilation] @ w[f"layer{at}"][2]
            after.append(state + np.maximum(out, 0))
        states = after
    return np.array(states)[1:-1] @ w["output"] + w["output_bias"]


def test_the_network_computes_what_it_says() -> None:
    words, kinds = ["زار", "خليفة", "حفتر", "القاهرة", "."], [0, 1, 2, 5, 0]
    network = Network(WEIGHTS)
    found = network.logits(words, kinds)
    assert found.shape == (5, len(LABELS)) and found.dtype == np.float32
    np.testing.assert_allclose(found, plainly(words, kinds), rtol=1e-3, atol=1e-3)


def test_what_was_read_before_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Network(WEIGHTS).logits(["زار", "القاهرة"], [0, 5])
    network = Network(WEIGHTS)
    network.logits(["مدينة", "أخرى", "زار"], [0, 0, 0])
    np.testing.assert_array_equal(network.logits(["زار", "القاهرة"], [0, 5]), fresh)
    monkeypatch.setattr("transforms.tag.network.KEPT", 1)
    np.testing.assert_array_equal(network.logits(["زار", "القاهرة"], [0, 5]), fresh)


def test_a_text_without_words_and_a_file_that_is_no_model(tmp_path: Path) -> None:
    assert Network(WEIGHTS).logits([], []).shape == (0, len(LABELS))
    (tmp_path / "no.npz").write_bytes(b"PK no model")
    with pytest.raises((ValueError, OSError)):
        Network.read(tmp_path / "no.npz")


def allowed(labels: tuple[int, ...]) -> bool:
    before = 0
    for label in labels:
        if label and label % 2 == 0 and before not in (label, label - 1):
            return False
        before = label
    return True


def test_decoding_is_the_best_of_all_allowed_sequences() -> None:
    for _ in range(20):
        logits = CHANCE.standard_normal((4, len(LABELS))).astype(np.float32)
        logits[[0, 3], 0] += 50  # words outside names on both sides, as the search assumes
        ways = [way for way in product(range(len(LABELS)), repeat=4) if allowed(way)]
        best = max(ways, key=lambda way: sum(logits[at, label] for at, label in enumerate(way)))
        assert tuple(decode(logits).tolist()) == best


def test_names_begin_with_b_and_carry_the_least_sure_word() -> None:
    labels = np.array([0, 1, 2, 2, 1, 5, 0])
    probabilities = np.zeros((7, 7), np.float32)
    for at, share in enumerate([1, 0.9, 0.8, 0.6, 0.7, 0.5, 1]):
        probabilities[at, labels[at]] = share
    assert [(s.first, s.last, s.type, round(s.score, 2)) for s in spans_of(labels, probabilities)] == [
        (1, 4, "PER", 0.6), (4, 5, "PER", 0.7), (5, 6, "LOC", 0.5),
    ]  # fmt: skip


def test_softmax_sums_to_one_also_for_large_logits() -> None:
    shares = softmax(np.array([[1000.0, 0, -1000], [0, 0, 0]], np.float32))
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares[1], 1 / 3)
