"""HTML pages: words of the main text found, and what that costs, beside trafilatura.

    python benchmarks/html_pages.py [--eval-data ../shared/real] [--every N] [--choose]

Prints one table: a row for each page template of tests/html_corpus (our own texts in the page
layouts of news sites, so that the main text is known), and one for the real pages of the
evaluation data where it is at hand. Figures are means of the F1 of words, as `khabar evaluate
html` counts it: by the boxes alone (`boxes`), by trafilatura alone (`trafilatura`), and as pages
are cleaned (`both`: trafilatura is asked where the boxes are in doubt; `sure` is the share of
pages where they are not). Each page counts in three dresses: with the class names of its template
(`named`), with hashed ones, and without semantic elements besides (`bare`).

CPU time is that of the whole of clean for a page decided by its boxes, and of trafilatura's
extraction alone, turn by turn in one process: compare the two, not the milliseconds.

`--choose` shows how far the thresholds depend on the templates at hand: the best value of each on
one half of the templates, and what it gives on the other.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple
from unittest.mock import patch

# The pages are made by the tests' generator, which is not installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flows.commands.evaluate_gold import read_pages
from flows.commands.evaluate_html import gold_body, token_f1
from tests.html_corpus.pages import DRESSES, pages, templates
from transforms.clean import html, html_main, html_text
from transforms.clean.page import clean_page
from transforms.ingest.land import land
from transforms.ingest.record import RawRecord
from transforms.refusal import Refusal
from transforms.stamp import Stamp
from warehouse.tables.ingest import Page, Source

STAMP, SOURCE = Stamp("benchmark", "0"), Source(source_id="benchmark")
#: Each is timed so often in turn; the least counts, since other work disturbs upwards only.
TURNS = 3
#: What --choose tries: the constant, where it stands, its values.
CHOICES: tuple[tuple[str, Any, tuple[float, ...]], ...] = (
    ("_SURE", html, (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95)),
    ("_SHARE_OF_BEST", html_main, (0.2, 0.35, 0.5, 0.65, 0.8)),
    ("_PARAGRAPHS", html_text, (0.4, 0.5, 0.6, 0.7, 0.8)),
    ("_LINKS", html_text, (0.05, 0.1, 0.2, 0.3, 0.4)),
)


class Sample(NamedTuple):
    """One page as landed, and its main text."""

    group: str
    dress: str
    page: Page
    body: str


class Score(NamedTuple):
    """What was found on one page, and the CPU milliseconds of clean and of trafilatura."""

    dress: str
    boxes: float
    trafilatura: float
    both: float
    sure: bool
    clean_ms: float
    trafilatura_ms: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    parser.add_argument("--every", type=int, default=8, help="take every N-th story")
    parser.add_argument("--choose", action="store_true")
    args = parser.parse_args()
    samples = {name: list(made(name, args.every)) for name in templates()}
    if args.choose:
        choose(samples)
        return
    if (args.eval_data / "gold/pages.json").is_file():
        samples["(real pages)"] = list(real(args.eval_data))
    report({group: [score(sample) for sample in each] for group, each in samples.items()})


def made(template: str, every: int) -> Iterator[Sample]:
    """Yield the made pages of a template, in each dress."""
    for page in pages(template, every=every):
        yield Sample(template, page.dress, landed(page.markup.encode()), page.body)


def real(data: Path) -> Iterator[Sample]:
    """Yield the real pages that have HTML."""
    for page in read_pages(data / "gold/pages.json"):
        if page.html:
            payload = (data / page.html).read_bytes()
            yield Sample("(real pages)", "named", landed(payload), gold_body(page, data))


def landed(payload: bytes) -> Page:
    """Return a payload as ingest lands it."""
    page = land(RawRecord(SOURCE.source_id, "page.html", payload, "text/html"), STAMP)
    if isinstance(page, Refusal):
        raise SystemExit(f"a page was refused: {page.reason}")
    return page


def score(sample: Sample) -> Score:
    """Return what each way finds on a page, and what it costs."""
    asked: list[bool] = []
    alone = html.main_text

    def ask(markup: str) -> str:
        asked.append(True)
        return alone(markup)

    with patch.object(html, "_SURE", 0.0):
        boxes = found(sample)
        clean_ms = milliseconds(lambda: clean_page(sample.page, SOURCE, STAMP))
    with patch.object(html, "main_text", ask):
        both = found(sample)
    markup = sample.page.markup or ""
    return Score(
        sample.dress,
        boxes,
        token_f1(alone(markup), sample.body),
        both,
        not asked,
        clean_ms,
        milliseconds(lambda: alone(markup)),
    )


def found(sample: Sample) -> float:
    """Return the F1 of the words of the main article as it is cleaned now."""
    articles = clean_page(sample.page, SOURCE, STAMP).articles
    return token_f1(articles[0].body if articles else "", sample.body)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the least CPU time of a few turns."""
    best = float("inf")
    for _ in range(TURNS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return 1000 * best


def report(scores: dict[str, list[Score]]) -> None:
    """Print the table."""
    ways = ("boxes", "trafilatura", "both")
    columns = [f"{way} {dress}" for dress in DRESSES for way in ways]
    print(f"{'page template':22}", *(f"{c:>18}" for c in columns), " sure  clean ms  traf. ms")
    every = [each for group in scores.values() for each in group]
    made_ones = [each for name, group in scores.items() if name[0] != "(" for each in group]
    for name, group in [*scores.items(), ("all made pages", made_ones), ("all", every)]:
        cells = []
        for dress in DRESSES:
            own = [each for each in group if each.dress == dress]
            cells += [
                f"{mean(getattr(s, way) for s in own):18.4f}" if own else f"{'-':>18}"
                for way in ways
            ]
        sure = mean(each.sure for each in group)
        clean_ms, theirs = mean(s.clean_ms for s in group), mean(s.trafilatura_ms for s in group)
        print(f"{name:22}", *cells, f"{sure:5.2f} {clean_ms:9.2f} {theirs:9.2f}")
    worst = min(every, key=lambda each: each.both)
    print(f"{len(every)} pages; worst page {worst.both:.3f} ({worst.dress})")


def choose(samples: dict[str, list[Sample]]) -> None:
    """Print the best value of each threshold on half of the templates, its F1 on the others."""
    names = sorted(samples)
    halves = (names[::2], names[1::2])
    titles = ("now", "chosen on", "value", "there", "other half", "now there")
    print(f"{'threshold':16}", *(f"{title:>10}" for title in titles))
    for constant, module, values in CHOICES:
        now = getattr(module, constant)
        results = {
            value: [_mean_f1(module, constant, value, half, samples) for half in halves]
            for value in sorted({*values, now})
        }
        for own, other in ((0, 1), (1, 0)):
            # Of several best values the one nearest to that in use: the others say no more.
            best = max(results, key=lambda v: (round(results[v][own], 4), -abs(v - now)))
            figures = (results[best][own], results[best][other], results[now][other])
            print(
                f"{constant:16} {now:10.2f} {'half ' + 'AB'[own]:>10} {best:10.2f}",
                *(f"{figure:10.4f}" for figure in figures),
            )


def _mean_f1(
    module: Any, constant: str, value: float, half: Sequence[str], samples: dict[str, list[Sample]]
) -> float:
    with patch.object(module, constant, value):
        return mean(found(sample) for name in half for sample in samples[name])


if __name__ == "__main__":
    main()
