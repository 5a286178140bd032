"""Scores of the date resolver on single strings: right, wrong, or rightly silent.

The day decides, not the clock. An abstention (null with a reason) is no error where it is
honest: it only fails to count as right.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from flows.commands.evaluate_gold import GoldDate, read_dates
from flows.commands.evaluate_groups import Scored, groups
from flows.commands.evaluate_measures import RESAMPLES, share
from flows.commands.evaluate_shapes import EvaluateShape, WrongDateShape

Outcome = Literal["right", "wrong", "abstained"]
MEASURES = {"right": share("right", "strings"), "wrong": share("wrong", "strings")}
_COUNTS = ("strings", "right", "wrong", "abstained")


class DateScore(NamedTuple):
    """What the resolver said of one string."""

    gold: GoldDate
    found: str | None
    outcome: Outcome

    @property
    def counts(self) -> dict[str, float]:
        """Return the sums that the measures are made of."""
        return {"strings": 1.0} | {name: float(self.outcome == name) for name in _COUNTS[1:]}


def evaluate_dates(gold: Path) -> EvaluateShape:
    """Return the scores of the resolver on a list of strings.

    Raises:
        UsageError: the gold is malformed.
    """
    scores = [score_date(each) for each in read_dates(gold)]
    return EvaluateShape(
        task="dates",
        gold=str(gold),
        documents=len(scores),
        resamples=RESAMPLES,
        groups=groups([Scored(s.counts, {"set": s.gold.set}) for s in scores], MEASURES, _COUNTS),
        wrong=[
            WrongDateShape(raw=s.gold.raw, expected=s.gold.iso, found=s.found)
            for s in scores
            if s.outcome != "right"
        ],
    )


def score_date(gold: GoldDate) -> DateScore:
    """Resolve one string and hold the answer against the gold."""
    from transforms.clean.dates import resolve_date

    text = gold.raw.replace("\n", " ")
    found = resolve_date(
        text, published=gold.published, country=gold.country, prefer=gold.prefer
    ).iso
    return DateScore(gold, found, _outcome(_day(gold.iso), _day(found)))


def _outcome(expected: str | None, found: str | None) -> Outcome:
    if found == expected:
        return "right"
    return "wrong" if found else "abstained"


def _day(iso: str | None) -> str | None:
    return iso.split("T")[0] if iso else None
