"""WARC files: how fast their pages are read, before anything is extracted from them.

    python benchmarks/warc.py [--megabytes 300]

Makes its own files of the made pages of tests/html_corpus, each page followed by its request as
Common Crawl's are, one gzip member a record: pages as they are (about 10 KB), and pages that carry
scripts as real ones do (about 60 KB); Arabic ones, and with Latin words in the place of the Arabic
ones, as most of a crawl is. Prints one table: megabytes of the unpacked file a second of CPU of one
core, the best of three turns, for all records as FastWARC's own iterator gives them, for the
records cut, and for the pages that a source of Arabic gets.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

# The pages are made by the tests' generator, which is not installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fastwarc.warc import ArchiveIterator, WarcRecordType

from flows.sources.files import read
from flows.sources.warc_frames import frames
from tests.html_corpus.pages import pages, templates
from tests.warc_files import bare, response

TURNS = 3
_ARABIC = re.compile(r"(?:[\u0600-\u06ff]|\\u06[0-9a-f]{2}|&#1\d{3};|&#x6[0-9a-f]{2};)+", re.I)
_SCRIPT_CHARS = 50_000
_PAGES = 200


class Made(NamedTuple):
    """One made file, and what it holds."""

    name: str
    path: Path
    pages: int
    unpacked: int


def main() -> None:
    """Make the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=300, help="size of each unpacked file")
    size = parser.parse_args().megabytes * 1_000_000
    print("| file | packed MB | pages | FastWARC alone | cut into records | pages of a source |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for made in _files(Path(folder), size):
            speeds = [_speed(made, work) for work in (_fastwarc, _frames, _pages)]
            row = [made.name, f"{made.path.stat().st_size / 1e6:.0f}", f"{made.pages:,}"]
            print(f"| {' | '.join(row + [f'{speed:.0f} MB/s' for speed in speeds])} |", flush=True)
            made.path.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of the process, the made pages included: {peak:.0f} MB")


def _files(folder: Path, size: int) -> Iterable[Made]:
    plain = [page.markup for name in templates() for page in pages(name, ("named",), 12)][:_PAGES]
    chance = random.Random(1)
    scripted = [_with_scripts(page, chance) for page in plain]
    latin = [_ARABIC.sub(lambda word: "news story of today"[: len(word[0])], p) for p in scripted]
    forms = {"10 KB, Arabic": plain, "60 KB, Arabic": scripted, "60 KB, Latin": latin}
    for name, markups in forms.items():
        for gz in (True, False):
            path = folder / ("made.warc.gz" if gz else "made.warc")
            count, unpacked = _write(path, [markup.encode() for markup in markups], size, gz=gz)
            yield Made(f"{name}, {'packed' if gz else 'not packed'}", path, count, unpacked)


def _with_scripts(page: str, chance: random.Random) -> str:
    """Return a page with the scripts and styles of a real one: words that come again and again."""
    words = ["function", "window.", "dataLayer", "push", "{", "}", "()", "=>", "class", "margin"]
    words += [f"v{chance.randrange(10**6)}" for _ in range(200)]
    script = ""
    while len(script) < _SCRIPT_CHARS:
        script += " ".join(chance.choices(words, k=50)) + ";\n"
    return page.replace("</head>", f"<script>{script}</script></head>", 1)


def _write(path: Path, markups: list[bytes], size: int, *, gz: bool) -> tuple[int, int]:
    count = unpacked = 0
    with path.open("wb") as file:
        for markup in cycle(markups):
            count += 1
            url = f"https://barq.example.org/{count}"
            request = b"GET / HTTP/1.1\r\nHost: barq.example.org\r\n\r\n"
            head = f"WARC-Type: request\r\nWARC-Target-URI: {url}"
            for record in (bare(head, request), response(markup + b"<!-- %d -->" % count, url)):
                unpacked += len(record)
                packer = zlib.compressobj(6, zlib.DEFLATED, 31)
                file.write(packer.compress(record) + packer.flush() if gz else record)
            if unpacked >= size:
                return count, unpacked
    raise AssertionError("the cycle has no end")


def _speed(made: Made, work: Callable[[Path], int]) -> float:
    best = float("inf")
    for _ in range(TURNS):
        begun = time.process_time()
        found = work(made.path)
        best = min(best, time.process_time() - begun)
        wanted = 0 if work is _pages and "Latin" in made.name else made.pages
        if found != wanted:
            raise SystemExit(f"{made.name}: {found} pages found, {wanted} expected")
    return made.unpacked / 1e6 / best


def _fastwarc(path: Path) -> int:
    records = ArchiveIterator(str(path), WarcRecordType.response, fsspec_args=False)
    return sum(1 for record in records if record.reader.read())


def _frames(path: Path) -> int:
    return sum(1 for frame in frames(path) if frame.kind == "response")


def _pages(path: Path) -> int:
    return sum(1 for record in read(path, "barq") if not record.refused)


if __name__ == "__main__":
    main()
