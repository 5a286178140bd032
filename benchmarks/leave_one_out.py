"""How the main body is read on an outlet that no row of the rules was written with.

    python benchmarks/leave_one_out.py [--eval-data ../shared/real] [--once]

For each outlet of the development pages (gold/seeds.json, gold/pages.json, as text) every row of
marks.tsv, phrases.tsv and words.tsv is switched off that fires on this outlet's pages and on no
other outlet's; a list of words.tsv is taken word by word. A row fires on a page where leaving it
out of all rows changes a span of the page, or where it changes one as the only row there is: so
two rows that stand in for each other both count. Rows that fire nowhere were written from other
knowledge and stay. The outlet's pages are then scored as `khabar evaluate segments` scores them.

Thirteen outlets are few, and some of what is switched off so is no outlet's own. In a second
measure the verbs that open a sentence of news (قال, أعلنت, كشف) stay: they are a closed class of
the language, which every outlet uses; the others' pages happen to show no lead with them. A third
takes the pages of tests/gold, our own in the shapes of other outlets, for witnesses: what fires on
one of them stays (قد يهمك, كلمات دلالية); a fourth does both. They were made after the first was
known, by who wrote the rules: none is an independent estimate.

One table: pages, rows switched off, line F1 and character F1 with all rows and without the
outlet's own by the first measure; over all pages, and over the scraped texts, by all, with the
95 % bootstrap interval. `--once` also lists the rows that fire on exactly one page: each should
state what templates print, not what that page says.

The code beside the rows was written with the same pages at hand, so this is a lower bound for
what memorised rows are worth, and no figure for unseen outlets.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

# The witnesses are pages of the tests, which are not installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flows.commands.evaluate_gold import GoldPage, read_pages
from flows.commands.evaluate_measures import measured
from flows.commands.evaluate_pages import Read
from flows.commands.evaluate_segments import MEASURES, score_page, text_and_marks
from flows.commands.explained import Explained
from flows.settings import load_settings
from flows.sources.files import read
from transforms.clean import marks
from transforms.clean.letters import fold
from transforms.clean.page import clean_page
from transforms.ingest.land import land
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Page, Source

GOLDS = ("gold/seeds.json", "gold/pages.json")
#: Lists that hold words of the language, not of a template.
LANGUAGE = {"lead_verb"}
STAMP = Stamp("benchmark", "0")
#: Nothing is known of the outlet, as where a user names none.
SOURCE = Source(source_id="benchmark")
#: The five seeds name no outlet: three are of one aggregator, the others of one outlet each.
SEEDS = {"000": "aggregator", "001": "seed 001", "002": "aggregator", "003": "seed 003",
         "004": "aggregator"}  # fmt: skip

Rows = frozenset["Entry"]
_read_rules = marks.read_rules


class Entry(NamedTuple):
    """One row of the rules; of words.tsv one word of a list."""

    file: str
    text: str
    place: str


class Case(NamedTuple):
    """One labelled page with its landed text."""

    gold: GoldPage
    file: Path
    outlet: str
    page: Page


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    parser.add_argument("--once", action="store_true")
    args = parser.parse_args()
    cases = list(load_cases(args.eval_data))
    fires = firing({case.gold.name: case.page for case in cases})
    own = {case.outlet: own_rows(case.outlet, cases, fires) for case in cases}
    alone = frozenset().union(*own.values())
    seen = firing(witnesses(), alone)
    unseen = {outlet: rows - seen.keys() for outlet, rows in own.items()}
    measures = {
        "without its own": scores(cases, own),
        "... but the language's verbs": scores(cases, templates(own)),
        "... our pages being witnesses": scores(cases, unseen),
        "... and but the language's verbs": scores(cases, templates(unseen)),
    }
    report(cases, own, scores(cases, {}), measures)
    if args.once:
        report_once(cases, fires)


def load_cases(data: Path) -> Iterator[Case]:
    """Yield the labelled pages, landed as a run lands them, without knowledge of their outlet."""
    settings = load_settings()
    for gold in GOLDS:
        for entry in read_pages(data / gold):
            file = data / entry.file
            outlet = settings.source_for(file, "benchmark")
            (record,) = read(file, outlet.source_id, outlet.columns)
            page = land(record, STAMP)
            if not isinstance(page, Page):
                raise SystemExit(f"{file}: {page.reason}")
            # An outlet is named with its address or country behind it, not always the same.
            name = re.sub(r"\s*\(.*", "", entry.outlet or "") or SEEDS[entry.id]
            yield Case(entry, file, name, page)


def templates(own: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return each outlet's rows without the words of the language."""
    return {
        outlet: frozenset(row for row in rows if row.place not in LANGUAGE)
        for outlet, rows in own.items()
    }


