"""The journal of what was fetched: one file a source and crawl, appended to while it goes on.

    <home>/landing/<source>/<moment>.jsonl

A line is one request: its row of `fetches`, and what the list said of the page. The bytes are in
raw before the line is written, so that a run that is killed fetches nothing twice: the next one
reads the journal. It is removed once everything in it is published or refused for good.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from pydantic import ValidationError

from flows.fetch.answers import Answer
from flows.sources.packed import RESERVE_BYTES
from transforms.ingest.record import Given
from warehouse.forgotten import Forgotten
from warehouse.home import Home
from warehouse.raw import Raw
from warehouse.tables import Fetch

ENDING = ".jsonl"
#: Answers, and bytes of them, that are made durable together: at most so many are fetched again
#: after a crash, and held in memory by a source whose pages are all as large as they may be.
_TOGETHER = 32
_BYTES_TOGETHER = 4_000_000
_LOCK = "lock"


class Landed(NamedTuple):
    """One line of a journal."""

    fetch: Fetch
    given: Given


class Journal:
    """What one crawl writes for one source; a context manager."""

    def __init__(self, home: Path, source_id: str, run_id: str) -> None:
        self._raw = Raw(home)
        self.path = Home.at(home).landing / source_id / f"{run_id}{ENDING}"
        self._pending: list[tuple[Fetch, bytes | None, Given]] = []
        self._bytes = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()
        if self._file is not None:
            self._file.close()

    def add(self, answer: Answer, given: Given = Given()) -> None:  # noqa: B008
        """Keep an answer; a page's content goes to raw."""
        content = answer.content if answer.ask.what == "page" else None
        self.add_row(answer.row(), content.payload if content else None, given)

    def add_row(
        self,
        fetch: Fetch,
        payload: bytes | None = None,
        given: Given = Given(),  # noqa: B008
    ) -> None:
        """Keep a request, with the content that goes to raw."""
        self._pending.append((fetch, payload, given))
        self._bytes += len(payload or b"")
        if len(self._pending) >= _TOGETHER or self._bytes >= _BYTES_TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Make everything durable that was added: the bytes first, then the lines.

        Raises:
            OSError: The disk is full, or has no more room than the run itself will need.
        """
        if not self._pending:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(self.path.parent).free) < RESERVE_BYTES + self._bytes:
            raise OSError(errno.ENOSPC, f"no room for what is fetched ({free:,} bytes are left)")
        self._raw.put(payload for _, payload, _ in self._pending if payload is not None)
        if self._file is None:
            self._file = self.path.open("a", encoding="utf-8")
        for fetch, _, given in self._pending:
            self._file.write(_line(fetch, given))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._pending.clear()
        self._bytes = 0


def journals(home: Path, source_id: str) -> list[Path]:
    """Return the journals of a source that are not read to their end yet, the oldest first."""
    folder = Home.at(home).landing / source_id
    return sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []


def left_journals(home: Path, source_ids: Iterable[str]) -> dict[str, list[Path]]:
    """Return the journals by source, but those of sources that somebody is fetching now."""
    left = {}
    for source_id in source_ids:
        with fetching(home, source_id) as free:
            if free:
                left[source_id] = journals(home, source_id)
    return left


def waiting(home: Path) -> list[str]:
    """Return the sources whose journals wait to be read."""
    landing = Home.at(home).landing
    return sorted({path.parent.name for path in landing.glob(f"*/*{ENDING}")})


def read_journal(path: Path) -> Iterator[Landed]:
    """Yield the lines of a journal; one that a crash tore is left out, its page fetched again."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            landed = _landed(line)
            if landed is not None:
                yield landed


class JournalsRead:
    """The journals that a run reads, and the rows of `fetches` in them."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._fetches: list[Fetch] = []
        self._paths: dict[str, Sequence[Path]] = {}

    def take(self, source_id: str, paths: Sequence[Path]) -> None:
        """Note the journals of a source that the run reads."""
        self._paths[source_id] = paths
        for path in paths:
            self._fetches += [_as_kept(landed.fetch, self._raw) for landed in read_journal(path)]

    def fetches(self, forgotten: Forgotten) -> list[Fetch]:
        """Return the requests to publish; no address that was forgotten is named by one.

        What led there is kept without where it led, so that it is not asked for as new again.
        """
        return [
            fetch.model_copy(update={"final_url": None})
            if forgotten.address(fetch.final_url)
            else fetch
            for fetch in self._fetches
            if not forgotten.address(fetch.url)
        ]

    def keep(self, source_id: str) -> None:
        """Leave a source's journals to the next run: they were not read to their end."""
        self._paths.pop(source_id, None)

    def remove(self, held: Iterable[str]) -> None:
        """Remove what is published, but of sources with held batches; call after the commit."""
        for source_id in held:
            self.keep(source_id)
        for path in chain.from_iterable(self._paths.values()):
            path.unlink(missing_ok=True)


@contextmanager
def fetching(home: Path, source_id: str) -> Iterator[bool]:
    """Hold a source for one crawl; gives False where another process is at it."""
    folder = Home.at(home).landing / source_id
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _as_kept(fetch: Fetch, raw: Raw) -> Fetch:
    """Return the row of a request; one of a page whose bytes are lost failed: it is asked anew."""
    if fetch.what != "page" or fetch.outcome != "fetched" or raw.has(fetch.payload_sha256 or ""):
        return fetch
    lost = {"outcome": "failed", "rule": "ingest.raw-lost", "etag": None, "last_modified": None}
    return fetch.model_copy(update=lost | {"payload_sha256": None})


def _line(fetch: Fetch, given: Given) -> str:
    known = {name: value for name, value in given._asdict().items() if value is not None}
    line = {"fetch": fetch.model_dump(mode="json", exclude_none=True), "given": known}
    return json.dumps(line, ensure_ascii=True) + "\n"


def _landed(line: str) -> Landed | None:
    try:
        read: Any = json.loads(line)
        row = read["fetch"]
        row["requested_at"] = datetime.fromisoformat(row["requested_at"]).astimezone(UTC)
        return Landed(Fetch(**row), Given(**read["given"]))
    except (ValueError, KeyError, TypeError, ValidationError):
        return None
