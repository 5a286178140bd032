"""Pages in ZIP and tar archives: one member is one page, read in the order of the archive.

Nothing is unpacked to disk, so that no member's name can lead anywhere; a link in a tar archive is
no page. `#n` in a locator is the member, from 1 (folders, hidden files and other kinds counted too,
so that the number is the archive's own), before it stands the member's name.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from flows.sources.base import COMPANIONS, Wanted, place, refused
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
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, UnicodeDecodeError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
#: Kinds of members named before the rest is only counted.
_KINDS = 8


def read_zip(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a page of a ZIP archive; one that is damaged or encrypted is refused."""
    others: Counter[str] = Counter()
    packed = path.stat().st_size
    left = max(FREE_BYTES, MAX_RATIO * packed)
    try:
        with open_seekable(path) as file, zipfile.ZipFile(file) as archive:
            for number, member in enumerate(archive.infolist(), 1):
                folder = member.filename.endswith("/")  # is_dir() fails where there is no name
                kind = None if folder else _kind(member.filename, others)
                if kind is None:
                    continue
                record = _zip_page(
                    archive, member, source_id, _locator(path, member.filename, number), kind
                )
                left -= len(record.payload)
                if left < 0:
                    raise BombError(f"{packed:,} bytes unpack to more than {MAX_RATIO} times that")
                yield record
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise OSError(f"no sound ZIP: {error}") from error
    yield from _told(path, source_id, others)


def _zip_page(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, source_id: str, locator: str, kind: MediaType
) -> RawRecord:
    try:
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
    try:
        with open_stream(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for number, member in enumerate(archive, 1):
                if not member.isfile():
                    continue
                kind = _kind(member.name, others)
                if kind is not None and (content := archive.extractfile(member)) is not None:
                    payload = content.read(MAX_PAYLOAD_BYTES + 1)
                    yield _page(payload, source_id, _locator(path, member.name, number), kind)
                # A tar archive keeps all members that it has met; a long one would fill memory.
                archive.members = []  # type: ignore[attr-defined]
    except tarfile.TarError as error:
        raise OSError(f"no sound tar: {error}") from error
    yield from _told(path, source_id, others)


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
            source_id, place(path), b"", "ingest.other-kinds",
            f"{sum(others.values())} members are of kinds that are not read in an archive", kinds,
        )  # fmt: skip