def witnesses() -> dict[str, Page]:
    """Return our own pages, which tell what other outlets print as well."""
    from tests.gold.pages import pages

    made = {}
    for each in pages():
        page = land(RawRecord("gold", f"{each.id}.txt", each.text.encode(), "text/plain"), STAMP)
        assert isinstance(page, Page), page
        made[each.id] = page
    return made


def entries() -> list[Entry]:
    """Return every row of the rules."""
    found = [Entry("marks", row["mark"], row["position"]) for row in _read_rules("marks")]
    found += [Entry("phrases", row["phrase"], row["list"]) for row in _read_rules("phrases")]
    found += [
        Entry("words", word, row["list"])
        for row in _read_rules("words")
        for word in row["words"].split()
    ]
    return list(dict.fromkeys(found))


def use_rows(wanted: Callable[[Entry], bool]) -> None:
    """Let the program read the wanted rows only.

    `read_rules` is replaced wherever a module of the clean stage holds it, and whatever these
    modules keep from an earlier reading is forgotten.
    """

    def read_rules(name: str) -> Iterator[dict[str, str]]:
        for row in _read_rules(name):
            if (kept := _kept(name, row, wanted)) is not None:
                yield kept

    for name, module in list(sys.modules.items()):
        if name.startswith("transforms.clean"):
            if hasattr(module, "read_rules"):
                module.read_rules = read_rules  # type: ignore[attr-defined]
            for value in list(vars(module).values()):
                if callable(forget := getattr(value, "cache_clear", None)):
                    forget()


def _kept(name: str, row: dict[str, str], wanted: Callable[[Entry], bool]) -> dict[str, str] | None:
    """Return the part of a row that is wanted, None where nothing of it is."""
    if name == "words":
        words = [w for w in row["words"].split() if wanted(Entry(name, w, row["list"]))]
        return row | {"words": " ".join(words)}
    if name == "phrases":
        # A list without phrases would match everywhere; this phrase matches nowhere.
        keep = wanted(Entry(name, row["phrase"], row["list"]))
        return row if keep else row | {"phrase": "\ue000"}
    if name == "marks":
        return row if wanted(Entry(name, row["mark"], row["position"])) else None
    return row


def firing(pages: Mapping[str, Page], among: Rows | None = None) -> dict[Entry, set[str]]:
    """Return the pages that each row (each of `among`) fires on; rows that fire nowhere are not in.

    Rows whose first word stands on no page are left aside: compiling their patterns again for
    every row would be nearly all of the work.
    """
    texts = {name: fold(page.text) for name, page in pages.items()}
    near: dict[Entry, dict[str, Page]] = {}
    for entry in entries():
        first = fold(entry.text.split()[0])
        if found := {name: page for name, page in pages.items() if first in texts[name]}:
            near[entry] = found
    everything = _spans(pages, near.__contains__)
    nothing = _spans(pages, lambda _: False)
    fires: dict[Entry, set[str]] = {}
    for entry, found in near.items():
        if among is not None and entry not in among:
            continue
        without = _spans(found, lambda row, entry=entry: row in near and row != entry)
        alone = _spans(found, lambda row, entry=entry: row == entry)
        if names := {
            name
            for name in without
            if without[name] != everything[name] or alone[name] != nothing[name]
        }:
            fires[entry] = names
    return fires


