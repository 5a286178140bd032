"""What is fuzzed: one target a decoder, a reader, a parser; each says which law its input keeps.

A target is a function of bytes. It raises nothing but AssertionError, returns what came of the
input, and in that `records == pages + refused + counted`: nothing is dropped silently, whatever
the bytes are. Seeds are sound inputs, from which mutations start.

To add a target, write `def x(data: bytes) -> Account` here, which gives the bytes to the parser as a
run would and counts what it names, write `def _x_seeds() -> list[bytes]` with two or three small
sound inputs (invented outlets), and add `"x": Target(x, _x_seeds)` to TARGETS. Both forms take it up
from there:

    make fuzz                                   all targets by atheris, a million inputs and more
    .venv/bin/python -m tests.fuzz --only feed --inputs 100000
    .venv/bin/pytest tests/fuzz                 the short form: Hypothesis edits the seeds

A crash is kept as a file under .cache/fuzz/<target>/; mend it, and add its input to the target's
regression test in tests/unit.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from protego import Protego

from flows.fetch.content import UnwantedError, page_type, unpack
from flows.fetch.robots import Robots
from flows.outlet import Kind
from flows.sources.files import read
from flows.sources.listing import MAX_ENTRIES, Listed, read_listing, sound_address
from flows.sources.warc_frames import frames
from tests.warc_files import Record, arabic_page, write_warc
from transforms.ingest.decode import decode
from transforms.ingest.entities import unescape
from transforms.ingest.land import land
from transforms.ingest.mojibake import mend
from transforms.ingest.record import RawRecord
from transforms.ingest.script import may_be_arabic
from transforms.refusal import Refusal
from transforms.stamp import Stamp

STAMP = Stamp("fuzz")
NEWS = "وصل الوفد إلى المدينة صباح اليوم، وقال المتحدث «إن اللقاء يبدأ غدا» في 15 مايو."
ROWS = [
    {
        "title": f"الخبر {n}",
        "text": NEWS,
        "url": f"https://barq.example.org/{n}",
        "date": "2026-03-01",
    }
    for n in range(1, 4)
]
#: Charsets that a transport may declare; the first byte of an input chooses.
_DECLARED = (
    None,
    "utf-8",
    "windows-1256",
    "iso-8859-6",
    "utf-16",
    "latin1",
    "x-mac-arabic",
    "\x00",
)


class Account(NamedTuple):
    """What came of one input: records met, pages, refusals, records counted as no pages."""

    records: int = 0
    pages: int = 0
    refused: int = 0
    counted: int = 0


class Target(NamedTuple):
    """What is done with an input, the sound inputs to start from, and its part of all inputs."""

    run: Callable[[bytes], Account]
    seeds: Callable[[], list[bytes]]
    weight: int = 1


def decoding(data: bytes) -> Account:
    """Any bytes are text, whatever is declared: without NUL and lone surrogates, surely or not."""
    declared = _DECLARED[data[0] % len(_DECLARED)] if data else None
    for html in (False, True):
        found = decode(data[1:], declared, html=html)
        found.text.encode()
        assert "\x00" not in found.text
        assert 0 <= found.confidence <= 1
        assert found.rule in ("bom", "declared", "utf-8", "detected")
    may_be_arabic(data)
    return Account(1, 1)


def mending(data: bytes) -> Account:
    """Mending keeps the lines, and what it leaves can be a text."""
    text = decode(data).text
    mended = mend(text)
    mended.text.encode()
    assert mended.text.count("\n") == text.count("\n")
    assert (mended.mended == 0) or mended.text != text
    plain, count = unescape(mended.text)
    plain.encode()
    assert count or plain == mended.text
    return Account(1, 1)


def page(data: bytes, media_type: str) -> Account:
    """A payload is a page or a refusal."""
    return landed([RawRecord("fuzz", "x", data, media_type)])  # type: ignore[arg-type]


def file(data: bytes, ending: str) -> Account:
    """Every record of a file is a page or a refusal; a reader raises nothing."""
    path = _folder() / f"x{ending}"
    path.write_bytes(data)
    return landed(read(path, "fuzz"))


def json_lines(data: bytes) -> Account:
    """Every line that is not blank is one record."""
    account = file(data, ".jsonl")
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert account.records == sum(1 for line in lines if line.strip())
    return account


def warc(data: bytes, ending: str) -> Account:
    """Every record of a WARC file is a page, refused, or counted in the line that tells of it."""
    path = _folder() / f"x{ending}"
    path.write_bytes(data)
    try:
        cut = sum(1 for _ in frames(path))
        whole = True
    except (OSError, EOFError):
        cut, whole = 0, False
    records = list(read(path, "fuzz"))
    told = [r.refused[1] for r in records if r.refused and r.refused[0] == "ingest.other-kinds"]
    counted = int(told[0].partition(" ")[0].replace(",", "")) if told else 0
    account = landed(r for r in records if not r.refused or r.refused[1] not in told)
    account = account._replace(records=account.records + counted, counted=counted)
    assert not whole or account.records == cut
    return account


def landed(records: Iterable[RawRecord]) -> Account:
    """Land every record, as a run does."""
    read_, pages, refused = 0, 0, 0
    for record in records:
        read_ += 1
        outcome = land(record, STAMP)
        if isinstance(outcome, Refusal):
            refused += 1
        else:
            pages += 1
            assert outcome.text_chars == len(outcome.text) > 0
            outcome.text.encode()
    return Account(read_, pages, refused)


def listing(data: bytes, kind: Kind) -> Account:
    """Every address of a list can be asked for, in its canonical form, once; the rest is counted."""
    found = read_listing(Listed(kind, "https://barq.example.org/list", data, None))
    urls = [entry.url for entry in found.entries]
    assert len(set(urls)) == len(urls) <= MAX_ENTRIES
    for entry in (*found.entries, *found.more):
        assert sound_address(entry.url, entry.url) == entry.url
        "".join(text or "" for text in entry).encode()
    named = len(urls) + len(found.more)
    return Account(named + found.dropped, named, found.dropped)


def answering(data: bytes) -> Account:
    """What a site packs is unpacked within the limit or refused; a robots.txt allows or does not."""
    encoding = ("", "gzip", "deflate", "x-gzip", "br", "gzip, gzip")[data[0] % 6] if data else ""
    try:
        body = unpack(data[1:], encoding, 100_000)
        assert len(body) <= max(100_000, len(data))
        kind = page_type("text/html", body)
        assert kind in ("text/html", "text/plain")
    except UnwantedError as unwanted:
        assert unwanted.rule.startswith("fetch.")
        return Account(1, refused=1)
    rules = Robots(Protego.parse(body.decode("utf-8", "replace")), "fuzz")
    assert rules.allows("https://barq.example.org/news/1") in (True, False)
    assert rules.delay >= 0
    return Account(1, 1)


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="khabar-fuzz-")
    _kept.append(folder)
    return Path(folder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


def _texts() -> list[bytes]:
    spoilt = [NEWS.encode().decode("cp1256"), NEWS.encode().decode("latin-1")]
    return [
        b"\x00" + NEWS.encode(), b"\x02" + NEWS.encode("cp1256"), b"\x03" + NEWS.encode("cp1256"),
        b"\x04" + NEWS.encode("utf-16"), b"\x01\xff\xfe\x00\x00" + NEWS.encode("utf-32-le"),
        *(text.encode() for text in spoilt), b'<meta charset="windows-1256">',
        "&quot;قال&nbsp;&#1606;&#x639;&amp;laquo;".encode(), "\u202bﻻ\u200f\x85\x0b".encode(),
    ]  # fmt: skip


def _plain_texts() -> list[bytes]:
    return [NEWS.encode(), NEWS.encode("cp1256"), b"\xff\xfe" + NEWS.encode("utf-16-le")]


def _markups() -> list[bytes]:
    return [
        arabic_page(1),
        b"<!doctype html><meta charset=utf-8><table><tr><td>" + NEWS.encode() + b"<pre>\na\n</pre>"
        b"<a name=x><a href=/2>b</a><script>if (a<b) {}</script><svg><p>c</svg><!-- d --><![CDATA[e",
        b'<link rel=canonical href="https://barq.example.org/1"><div style="display:none">x</div>'
        b"<ul><li>" + NEWS.encode("cp1256") + b"<select><option>y</select></ul>&#1575;&nbsp;&#150;",
    ]


def _json_seeds() -> list[bytes]:
    lines = [json.dumps(row, ensure_ascii=False).encode() for row in ROWS]
    html = json.dumps(
        {"html": f"<p>{NEWS}</p>", "fetched_at": 1767225600, "tags": ["a", {}]}
    ).encode()
    return [
        b"\n".join(lines),
        b"\xef\xbb\xbf" + html + b"\r\n\r\n[1]\n",
        lines[0].decode().encode("cp1256"),
    ]


def _csv_seeds() -> list[bytes]:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(ROWS[0]))
    writer.writeheader()
    writer.writerows([*ROWS, ROWS[0] | {"text": 'a "quoted"\ntext, of lines'}])
    table = text.getvalue()
    return [table.encode(), table.replace(",", ";").encode("cp1256"), table.encode("utf-16")]


def _parquet_seeds() -> list[bytes]:
    rows = pa.Table.from_pylist([row | {"n": n, "tags": ["a"]} for n, row in enumerate(ROWS)])
    files = []
    for codec in ("none", "zstd"):
        file_ = io.BytesIO()
        pq.write_table(rows, file_, compression=codec)
        files.append(file_.getvalue())
    return files


def _arrow_seeds() -> list[bytes]:
    rows = pa.Table.from_pylist([row | {"n": n, "tags": ["a"]} for n, row in enumerate(ROWS)])
    columns = rows.append_column("section", pa.array(["a", "b", "a"]).dictionary_encode())
    files = []
    for new, codec in product((pa.ipc.new_file, pa.ipc.new_stream), (None, "zstd", "lz4")):
        file_ = io.BytesIO()
        options = pa.ipc.IpcWriteOptions(compression=codec)
        with new(file_, columns.schema, options=options) as writer:
            writer.write_table(columns, max_chunksize=2)
        files.append(file_.getvalue())
    return files


def _zip_seeds() -> list[bytes]:
    files = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        file_ = io.BytesIO()
        with zipfile.ZipFile(file_, "w", method) as archive:
            for name in ("a.txt", "b/c.html", "d.png", "مجلد/خبر.txt"):
                archive.writestr(name, arabic_page(1))
        files.append(file_.getvalue())
    return files


def _tar_seeds() -> list[bytes]:
    file_ = io.BytesIO()
    with tarfile.open(fileobj=file_, mode="w") as archive:
        for name in ("a.txt", "b/c.html", "d.png", "مجلد/" + "خبر" * 40 + ".txt"):
            member = tarfile.TarInfo(name)
            member.size = len(arabic_page(1))
            archive.addfile(member, io.BytesIO(arabic_page(1)))
    return [file_.getvalue()]


def _warc_seeds(*, gz: bool) -> list[bytes]:
    body = arabic_page(1)
    records = [
        Record(b"software: x", kind="warcinfo", content_type="application/warc-fields"),
        Record(body), Record(b"<p>x", status="404 Not Found"),
        Record(gzip.compress(body), headers=[("Content-Encoding", "gzip")]),
        Record(zlib.compress(body), headers=[("Content-Encoding", "deflate")]),
        Record(b"5\r\n<p>ab\r\n0\r\n\r\n", headers=[("Transfer-Encoding", "chunked")]),
        Record(NEWS.encode(), kind="conversion", content_type="text/plain"),
    ]  # fmt: skip
    return [write_warc(records, gz=gz)[0], write_warc(records[:2], gz=gz)[0]]


_FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>برق</title><link>https://barq.example.org/</link>
<item><title><![CDATA[خبر <b>أول</b>]]></title><link>/1?utm_source=a</link><dc:date>2026</dc:date>
<content:encoded>&lt;p&gt;نص&lt;/p&gt;</content:encoded></item>
<item><guid isPermaLink="true">https://barq.example.org/2</guid><pubDate>3 جوان</pubDate></item>
</channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>برق</title><entry><title>أ</title>
<link href="/3"/><updated>2026-05-01T10:00:00Z</updated><id>x</id></entry></feed>"""
_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="urn:n"><url>
<loc>/4</loc><lastmod>2026-05-01</lastmod><n:news><n:title>خبر</n:title></n:news></url></urlset>"""
_INDEX = "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026</lastmod></sitemap></sitemapindex>"


def _feed_seeds() -> list[bytes]:
    return [_FEED.encode(), _ATOM.encode(), (_FEED * 2).encode("utf-16"), _FEED.encode("cp1256")]


def _sitemap_seeds() -> list[bytes]:
    return [_SITEMAP.encode(), _INDEX.encode(), gzip.compress(_SITEMAP.encode()), b"/5\n/6 x\n#"]


def _url_list_seeds() -> list[bytes]:
    return [b"https://barq.example.org/1\r\n/2 note\n# x\n\n//a.example/3", "/خبر".encode("cp1256")]


def _answer_seeds() -> list[bytes]:
    robots = b"User-agent: *\nCrawl-delay: 1\nDisallow: /news/*$\nRequest-rate: 1/5\nAllow: /"
    packed = [gzip.compress(robots), zlib.compress(robots)]
    return [b"\x00" + robots, b"\x01" + packed[0], b"\x02" + packed[1], b"\x02" + packed[1][2:-4]]


def _packed(seeds: Callable[[], list[bytes]]) -> list[bytes]:
    return [gzip.compress(seed) for seed in seeds()]


TARGETS: dict[str, Target] = {
    "decode": Target(decoding, _texts, 30),
    "mend": Target(mending, _texts, 20),
    "text": Target(partial(page, media_type="text/plain"), _plain_texts, 10),
    "html": Target(partial(page, media_type="text/html"), _markups, 8),
    "jsonl": Target(json_lines, _json_seeds, 6),
    "csv": Target(partial(file, ending=".csv"), _csv_seeds, 4),
    "gz": Target(partial(file, ending=".jsonl.gz"), partial(_packed, _json_seeds), 4),
    "zip": Target(partial(file, ending=".zip"), _zip_seeds, 4),
    "tar": Target(partial(file, ending=".tar"), _tar_seeds, 4),
    "parquet": Target(partial(file, ending=".parquet"), _parquet_seeds, 2),
    "arrow": Target(partial(file, ending=".arrow"), _arrow_seeds, 3),
    "feed": Target(partial(listing, kind="feed"), _feed_seeds, 4),
    "sitemap": Target(partial(listing, kind="sitemap"), _sitemap_seeds, 4),
    "urls": Target(partial(listing, kind="urls"), _url_list_seeds, 4),
    "answer": Target(answering, _answer_seeds, 8),
    "warc": Target(partial(warc, ending=".warc"), partial(_warc_seeds, gz=False), 3),
    "warc.gz": Target(partial(warc, ending=".warc.gz"), partial(_warc_seeds, gz=True), 3),
}
