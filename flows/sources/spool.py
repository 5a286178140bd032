"""Standard input as a file: kept in the home's staging folder while the run that reads it lasts.

A run reads its input more than once (what it will read is planned first) and the guard's children
never see the parent's streams, so that what is piped in has to lie somewhere:

    <home>/staging/standard-input.<random>/stdin.jsonl

The folder is the user's alone. The file is locked as long as its run lives; `sweep` removes what a
killed one left.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from flows.settings import UsageError
from flows.sources.base import SPOOL_PREFIX, SPOOLED
from flows.sources.kinds import ENDINGS
from flows.sources.packed import GZIP, RESERVE_BYTES

FORMATS = tuple(ending.removeprefix(".") for ending in ENDINGS)
DEFAULT_FORMAT = "jsonl"
_CHUNK_BYTES = 1 << 20


@contextmanager
def spooled(stream: BinaryIO, form: str, home: Path) -> Iterator[Path]:
    """Keep `stream`, which is in the format `form`, as a file; remove it at the end.

    What begins as gzip does is unpacked when it is read.

    Raises:
        UsageError: There is no such format, or the disk has no room for what comes in.
    """
    if form not in FORMATS:
        raise UsageError(f"--format {form}: none of {', '.join(FORMATS)}")
    chunk = stream.read(_CHUNK_BYTES)  # may wait: until something comes in, nothing is made
    staging = home / "staging"
    staging.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=SPOOL_PREFIX, dir=staging))
    try:
        path = folder / f"{SPOOLED}.{form}{'.gz' if chunk.startswith(GZIP) else ''}"
        with path.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            while chunk:
                if shutil.disk_usage(folder).free < RESERVE_BYTES + len(chunk):
                    raise UsageError(
                        f"standard input: {home} has no room for more than {file.tell():,} bytes; "
                        "nothing was read"
                    )
                file.write(chunk)
                chunk = stream.read(_CHUNK_BYTES)
            file.flush()
            yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_spools(home: Path) -> None:
    """Remove what runs that were killed left of their input; others may be waiting for the lock."""
    for folder in (home / "staging").glob(f"{SPOOL_PREFIX}*"):
        files = list(folder.iterdir())
        if files and not any(map(_is_in_use, files)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
