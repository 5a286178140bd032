"""Speed of each stage on plain-text pages, in one process: CPU milliseconds a page.

    python benchmarks/stages.py [--pages 300] [--rounds 7] [--eval-data ../shared/real]

What is timed is the work of the guard's children (`flows/work.py`), in chunks as they get it,
rows included; `between` is what is spent on handing pages and articles from stage to stage:
rows read back and packed for the pipe, and results unpacked. Each round is a process of its own,
so that nothing is remembered of a page; of every chunk the least of the rounds counts, since what
else the machine does can only add. Two checkouts are compared by turns:

    for tree in OLD NEW OLD NEW; do PYTHONPATH=$tree python $tree/benchmarks/stages.py; done
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pages import WORDS, long_texts

import flows.warm  # noqa: F401 - loads what the fork server loads for the children
from flows.work import clean_chunk, land_chunk, tag_chunk, tag_items
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Article, Page, Segment, Source
from warehouse.tables.arrow import from_arrow

#: Words of a page, by what the goals call it: 5.7 KB and 7 KB on the average.
SIZES = {"5 KB": WORDS, "7 KB": (560, 760)}
#: As in flows/guard.py.
CHUNK = 64
STAGES = ("land", "clean", "tag", "between")
STAMP, SOURCE = Stamp("benchmark"), Source(source_id="benchmark")


def records(corpora: Path, words: tuple[int, int], count: int) -> list[RawRecord]:
    """Return plain-text pages, evenly from all corpora."""
    texts = list(long_texts(corpora, words))
    chosen = texts[:: max(1, len(texts) // count)][:count]
    return [
        RawRecord(SOURCE.source_id, f"{number}.txt", text.encode(), "text/plain")
        for number, text in enumerate(chosen)
    ]


def one_chunk(chunk: Sequence[RawRecord]) -> dict[str, float]:
    """Take one chunk through the stages; return the CPU seconds of each."""
    spent = dict.fromkeys(STAGES, 0.0)

    def timed(stage: str, work: Callable[..., Any], *given: Any) -> Any:
        before = time.process_time()
        result = work(*given)
        spent[stage] += time.process_time() - before
        return result

    def sent(value: Any) -> Any:
        return timed("between", lambda: pickle.loads(pickle.dumps(value, 5)))

    landed = sent(timed("land", land_chunk, chunk, STAMP))
    pages = timed("between", from_arrow, Page, landed.pages)
    cleaned = sent(timed("clean", clean_chunk, sent(pages), SOURCE, STAMP))
    items = timed("between", lambda: _items(pages, cleaned))
    sent(timed("tag", tag_chunk, sent(items), SOURCE, STAMP))
    return spent


def _items(pages: list[Page], cleaned: dict[str, Any]) -> Any:
    texts = {page.page_id: page.text for page in pages}
    return tag_items(cleaned[Article.table], cleaned[Segment.table], texts)


def milliseconds(landed: Sequence[RawRecord], rounds: int) -> dict[str, float]:
    """Return the CPU a page of each stage, from the least that each chunk took in any round."""
    context = multiprocessing.get_context("fork")
    spent = []
    for _ in range(rounds):
        with context.Pool(1) as fresh:
            spent.append(fresh.apply(one_round, (landed,)))
    least = {
        stage: sum(min(costs) for costs in zip(*(each[stage] for each in spent), strict=True))
        for stage in STAGES
    }
    return {stage: 1000 * seconds / len(landed) for stage, seconds in least.items()}


def one_round(landed: Sequence[RawRecord]) -> dict[str, list[float]]:
    """Take pages through the stages; return the CPU seconds of every chunk by stage."""
    remaining = iter(landed)
    spent: dict[str, list[float]] = {stage: [] for stage in STAGES}
    while chunk := list(islice(remaining, CHUNK)):
        for stage, seconds in one_chunk(chunk).items():
            spent[stage].append(seconds)
    return spent


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    args = parser.parse_args()
    print(f"{'CPU ms a page of':24}" + "".join(f"{stage:>9}" for stage in (*STAGES, "all")))
    for words in SIZES.values():
        pages = records(args.eval_data / "corpora", words, args.pages)
        size = sum(len(page.payload) for page in pages) / len(pages)
        least = milliseconds(pages, args.rounds)
        cells = (*least.values(), sum(least.values()))
        print(f"{size:8,.0f} bytes, {len(pages):4} pages" + "".join(f"{c:9.3f}" for c in cells))


if __name__ == "__main__":
    main()
