"""Raw: the bytes of every page as they came in, each payload once, named by its SHA-256.

    <home>/raw/<first 2 digits>/<sha256>.zst

Everything derived can be made again from here. `zstd -d` unpacks a file, `sha256sum` checks it.

A payload is whole or not there: it is written beside, made durable, then renamed. No lock is
needed to put or to read, since a name says what its bytes are; only `remove` is the writer's.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from warehouse.errors import RawDamaged, RawMissing
from warehouse.home import Home
from warehouse.tables.identity import page_id, sha256_hex

if TYPE_CHECKING:
    import pyarrow as pa

#: The largest payload that is kept, and so the most that a file may unpack to: three times the
#: largest page that ingest takes.
LARGEST_BYTES = 64_000_000
#: Up to so many files each is flushed by itself, some milliseconds each; one `sync` of the whole
#: machine costs as much as a few dozen of these, however many files it covers.
_FEW = 32
_ENDING = ".zst"
_PARTIAL = ".partial"
#: zstd's fastest level: at 3 pages of 7 KB are 3 % smaller and take half as long again.
_LEVEL = 1


class Kept(NamedTuple):
    """One payload that is kept: its hash, when it was last put (seconds), its size on disk."""

    sha256: str
    put_at: float
    stored_bytes: int


class Raw:
    """The payloads of one home."""

    def __init__(self, home: Home | Path) -> None:
        self.folder = Home.at(home).raw

    def put(self, payloads: Iterable[bytes]) -> list[str]:
        """Keep payloads; return their SHA-256, in order, once all of them are durable.

        What is there already is not written again, only counted as put now. Raises ValueError on
        a payload of more than LARGEST_BYTES.
        """
        names: list[str] = []
        fresh: dict[str, Path] = {}
        try:
            for payload in payloads:
                name = sha256_hex(payload)
                names.append(name)
                if name not in fresh and not self._touch(name):
                    fresh[name] = self._write_beside(name, payload)
            self._keep(fresh)
        except BaseException:
            for partial in fresh.values():
                partial.unlink(missing_ok=True)
            raise
        return names

    def read(self, sha256: str) -> bytes:
        """Return a payload, held against its name.

        Raises RawMissing where it is not kept, RawDamaged where the bytes are others.
        """
        try:
            payload = _unpacked(self.path(sha256))
        except FileNotFoundError:
            raise RawMissing(
                f"The bytes {sha256} are not kept in {self.folder}: removed (khabar forget, or "
                "raw_days in khabar.toml), or landed before raw was kept. The rows of their pages "
                "stand without them."
            ) from None
        except OSError as problem:
            raise self._damaged(sha256, str(problem)) from problem
        if payload is None or sha256_hex(payload) != sha256:
            raise self._damaged(sha256, "its bytes are not those that it is named after")
        return payload

    def has(self, sha256: str) -> bool:
        """Return whether a payload is kept."""
        return self.path(sha256).exists()

    def remove(self, sha256s: Iterable[str], put_before: float | None = None) -> int:
        """Remove payloads for good; return how many were there. Not there is no error.

        With `put_before` (seconds) one stays that somebody has put again since it was looked at;
        without it what killed writers left half written of them goes too.
        """
        folders: set[Path] = set()
        removed = 0
        for name in sha256s:
            if put_before is None:
                for partial in self.folder.glob(f"{name}.*{_PARTIAL}"):
                    partial.unlink(missing_ok=True)
            path = self.path(name)
            with suppress(FileNotFoundError):
                if put_before is None or path.stat().st_mtime <= put_before:
                    path.unlink()
                    removed += 1
                folders.add(path.parent)
        for folder in sorted(folders):
            _flush(folder)
        return removed

    def kept(self) -> Iterator[Kept]:
        """Yield every payload that is kept, in no order."""
        for folder in self._folders():
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith(_ENDING):
                        with suppress(FileNotFoundError):
                            about = entry.stat()
                            name = entry.name.removesuffix(_ENDING)
                            yield Kept(name, about.st_mtime, about.st_size)

    def payload_of(self, page: str, source_id: str, url: str | None) -> str | None:
        """Return the payload that is kept of a page whose row does not name it: it was refused.

        Each payload is tried, at a hash or two apiece; the address may have stood in the page only.
        """
        for kept in self.kept():
            if page in (
                page_id(kept.sha256, source_id, url),
                page_id(kept.sha256, source_id, None),
            ):
                return kept.sha256
        return None

    def sweep(self, before: float) -> int:
        """Remove what writers that were killed left half written before that moment (seconds)."""
        left = [p for p in self.folder.glob(f"*{_PARTIAL}") if p.stat().st_mtime < before]
        for partial in left:
            partial.unlink(missing_ok=True)
        return len(left)

    def path(self, sha256: str) -> Path:
        """Return the file of a payload, whether it is there or not."""
        return self.folder / sha256[:2] / f"{sha256}{_ENDING}"

    def _touch(self, name: str) -> bool:
        """Make a payload that is there as old as if it were put now; return whether it is there."""
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    def _write_beside(self, name: str, payload: bytes) -> Path:
        if len(payload) > LARGEST_BYTES:
            raise ValueError(f"a payload of {len(payload):,} bytes; at most {LARGEST_BYTES:,}")
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f"{name}.{secrets.token_hex(4)}{_PARTIAL}"
        try:
            partial.write_bytes(_codec().compress(payload))
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return partial

    def _keep(self, fresh: dict[str, Path]) -> None:
        """Make what was written beside durable, put it in place, and that durable too."""
        if not fresh:
            return
        if len(fresh) > _FEW:
            os.sync()
        else:
            for partial in fresh.values():
                _flush(partial)
        new_folders = {self.path(name).parent for name in fresh}
        made = [folder for folder in sorted(new_folders) if not folder.exists()]
        for folder in made:
            folder.mkdir(exist_ok=True)
        for name, partial in fresh.items():
            partial.replace(self.path(name))
        for folder in sorted(new_folders):
            _flush(folder)
        if made:
            _flush(self.folder)

    def _folders(self) -> list[Path]:
        return [path for path in self.folder.glob("[0-9a-f][0-9a-f]") if path.is_dir()]

    def _damaged(self, sha256: str, why: str) -> RawDamaged:
        return RawDamaged(
            f"{self.path(sha256)} is damaged: {why}. Put a sound copy from a backup in its place; "
            "without one remove the file: the rows of its pages stand, and only what reads them "
            "again from raw leaves them out."
        )


def _codec() -> pa.Codec:
    import pyarrow as pa

    return pa.Codec("zstd", compression_level=_LEVEL)


def _unpacked(path: Path) -> bytes | None:
    """Return what a file unpacks to; None where that is more than anything that was put."""
    import pyarrow as pa

    with pa.OSFile(str(path), "rb") as packed, pa.CompressedInputStream(packed, "zstd") as stream:
        payload: bytes = stream.read(LARGEST_BYTES + 1)
    return payload if len(payload) <= LARGEST_BYTES else None


def _flush(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
