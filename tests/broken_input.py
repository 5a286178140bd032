"""Twelve kinds of broken input in the shapes of real ones, and which gate catches each.

    python -m tests.broken_input

prints the table of docs/measurements.md. The same runs are tests/faults/test_broken_input.py. All
that is compared with earlier runs has nine daily ones of one steady source behind it; what is
broken by itself is one run in which each fault is a source.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from flows.crew import Crew
from flows.outcome import Outcome
from flows.run import Steps, run_pipeline
from flows.settings import load_settings
from flows.tag import tag_batch
from tests import stories
from tests.run_pages import CITIES, ask
from warehouse.staging import Batch
from warehouse.tables import Mention

#: Pages of a day; shares are judged from fifty up.
PAGES = 60
FIRST = datetime(2026, 3, 1, 18, tzinfo=UTC)
DAYS = 9
STEADY = "rasd"
HEADER = ("العنوان", "النص", "التاريخ", "الرابط")
#: Two cities bear the name, and these pages do not tell which: a share of open names of its own.
_AMBIGUOUS = "طرابلس"
_NOTICE = "تابعوا آخر أخبارنا أولا بأول عبر قناتنا على تطبيقات المراسلة"
_PERSIAN = (
    "شهرداری امروز بخش تازه‌ای از بوستان شمارهٔ {n} را گشود و گفت که گسترش آن دو سال طول کشیده است. "
    "مردم محله می‌گویند که از این پس برای گردش به جای دیگری نمی‌روند و چشم به راه برنامه‌های تابستانی‌اند."
)
Line = tuple[str, str, str, str]


class Fault(NamedTuple):
    """One fault: what a day of pages becomes, and the rule that is there to catch it.

    `reason` are words of what a reader of the gate's results, or of quarantine, is told.
    """

    name: str
    source: str
    rule: str
    reason: str
    lines: Callable[[list[Line]], list[Line]] = lambda lines: lines
    header: tuple[str, ...] | None = HEADER

    @property
    def by_history(self) -> bool:
        """Return whether only the source's earlier runs show it."""
        return self.rule.startswith("publish.source.")


class Caught(NamedTuple):
    """What a run said of a fault: the results of its rule that did not pass, the refusals."""

    actions: list[str]
    observed: list[str]
    refused: int
    reasons: list[str]
    published: int


def day_of(number: int, pages: int = PAGES, series: int | None = None) -> list[Line]:
    """Return the good lines of a day: no two series share one, a day is one of its own."""
    date = f"{FIRST + timedelta(days=number):%Y-%m-%d}"
    every = range((series or number) * 1_000, (series or number) * 1_000 + 2 * pages)
    numbers = [n for n in every if CITIES[n % len(CITIES)] != _AMBIGUOUS][:pages]
    return [
        (stories.title(n), "\n".join(stories.paragraphs(n)), date, f"https://{STEADY}.example/{n}")
        for n in numbers
    ]


def _texts(change: Callable[[int, str], str]) -> Callable[[list[Line]], list[Line]]:
    return lambda lines: [(t, change(n, x), d, u) for n, (t, x, d, u) in enumerate(lines)]


def _dates(change: Callable[[int, str], str]) -> Callable[[list[Line]], list[Line]]:
    return lambda lines: [(t, x, change(n, d), u) for n, (t, x, d, u) in enumerate(lines)]


def _shifted(lines: list[Line]) -> list[Line]:
    """The first cell was lost: every other one moved to its left."""
    return [(text, date, url, "") for _, text, date, url in lines]


def _index(number: int, _: str) -> str:
    """A front page instead of a story: menu, headlines that are links, page numbers."""
    links = "".join(
        f'<li><a href="/{number}/{n}">{stories.title(number * 12 + n)}</a></li>' for n in range(12)
    )
    menu = '<nav><a href="/">الرئيسية</a> <a href="/w">عالم</a> <a href="/s">رياضة</a></nav>'
    pager = '<div class="pager"><a href="?p=1">1</a> <a href="?p=2">2</a></div>'
    return f"<html><body>{menu}<h2>آخر الأخبار</h2><ul>{links}</ul>{pager}</body></html>"


