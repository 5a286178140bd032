"""Where the records of a WARC file begin and end, whatever is damaged between them.

FastWARC 2.0.1 unpacks faster than anything else at hand, but its reading of records stops at the
first damage, takes a file that ends within a record for a whole one, and hands on a record whose
stated length is wrong without a word (decision 0013). So the file is cut into records here: each is
handed on whole, or refused by itself. FastWARC unpacks until something is wrong; from there on the
gzip members are unpacked one by one.

A record begins where `WARC/` stands: at the start, after the record before, at the start of a
gzip member, or, after damage, at the next place where a version line follows an empty one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from flows.sources.members import Members, Piece, is_whole
from flows.sources.packed import FREE_BYTES, GZIP, MAX_RATIO, BombError
from transforms.ingest.land import MAX_PAYLOAD_BYTES

if TYPE_CHECKING:
    from fastwarc.stream_io import GzipReader

#: What a panic of FastWARC's Rust code is called: a BaseException that no module gives to import.
PANIC = "PanicException"
#: A record's head, and an HTTP head: FastWARC takes as much.
MAX_HEAD_BYTES = 32_768
#: The largest block that is held in memory: a page and its HTTP head. What is longer is no news
#: (a film, an archive) and is passed over.
MAX_BLOCK_BYTES = MAX_PAYLOAD_BYTES + MAX_HEAD_BYTES
#: Of what is passed over, as much as tells what it is.
TOLD_BYTES = 2 * MAX_HEAD_BYTES
_PLAIN_BYTES = 1 << 18
_START = re.compile(rb"\n\r?\n(?=WARC/\d\.\d\r?\n)")
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_TYPE = re.compile(rb"\r\nwarc-type[ \t]*:[ \t]*([a-z-]{1,40})[ \t]*\r\n", re.IGNORECASE)
_GAP = re.compile(rb"[\r\n\0]*")
#: A record's end is believed once so much of what follows is seen: line ends and `WARC/`.
_AFTER = 12


class Frame(NamedTuple):
    """One record, head and block; of one that is not handed on whole its first bytes.

    `length` is that of the block as stated, where it is longer than any page; `broken` says in
    words why the record cannot be read.
    """

    number: int
    kind: str
    data: bytes
    length: int = 0
    broken: str | None = None


def frames(path: Path) -> Iterator[Frame]:
    """Yield the records of a WARC file, packed by gzip or not, in their order; broken ones too.

    Never more than one record is in memory.

    Raises:
        OSError: The file cannot be read, or is no WARC file.
        EOFError: It ends within a record; what stood before was yielded.
        BombError: It unpacks to more than any text would.
    """
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if file.read(len(GZIP)) != GZIP:
            yield from _cut(_plain(file), _Cutter(lambda end: _ends_at(file, end, size)))
            return
        cutter = _Cutter(_doubt)
        try:
            yield from _cut(_quick(path, file, size, cutter), cutter)
        except _DoubtError:
            cutter.restart(lambda _: True)
            yield from _cut(_behind(Members(file, size), cutter.position), cutter)


def _cut(pieces: Iterable[Piece], cutter: _Cutter) -> Iterator[Frame]:
    for piece in pieces:
        if piece.damage is not None:
            yield from cutter.damage(piece.damage)
            continue
        if piece.begins and cutter.count == 0 and not cutter.has_begun:
            _assert_warc(piece.data)
        if piece.begins and piece.data.startswith(b"WARC/"):
            yield from cutter.begin()
        yield from cutter.feed(piece.data, ends=piece.ends)
    yield from cutter.finish()
    if cutter.has_begun:
        raise EOFError(f"the file ends within record {cutter.count + 1}")
    if cutter.count == 0:
        raise OSError("no WARC file: it is empty")


def _assert_warc(data: bytes) -> None:
    if data.strip(b"\r\n\0") and not data.startswith(b"WARC/"):
        arc = " but ARC, the form before it" if data.startswith(b"filedesc:") else ""
        raise OSError(f"no WARC file{arc}: it begins with {data[:20]!r}")


class _DoubtError(Exception):
    """Something is wrong with a packed file, or cannot be told: its members must be looked at."""


def _doubt(_: int) -> bool:
    raise _DoubtError


class _Cutter:
    """Cuts a stream of bytes into records; holds at most one of them."""

    def __init__(self, ends_at: Callable[[int], bool]) -> None:
        """`ends_at` says whether a record can end at a place, where that can be looked up."""
        self.count = 0
        self._ends_at = ends_at
        self._buffer = bytearray()
        #: Where the buffer begins in the unpacked file.
        self.position = 0
        #: Bytes still to come of a record that is passed over.
        self._to_skip = 0
        #: What the buffer begins with belongs to no record.
        self._astray = False

    @property
    def has_begun(self) -> bool:
        """Return whether a record is begun and not ended."""
        return self._to_skip > len(b"\r\n\r\n") or (bool(self._buffer) and not self._astray)

    def restart(self, ends_at: Callable[[int], bool]) -> None:
        """Go on with the bytes of the file from `position` on."""
        self._buffer.clear()
        self._ends_at = ends_at

    def feed(self, data: bytes, *, ends: bool) -> Iterator[Frame]:
        """Take more bytes; yield the records that are complete with them.

        `ends`: a gzip member ends with them, and a record may.
        """
        self._buffer += data
        while frame := self._next(ends=ends):
            yield frame

    def begin(self) -> Iterator[Frame]:
        """Begin a record, whatever came before."""
        if self.has_begun and not self._to_skip:
            yield self._broken("the record is longer than its gzip member", len(self._buffer))
        self._clear()

    def damage(self, what: str) -> Iterator[Frame]:
        """End what is begun, since what follows of it is damaged."""
        yield self._broken(f"the packed data is damaged: {what}", len(self._buffer))
        self._clear()

    def finish(self) -> Iterator[Frame]:
        """Yield what a record holds that says to be longer than the file is: those behind it."""
        while self.has_begun and not self._to_skip and _start(self._buffer, 4) >= 0:
            yield self._lost("the record is not as long as it says")
            yield from self.feed(b"", ends=True)

    def _next(self, *, ends: bool) -> Frame | None:
        if not self._is_at_record():
            return None
        buffer = self._buffer
        if not buffer.startswith(b"WARC/"):
            return self._lost("what stands here is no record") if len(buffer) >= _AFTER else None
        head = buffer.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES)
        if head < 0:
            endless = len(buffer) >= MAX_HEAD_BYTES
            return self._lost("the head of the record has no end") if endless else None
        length = _stated_length(buffer, head + 2)
        if length is None:
            return self._lost("the record does not say how long it is")
        return self._record(head + 4, length, ends=ends)

    def _record(self, block: int, length: int, *, ends: bool) -> Frame | None:
        """Return the record that the buffer begins with; None where more has to be seen."""
        buffer, end = self._buffer, block + length
        if length > MAX_BLOCK_BYTES:
            return self._passed_over(end, length) if len(buffer) >= TOLD_BYTES or ends else None
        if len(buffer) < end + (0 if ends else _AFTER):
            return None
        after = bytes(buffer[end : end + _AFTER]).lstrip(b"\r\n\0")
        if not b"WARC/".startswith(after[:5]):
            return self._lost("the record is not as long as it says", block)
        frame = self._frame(end)
        self._drop(end)
        return frame

    def _passed_over(self, end: int, length: int) -> Frame:
        if not self._ends_at(self.position + end):
            return self._lost("the record is not as long as it says")
        self._to_skip = end
        return self._frame(TOLD_BYTES, length=length)

    def _lost(self, broken: str, sound: int = 4) -> Frame:
        """Return what is broken; the next record is looked for behind the first `sound` bytes."""
        start = _start(self._buffer, sound)
        frame = self._broken(broken, len(self._buffer) if start < 0 else start)
        self._drop(sound)
        self._astray = True
        return frame

    def _is_at_record(self) -> bool:
        """Drop what belongs to no record; False where the next one is not in sight."""
        if self._to_skip:
            self._to_skip -= self._drop(self._to_skip)
        if self._astray:
            start = _start(self._buffer, 0)
            self._drop(max(0, len(self._buffer) - 2 * _AFTER) if start < 0 else start)
            self._astray = start < 0
        if self._to_skip or self._astray:
            return False
        self._drop(_gap(self._buffer))
        return bool(self._buffer)

    def _drop(self, count: int) -> int:
        dropped = min(count, len(self._buffer))
        del self._buffer[:dropped]
        self.position += dropped
        return dropped

    def _clear(self) -> None:
        self._drop(len(self._buffer))
        self._to_skip, self._astray = 0, False

    def _broken(self, broken: str, size: int) -> Frame:
        return self._frame(min(size, TOLD_BYTES), broken=broken)

    def _frame(self, size: int, length: int = 0, broken: str | None = None) -> Frame:
        self.count += 1
        data = bytes(self._buffer[:size])
        kind = _TYPE.search(data, 0, MAX_HEAD_BYTES)
        named = kind[1].decode().lower() if kind else "unknown"
        return Frame(self.count, named, data, length, broken)


# A match holds the buffer that it was found in, so that it could not grow: none outlives these.


def _start(buffer: bytearray, after: int) -> int:
    match = _START.search(buffer, after)
    return match.end() if match else -1


def _stated_length(buffer: bytearray, head: int) -> int | None:
    match = _LENGTH.search(buffer, 0, head)
    return int(match[1]) if match else None


def _gap(buffer: bytearray) -> int:
    match = _GAP.match(buffer)
    return match.end() if match else 0


def _quick(path: Path, file: BinaryIO, size: int, cutter: _Cutter) -> Iterator[Piece]:
    """Yield what a packed file unpacks to, without a look at its members; the last one is sound.

    Raises:
        _DoubtError: A member is damaged, or `cutter` has a record at the end that does not.
    """
    left, start, at = max(FREE_BYTES, MAX_RATIO * size), 0, 0
    reader = _gzip_reader()(str(path), _PLAIN_BYTES, fsspec_args=False)
    while data := _unpacked(reader):
        left -= len(data)
        if left < 0:
            raise BombError(f"{size:,} bytes unpack to more than {MAX_RATIO} times that")
        yield Piece(data, begins=at == 0)
        at += len(data)
        start = reader.frame_start_position() or start
    # FastWARC takes a member without an end for a whole one.
    if not is_whole(file, start):
        raise _DoubtError
    yield Piece(b"", ends=True)
    if cutter.has_begun:
        raise _DoubtError


def _unpacked(reader: GzipReader) -> bytes:
    try:
        return reader.read(_PLAIN_BYTES)
    except BaseException as error:
        if isinstance(error, OSError) or type(error).__name__ == PANIC:
            raise _DoubtError from error
        raise


@cache
def _gzip_reader() -> type[GzipReader]:
    from fastwarc.stream_io import GzipReader

    return GzipReader


def _behind(pieces: Iterable[Piece], position: int) -> Iterator[Piece]:
    """Yield the pieces without the first `position` bytes, which were read already."""
    for piece in pieces:
        size = len(piece.data)
        if position >= size > 0:
            position -= size
        elif position and size:
            yield piece._replace(data=piece.data[position:], begins=False)
            position = 0
        else:
            yield piece


def _plain(file: BinaryIO) -> Iterator[Piece]:
    at = 0
    while data := os.pread(file.fileno(), _PLAIN_BYTES, at):
        yield Piece(data, begins=at == 0)
        at += len(data)
    yield Piece(b"", ends=True)


def _ends_at(file: BinaryIO, end: int, size: int) -> bool:
    """Return whether a record of a file that is not packed can end at `end`."""
    after = os.pread(file.fileno(), _AFTER, end).lstrip(b"\r\n\0")
    return after.startswith(b"WARC/") or (not after and size - _AFTER <= end <= size)
