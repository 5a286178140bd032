"""Accuracy of cleaning on the development sets, each figure with its 95 % interval.

    python benchmarks/accuracy.py [--eval-data ../shared/real] [--limit N] [--cuts FILE]

Prints one table. What is scored is the installed project, as `khabar explain` reads pages; the
silver sets also as `khabar run` publishes them. `--limit` takes the first N articles of each
corpus. `--cuts` writes every line that was cut from a corpus and is on no silver list, without
its text (corpus, article, line, kind, rule), for a verdict by reading.

A figure on a set that rules were written with says what they do there, not what they will do on
an outlet that nobody has looked at.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TextIO

from corpora import Text, published, silver_leads, silver_titles, texts
from duckling import Example, read_duckling

from flows.commands.evaluate_dates import evaluate_dates, score_date
from flows.commands.evaluate_gold import GoldDate, read_pages
from flows.commands.evaluate_html import evaluate_html, gold_body, token_f1
from flows.commands.evaluate_measures import Interval, Measure, measured, share
from flows.commands.evaluate_segments import evaluate_segments
from flows.commands.evaluate_shapes import EvaluateShape, MeasureShape
from flows.settings import Settings, load_settings

CLEAN = "corpora/jazeera_hespress_2022.jsonl.gz"
CNN = "corpora/ant_cnn_france24_2018.jsonl.gz"
SEEDS, PAGES = "gold/seeds.json", "gold/pages.json"
LEADS, TITLES = "gold/silver_foreign_leads_cnn.json", "gold/silver_inline_titles.json"
STRINGS, DUCKLING = "dates/date_strings.json", "dates/duckling_ar.json"


class Row(NamedTuple):
    """One figure: where it was measured, on how much, and what it should be."""

    file: str
    what: str
    of: str
    value: str
    interval: str = ""
    goal: str = ""


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--cuts", type=argparse.FileType("w", encoding="utf-8"), default=None)
    args = parser.parse_args()
    settings = load_settings(workers=args.workers)
    rows: list[Row] = []
    for measure in (segments, html, dates):
        rows += measure(args.eval_data, settings)
    rows += clean_texts(args.eval_data, settings, args.limit, args.cuts)
    rows += silver(args.eval_data, settings, args.limit, args.cuts)
    report(rows, args.eval_data)


def segments(data: Path, settings: Settings) -> Iterator[Row]:
    """Main body on the text of pages."""
    seeds = evaluate_segments(data / SEEDS, data, settings)
    yield from _segment_rows(SEEDS, seeds, "all", "main body", ("≥ .99", "≥ .995"))
    pages = evaluate_segments(data / PAGES, data, settings)
    named = (
        ("scraped_text", "scraped text", ("≥ .97", "")),
        ("html_page_text", "all visible text of HTML", ("≥ .90", "")),
    )
    for kind, what, goals in named:
        yield from _segment_rows(PAGES, pages, kind, what, goals)


def _segment_rows(
    file: str, scores: EvaluateShape, name: str, what: str, goals: tuple[str, str]
) -> Iterator[Row]:
    (group,) = [g for g in scores.groups if g.name == name and g.by in ("all", "kind")]
    of = f"{group.documents} pages"
    for measure, title, goal in zip(
        ("line_f1", "char_f1"), ("line F1", "character F1"), goals, strict=True
    ):
        yield _figure(file, f"{what}, {title}", of, group.measures[measure], goal)


def html(data: Path, settings: Settings) -> Iterator[Row]:
    """Main article on raw HTML, beside trafilatura on the same pages."""
    scores = evaluate_html(data / PAGES, data, settings)
    group = scores.groups[0]
    of = f"{group.documents} pages"
    yield _figure(PAGES, "raw HTML, token F1", of, group.measures["token_f1"], "≥ .985")
    yield Row(PAGES, "raw HTML, worst page", of, f"{scores.worst[0].value:.3f}", "", "≥ .95")
    for name in ("dates", "titles"):
        yield Row(PAGES, f"raw HTML, {name}", of, f"{group.counts[f'{name}_right']}")
    theirs = list(_trafilatura(data))
    found = measured([{"f1": f1, "pages": 1} for f1 in theirs], {"f1": share("f1", "pages")})["f1"]
    yield _figure(PAGES, "trafilatura alone, token F1", of, found)
    yield Row(PAGES, "trafilatura alone, worst page", of, f"{min(theirs):.3f}")


def _trafilatura(data: Path) -> Iterator[float]:
    import trafilatura

    for page in read_pages(data / PAGES):
        if page.html:
            markup = (data / page.html).read_bytes()
            found = trafilatura.extract(markup, include_comments=False)
            yield token_f1(found or "", gold_body(page, data))


def dates(data: Path, _: Settings) -> Iterator[Row]:
    """Date strings; Duckling's examples as it reads them, and as news does."""
    group = evaluate_dates(data / STRINGS).groups[0]
    of = f"{group.documents} strings"
    right = group.measures["right"]
    yield _figure(STRINGS, "date strings, right", of, right, "all but one")
    yield Row(STRINGS, "date strings, wrong", of, f"{group.counts['wrong']}", "", "0")
    examples = read_duckling(data / DUCKLING)
    asked = [each for each in examples if not each.left_out]
    named = [each for each in asked if each.names]
    decided = [each for each in asked if not each.convention]
    yield from _duckling("a day, month or year", asked, "future", ("≥ .95", "0"))
    yield from _duckling("naming a month or year", named, "future", ("≥ .95", "0"))
    yield from _duckling("as news, no bare weekday", decided, "past", ("", "0"))
    yield from _duckling("as news, naming a month or year", named, "past", ("", "0"))
    for reason, count in Counter(e.left_out for e in examples if e.left_out).items():
        yield Row(DUCKLING, f"Duckling, left out: {reason}", f"{count} of {len(examples)}", "-")


