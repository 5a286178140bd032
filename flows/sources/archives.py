"""Pages in ZIP and tar archives: one member is one page, read in the order of the archive.

Nothing is unpacked to disk, so that no member's name can lead anywhere; a link in a tar archive is
no page. `#n` in a locator is the member, from 1 (folders, hidden files and other kinds counted too,
so that the number is the archive's own), before it stands the member's name.

Python's `tarfile` takes a damaged head in the middle for the end of the archive, without a word,
and its `zipfile` unpacks bzip2 and LZMA without a limit: both are kept from it here.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from flows.sources.base import COMPANIONS, Wanted, and_told, place, refused
from flows.sources.packed import FREE_BYTES, MAX_RATIO, BombError, open_seekable, open_stream
from transforms.ingest.land import MAX_PAYLOAD_BYTES
from transforms.ingest.record import RawRecord
from transforms.plain import one_line

MediaType = Literal["text/plain", "text/html"]
PAGE_TYPES: dict[str, MediaType] = {
    ".txt": "text/plain", ".html": "text/html", ".htm": "text/html"
}  # fmt: skip
_NAME_CHARS = 200
#: What a damaged or encrypted member raises, by the way that it is packed.
_MEMBER_DAMAGE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, UnicodeDecodeError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
#: The ways of packing a ZIP member that `zipfile` unpacks as far as it is read, and no further. Of
#: bzip2 it unpacks whatever the bytes at hand give: 2 KB took 6 GB of memory.
_LIMITED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What a hostile tar archive makes `tarfile` raise besides its own errors.
_TAR_DAMAGE = (tarfile.TarError, ValueError, LookupError, OverflowError, RecursionError)
#: Heads of a tar archive that are read whole into memory, by what they say to be long.
_LONG_HEADS = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
#: A path has at most 4,096 bytes, and the time that Python before 3.11.10 takes over such a head
#: grows with the square of its length.
_MAX_LONG_HEAD = 8_192
#: Where the head of a sparse member says that its map of holes goes on, without end.
_MORE_HOLES = 482
#: Kinds of members named before the rest is only counted.
_KINDS = 8


def read_zip(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a page of a ZIP archive; one that is damaged or encrypted is refused."""
    others: Counter[str] = Counter()
    pages = _zip_pages(path, source_id, others)
    yield from and_told(pages, lambda: _told(path, source_id, others))


def _zip_pages(path: Path, source_id: str, others: Counter[str]) -> Iterator[RawRecord]:
    packed = path.stat().st_size
    left = max(FREE_BYTES, MAX_RATIO * packed)
    try:
        with open_seekable(path) as file, zipfile.ZipFile(file) as archive:
            for number, member in enumerate(archive.infolist(), 1):
                folder = member.filename.endswith("/")  # is_dir() fails where there is no name
                kind = None if folder else _kind(member.filename, others)
                if kind is None:
                    continue
                left -= min(member.file_size, MAX_PAYLOAD_BYTES)  # zipfile unpacks no more
                if left < 0:
                    raise BombError(f"{packed:,} bytes unpack to more than {MAX_RATIO} times that")
                yield _zip_page(
                    archive, member, source_id, _locator(path, member.filename, number), kind
                )
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise OSError(f"no sound ZIP: {error}") from error


def _zip_page(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, source_id: str, locator: str, kind: MediaType
) -> RawRecord:
    try:
        if member.compress_type not in _LIMITED:
            raise NotImplementedError("only stored and deflated members are read")
        with archive.open(member) as stream:
            return _page(stream.read(MAX_PAYLOAD_BYTES + 1), source_id, locator, kind)
    except _MEMBER_DAMAGE as error:
        return refused(
            source_id, locator, b"", "ingest.broken-member",
            "the page is damaged, encrypted or packed in a way that is not read",
            one_line(f"{type(error).__name__}: {error}", _NAME_CHARS),
        )  # fmt: skip


def read_tar(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a page of a tar archive, packed by gzip or not."""
    others: Counter[str] = Counter()
    pages = _tar_pages(path, source_id, others)
    yield from and_told(pages, lambda: _told(path, source_id, others))


class _Member(tarfile.TarInfo):
    """The head of a member; raises `tarfile.ReadError` where tarfile would end in silence."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str | None, errors: str) -> Self:
        try:
            member = super().frombuf(buf, encoding or "utf-8", errors)
        except tarfile.HeaderError as error:
            if len(buf) == tarfile.BLOCKSIZE and not any(buf):
                raise  # the zeros that end an archive
            raise tarfile.ReadError(f"the head of a member: {error}") from error
        if member.type in _LONG_HEADS and member.size > _MAX_LONG_HEAD:
            raise tarfile.ReadError(f"the head of a member says to have {member.size:,} bytes")
        if member.type == tarfile.GNUTYPE_SPARSE and buf[_MORE_HOLES]:
            raise tarfile.ReadError("a file with more holes than pages have")
        return member


def _tar_pages(path: Path, source_id: str, others: Counter[str]) -> Iterator[RawRecord]:
    try:
        with (
            open_stream(path) as stream,
            tarfile.open(fileobj=stream, mode="r|", tarinfo=_Member) as archive,
        ):
            for number, member in enumerate(archive, 1):
                # A tar archive keeps all members that it has met; a long one would fill memory.
                archive.members = []  # type: ignore[attr-defined]
                if member.issparse():
                    others["with holes"] += 1  # a few bytes say that there are terabytes of zeros
                if not member.isfile() or member.issparse():
                    continue
                kind = _kind(member.name, others)
                if kind is not None and (content := archive.extractfile(member)) is not None:
                    payload = content.read(MAX_PAYLOAD_BYTES + 1)
                    yield _page(payload, source_id, _locator(path, member.name, number), kind)
    except _TAR_DAMAGE as error:
        raise OSError(f"no sound tar: {error}") from error


def _kind(name: str, others: Counter[str]) -> MediaType | None:
    """Return the media type of a member that is a page; another one is counted by its ending."""
    place = PurePosixPath(name.replace("\\", "/"))
    if any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in place.parts):
        return None
    ending = place.suffix.lower()
    if ending not in PAGE_TYPES and not COMPANIONS.fullmatch(place.name):
        others[one_line(ending, 12) or "no ending"] += 1
    return None if COMPANIONS.fullmatch(place.name) else PAGE_TYPES.get(ending)


def _page(payload: bytes, source_id: str, locator: str, kind: MediaType) -> RawRecord:
    if len(payload) > MAX_PAYLOAD_BYTES:
        return refused(
            source_id, locator, payload, "ingest.too-large",
            f"larger than {MAX_PAYLOAD_BYTES:,} bytes", "",
        )  # fmt: skip
    return RawRecord(source_id, locator, payload, kind)


def _locator(path: Path, name: str, number: int) -> str:
    return f"{place(path)}/{one_line(name, _NAME_CHARS)}#{number}"


def _told(path: Path, source_id: str, others: Counter[str]) -> Iterator[RawRecord]:
    """Yield one record that says what members were not read, if there were any."""
    if others:
        kinds = ", ".join(f"{count} {ending}" for ending, count in others.most_common(_KINDS))
        yield refused(
            source_id, place(path), f"{place(path)}: {kinds}".encode("utf-8", "surrogateescape"),
            "ingest.other-kinds",
            f"{sum(others.values())} members are of kinds that are not read in an archive", kinds,
        )  # fmt: skip
