"""WARC files for the tests, made by warcio, and records that no writer would make."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.sources.files import read
from transforms.ingest.record import RawRecord

PARAGRAPH = "وصل الوفد إلى المدينة صباح اليوم، وقال المتحدث باسمه إن اللقاء يبدأ غدا. "


def arabic_page(number: int, paragraphs: int = 3) -> bytes:
    """Return an HTML page that says its own number."""
    return (
        f"<html><body><h1>الخبر {number}</h1><p>{PARAGRAPH * paragraphs}</p></body></html>".encode()
    )


class Record(NamedTuple):
    """One record; `kind` "response" with HTTP headers, others with a Content-Type of their own."""

    body: bytes
    url: str = "https://barq.example.org/1"
    kind: str = "response"
    content_type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    headers: Sequence[tuple[str, str]] = ()


def write_warc(records: Iterable[Record], *, gz: bool) -> tuple[bytes, list[int]]:
    """Return a WARC file and where its records begin in it."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=gz, warc_version="1.0")
    begins = []
    for record in records:
        begins.append(file.tell())
        http = record.kind in ("response", "revisit", "request")
        headers = StatusAndHeaders(
            record.status, [("Content-Type", record.content_type), *record.headers],
            protocol="HTTP/1.1",
        )  # fmt: skip
        writer.write_record(
            writer.create_warc_record(
                record.url, record.kind, payload=io.BytesIO(record.body), length=len(record.body),
                http_headers=headers if http else None,
                warc_content_type="" if http else record.content_type,
                warc_headers_dict={"WARC-Date": "2026-03-01T08:09:10Z"},
            )
        )  # fmt: skip
    return file.getvalue(), begins


def bare(head: str, block: bytes, length: int | None = None) -> bytes:
    """Return a record as bytes; `length` is what it says of its block, right or wrong."""
    length = len(block) if length is None else length
    return f"WARC/1.0\r\n{head}\r\nContent-Length: {length}\r\n\r\n".encode() + block + b"\r\n\r\n"


def response(
    body: bytes, url: str = "https://barq.example.org/1", length: int | None = None
) -> bytes:
    """Return a `response` as bytes."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = f"WARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-01T08:09:10Z"
    return bare(head, http, length)


PAGES = [Record(arabic_page(n), f"https://barq.example.org/{n}") for n in range(1, 9)]


def write(path: Path, records: list[Record]) -> Path:
    path.write_bytes(write_warc(records, gz=path.suffix == ".gz")[0])
    return path


def read_all(path: Path, languages: tuple[str, ...] = ("ar",)) -> list[RawRecord]:
    return list(read(path, "barq", None, languages))


def rules(records: list[RawRecord]) -> list[str]:
    return [record.refused[0] for record in records if record.refused]


def numbers(records: list[RawRecord]) -> list[int]:
    """Return the numbers that the pages say of themselves."""
    return [
        int(record.payload.decode().split("الخبر ")[1].split("<")[0])
        for record in records
        if not record.refused
    ]


def evidence(records: list[RawRecord]) -> str:
    return " | ".join(record.refused[2] for record in records if record.refused)
