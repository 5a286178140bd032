"""The index of bodies on disk: shelves of sorted arrays, mapped into the memory.

A publication adds a shelf; small shelves are merged into larger ones as they gather, so that a
million bodies lie on a handful. Everything here can be made again from the articles: what is
damaged, of another format, or behind the tables by more than their history tells, is thrown away.

    copies/shelves.json         which shelves count, and the snapshot of the tables that they cover
    copies/shelf-000007/*.npy   one array a file
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from transforms.group.candidates import Shelf, kept, merged
from transforms.group.meeting import packed
from transforms.group.minhash import U8
from transforms.group.words import U64

#: Raised with every change of what a shelf holds, or of how words are folded and hashed.
FORMAT = 1
#: A shelf is merged with the one before it unless that is so many times as large.
_GROWTH = 4
_ARRAYS = tuple(field.name for field in fields(Shelf))


class Shelves:
    """The shelves of one home. Opened by the writer only, who holds the lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: list[str] = []
        self._open: list[Shelf] = []
        #: The snapshot that they cover; None where there are none.
        self.covered: int | None = None
        with suppress(OSError, ValueError, KeyError, TypeError):
            self._read()

    def __len__(self) -> int:
        """Return how many bodies lie on the shelves, dead ones included."""
        return sum(len(shelf) for shelf in self._open)

    @property
    def shelves(self) -> Sequence[Shelf]:
        """Return the shelves, the oldest first."""
        return self._open

    @property
    def bytes(self) -> int:
        """Return the size of the arrays on disk."""
        return sum(
            file.stat().st_size for name in self._names for file in (self._folder / name).iterdir()
        )

    def cover(self, added: Sequence[Shelf], snapshot: int, *, afresh: bool = False) -> None:
        """Add shelves, and say which snapshot of the tables all of them cover now.

        With `afresh` what was there before is thrown away.
        """
        if afresh:
            self.clear()
        if added:
            shelf, names = (merged(added) if len(added) > 1 else added[0]), list(self._names)
            opened = list(self._open)
            while opened and len(opened[-1]) < _GROWTH * len(shelf):
                shelf = merged([opened.pop(), shelf])
                names.pop()
            name = f"shelf-{self._next():06d}"
            self._write(self._folder / name, shelf)
            self._names = [*names, name]
        self._say(snapshot)
        self._remove_others()
        self._read()

    def prune(self, article_ids: Sequence[str]) -> int:
        """Throw away what is kept of all other articles; return how many bodies that were.

        What is kept of a body does not tell its words, but would tell that it was here.
        """
        if self.covered is None or not self._open:
            return 0
        standing = _beginnings(packed(article_ids)) if article_ids else np.zeros(0, np.uint64)
        masks = [np.isin(_beginnings(np.asarray(shelf.ids)), standing) for shelf in self._open]
        gone = sum(int(np.count_nonzero(~mask)) for mask in masks)
        if gone:
            left = [kept(s, mask) for s, mask in zip(self._open, masks, strict=True) if mask.any()]
            self.cover(left, self.covered, afresh=True)
        return gone

    def clear(self) -> None:
        """Throw everything away."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._names, self._open, self.covered = [], [], None

    def _read(self) -> None:
        said: dict[str, Any] = json.loads((self._folder / "shelves.json").read_text("utf-8"))
        if said["format"] != FORMAT:
            return
        opened = [_mapped(self._folder / name, bodies) for name, bodies in said["shelves"]]
        self._names, self._open = [name for name, _ in said["shelves"]], opened
        self.covered = int(said["snapshot"])

    def _next(self) -> int:
        return max((int(p.name[6:]) for p in self._folder.glob("shelf-??????")), default=0) + 1

    def _write(self, folder: Path, shelf: Shelf) -> None:
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name in _ARRAYS:
            with (partial / f"{name}.npy").open("wb") as file:
                np.save(file, getattr(shelf, name))
                file.flush()
                os.fsync(file.fileno())
        partial.rename(folder)

    def _say(self, snapshot: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        shelves = [[name, len(_mapped(self._folder / name))] for name in self._names]
        said = {"format": FORMAT, "snapshot": snapshot, "shelves": shelves}
        partial = self._folder / "shelves.json.partial"
        with partial.open("w", encoding="utf-8") as file:
            json.dump(said, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._folder / "shelves.json")

    def _remove_others(self) -> None:
        for folder in self._folder.glob("shelf-*"):
            if folder.name not in self._names:
                shutil.rmtree(folder, ignore_errors=True)


def _beginnings(ids: U8) -> U64:
    """Return the first eight bytes of ids, which are hashes."""
    return np.ascontiguousarray(ids[:, :8]).view(np.uint64).ravel()


def _mapped(folder: Path, bodies: int | None = None) -> Shelf:
    """Return a shelf as it lies on disk; raises ValueError where it is not whole."""
    arrays = {n: np.load(folder / f"{n}.npy", mmap_mode="r") for n in _ARRAYS}
    shelf = Shelf(**arrays)
    by_body = (shelf.ids, shelf.texts, shelf.sketches, shelf.samples)
    lengths = {*(a.shape[0] for a in by_body), shelf.keys.shape[1], shelf.rows.shape[1]}
    if len(lengths) != 1 or (bodies is not None and lengths != {bodies}):
        raise ValueError(f"{folder} is not whole")
    return shelf
