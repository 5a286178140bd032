"""What every reader of pages keeps to, and how a reader says that something is no page."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from flows.sources.packed import BombError
from transforms.ingest.record import RawRecord

#: Of a payload that is refused for its size or its form, what its identity is made of.
HEAD_BYTES = 65_536
#: What lies beside pages and is none: nobody needs to be told that it is not read.
COMPANIONS = re.compile(r"khabar\.toml|gold\.json|(readme|licen[cs]e)\b.*", re.IGNORECASE)


#: Where standard input is kept while it is read: `flows.sources.spool`.
SPOOL_PREFIX, SPOOLED = "standard-input.", "stdin"


class Wanted(NamedTuple):
    """What a source asks of its files.

    `columns` names columns of tables by role (`text = "story"`), beside the usual names.
    `languages` are those of the articles that are published (ISO 639): an archive of a whole
    crawl is not handed on page by page where no page could be one of them.
    """

    columns: Mapping[str, str] = {}
    languages: tuple[str, ...] = ("ar",)


class Reader(Protocol):
    """Yields the records of one file, streamed: never more than a few of them in memory.

    A record that is no page is yielded with `refused` set, an unreadable rest of a file as one
    such record: a reader drops nothing and raises only `UsageError`. What is no page by its kind
    (a picture in an archive) is counted, and told in one refused record at the end.
    """

    def __call__(self, path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
        """Yield the records of `path`, in their order."""
        ...


class Skipped(NamedTuple):
    """A file or folder that is not read, and why."""

    path: Path
    reason: str


class Discovery(NamedTuple):
    """The files to read, in the order to read them, and what was left out."""

    files: list[Path]
    skipped: list[Skipped]


def is_spool(path: Path) -> bool:
    """Return whether a file is standard input, kept for the run that reads it."""
    return path.name.startswith(f"{SPOOLED}.") and path.parent.name.startswith(SPOOL_PREFIX)


def place(path: Path) -> str:
    """Return what locators call a file: its path; standard input has none."""
    return SPOOLED if is_spool(path) else path.as_posix()


def refused(
    source_id: str, locator: str, payload: bytes, rule: str, reason: str, evidence: str
) -> RawRecord:
    """Return a record that can never be a page.

    Its identity is made of the payload's head, or of the locator where there is no payload, so
    that reading the same input again refuses the same record.
    """
    return RawRecord(
        source_id=source_id,
        locator=locator,
        payload=payload[:HEAD_BYTES] or locator.encode("utf-8", "surrogateescape"),
        media_type="record",
        refused=(rule, reason, evidence),
    )


def and_told(
    records: Iterable[RawRecord], told: Callable[[], Iterable[RawRecord]]
) -> Iterator[RawRecord]:
    """Yield `records`, then what `told` says of those only counted, also where damage ends them."""
    end: Exception | None = None
    try:
        yield from records
    except (OSError, EOFError, zlib.error, BombError) as error:
        end = error
    yield from told()
    if end is not None:
        raise end


def refused_as_it_is(record: RawRecord, rule: str, reason: str, evidence: str) -> RawRecord:
    """Return a record that is no page as long as its source is described as it is now.

    Its identity is that of the page which it may become: once that page is published, the record
    is released from quarantine.
    """
    return record._replace(refused=(rule, reason, evidence))