def _spans(pages: Mapping[str, Page], wanted: Callable[[Entry], bool]) -> dict[str, object]:
    use_rows(wanted)
    return {
        name: [
            (s.start, s.end, s.kind, s.article_id) for s in clean_page(page, SOURCE, STAMP).segments
        ]
        for name, page in pages.items()
    }


def own_rows(outlet: str, cases: Sequence[Case], fires: Mapping[Entry, set[str]]) -> Rows:
    """Return the rows that fire on this outlet's pages and on no other's."""
    pages = {case.gold.name for case in cases if case.outlet == outlet}
    return frozenset(entry for entry, names in fires.items() if names and names <= pages)


def scores(cases: Sequence[Case], off: Mapping[str, Rows]) -> dict[str, Mapping[str, float]]:
    """Return the counts of each page, read without the rows that are off for its outlet."""
    found = {}
    for outlet in dict.fromkeys(case.outlet for case in cases):
        rows: Collection[Entry] = off.get(outlet, frozenset())
        use_rows(lambda row, rows=rows: row not in rows)
        for case in cases:
            if case.outlet == outlet:
                found[case.gold.name] = _score(case)
    return found


def _score(case: Case) -> Mapping[str, float]:
    page = case.page
    made = clean_page(page, SOURCE, STAMP)
    explained = Explained(
        page.page_id, page.locator, page, None, made.segments, made.articles, made.evidence,
        [], [], {},
    )  # fmt: skip
    marked = text_and_marks(Read(case.gold, explained), case.file)
    return score_page(case.gold.lines, *marked).counts


def report(
    cases: Sequence[Case],
    own: Mapping[str, Rows],
    with_all: Mapping[str, Mapping[str, float]],
    measures: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> None:
    """Print the table: outlets, then all pages and the scraped texts with intervals."""
    without = measures["without its own"]
    print(f"{'pages':>5}  {'off':>4}  {'line F1':>17}  {'character F1':>17}  outlet")
    for outlet, rows in sorted(own.items()):
        names = [case.gold.name for case in cases if case.outlet == outlet]
        cells = [
            f"{_value(with_all, names, measure)} -> {_value(without, names, measure)}"
            for measure in MEASURES
        ]
        print(f"{len(names):5}  {len(rows):4}  {cells[0]:>17}  {cells[1]:>17}  {outlet}")
    groups = {
        "all": [case.gold.name for case in cases],
        "scraped texts": [c.gold.name for c in cases if c.gold.kind == "scraped_text"],
        "seeds and scraped texts": [c.gold.name for c in cases if c.gold.kind != "html_page_text"],
    }
    for group, names in groups.items():
        for title, counts in {"all rows": with_all, **measures}.items():
            found = measured([counts[name] for name in names], MEASURES)
            shown = "  ".join(
                f"{name} {each.value:.4f} [{each.low:.3f}-{each.high:.3f}]"
                for name, each in found.items()
            )
            print(f"{len(names):5} pages  {group}, {title}: {shown}")


def _value(counts: Mapping[str, Mapping[str, float]], names: Sequence[str], measure: str) -> str:
    return f"{measured([counts[name] for name in names], MEASURES)[measure].value:.4f}"


def report_once(cases: Sequence[Case], fires: Mapping[Entry, set[str]]) -> None:
    """Print the rows that fire on exactly one page, by page."""
    outlets = {case.gold.name: case.outlet for case in cases}
    once = sorted((*names, entry) for entry, names in fires.items() if len(names) == 1)
    print(f"\n{len(once)} rows fire on exactly one page")
    for name, entry in once:
        print(f"{name}\t{outlets[name]}\t{entry.file}\t{entry.place}\t{entry.text}")


if __name__ == "__main__":
    main()