def _duckling(
    what: str,
    examples: Sequence[Example],
    prefer: Literal["past", "future"],
    goals: tuple[str, str],
) -> Iterator[Row]:
    scores = [
        score_date(GoldDate(raw=e.text, iso=e.iso, published=e.reference, prefer=prefer))
        for e in examples
    ]
    counts = [{"right": s.counts["right"], "all": 1.0} for s in scores]
    of = f"{len(scores)} strings"
    found = measured(counts, {"right": share("right", "all")})["right"]
    yield _figure(DUCKLING, f"Duckling, {what}, right", of, found, goals[0])
    for outcome, goal in (("wrong", goals[1]), ("abstained", "")):
        count = sum(s.outcome == outcome for s in scores)
        yield Row(DUCKLING, f"... {outcome}", of, f"{count}", "", goal)


def clean_texts(
    data: Path, settings: Settings, limit: int | None, cuts: TextIO | None
) -> Iterator[Row]:
    """What is cut from texts of which nothing should be."""
    counts = []
    for text in texts(data / CLEAN, settings, settings.workers, limit):
        _write_cuts(cuts, "jazeera_hespress", [text], {})
        visible = sum(line.visible for line in text.lines)
        body = sum(line.body for line in text.lines)
        kept = sum(line.kept for line in text.lines)
        counts.append({
            "visible": visible, "cut": visible - body - kept, "outside": visible - body,
            "texts": 1, "touched": any(line.is_cut for line in text.lines),
            "refused": not body,
        })  # fmt: skip
    of = f"{len(counts)} texts"
    measures = {
        "characters cut (neither body nor title)": share("cut", "visible"),
        "characters not in the main body": share("outside", "visible"),
        "texts with a line cut": share("touched", "texts"),
        "texts without any body": share("refused", "texts"),
    }
    goals = {"characters cut (neither body nor title)": "≤ 0.2 %"}
    yield from _shares(CLEAN, of, counts, measures, goals)


def silver(data: Path, settings: Settings, limit: int | None, cuts: TextIO | None) -> Iterator[Row]:
    """Recall of lines that belong to other stories, and what else is cut.

    Twice: each page by itself, and as a run publishes it, with what the other pages of its outlet
    show.
    """
    alone = list(texts(data / CNN, settings, settings.workers, limit))
    yield from _silver(data, alone, "page alone")
    with tempfile.TemporaryDirectory() as folder:
        together = published(data / CNN, Path(folder) / "home", settings.workers, limit)
    yield from _silver(data, together, "with its source", ("≥ .92", "≤ 0.3 % false"))
    listed = _listed(data)
    _write_cuts(cuts, "cnn_france24", together, listed)


