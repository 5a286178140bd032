"""Pages in WARC files, as crawlers and Common Crawl write them, packed by gzip or not.

A page is a `response` with status 200 and an HTML type, or a `resource` or `conversion` record
(WET) of HTML or plain text. Requests, revisits, pictures and the rest are counted and told in one
refused record at the end of the file, and so are pages that show no Arabic script where the source
is published in languages of that script only: they are nearly all of a whole crawl, and are passed
over at the speed of reading. `#n` in a locator is the record in the file, from 1; a damaged stretch
counts as one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from flows.sources.base import Wanted, and_told, place, refused
from flows.sources.warc_frames import PANIC, Frame, frames
from transforms.ingest.columns import moment
from transforms.ingest.land import MAX_PAYLOAD_BYTES
from transforms.ingest.record import RawRecord
from transforms.ingest.script import ARABIC_SCRIPT, may_be_arabic
from transforms.plain import one_line

MediaType = Literal["text/plain", "text/html"]
_HTML: dict[str, MediaType] = {"text/html": "text/html", "application/xhtml+xml": "text/html"}
_TEXT: dict[str, MediaType] = {**_HTML, "text/plain": "text/plain"}
_PAGE_KINDS = ("response", "resource", "conversion")
#: What was fetched; crawlers write their own logs and settings as resources too.
_SCHEMES = ("http://", "https://")
#: Kinds of records named before the rest is only counted.
_TOLD_KINDS = 8
#: Kinds that are counted each for itself: a hostile file may name millions.
_MAX_KINDS = 500
_OTHER_SCRIPTS = "pages without Arabic script"
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})\b")
#: Where an HTTP head ends; browsers believe servers that write lines without CR.
_HTTP_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_ENCODINGS = frozenset({b"content-encoding", b"transfer-encoding"})
_BEFORE_MARKUP = b" \t\r\n\xef\xbb\xbf"


class _Page(NamedTuple):
    payload: bytes
    media_type: MediaType
    url: str
    charset: str | None
    date: str


class _NoPageError(Exception):
    """A record is no page by its kind, which the message names."""


class _BrokenError(Exception):
    """A record cannot be read, for the reason that the message gives."""


def read_warc(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a page of a WARC file; one that is damaged or too large is refused.

    Raises OSError or EOFError at what is no WARC file or ends within a record, `BombError`.
    """
    others: Counter[str] = Counter()
    records = _records(path, source_id, wanted, others)
    yield from and_told(records, lambda: _told(path, source_id, others))


def _records(
    path: Path, source_id: str, wanted: Wanted, others: Counter[str]
) -> Iterator[RawRecord]:
    arabic_only = ARABIC_SCRIPT.issuperset(wanted.languages)
    for frame in frames(path):
        record = _record(frame, source_id, f"{place(path)}#{frame.number}", others)
        if record is None:
            continue
        if arabic_only and not record.refused and not may_be_arabic(record.payload):
            _count(others, _OTHER_SCRIPTS)
            continue
        yield record


def _record(frame: Frame, source_id: str, locator: str, others: Counter[str]) -> RawRecord | None:
    """Return the record as a page or a refusal; None where it is counted among the others."""
    if frame.broken is not None:
        return _broken(frame, source_id, locator, frame.broken)
    if frame.kind not in _PAGE_KINDS:
        _count(others, f"{frame.kind} records")
        return None
    try:
        page = _page(frame)
    except _NoPageError as kind:
        _count(others, str(kind))
        return None
    except _BrokenError as error:
        return _broken(frame, source_id, locator, str(error))
    if frame.length or len(page.payload) > MAX_PAYLOAD_BYTES:
        return refused(
            source_id, locator, frame.data, "ingest.too-large",
            f"larger than {MAX_PAYLOAD_BYTES:,} bytes", one_line(page.url, 200),
        )  # fmt: skip
    return RawRecord(
        source_id, locator, page.payload, page.media_type, page.url or None, page.charset,
        moment(page.date),
    )  # fmt: skip


