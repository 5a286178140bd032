"""WARC files: every page is read, whatever lies or breaks beside it, and the rest is told."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecord

from flows.settings import UsageError
from flows.sources import kinds, members, warc_frames
from flows.sources.files import discover, read
from flows.sources.warc_frames import frames
from tests.warc_files import (
    PAGES,
    Record,
    arabic_page,
    bare,
    evidence,
    numbers,
    read_all,
    response,
    rules,
    write,
    write_warc,
)
from transforms.ingest.land import land, page_id_of
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Page


@pytest.fixture(params=["a.warc", "a.warc.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_a_response_is_a_page(path: Path) -> None:
    write(path, PAGES[:1])
    (record,) = read_all(path)
    assert record == RawRecord(
        "barq", f"{path.as_posix()}#1", arabic_page(1), "text/html",
        "https://barq.example.org/1", "utf-8", datetime(2026, 3, 1, 8, 9, 10, tzinfo=UTC),
    )  # fmt: skip
    page = land(record, Stamp("run"))
    assert isinstance(page, Page)
    assert page.text.startswith("الخبر 1\nوصل الوفد")
    assert discover([path.parent]).files == [path]
    assert kinds.source_id_from(kinds.namesake(path)) == "a"


def test_what_is_no_page_is_counted_and_told_once(path: Path) -> None:
    english = b"<p>" + b"A page in another language. " * 20
    write(
        path,
        [
            Record(b"", kind="warcinfo", content_type="application/warc-fields"),
            Record(b"GET / HTTP/1.1\r\n\r\n", kind="metadata", content_type="text/plain"),
            PAGES[0],
            Record(b"<p>x", status="404 Not Found"),
            Record(b"\x89PNG", content_type="image/png"),
            Record(b"\x89PNG", content_type="image/png"),
            Record(english),
            Record(arabic_page(2), kind="revisit"),
            Record(arabic_page(3), kind="resource"),
            Record("نص من صفحة: ".encode() * 20, kind="conversion", content_type="text/plain"),
            Record(b"log of the crawler", "urn:log", "resource", "text/plain"),
        ],
    )
    *pages, told = read_all(path)
    assert [page.locator.rpartition("#")[2] for page in pages] == ["3", "9", "10"]
    assert [page.media_type for page in pages] == ["text/html", "text/html", "text/plain"]
    assert told.refused is not None
    assert told.refused[:2] == (
        "ingest.other-kinds", "8 records of a WARC file are no pages that are read",
    )  # fmt: skip
    for kind in (
        "2 image/png", "1 warcinfo records", "1 metadata records", "1 responses with status 404",
        "1 pages without Arabic script", "1 revisit records", "1 resource records of text/plain",
    ):  # fmt: skip
        assert kind in told.refused[2]
    assert page_id_of(told) == page_id_of(read_all(path)[-1])


def test_all_languages_are_handed_on_where_one_is_of_another_script(path: Path) -> None:
    write(path, [PAGES[0], Record(b"<p>English")])
    assert [r.payload for r in read_all(path, ("ar", "en"))] == [arabic_page(1), b"<p>English"]
    assert len(read_all(path, ("ar", "fa"))) == 2, "one page, and one line that tells of the other"
    assert rules(read_all(path, ("ar", "fa"))) == ["ingest.other-kinds"]


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_a_file_that_ends_within_a_record_gives_those_before(path: Path, share: float) -> None:
    data, begins = write_warc(PAGES, gz=path.suffix == ".gz")
    path.write_bytes(data[: begins[-1] + int(share * (len(data) - begins[-1]))])
    records = read_all(path)
    assert numbers(records) == list(range(1, 8))
    assert rules(records) == ["ingest.broken-file"]


def test_a_last_member_without_its_check_sum_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    data, _ = write_warc(PAGES, gz=True)
    path.write_bytes(data[:-3])
    records = read_all(path)
    assert numbers(records) == list(range(1, 8))
    assert rules(records) == ["ingest.broken-file"]


@pytest.mark.parametrize("where", ["magic", "head", "middle", "check sum"])
@pytest.mark.parametrize("piece", [1 << 18, 700])
def test_the_neighbours_of_a_damaged_member_survive(
    tmp_path: Path, where: str, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc_frames, "_PLAIN_BYTES", piece)
    path = tmp_path / "a.warc.gz"
    packed, begins = write_warc(PAGES, gz=True)
    data = bytearray(packed)
    begin, end = begins[3], begins[4]
    at = {"magic": begin, "head": begin + 12, "middle": (begin + end) // 2, "check sum": end - 7}
    data[at[where]] ^= 0x55
    path.write_bytes(data)
    records = read_all(path)
    assert numbers(records) == [1, 2, 3, 5, 6, 7, 8]
    assert rules(records) == ["ingest.broken-member"]
    assert [r.locator.rpartition("#")[2] for r in records] == [str(n) for n in range(1, 9)]


def test_damage_in_a_file_that_is_not_packed_costs_its_record(tmp_path: Path) -> None:
    data, begins = write_warc(PAGES, gz=False)
    damaged = bytearray(data)
    damaged[begins[3] : begins[3] + 9] = b"\x00" * 9
    (tmp_path / "a.warc").write_bytes(damaged)
    records = read_all(tmp_path / "a.warc")
    assert numbers(records) == [1, 2, 3, 5, 6, 7, 8]
    assert rules(records) == ["ingest.broken-member"]


@pytest.mark.parametrize("length", [0, 7, 200, 1_200, 900_000, 21_000_000, 99 * 10**15, None, -5])
@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("at", [0, 3])
def test_a_record_that_lies_about_its_length(
    tmp_path: Path, length: int | None, gz: bool, at: int
) -> None:
    parts = [response(arabic_page(n), f"https://barq.example.org/{n}") for n in range(1, 9)]
    honest = len(arabic_page(at + 1)) + 44
    parts[at] = parts[at].replace(
        f"Content-Length: {honest}".encode(),
        b"X: y" if length is None else f"Content-Length: {length}".encode(),
    )
    assert str(honest).encode() not in parts[at][:200]
    path = tmp_path / ("a.warc.gz" if gz else "a.warc")
    path.write_bytes(b"".join(gzip.compress(p) if gz else p for p in parts))
    records = read_all(path)
    assert numbers(records) == [n for n in range(1, 9) if n != at + 1]
    (rule,) = rules(records)
    large = gz and length is not None and length > 20_000_000
    assert rule == ("ingest.too-large" if large else "ingest.broken-member")


def test_what_the_http_head_says_of_its_length_is_of_no_consequence(path: Path) -> None:
    write(path, [PAGES[0]._replace(headers=[("Content-Length", "3")]), PAGES[1]])
    assert numbers(read_all(path)) == [1, 2]


def test_a_film_is_passed_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_frames, "MAX_BLOCK_BYTES", 50_000)
    film = Record(b"WARC/1.0\r\n\r\n" + os.urandom(200_000), content_type="video/mp4")
    book = Record(b"<p>" + "متن ".encode() * 40_000)
    write(path, [PAGES[0], film, PAGES[1], book, PAGES[2]])
    records = read_all(path)
    assert numbers(records) == [1, 2, 3]
    assert rules(records) == ["ingest.too-large", "ingest.other-kinds"]
    assert "1 video/mp4" in evidence(records)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (b"this is no WARC file at all\n" * 9, "it begins with b'this is no"),
        (b"filedesc://IA-1.arc 0.0.0.0 20080430204825 text/plain 76\n1 0 X\n", "ARC, the form"),
        (gzip.compress(b"no WARC in here either", mtime=0), "it begins with b'no WARC"),
        (gzip.compress(b"", mtime=0), "it is empty"),
        (b"\x1f\x8b\x08", "ends within a gzip member"),
        (b"WARC/1.0\r\n", "ends within record 1"),
    ],
)
def test_what_is_no_warc_file_is_one_refusal(path: Path, data: bytes, words: str) -> None:
    path.write_bytes(data)
    (record,) = read_all(path)
    assert record.refused is not None
    assert record.refused[0] == "ingest.broken-file"
    assert words in record.refused[2]


def test_a_file_packed_as_one_member_or_cut_anywhere_is_read_too(tmp_path: Path) -> None:
    data, _ = write_warc(PAGES, gz=False)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(data))
    assert numbers(read_all(path)) == list(range(1, 9))
    step = 777
    cut = b"".join(gzip.compress(data[at : at + step]) for at in range(0, len(data), step))
    path.write_bytes(cut)
    assert (numbers(read_all(path)), rules(read_all(path))) == (list(range(1, 9)), [])
    path.write_bytes(cut + bytes(512))
    assert (numbers(read_all(path)), rules(read_all(path))) == (list(range(1, 9)), [])


def test_a_name_says_nothing_of_packing(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(write_warc(PAGES, gz=True)[0])
    (tmp_path / "b.warc.gz").write_bytes(write_warc(PAGES, gz=False)[0])
    assert all(
        numbers(read_all(tmp_path / n)) == list(range(1, 9)) for n in ("a.warc", "b.warc.gz")
    )


@pytest.mark.parametrize("damaged", [False, True])
def test_a_file_that_is_a_bomb_is_stopped(
    tmp_path: Path, damaged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (members, warc_frames):
        monkeypatch.setattr(module, "FREE_BYTES", 100_000)
    path = tmp_path / "a.warc.gz"
    broken = b"\x1f\x8b\x08 broken" if damaged else b""
    zeros = gzip.compress(response(bytes(100_000_000)))
    path.write_bytes(gzip.compress(response(arabic_page(1))) + broken + zeros)
    records = read_all(path)
    assert numbers(records) == [1]
    assert rules(records)[-1] == "ingest.bomb"


@pytest.mark.parametrize("gz", [False, True])
def test_a_large_file_is_streamed(tmp_path: Path, gz: bool) -> None:
    page = response(arabic_page(1, paragraphs=60))
    path = tmp_path / "a.warc"
    with path.open("wb") as file:
        for _ in range(3_000):
            file.write(gzip.compress(page, 1) if gz else page)
    tracemalloc.start()
    assert sum(1 for _ in read(path, "barq")) == 3_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000 < 3_000 * len(page)


def test_a_panic_of_the_library_is_one_refused_record(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastWARC panics where it is given a stream that cannot seek: no Exception, but its base."""

    def panic(record: bytes) -> object:
        reading, writing = os.pipe()
        os.write(writing, record)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            return next(iter(ArchiveIterator(pipe)))

    monkeypatch.setattr(WarcRecord, "from_bytes", panic)
    write(path, [Record(b"\x1f\x8b", headers=[("Content-Encoding", "gzip")]), PAGES[1]])
    records = read_all(path)
    assert (numbers(records), rules(records)) == ([2], ["ingest.broken-member"])
    assert "FastWARC broke down" in evidence(records)

    def interrupted(record: bytes) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(WarcRecord, "from_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_all(path)


def test_a_panic_while_unpacking_is_gone_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        """Called as what pyo3 raises."""

    class Reader:
        def __init__(self, *_: object, **__: object) -> None:
            pass

        def read(self, _: int) -> bytes:
            raise PanicException

    monkeypatch.setattr(warc_frames, "_gzip_reader", lambda: Reader)
    path = write(tmp_path / "a.warc.gz", PAGES)
    assert (numbers(read_all(path)), rules(read_all(path))) == (list(range(1, 9)), [])


def test_odd_heads(tmp_path: Path) -> None:
    folded = b"HTTP/1.0 200\r\nContent-Type:\r\n text/html;\r\n\tcharset='WINDOWS-1256'\r\n\r\n"
    text = "وصل الوفد إلى المدينة صباح اليوم".encode("cp1256") * 5
    parts = [
        bare("WARC-Type: response\r\nWARC-Target-URI: <https://barq.example.org/1>", folded + text),
        bare("warc-type:Response\r\nWARC-Date: today", b"HTTP/2 200 OK\r\n\r\n" + text),
        bare("WARC-Type: response", b"ftp listing"),
        bare("WARC-Type: response", b""),
        bare("WARC-Type: \xff", b""),
        bare("X: " + "y" * 40_000, b""),
    ]
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(parts))
    page, long, told = read_all(path)
    assert (page.url, page.charset, page.fetched_at) == (
        "https://barq.example.org/1", "WINDOWS-1256", None,
    )  # fmt: skip
    assert page.payload == text
    assert long.refused is not None
    assert "no end" in long.refused[2]
    assert told.refused is not None
    assert sorted(told.refused[2].split(", ")) == [
        "1 no type", "1 unknown records", "2 responses of other protocols than HTTP",
    ]  # fmt: skip


def test_a_record_in_a_page_is_no_record(path: Path) -> None:
    nested = b"<pre>\n\n" + response(arabic_page(9)) + arabic_page(1)
    write(path, [Record(nested), PAGES[1]])
    assert [r.locator.rpartition("#")[2] for r in read_all(path)] == ["1", "2"]


def test_a_file_that_is_gone_is_one_refusal_a_wrong_kind_wrong_use(tmp_path: Path) -> None:
    assert rules(read_all(tmp_path / "gone.warc")) == ["ingest.broken-file"]
    with pytest.raises(UsageError, match=r"not a kind of file"):
        read(tmp_path / "a.arc", "barq")


def test_frames_are_all_records_and_no_more(path: Path) -> None:
    write(path, [*PAGES, Record(b"", kind="warcinfo", content_type="application/warc-fields")])
    assert [(f.number, f.kind) for f in frames(path)] == [
        *((n, "response") for n in range(1, 9)),
        (9, "warcinfo"),
    ]
