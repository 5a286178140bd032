"""What the report of a run is made of. Filled by `flows.report_data`, shown by the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, cast

from expectations.report.words import CHANGES, STATES, Words
from warehouse.tables import GateResult, Quarantine, Run, RunStage
from warehouse.tables.publish import RunState


class RunLine(NamedTuple):
    """One run in a list of runs; a message says why where it was held or failed."""

    run_id: str
    kind: str
    state: str
    started_at: datetime
    seconds: float
    pages_landed: int
    pages_published: int
    pages_quarantined: int
    pages_held: int
    message: str | None

    @property
    def brings(self) -> bool:
        """Return whether it read new pages; others read again what had landed before."""
        return self.kind == "pipeline"

    @property
    def words(self) -> Words:
        """Return what the state is called."""
        return STATES[cast("RunState", self.state)]


class AskedLine(NamedTuple):
    """What a run fetched of one source; `problem` is why its lists were not all had.

    `left` pages wait for the next run; None where the tables do not say it any more.
    """

    source_id: str
    fetched: int
    unchanged: int
    disallowed: int
    refused: int
    failed: int
    left: int | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one source brought in one run: shares from 0 to 1, None where nothing was measured.

    `chars` is the median length of its articles, in code points.
    """

    run_id: str
    at: datetime
    pages: int
    dated: float | None = None
    boilerplate: float | None = None
    chars: float | None = None


class Finding(NamedTuple):
    """A rule that did not hold for a source, and what it saw."""

    rule: str
    observed: str | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source in this run beside its earlier ones; `usual` are the medians over them.

    `found` are the rules on sources that did not hold; `change` sums them up.
    """

    source_id: str
    name: str | None
    change: str
    now: Measured | None
    usual: Measured | None
    last_at: datetime | None
    pages: Sequence[int] = ()
    found: Sequence[Finding] = ()

    @property
    def words(self) -> Words:
        """Return what the change is called."""
        return CHANGES[self.change]


@dataclass(frozen=True, slots=True)
class DateLine:
    """How well a source's articles of the run are dated; `after_fetch` claim to be of later."""

    source_id: str
    articles: int
    day: int
    coarse: int
    bounded: int
    none: int
    after_fetch: int
    rule: str | None
    why_none: str | None


@dataclass(frozen=True, slots=True)
class CutLine:
    """A line that was cut from `pages` of the pages looked at, of a kind of `words.KINDS`."""

    kind: str
    text: str
    pages: int


@dataclass(frozen=True, slots=True)
class BoilerplateLine:
    """What was taken out of a source's pages: code points by kind, and the commonest lines."""

    source_id: str
    chars: int
    removed: int
    kinds: Mapping[str, int]
    looked_at: int = 0
    lines: Sequence[CutLine] = ()

    @property
    def share(self) -> float:
        """Return the share of the pages' characters that belongs to no article."""
        return self.removed / self.chars if self.chars else 0.0


@dataclass(frozen=True, slots=True)
class EntityLine:
    """An entity in the run's articles."""

    type: str
    entity_id: str
    name_ar: str
    name_en: str | None
    articles: int
    sources: int


@dataclass(frozen=True, slots=True)
class StoryLine:
    """An event that several sources tell, one of the run's articles among them.

    `independent` are its reports that are not copies of each other; `first` is the source that
    was first, None where nothing tells.
    """

    title: str | None
    articles: int
    sources: int
    independent: int
    first: str | None


class Mark(NamedTuple):
    """A name in a passage: code points from `start` up to `end`."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of an article's own text, with the names in it, in their order."""

    kind: str
    text: str
    marks: Sequence[Mark] = ()

    @property
    def pieces(self) -> list[tuple[str, Mark | None]]:
        """Return the text cut at its names; together the pieces are the text."""
        pieces: list[tuple[str, Mark | None]] = []
        at = 0
        for mark in self.marks:
            if mark.start < at or mark.end > len(self.text):
                continue
            pieces += [(self.text[at : mark.start], None), (self.text[mark.start : mark.end], mark)]
            at = mark.end
        return [piece for piece in (*pieces, (self.text[at:], None)) if piece[0]]


@dataclass(frozen=True, slots=True)
class Sample:
    """An article of the run as it was published, beside what was taken out of its page."""

    article_id: str
    source_id: str
    title: str | None
    published_at: str | None
    kept: Sequence[Passage]
    cut: Sequence[Passage]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Everything that the report of one run says.

    The first five are the run's own; the others are read from the published tables, and are empty
    where these could not be read: `unread` says why. `history` are the runs of new pages up to this
    one and `trends` the newest values of each rule, both oldest first; a rule's value is its
    measure, or for rules on single rows the share that failed. `copied` are the run's articles that
    were copied from another source.
    """

    run: Run
    stages: Sequence[RunStage]
    gates: Sequence[GateResult]
    quarantine: Sequence[Quarantine]
    asked: Sequence[AskedLine] = ()
    history: Sequence[RunLine] = ()
    trends: Mapping[str, Sequence[float]] = field(default_factory=dict)
    sources: Sequence[SourceLine] = ()
    dates: Sequence[DateLine] = ()
    boilerplate: Sequence[BoilerplateLine] = ()
    entities: Sequence[EntityLine] = ()
    stories: Sequence[StoryLine] = ()
    copied: int = 0
    samples: Sequence[Sample] = ()
    unread: str | None = None