FAULTS = (
    Fault("header lost", "no-header", "ingest.batch.pages_refused_share",
          "More than half of the pages were refused", header=None),
    Fault("columns shifted", "shifted", "clean.article.body_chars",
          "The body is under 100 characters", _shifted),
    Fault("sentences doubled", "doubled", "tag.article.repeated_share",
          "The body holds its sentences twice", _texts(lambda _, text: f"{text}\n{text}")),
    Fault("empty texts", "empty", "ingest.batch.pages_refused_share",
          "More than half of the pages were refused", _texts(lambda _n, _t: "")),
    Fault("foreign language", "foreign", "clean.article.language",
          "The article is not in Arabic", _texts(lambda n, _: _PERSIAN.format(n=n))),
    Fault("index pages", "index", "clean.page.article_found",
          "No article was found on the page", _texts(_index),
          ("العنوان", "html", "التاريخ", "الرابط")),
    Fault("future dates", "future", "clean.article.published_days_ahead",
          "The publication date lies in the future",
          _dates(lambda n, _: f"2026-{4 + n % 9:02}-11")),
    Fault("boilerplate let through", "furniture", "tag.batch.furniture_share",
          "Furniture is let through", _texts(lambda _, text: f"{text} {_NOTICE}.")),
    Fault("offsets off by one", "offsets", "tag.article.mentions_bad_offsets",
          "A mention's offsets do not give its words"),
    Fault("entities gone", "nameless", "tag.batch.mentions_per_article",
          "The batch has hardly a mention"),
    Fault("source doubles", STEADY, "publish.source.pages",
          "far fewer new pages than it usually does, or far more",
          lambda lines: [*lines, *day_of(DAYS, series=500)]),
    Fault("source halves", STEADY, "publish.source.pages",
          "far fewer new pages than it usually does, or far more",
          lambda lines: lines[: PAGES // 2]),
    Fault("source silent", STEADY, "publish.source.silent",
          "The source has gone silent", lambda lines: []),
    Fault("dates are not found any more", STEADY, "publish.source.dated_share",
          "Far fewer articles have a date", _dates(lambda n, date: date if n % 2 else "")),
    Fault("entities vanish", STEADY, "publish.source.mentions_per_article",
          "Articles name far fewer"),
)  # fmt: skip


def _broken_tags(vanishing: bool) -> Callable[[Batch, Crew], Batch]:
    """Return a tag step as a fault of the program would leave it, for the sources that have one."""

    def tag(batch: Batch, crew: Crew) -> Batch:
        tag_batch(batch, crew)
        found = batch.rows("tag", Mention)
        if batch.source_id == "offsets":
            found = [_moved(each) for each in found]
        elif batch.source_id == "nameless":
            found = []
        elif vanishing:
            found = found[::4]
        batch.write("tag", Mention, found)
        return batch

    return tag


def _moved(mention: Mention) -> Mention:
    if mention.start is None or mention.end is None:
        return mention
    return mention.model_copy(update={"start": mention.start + 1, "end": mention.end + 1})


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let every stage of a run read this moment as now."""
    there = [m for name, m in list(sys.modules.items()) if name.startswith("flows.")]
    clocks = [(module, module.now) for module in there if hasattr(module, "now")]
    for module, _ in clocks:
        module.now = lambda: moment  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module, plain in clocks:
            module.now = plain  # type: ignore[attr-defined]


def run_day(
    root: Path, number: int, days: dict[str, tuple[Sequence[Line], tuple[str, ...] | None]],
    steps: Steps | None = None,
) -> Outcome:  # fmt: skip
    """Write a file of CSV for each source, and run all as configured sources of a home."""
    for source, (lines, header) in days.items():
        folder = root / "in" / source
        folder.mkdir(parents=True, exist_ok=True)
        if lines:
            with (folder / f"{number:03}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *lines] if header else lines)
    settings = load_settings(
        home=root / "home", workers=1, tagger={"use": "none"},
        sources=[{"id": source, "path": root / "in" / source} for source in days],
    )  # fmt: skip
    with clock_at(FIRST + timedelta(days=number)):
        return run_pipeline(settings, steps=steps)


def steady_home(root: Path) -> Path:
    """Run nine days of one source in a home under `root`; return `root`."""
    for number in range(DAYS):
        lines = day_of(number, PAGES + number % 3)
        outcome = run_day(root, number, {STEADY: (lines, HEADER)})
        assert outcome.run.state == "published", outcome.run.message
    return root


def run_alone(root: Path) -> tuple[Path, Outcome]:
    """Run all faults that need no history at once, each a source; with them a sound one."""
    days = {
        each.source: (each.lines(day_of(DAYS, series=10 + n)), each.header)
        for n, each in enumerate(FAULTS)
        if not each.by_history
    }
    days["sound"] = (day_of(DAYS, series=40), HEADER)
    return root / "home", run_day(root, DAYS, days, Steps(tag=_broken_tags(vanishing=False)))


def run_after(steady: Path, fault: Fault, root: Path) -> tuple[Path, Outcome]:
    """Run a day with a fault in a copy of the home of the steady source."""
    shutil.copytree(steady, root, dirs_exist_ok=True)
    steps = Steps(tag=_broken_tags(vanishing=True)) if fault.name == "entities vanish" else None
    day = {fault.source: (fault.lines(day_of(DAYS)), fault.header)}
    return root / "home", run_day(root, DAYS, day, steps)


def what_was_caught(home: Path, run_id: str, fault: Fault) -> Caught:
    """Return what the run said of a fault's source by the rule that is there for it."""
    where = f"run_id = '{run_id}' AND source_id = '{fault.source}'"
    results = ask(
        home,
        f"SELECT action, observed FROM gate_results WHERE {where} AND rule = '{fault.rule}' "
        "AND action <> 'pass' ORDER BY ALL",
    )
    refusals = ask(
        home, f"SELECT unit, rule, reason FROM quarantine WHERE {where} AND unit = 'page'"
    )
    published = ask(home, f"SELECT count(*) FROM pages WHERE {where}")[0][0]
    return Caught(
        [str(action) for action, _ in results], [str(observed) for _, observed in results],
        len(refusals), sorted({str(reason) for _, _, reason in refusals}), int(str(published)),
    )  # fmt: skip


def others_that_spoke(home: Path, run_id: str, source: str) -> set[str]:
    """Return the rules on batches and sources that did not pass in a run."""
    found = ask(
        home,
        f"SELECT DISTINCT rule FROM gate_results WHERE run_id = '{run_id}' "
        f"AND source_id = '{source}' AND action <> 'pass'",
    )
    return {str(rule) for (rule,) in found}


def main() -> None:
    """Run all and print the table."""
    print("| fault | gate and rule | caught | what it did | what else spoke |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="khabar-faults-") as folder:
        root = Path(folder)
        alone = run_alone(root / "alone")
        steady = steady_home(root / "steady")
        for number, fault in enumerate(FAULTS):
            home, outcome = (
                run_after(steady, fault, root / str(number)) if fault.by_history else alone
            )
            run_id = outcome.run.run_id
            caught = what_was_caught(home, run_id, fault)
            did = {"warn": "warns", "hold": "holds the batch", "quarantine": "refuses the page"}
            effect = ", ".join(did[action] for action in caught.actions)
            more = sorted(others_that_spoke(home, run_id, fault.source) - {fault.rule})
            said = ", ".join(f"`{rule}`" for rule in more) or "nothing"
            yes = "yes" if caught.actions else "**no**"
            print(f"| {fault.name} | `{fault.rule}` | {yes} | {effect} | {said} |", flush=True)


if __name__ == "__main__":
    main()