def _page(frame: Frame) -> _Page:
    """Return the page that a record holds, its body unpacked; empty where it is too large.

    Raises:
        _NoPageError: The record is no page by its kind, status or type.
        _BrokenError: Its body cannot be unpacked, or FastWARC broke down on it.
    """
    head, _, block = frame.data.partition(b"\r\n\r\n")
    fields = _fields(head)
    url = _text(fields.get(b"warc-target-uri")).removeprefix("<").removesuffix(">")
    date = _text(fields.get(b"warc-date"))
    if frame.kind != "response":
        stated, charset = _content_type(fields.get(b"content-type"))
        if stated not in _TEXT or not url.lower().startswith(_SCHEMES):
            raise _NoPageError(f"{frame.kind} records of {stated}")
        return _Page(block, _TEXT[stated], url, charset, date)
    end = _HTTP_END.search(block)
    http = _fields(block[: end.start()] if end else block)
    body = block[end.end() :] if end else b""
    stated, charset = _content_type(http.get(b"content-type"))
    _assert_page(block, stated)
    if not frame.length and not _ENCODINGS.isdisjoint(http):
        body = _decoded(frame.data, body)
    return _Page(body, _HTML[stated], url, charset, date)


def _fields(head: bytes) -> dict[bytes, bytes]:
    """Return the header fields of a head, by name in lower case.

    Of a field that comes twice the first counts, as for browsers.
    """
    if b"\n " in head or b"\n\t" in head:
        head = _FOLD.sub(b" ", head)
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\n")[1:]:
        name, _, value = line.partition(b":")
        fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _assert_page(block: bytes, media_type: str) -> None:
    status = _STATUS.match(block)
    if status is None:
        raise _NoPageError("responses of other protocols than HTTP")
    if status[1] != b"200":
        raise _NoPageError(f"responses with status {status[1].decode()}")
    if media_type not in _HTML:
        raise _NoPageError(media_type)


@lru_cache(maxsize=1024)
def _content_type(header: bytes | None) -> tuple[str, str | None]:
    """Return the media type that a header states, without control characters, and the charset."""
    stated, *parameters = _text(header).split(";")
    charset = next((p for p in parameters if p.strip().lower().startswith("charset")), "")
    return (
        one_line(stated.strip().lower(), 40) or "no type",
        charset.partition("=")[2].strip().strip("\"'") or None,
    )


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _decoded(record: bytes, body: bytes) -> bytes:
    """Return the body without its transfer and content encodings, one byte more than a page has.

    Many archives keep the header of an encoding that their crawler has undone already: where it
    cannot be undone, the body counts as it stands, provided that it begins as markup does.
    """
    try:
        return _undone(record, "all")
    except OSError as error:
        problem = error
    with suppress(OSError):
        unpacked = _undone(record, "content")
        if _begins_as_markup(unpacked):
            return unpacked
    if _begins_as_markup(body):
        return body
    raise _BrokenError(f"the HTTP body cannot be unpacked: {problem}")


def _begins_as_markup(body: bytes) -> bool:
    return body[:1_000].lstrip(_BEFORE_MARKUP).startswith(b"<")


def _undone(record: bytes, decode: Literal["all", "content"]) -> bytes:
    """Return the body with encodings undone that FastWARC knows: chunked, gzip, deflate, br, zstd.

    Raises OSError where they are others, or not those of the body.
    """
    from fastwarc.warc import WarcRecord

    with _panics_told():
        parsed = WarcRecord.from_bytes(record)
        parsed.parse_http(auto_decode=decode)
        return parsed.reader.read(MAX_PAYLOAD_BYTES + 1)


@contextmanager
def _panics_told() -> Iterator[None]:
    """Take a panic of FastWARC's Rust code, which no `except Exception` would, for damage."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise _BrokenError(f"FastWARC broke down: {error}") from None


def _broken(frame: Frame, source_id: str, locator: str, why: str) -> RawRecord:
    return refused(
        source_id, locator, frame.data, "ingest.broken-member",
        "the record is damaged, or not what its head says", one_line(why, 200),
    )  # fmt: skip


def _count(others: Counter[str], kind: str) -> None:
    others[kind if kind in others or len(others) < _MAX_KINDS else "of further kinds"] += 1


def _told(path: Path, source_id: str, others: Counter[str]) -> Iterator[RawRecord]:
    """Yield one record that says what was not handed on, if there was anything."""
    if others:
        count, locator = sum(others.values()), place(path)
        kinds = ", ".join(f"{count} {kind}" for kind, count in others.most_common(_TOLD_KINDS))
        yield refused(
            source_id, locator, f"{locator}: {kinds}".encode("utf-8", "surrogateescape"),
            "ingest.other-kinds", f"{count:,} records of a WARC file are no pages that are read",
            kinds,
        )  # fmt: skip
