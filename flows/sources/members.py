"""The members of a gzip file one after another, whatever is damaged between them.

Python's own `gzip` ends at the first damage, and so does FastWARC's reader; but a WARC file has a
member a record, and the neighbours of a damaged one are sound.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from flows.sources.packed import FREE_BYTES, GZIP, MAX_RATIO, BombError

_GZIP_WINDOW = 31
_READ_BYTES = 1 << 16
_PIECE_BYTES = 1 << 20
#: Of what may be the beginning of a member, as much is unpacked to see what it is.
_PROBE_BYTES = 4_096
#: In damage that looks like the beginning of a member again and again, so many places are tried;
#: random bytes look like one 64 times in a gigabyte.
_MAX_TRIES = 10_000


class Piece(NamedTuple):
    """Bytes of an unpacked file; `begins`, `ends`: a member does with them, and ends sound.

    With `damage`, what was yielded of the member last begun is not to be trusted.
    """

    data: bytes
    begins: bool = False
    ends: bool = False
    damage: str | None = None


class Members:
    """What a file unpacks to, in pieces of at most a megabyte and some; to be read once.

    After a damaged member the next one that unpacks to a WARC record is gone on with.

    Raises:
        EOFError: The file ends within a member.
        BombError: It unpacks to more than any text would.
    """

    def __init__(self, file: BinaryIO, packed_bytes: int) -> None:
        self._file = file
        self._packed_bytes = packed_bytes
        self._left = max(FREE_BYTES, MAX_RATIO * packed_bytes)
        #: Packed bytes that are read and not unpacked yet, and where the file goes on behind them.
        self._data = b""
        self._at = 0
        self._start = 0

    def __iter__(self) -> Iterator[Piece]:
        start: int | None = 0
        while start is not None:
            self._data, self._at = b"", start
            try:
                while self._is_at_member():
                    yield from self._member()
                return
            except zlib.error as error:
                yield Piece(b"", damage=str(error))
                start = self._next_member(self._start + 1)

    def _is_at_member(self) -> bool:
        """Pass over zeros, with which tapes and some writers fill up a file."""
        while self._data or self._read():
            self._data = self._data.lstrip(b"\0")
            if self._data:
                self._start = self._at - len(self._data)
                return True
        return False

    def _member(self) -> Iterator[Piece]:
        inflate = zlib.decompressobj(_GZIP_WINDOW)
        held, size, begins = [], 0, True
        while not inflate.eof:
            ended = not self._data and not self._read()
            unpacked = inflate.decompress(self._data, _PIECE_BYTES)
            if ended and not unpacked:
                raise EOFError("the file ends within a gzip member")
            self._data = inflate.unconsumed_tail or inflate.unused_data
            self._weigh(len(unpacked))
            held.append(unpacked)
            size += len(unpacked)
            if size >= _READ_BYTES or inflate.eof:
                yield Piece(b"".join(held), begins, ends=inflate.eof)
                held, size, begins = [], 0, False

    def _weigh(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise BombError(
                f"{self._packed_bytes:,} bytes unpack to more than {MAX_RATIO} times that"
            )

    def _read(self) -> bool:
        self._data = os.pread(self._file.fileno(), _READ_BYTES, self._at)
        self._at += len(self._data)
        return bool(self._data)

    def _next_member(self, at: int) -> int | None:
        tries = 0
        while tries < _MAX_TRIES:
            block = os.pread(self._file.fileno(), _READ_BYTES, at)
            if len(block) < len(GZIP):
                return None
            found = block.find(GZIP)
            if found < 0:
                at += len(block) - len(GZIP) + 1
                continue
            at += found
            if _begins_record(os.pread(self._file.fileno(), _PROBE_BYTES, at)):
                return at
            at, tries = at + 1, tries + 1
        return None


def _begins_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(_GZIP_WINDOW).decompress(packed, 16).startswith(b"WARC/")
    except zlib.error:
        return False


def is_whole(file: BinaryIO, start: int) -> bool:
    """Return whether the gzip member at `start` is sound to its end."""
    inflate, at = zlib.decompressobj(_GZIP_WINDOW), start
    while not inflate.eof:
        data = inflate.unconsumed_tail
        if not data:
            data = os.pread(file.fileno(), _READ_BYTES, at)
            at += len(data)
        try:
            if not inflate.decompress(data, _PIECE_BYTES) and not data:
                return False
        except zlib.error:
            return False
    return True
