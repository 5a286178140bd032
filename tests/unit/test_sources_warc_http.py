"""Bodies in WARC files, packed and sent as servers do, and files as wget writes them."""

from __future__ import annotations

import gzip
import http.server
import io
import shutil
import subprocess
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastwarc.stream_io import BrotliWriter, ZstdWriter

from tests.warc_files import PAGES, Record, arabic_page, bare, numbers, read_all, rules, write


@pytest.fixture(params=["a.warc", "a.warc.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def chunked(body: bytes, size: int = 100) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def packed_by(writer: Callable[..., object], body: bytes) -> bytes:
    class Kept(io.BytesIO):
        def close(self) -> None:
            pass

    file = Kept()
    with writer(file) as stream:  # type: ignore[attr-defined]
        stream.write(body)
    return file.getvalue()


ENCODED: dict[str, tuple[list[tuple[str, str]], Callable[[bytes], bytes]]] = {
    "gzip": ([("Content-Encoding", "gzip")], gzip.compress),
    "deflate": ([("content-encoding", "deflate")], zlib.compress),
    "br": ([("Content-Encoding", "br")], lambda b: packed_by(BrotliWriter, b)),
    "zstd": ([("Content-Encoding", "zstd")], lambda b: packed_by(ZstdWriter, b)),
    "chunked": ([("Transfer-Encoding", "chunked")], chunked),
    "both": (
        [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")],
        lambda b: chunked(gzip.compress(b)),
    ),
    "undone by the crawler": ([("Transfer-Encoding", "chunked")], bytes),
    "one of two undone": (
        [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")], gzip.compress,
    ),
    "unpacked by the crawler": ([("Content-Encoding", "gzip")], bytes),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODED)
def test_encodings_of_http_are_undone(path: Path, encoding: str) -> None:
    headers, encode = ENCODED[encoding]
    body = arabic_page(1)
    write(path, [Record(encode(body), headers=headers), PAGES[1]])
    assert [record.payload for record in read_all(path)] == [body, arabic_page(2)]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("Content-Encoding", "gzip")], b"\x1f\x8b\x08 and then no gzip"),
        ([("Content-Encoding", "rot13")], b"what is this"),
        ([("Transfer-Encoding", "chunked")], chunked(arabic_page(1))[:90]),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_refused(
    path: Path, headers: list[tuple[str, str]], body: bytes
) -> None:
    write(path, [Record(body, headers=headers), PAGES[1]])
    records = read_all(path)
    assert (numbers(records), rules(records)) == ([2], ["ingest.broken-member"])


def test_a_body_that_is_a_bomb_stops_at_the_size_of_a_page(path: Path) -> None:
    bomb = gzip.compress(bytes(200_000_000))
    write(path, [Record(bomb, headers=[("Content-Encoding", "gzip")]), PAGES[1]])
    tracemalloc.start()
    records = read_all(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (numbers(records), rules(records)) == ([2], ["ingest.too-large"])
    assert peak < 50_000_000


@pytest.fixture
def site() -> Iterator[str]:
    class Site(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = self.path == "/1"
            body = chunked(gzip.compress(arabic_page(1))) if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if found:
                self.send_header("Content-Encoding", "gzip")
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("options", [[], ["--no-warc-compression"]])
def test_what_wget_writes_is_read(site: str, tmp_path: Path, options: list[str]) -> None:
    command = ["wget", "-q", "--no-proxy", "--warc-file=crawl", *options, f"{site}/1", f"{site}/2"]
    subprocess.run(command, cwd=tmp_path, check=False, timeout=60)
    (path,) = tmp_path.glob("crawl.warc*")
    page, told = read_all(path)
    assert (page.payload, page.url, page.charset) == (arabic_page(1), f"{site}/1", "utf-8")
    assert page.fetched_at is not None
    assert told.refused is not None
    assert "1 responses with status 404" in told.refused[2]
    assert "2 request records" in told.refused[2]


def test_a_head_without_carriage_returns_ends_where_browsers_end_it(tmp_path: Path) -> None:
    block = b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + arabic_page(1) + b"\r\n\r\n<p>2"
    head = "WARC-Type: response\r\nWARC-Target-URI: https://barq.example.org/1"
    file = tmp_path / "a.warc"
    file.write_bytes(bare(head, block))
    (page,) = read_all(file)
    assert page.payload == arabic_page(1) + b"\r\n\r\n<p>2"
