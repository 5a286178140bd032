"""Who finds names that no list holds: a tagger, such as the student that ships.

A tagger reads texts and returns where names stand and of which type. It need not know the span
rules of the tables (no proclitics, titles, quotes): `transforms.tag.unseen` sees to them, and
joins what it found with what the knowledge knows. Another tagger is any class with `names`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

from transforms.tag.choice import NONE, ONNX, STUDENT
from transforms.tag.hints import Hint, kinds_of
from warehouse.tables.tag import EntityType

MODEL = Path(__file__).parent / "models" / "student.npz"


class Found(NamedTuple):
    """A name at [start, end) of a text, in code points, with its type and a score up to 1."""

    start: int
    end: int
    type: EntityType
    score: float


class Tagger(Protocol):
    """What a tagger must do. The same texts must always give the same names."""

    def names(self, texts: Sequence[str], hints: Sequence[Sequence[Hint]]) -> list[list[Found]]:
        """Return the names of each text in their order; none overlaps another.

        The texts are the parts of one article, in reading order. `hints` are the names that the
        knowledge found in each; a tagger may learn from them or leave them alone.
        """
        ...


class StudentTagger:
    """The tagger that ships; see models/MODEL_CARD.md."""

    def __init__(self, model: Path = MODEL) -> None:
        from transforms.tag.network import Network

        self._network = Network.read(model)

    def names(self, texts: Sequence[str], hints: Sequence[Sequence[Hint]]) -> list[list[Found]]:
        """Return the names of each text; all texts are read in one pass."""
        from transforms.tag.labels import decode, spans_of
        from transforms.tag.network import BREAK, softmax
        from transforms.tag.words import words_of

        parts = [words_of(text) for text in texts]
        words: list[str] = []
        kinds: list[int] = []
        for text, part, known in zip(texts, parts, hints, strict=True):
            words += [text[start:end] for start, end in part]
            words.append(BREAK)
            kinds += kinds_of(part, known)
            kinds.append(0)
        logits = self._network.logits(words, kinds)
        labels, probabilities = decode(logits), softmax(logits)
        found, at = [], 0
        for part in parts:
            inside = slice(at, at + len(part))
            spans = spans_of(labels[inside], probabilities[inside])
            found.append(
                [Found(part[s.first][0], part[s.last - 1][1], s.type, s.score) for s in spans]
            )
            at += len(part) + 1
        return found


@cache
def tagger_named(name: str) -> Tagger | None:
    """Return the tagger of a name, made at the first call.

    STUDENT is the one that ships, NONE is none; "onnx=FOLDER" is the user's token classifier in
    that folder (`transforms.tag.onnx_tagger`), "package.module:Name" is what calling that name
    without arguments gives, for taggers of the user's own.

    Raises:
        ImportError, AttributeError: there is no such module or no such name in it.
    """
    if name == NONE:
        return None
    if name == STUDENT:
        return StudentTagger()
    if name.startswith(ONNX):
        from transforms.tag.onnx_tagger import OnnxTagger

        return OnnxTagger(Path(name.removeprefix(ONNX)))
    module, _, attribute = name.partition(":")
    made: Tagger = getattr(import_module(module), attribute)()
    return made
