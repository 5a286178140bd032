"""Files as byte streams, unpacked on the way where they end in .gz, and never without a limit."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

#: News text packs 3 to 8 times, tables of it up to 30; gzip's own maximum is 1,032. What packs
#: better than this is no text but a bomb.
MAX_RATIO = 200
#: Below this size the ratio is not asked: unpacking it costs less than a second.
FREE_BYTES = 64_000_000
#: What is left on a disk for the run itself, whose batches and tables come on top.
RESERVE_BYTES = 500_000_000
_BUFFER_BYTES = 1 << 17
#: What every gzip member begins with.
GZIP = b"\x1f\x8b\x08"


class BombError(Exception):
    """A packed file unpacks to more than any text would."""


class Weight:
    """How much a packed file has unpacked to."""

    def __init__(self, packed_bytes: int) -> None:
        self._left = max(FREE_BYTES, MAX_RATIO * packed_bytes)
        self._packed_bytes = packed_bytes

    def add(self, size: int) -> None:
        """Count `size` bytes; raises `BombError` where that makes more than any text would."""
        self._left -= size
        if self._left < 0:
            raise BombError(
                f"{self._packed_bytes:,} bytes unpack to more than {MAX_RATIO} times that"
            )


class _Limited(io.RawIOBase):
    """An unpacking stream that stops at a bomb instead of filling memory, disk or an hour."""

    def __init__(self, unpacked: gzip.GzipFile, packed_bytes: int) -> None:
        self._unpacked = unpacked
        self._weight = Weight(packed_bytes)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._unpacked.read(len(buffer))
        self._weight.add(len(data))
        buffer[: len(data)] = data
        return len(data)


def unpacked_name(path: Path) -> Path:
    """Return the name of a file without its .gz; of .tgz with .tar."""
    if not _is_packed(path):
        return path
    return path.with_suffix(".tar" if path.suffix.lower() == ".tgz" else "")


def _is_packed(path: Path) -> bool:
    return path.suffix.lower() in (".gz", ".tgz")


@contextmanager
def open_stream(path: Path) -> Iterator[io.BufferedReader[Any]]:
    """Open a file for reading, unpacked where its name ends in .gz.

    Reading raises OSError, EOFError or zlib.error on a damaged file, `BombError` on a bomb.
    """
    with io.BufferedReader(io.FileIO(path), _BUFFER_BYTES) as raw:
        if not _is_packed(path):
            yield raw
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
            limited = _Limited(unpacked, path.stat().st_size)
            yield io.BufferedReader(limited, _BUFFER_BYTES)


@contextmanager
def open_seekable(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading at any position; a packed one is unpacked to a temporary file.

    Raises OSError where the disk has no room for it.
    """
    if not _is_packed(path):
        with path.open("rb") as raw:
            yield raw
        return
    import tempfile

    with open_stream(path) as stream, tempfile.TemporaryFile() as spool:
        while chunk := stream.read(1 << 20):
            disk = os.fstatvfs(spool.fileno())
            if disk.f_bavail * disk.f_frsize < RESERVE_BYTES + len(chunk):
                raise OSError(f"no room to unpack more than {spool.tell():,} bytes of it")
            spool.write(chunk)
        spool.seek(0)
        yield cast("BinaryIO", spool)
