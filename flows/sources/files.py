"""Pages from files and folders: text, HTML, tables and archives, each also packed by gzip."""

from __future__ import annotations

import csv
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from flows.settings import UsageError
from flows.sources.archives import PAGE_TYPES, read_tar, read_zip
from flows.sources.arrow import read_arrow
from flows.sources.base import COMPANIONS, Discovery, Reader, Skipped, Wanted, place, refused
from flows.sources.kinds import ENDINGS, ending
from flows.sources.packed import BombError, open_stream
from flows.sources.records import read_delimited, read_json_lines, read_parquet
from flows.sources.warc import read_warc
from transforms.ingest.columns import ROLES, unknown_roles
from transforms.ingest.land import MAX_PAYLOAD_BYTES
from transforms.ingest.record import RawRecord

#: What a damaged file raises while it is read: the file system, gzip, csv, Parquet (as OSError).
_DAMAGE = (OSError, EOFError, zlib.error, csv.Error, UnicodeError)


def discover(paths: Iterable[Path]) -> Discovery:
    """Return the files under `paths`: folders recursively and sorted, hidden files left out.

    A file that is met twice is read once. Files of a kind that is not read are skipped with the
    reason when they stand in a folder; settings, gold and a README without a word.

    Raises:
        UsageError: a path does not exist, or a file that was named is of no kind that is read.
    """
    files: dict[Path, None] = {}
    skipped: list[Skipped] = []
    for path in paths:
        if path.is_dir():
            for each in _walk(path, skipped):
                if _reader(each):
                    files[each] = None
                elif not COMPANIONS.fullmatch(each.name):
                    skipped.append(Skipped(each, f"{each.suffix or 'no ending'}: not a kind read"))
        elif not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        elif not path.is_file() or _reader(path) is None:
            raise UsageError(f"{path}: not a kind of file that is read ({', '.join(ENDINGS)})")
        else:
            files[path] = None
    return Discovery(list(files), skipped)


def read(
    path: Path,
    source_id: str,
    columns: Mapping[str, str] | None = None,
    languages: tuple[str, ...] = ("ar",),
) -> Iterator[RawRecord]:
    """Return the records of one file, streamed.

    Where the file is damaged, what stood before the damage is yielded, then one refused record.

    Raises:
        UsageError: the file is of no kind that is read, or `columns` names an unknown role.
    """
    reader = _reader(path)
    if reader is None:
        raise UsageError(f"{path}: not a kind of file that is read ({', '.join(ENDINGS)})")
    unknown = unknown_roles(columns or {})
    if unknown:
        raise UsageError(f"columns: {', '.join(unknown)} is none of {', '.join(ROLES)}")
    return _read_on(reader, path, source_id, Wanted(columns or {}, languages))


def _read_on(reader: Reader, path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    locator = place(path)
    try:
        yield from reader(path, source_id, wanted)
    except BombError as bomb:
        yield refused(
            source_id, locator, b"", "ingest.bomb",
            "unpacks to more than any text would; what follows was not read", str(bomb),
        )  # fmt: skip
    except _DAMAGE as error:
        yield refused(
            source_id, locator, b"", "ingest.broken-file",
            "the file is damaged or cannot be read; what follows the damage was not read",
            f"{type(error).__name__}: {error}",
        )  # fmt: skip


def _read_page(
    media_type: Literal["text/plain", "text/html"],
) -> Reader:
    def read_page(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
        with open_stream(path) as stream:
            payload = stream.read(MAX_PAYLOAD_BYTES + 1)
        if len(payload) > MAX_PAYLOAD_BYTES:
            yield refused(
                source_id, place(path), payload, "ingest.too-large",
                f"larger than {MAX_PAYLOAD_BYTES:,} bytes", f"{path.stat().st_size:,} on disk",
            )  # fmt: skip
        else:
            yield RawRecord(source_id, place(path), payload, media_type)

    return read_page


_READERS: dict[str, Reader] = {
    **{ending: _read_page(media_type) for ending, media_type in PAGE_TYPES.items()},
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
    ".zip": read_zip,
    ".tar": read_tar,
    ".warc": read_warc,
}


def _reader(path: Path) -> Reader | None:
    return _READERS.get(ending(path))


def _walk(folder: Path, skipped: list[Skipped]) -> Iterator[Path]:
    """Yield the files under `folder` in the order of their paths; links to folders end it."""

    def unlistable(error: OSError) -> None:
        skipped.append(Skipped(Path(error.filename), f"cannot be listed: {error.strerror}"))

    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=unlistable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.startswith("."):
                continue
            if path.is_file():
                found.append(path)
            else:
                skipped.append(Skipped(path, "no regular file"))
    yield from sorted(found)
