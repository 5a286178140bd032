"""A token classifier of the user's own, exported to ONNX, as a tagger.

The folder holds what Hugging Face's exporter writes: `model.onnx` (inputs `input_ids`,
`attention_mask` and, where it has them, `token_type_ids`, all int64 of shape batch by pieces; first
output the logits, batch by pieces by labels), `tokenizer.json`, and `config.json` with `id2label`.
Nothing is fetched: the packages of the extra `khabar[onnx]` read these three files.

A word has the label of its first piece. A name needs labels of the form B-X, I-X (E-X and S-X are
read as well); X is PER, PERS or PERSON, ORG, LOC or GPE, and any other type is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from transforms.tag.hints import Hint
from transforms.tag.labels import LABELS, Floats, decode, spans_of
from transforms.tag.network import softmax
from transforms.tag.tagger import Found
from transforms.tag.words import Word, words_of

#: How models call the three types.
_TYPES = {
    "PER": "PER", "PERS": "PER", "PERSON": "PER", "ORG": "ORG", "ORGANIZATION": "ORG",
    "LOC": "LOC", "LOCATION": "LOC", "GPE": "LOC",
}  # fmt: skip
_PLACES = {"B": "B", "S": "B", "I": "I", "E": "I", "M": "I", "L": "I", "U": "B"}
#: Pieces of a window: encoders have 512 places, and attention costs by the square.
PIECES = 384
#: A probability that is none: its logarithm must be a number.
_LEAST = 1e-9


class OnnxTagger:
    """Names by an exported token classifier; `folder` holds its files."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # As many children as cores work already.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self._places = places_of(config["id2label"])

    def names(self, texts: Sequence[str], hints: Sequence[Sequence[Hint]]) -> list[list[Found]]:
        """Return the names of each text; what the knowledge found is not looked at."""
        return [self._names(text) for text in texts]

    def _names(self, text: str) -> list[Found]:
        found: list[Found] = []
        for words in self._windows(text):
            probabilities = self._probabilities([text[a:b] for a, b in words])
            labels = decode(np.log(np.maximum(probabilities, _LEAST)))
            found += [
                Found(words[span.first][0], words[span.last - 1][1], span.type, span.score)
                for span in spans_of(labels, probabilities)
            ]
        return found

    def _windows(self, text: str) -> Iterator[list[Word]]:
        """Yield the words of each line, of a long one in parts that the encoder has places for."""
        start = 0
        for line in text.split("\n"):
            window: list[Word] = []
            pieces = 0
            for a, b in words_of(line):
                size = min(PIECES, len(self._tokenizer.encode(line[a:b], add_special_tokens=False)))
                if window and pieces + size > PIECES:
                    yield window
                    window, pieces = [], 0
                window.append((start + a, start + b))
                pieces += size
            if window:
                yield window
            start += len(line) + 1

    def _probabilities(self, words: Sequence[str]) -> Floats:
        """Return the probabilities of LABELS for each word, O where no piece is left of it."""
        encoded = self._tokenizer.encode(list(words), is_pretokenized=True)
        encoded.truncate(PIECES + 2)
        ids = np.array([encoded.ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids),
                 "token_type_ids": np.zeros_like(ids)}  # fmt: skip
        wanted = {name: given[name] for name in given if name in self._inputs}
        (logits, *_) = self._session.run(None, wanted)
        pieces = softmax(logits[0].astype(np.float32))
        of_labels = np.zeros((len(words), len(LABELS)), np.float32)
        of_labels[:, 0] = 1.0
        seen = set()
        for at, word in enumerate(encoded.word_ids):
            if word is not None and word not in seen:
                seen.add(word)
                of_labels[word] = 0.0
                np.add.at(of_labels[word], self._places, pieces[at])
        return of_labels


def places_of(id2label: dict[str, str]) -> list[int]:
    """Return for each label of a model which of LABELS it is; O for what is none of ours.

    Raises:
        ValueError: no label begins a name of one of the three types.
    """
    places = []
    for number in range(len(id2label)):
        place, _, kind = id2label[str(number)].upper().replace("_", "-").partition("-")
        ours = f"{_PLACES.get(place)}-{_TYPES.get(kind)}"
        places.append(LABELS.index(ours) if ours in LABELS else 0)
    if not any(LABELS[place].startswith("B-") for place in places):
        raise ValueError("config.json: no label of the form B-PER, B-ORG or B-LOC in id2label")
    return places
