"""False alarms: clean outlet-months of the corpora, a run a day, and what the gates say of them.

    python benchmarks/clean_month.py --eval-data ../shared/real [--set NAME] [--tagger student]

Nothing is wrong with these texts, so each warning of a batch or a source, and each batch that is
held, is a false alarm. The clock of the runs is set to the day of the texts; everything else is
the pipeline as it is, but that pages are read by themselves (`line_index = false`): reading them
again after each run takes as long as the run. Where several rules speak, each counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

from flows import guard
from flows.run import run_pipeline
from flows.settings import Settings, load_settings
from warehouse.reader import connect

ALARMS = """
SELECT rule, source_id, action, observed FROM gate_results
WHERE run_id = $run AND action IN ('warn', 'hold') AND scope <> 'row' ORDER BY ALL
"""
JUDGED = """
SELECT source_id, count(*) FROM gate_results WHERE scope = 'source' AND judged > 0 GROUP BY ALL
"""


class Outlet(NamedTuple):
    """Days of one outlet of a corpus: `field` and `day` name its columns of outlet and date.

    `published` names the column of the publication date where the usual names do not fit.
    """

    name: str
    corpus: str
    first: date
    field: str = "src"
    day: str = "time"
    published: str | None = None

    @property
    def id(self) -> str:
        """Return the id of its source."""
        return self.name.lower().replace(" ", "-")


ANT, JAWHARA = "ant_cnn_france24_2018.jsonl.gz", "ant_jawhara_2013_2017.jsonl.gz"
#: States no date but that of its crawl, which is the day of the paper: read as such.
SAUDI = (
    "saudinewsnet_4_outlets_2015.jsonl.gz", date(2015, 7, 21), "source", "date_extracted",
    "date_extracted",
)  # fmt: skip
#: Outlets that are run together, a day of each in a run, and for how many days. Each begins with a
#: Tuesday of its own, so that weekends fall together as they do. Thresholds were chosen with
#: France 24 in view; the others are reported as they came out.
SETS = {
    "three dailies": (
        (
            Outlet("france24", ANT, date(2018, 5, 1)),
            Outlet("CNN", ANT, date(2018, 3, 6)),
            Outlet("Jawhara FM", JAWHARA, date(2017, 1, 31)),
        ),
        47,
    ),
    "four saudi": (
        tuple(Outlet(name, *SAUDI) for name in ("aljazirah", "almadina", "alwatan", "3alyoum")),
        28,
    ),
}


class Alarm(NamedTuple):
    """One warning or hold of one run."""

    day: int
    rule: str
    source: str
    observed: str


def day_of(text: str) -> date | None:
    """Return the day of a date as one of the corpora writes it."""
    for read in (
        lambda: datetime.fromisoformat(text), lambda: parsedate_to_datetime(text),
        lambda: datetime.strptime(text, "%d/%m/%Y"),
    ):  # fmt: skip
        try:
            return read().date()
        except ValueError:
            continue
    return None


def by_day(corpora: Path, outlet: Outlet, days: int) -> dict[int, list[dict[str, Any]]]:
    """Return an outlet's rows by the number of their day, from 0."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(corpora / outlet.corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            day = day_of(row[outlet.day] or "") if row[outlet.field] == outlet.name else None
            number = (day - outlet.first).days if day else -1
            if 0 <= number < days:
                found[number].append(row)
    return found


def set_clock(moment: datetime) -> None:
    """Let every stage of a run read this moment as now."""
    clock: Callable[[], datetime] = lambda: moment  # noqa: E731
    for name, module in list(sys.modules.items()):
        if name.startswith("flows.") and hasattr(module, "now"):
            module.now = clock


@contextmanager
def children_kept(settings: Settings) -> Iterator[None]:
    """Let all runs use the same child processes: to start them is most of a small run."""
    with guard.Guard(
        workers=settings.workers, seconds_per_item=settings.seconds_per_page,
        memory_limit_mb=settings.memory_limit_mb, chunk=settings.chunk,
    ) as kept:  # fmt: skip
        plain, guard.Guard = guard.Guard, lambda **_: nullcontext(kept)  # type: ignore[misc,assignment]
        try:
            yield
        finally:
            guard.Guard = plain  # type: ignore[misc]


def runs_of(name: str, corpora: Path, root: Path, tagger: str, most: int) -> Iterator[list[Alarm]]:
    """Run a set day by day in a home of its own; yield what each run alarmed of."""
    outlets, days = SETS[name]
    days = min(days, most or days)
    rows = {outlet: by_day(corpora, outlet, days) for outlet in outlets}
    settings = load_settings(
        home=root / name, workers=2, tagger={"use": tagger},
        sources=[
            {
                "id": each.id, "path": root / f"{name}-in" / each.id, "line_index": False,
                "columns": {"published": each.published} if each.published else {},
            }
            for each in outlets
        ],
    )  # fmt: skip
    for outlet in outlets:
        (root / f"{name}-in" / outlet.id).mkdir(parents=True, exist_ok=True)
    begin = datetime.combine(outlets[0].first, time(18), UTC)
    with children_kept(settings):
        for day in range(days):
            found = {outlet.id: rows[outlet][day] for outlet in outlets if day in rows[outlet]}
            if not found:
                continue  # the crawl of these texts paused
            for source_id, own in found.items():
                file = root / f"{name}-in" / source_id / f"{day:03}.jsonl"
                text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in own)
                file.write_text(text, "utf-8")
            set_clock(begin + timedelta(days=day))
            outcome = run_pipeline(settings)
            with connect(settings.home) as reader:
                alarms = reader.execute(ALARMS, {"run": outcome.run.run_id}).fetchall()
            yield [Alarm(day, rule, source, observed) for rule, source, _, observed in alarms]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval-data", type=Path, default=Path("../shared/real"))
    parser.add_argument("--set", choices=SETS, action="append")
    parser.add_argument("--tagger", default="none", help="none or student")
    parser.add_argument("--days", type=int, default=0, help="at most so many; 0: all")
    parser.add_argument("--keep", type=Path, help="folder that keeps the homes")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-month-") as folder:
        root = args.keep or Path(folder)
        for name in args.set or SETS:
            runs: list[list[Alarm]] = []
            for run in runs_of(name, args.eval_data / "corpora", root, args.tagger, args.days):
                runs.append(run)
                for alarm in run:
                    print(*alarm, sep="\t", file=sys.stderr, flush=True)
            report(name, runs, root / name)


def report(name: str, runs: list[list[Alarm]], home: Path) -> None:
    """Print the alarms of a set by outlet: the run as a whole is the outlet `*`."""
    with connect(home) as reader:
        judged = dict(reader.execute(JUDGED).fetchall())
    print(f"{name}: {len(runs)} runs")
    print("| outlet | judged measures | alarms | a week of runs | rules that spoke |")
    print("|---|---|---|---|---|")
    total = Counter(alarm.source for run in runs for alarm in run)
    for source in sorted(judged):
        spoke = Counter(alarm.rule for run in runs for alarm in run if alarm.source == source)
        said = ", ".join(f"{rule} {count}" for rule, count in spoke.items()) or "none"
        week = 7 * total[source] / len(runs)
        print(f"| {source} | {judged[source]} | {total[source]} | {week:.2f} | {said} |")
    every = sum(total.values())
    print(f"| all | {sum(judged.values())} | {every} | {7 * every / len(runs):.2f} | |", flush=True)


if __name__ == "__main__":
    main()
