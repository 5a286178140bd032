"""Stories: how many are found across outlets, what they cost, and which to read.

    python benchmarks/stories.py HOME [--show 50] [--made 100000]

HOME is one that holds the evaluation corpora, tagged, each outlet a source (cnn, france24;
aljazirah, almadina, alwatan, 3alyoum). The score was fitted to days up to those of `SETS`; what
is shown to be read (`--show`: headline and lead of so many stories of each set, drawn at random)
is of later days only. The Saudi papers say no time: the day of the crawl stands for one.

Then days are drawn, and what `days_to_read` alone gives for `days_to_write` is compared with
what the whole set gives. `--made` times that many articles of made days, 500 a day.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from transforms.group.families import Pair
from transforms.group.meeting import Body, met, pairs_of
from transforms.group.relation import Report
from transforms.group.stories import Group, days_to_read, days_to_write, first_told, stories_of
from transforms.group.told import Told

SEED = 20261130
#: Sources, the last day that the score was fitted to, and whether times are publication times.
SETS = {
    "CNN, France 24": (("cnn", "france24"), date(2018, 4, 20), True),
    "four Saudi papers": (
        ("aljazirah", "almadina", "alwatan", "3alyoum"), date(2015, 7, 31), False
    ),
}  # fmt: skip
DAYS_DRAWN = 20


class Set(NamedTuple):
    """Articles of some outlets, the pairs whose bodies share text, and who published when."""

    told: Sequence[Told]
    pairs: Sequence[Pair]
    reports: Mapping[str, Report]
    fitted_to: date

    def across(self, found: Iterable[Group], *, later: bool) -> list[Group]:
        """Return the stories of several outlets of the days fitted to, or of later days only."""
        by_id = {each.article_id: each for each in self.told}
        return [
            group
            for group in found
            if len({by_id[each].source_id for each in group.article_ids}) > 1
            and any(
                (by_id[each].latest or date.min) <= self.fitted_to for each in group.article_ids
            )
            is not later
        ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--made", type=int, default=0)
    args = parser.parse_args()
    for name, (sources, fitted_to, timed) in SETS.items():
        some = read(args.home, sources, fitted_to, timed=timed)
        started = time.process_time()
        found = stories_of(some.told, some.pairs)
        seconds = time.process_time() - started
        print(f"{name}: {len(some.told)} articles, {len(found)} stories, ", end="")
        print(f"{seconds * 1000 / len(some.told):.2f} ms an article")
        for later in (False, True):
            say(some, some.across(found, later=later), "later" if later else "fitted to")
        narrow(some, found)
        if args.show:
            show(some, some.across(found, later=True), args.show)
    if args.made:
        made(args.made)


def read(home: Path, sources: Sequence[str], fitted_to: date, *, timed: bool) -> Set:
    """Return the articles of some sources."""
    with duckdb.connect(str(home / "khabar.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT article_id, source_id, title, body, dateline, published_at,"
            " published_precision, published_earliest, published_latest FROM articles"
            " WHERE source_id IN (SELECT unnest(?)) ORDER BY article_id",
            [list(sources)],
        ).fetchall()
        named = connection.execute(
            "SELECT article_id, list(DISTINCT entity_id ORDER BY entity_id) FROM mentions"
            " WHERE entity_id IS NOT NULL AND (part = 'title' OR start < 1100) GROUP BY 1"
        ).fetchall()
    names = {article_id: frozenset(ids) for article_id, ids in named}
    told, bodies, reports = [], [], {}
    for article_id, source, title, body, dateline, at, precision, earliest, latest in rows:
        told.append(Told(
            article_id, source, title or "", body, earliest, latest,
            names.get(article_id, frozenset()),
        ))  # fmt: skip
        bodies.append(Body(article_id, body, dateline, earliest))
        reports[article_id] = Report(
            article_id, source, at, precision if timed else "day", earliest, latest
        )
    meeting = met([bodies], [])
    return Set(told, pairs_of(meeting, lambda _: []), reports, fitted_to)


def say(some: Set, across: Sequence[Group], which: str) -> None:
    """Print how many stories there are, and of how many the first is known."""
    alike = sum(group.independent > 1 for group in across)
    first = sum(first_told(each.article_ids, some.reports).rule is not None for each in across)
    print(f"  days {which}: {len(across)} across outlets, {alike} of them told alike;", end=" ")
    print(f"{sum(len(each.article_ids) for each in across)} articles; first known of {first}")


def narrow(some: Set, found: Sequence[Group]) -> None:
    """Print whether the days to read say the same of the days to write as all days do."""
    day_of = {each.article_id: each.latest for each in some.told if each.latest}
    every = sorted(set(day_of.values()))
    days = random.Random(SEED).sample(every, min(DAYS_DRAWN, len(every)))
    written = other = 0
    for day in days:
        (first, last), (from_day, to_day) = days_to_write(day), days_to_read(day)
        part = [each for each in some.told if from_day <= day_of[each.article_id] <= to_day]
        narrowed = stories_of(part, some.pairs)
        sides = [
            {g for g in groups if any(first <= day_of[each] <= last for each in g.article_ids)}
            for groups in (found, narrowed)
        ]
        written += len(sides[0])
        other += len(sides[0] ^ sides[1])
    print(f"  {len(days)} days read alone: {written} stories to write, {other} differ")


def show(some: Set, across: Sequence[Group], count: int) -> None:
    """Print stories to be read."""
    by_id = {each.article_id: each for each in some.told}
    drawn = random.Random(SEED).sample(list(across), min(count, len(across)))
    for number, group in enumerate(drawn, 1):
        first = first_told(group.article_ids, some.reports)
        print(f"{number}. {group.story_id}, {group.independent} independent, first: {first}")
        for teller in group.tellers:
            each, report = by_id[teller.article_id], some.reports[teller.article_id]
            lead = " ".join(each.lead[:200].split())
            print(f"   {each.source_id} {report.published_at} {teller.rule} {teller.score}")
            print(f"   {each.article_id[:8]} {each.title} | {lead}")


def made(count: int) -> None:
    """Time articles of made words, 500 a day of seven outlets, every fifth told twice."""
    draw = random.Random(SEED)
    words = [f"{a}{b}{c}{d}" for a in "بتجحدرزس" for b in "شصطعفقكلمنهوي" for c in "بتجحدرزسشص"
             for d in "قكلمنهويبتجح"]  # fmt: skip
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    told: list[Told] = []
    for number in range(count):
        day = date(2020, 1, 1) + timedelta(number // 500)
        text = draw.choices(words, weights, k=160)
        if number % 5 == 4:
            text = [*told[-1].lead.split()[:110], *text[:50]]
        told.append(Told(
            f"{number:032x}", f"outlet-{number % 7}", " ".join(text[:9]), " ".join(text), day, day
        ))  # fmt: skip
    started = time.process_time()
    found = stories_of(told)
    seconds = time.process_time() - started
    print(
        f"made: {count} articles, {len(found)} stories, {seconds * 1000 / count:.2f} ms an article"
    )


if __name__ == "__main__":
    main()