def _listed(data: Path) -> dict[str, set[int]]:
    leads, titles = silver_leads(data / LEADS), silver_titles(data / TITLES, unmarked=False)
    return {name: leads.get(name, set()) | titles.get(name, set()) for name in leads | titles}


def _silver(
    data: Path, articles: Sequence[Text], how: str, goals: tuple[str, str] = ("", "")
) -> Iterator[Row]:
    leads, titles = silver_leads(data / LEADS), silver_titles(data / TITLES, unmarked=False)
    bare = silver_titles(data / TITLES, unmarked=True)
    yield _recall(LEADS, f"leads of other stories, {how}, recall", articles, leads, goals[0])
    yield _recall(TITLES, f"titles of other stories, {how}, recall", articles, titles, goals[0])
    yield _recall(TITLES, "... those without a mark", articles, bare)
    listed = _listed(data)
    for outlet, prefix in (("CNN", "CN-"), ("France 24", "FR-")):
        of_outlet = [article for article in articles if article.name.startswith(prefix)]
        yield from _others_cut(outlet, of_outlet, listed, goals[1])


def _recall(
    file: str, what: str, articles: Iterable[Text], silver: Mapping[str, set[int]], goal: str = ""
) -> Row:
    counts = []
    for article in articles:
        asked = [line for line in article.lines if line.number in silver.get(article.name, ())]
        if asked:
            out = sum(not line.is_body for line in asked)
            counts.append({"out": float(out), "asked": float(len(asked))})
    lines = sum(each["asked"] for each in counts)
    of = f"{lines:.0f} lines of {len(counts)} texts"
    if not counts:
        return Row(file, what, of, "-")
    return _figure(file, what, of, measured(counts, {"r": share("out", "asked")})["r"], goal)


def _others_cut(
    outlet: str, articles: Iterable[Text], silver: Mapping[str, set[int]], goal: str
) -> Iterator[Row]:
    """Yield the share of lines on no list that are cut: at most so many are false cuts."""
    counts = []
    for article in articles:
        others = [line for line in article.lines if line.number not in silver.get(article.name, ())]
        counts.append({"cut": sum(line.is_cut for line in others), "lines": len(others)})
    of = f"{sum(each['lines'] for each in counts)} lines of {len(counts)} texts"
    what = f"{outlet}: other lines cut (false cuts at most)"
    if counts:
        yield from _shares(CNN, of, counts, {what: share("cut", "lines")}, {what: goal})


def _shares(
    file: str,
    of: str,
    counts: Sequence[Mapping[str, float]],
    measures: Mapping[str, Measure],
    goals: Mapping[str, str],
) -> Iterator[Row]:
    """Yield rows in per cent: differences of a hundredth of a per cent matter here."""
    for what, found in measured(counts, measures).items():
        ends = "" if found.low is None else f"{100 * found.low:.3f}-{100 * (found.high or 0):.3f}"
        yield Row(file, what, of, f"{100 * found.value:.3f} %", ends, goals.get(what, ""))


def _figure(file: str, what: str, of: str, found: Interval | MeasureShape, goal: str = "") -> Row:
    ends = "" if found.low is None or found.high is None else f"{found.low:.3f}-{found.high:.3f}"
    return Row(file, what, of, f"{found.value:.4f}", ends, goal)


def _write_cuts(
    cuts: TextIO | None, corpus: str, articles: Iterable[Text], silver: Mapping[str, set[int]]
) -> None:
    for article in articles if cuts else ():
        for line in article.lines:
            if line.is_cut and line.number not in silver.get(article.name, ()):
                print(corpus, article.name, line.number, line.cause, sep="\t", file=cuts)


def report(rows: list[Row], data: Path) -> None:
    """Print the table, then what each file is, so that a figure can be repeated."""
    widths = [max(len(row[column]) for row in rows) for column in range(1, 6)]
    for row in rows:
        cells = [f"{cell:{width}}" for cell, width in zip(row[1:], widths, strict=True)]
        print("  ".join(cells), row.file, sep="  ")
    print()
    for file in dict.fromkeys(row.file for row in rows):
        payload = (data / file).read_bytes()
        print(f"{file}: {len(payload):,} bytes, sha256 {hashlib.sha256(payload).hexdigest()}")


if __name__ == "__main__":
    main()
