"""Replay records from quarantine: the same stages, the same gates, those records only.

After a rule, the settings of an outlet or the program has changed. There is no way of its own for
it: a replay chooses records, and `flows.run` takes them as it takes pages that are read again.
Where a gate refused a page it is read as it landed; what could not become a page is read from its
file, or from the bytes that a crawl had kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from flows.crew import Crew, new_run_id, now
from flows.ingest import Landing, Tally
from flows.leftovers import sweep
from flows.outcome import Outcome
from flows.progress import Silent, Watch
from flows.recall import Recall, with_raw
from flows.replay_records import read_refused
from flows.run import Steps, crew_of, taken
from flows.settings import Settings, UsageError
from flows.upkeep import tidy
from transforms.ingest.record import RawRecord

T = TypeVar("T")

#: Whether it refuses depends on the machine, so that trying once more is never in vain.
_BY_CHANCE = "guard."
#: What was never had from the web is asked for by a run; what was forgotten stays so.
_NOT_HAD, _FORGOTTEN = "fetch.", "ingest.forgotten"

_OPEN = """
SELECT q.record_id, q.page_id, q.source_id, q.stage, q.rule, q.locator, q.url,
       q.page_id IN (SELECT page_id FROM lake.pages UNION ALL
                     SELECT page_id FROM lake.refused_pages) AS stored,
       coalesce(r.config_sha256 = $config_sha256 AND r.rules_sha256 = $rules_sha256
                AND q.transform_version = $transform_version, false) AS unchanged
FROM lake.quarantine AS q JOIN lake.runs AS r USING (run_id)
WHERE q.state = 'quarantined' ORDER BY q.source_id, q.page_id, q.stage
"""

_RECORDS = "SELECT record_id, page_id, state FROM lake.quarantine WHERE starts_with(record_id, $1)"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which records are to be replayed: those named, or all that fit rule and source.

    `again` also those that the very same rules have refused under the same settings.
    """

    ids: tuple[str, ...] = ()
    rule: str | None = None
    source: str | None = None
    again: bool = False


class Open(NamedTuple):
    """One record that stands in quarantine."""

    record_id: str
    page_id: str
    source_id: str
    stage: str
    rule: str
    locator: str
    url: str | None
    stored: bool
    unchanged: bool

    @property
    def in_vain(self) -> bool:
        """Return whether the same would come of it as before."""
        return self.unchanged and not self.rule.startswith(_BY_CHANCE)


@dataclass(slots=True)
class Replayed:
    """What a replay came to: its run, if there was anything to run, and what it left as it is."""

    outcome: Outcome | None = None
    left: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Return 0 when something got in or nothing was to be done, else 1, as a run does."""
        return self.outcome.exit_code if self.outcome else 0


def replay_records(
    settings: Settings, chosen: Chosen, *, steps: Steps | None = None, watch: Watch | None = None
) -> Replayed:
    """Take the chosen records through the stages and gates again, as a run of its own.

    What the same rules would refuse again is left alone unless it is named or `again` is asked
    for, so that a second replay changes nothing.

    Raises:
        UsageError: There is no such record in quarantine, or nothing of that source or rule.
        StoreLocked: Another run writes to the same home and did not end in time.
    """
    watch = watch or Silent()
    started = now()
    with crew_of(settings, new_run_id(started)) as crew:
        sweep(settings.home)
        done = Replayed()
        found = _chosen(crew, chosen, done.left)
        batches = list(_batches(crew, found, done.left))
        if batches:
            watch.started(crew.run_id)
            done.outcome = taken(batches, crew, steps or Steps(), watch, started).finish()
            tidy(crew.store, watch)
    return done


def open_records(crew: Crew) -> list[Open]:
    """Return all that stands in quarantine, in the order of sources and pages."""
    from expectations.catalogue import rules_sha256

    means = {
        "config_sha256": crew.settings.config_sha256,
        "rules_sha256": rules_sha256(),
        "transform_version": crew.stamp.transform_version,
    }
    with crew.store.reading() as connection:
        return [Open(*row) for row in connection.execute(_OPEN, means).fetchall()]


def _chosen(crew: Crew, chosen: Chosen, left: list[str]) -> list[Open]:
    """Return what is to be tried; say of the rest why not."""
    found = open_records(crew)
    if chosen.ids:
        named = {page for each in chosen.ids for page in _named(crew, each, found, left)}
        return _worth([each for each in found if each.page_id in named], left, again=True)
    fits = [
        each
        for each in found
        if chosen.rule in (None, each.rule) and chosen.source in (None, each.source_id)
    ]
    if not fits and (chosen.rule or chosen.source):
        asked = " ".join(filter(None, (chosen.source, chosen.rule)))
        raise UsageError(f"nothing of {asked} is in quarantine: khabar quarantine list")
    return _worth(fits, left, again=chosen.again)


def _named(crew: Crew, prefix: str, found: Sequence[Open], left: list[str]) -> set[str]:
    """Return the page of the open record that an id, or its beginning, stands for."""
    pages = {
        each.page_id
        for each in found
        if each.record_id.startswith(prefix) or each.page_id.startswith(prefix)
    }
    if len(pages) > 1:
        raise UsageError(f"several records in quarantine begin with {prefix}: give more digits")
    if not pages:
        with crew.store.reading() as connection:
            before = connection.execute(_RECORDS, [prefix]).fetchone()
        if before is None:
            raise UsageError(f"no record in quarantine begins with {prefix}")
        left.append(f"{before[0][:12]} stands in quarantine no more: it was {before[2]}")
    return pages


def _worth(found: Sequence[Open], left: list[str], *, again: bool) -> list[Open]:
    """Return the records that a replay can do something for; say how many of the others why not."""
    groups: dict[str, list[Open]] = {}
    for each in found:
        groups.setdefault(_why_not(each, again=again), []).append(each)
    left += [f"{len(rows)} {why}" for why, rows in sorted(groups.items()) if why]
    return groups.get("", [])


def _why_not(each: Open, *, again: bool) -> str:
    if each.rule == _FORGOTTEN:
        return "not tried: forgotten, for good"
    if each.rule.startswith(_NOT_HAD):
        return "not tried: never had from the web; khabar run asks for them again"
    if each.in_vain and not again:
        return (
            "not tried: refused by these very rules, under these settings (--again tries them "
            "all the same; khabar quarantine accept lets one in)"
        )
    return ""


def _batches(crew: Crew, found: Sequence[Open], left: list[str]) -> Iterator[Recall | Landing]:
    """Yield the records in batches of their source, each read from where it is kept.

    A page that the ingest gate refused is landed again, as far as its bytes are there: what is
    wrong with it lies before the text that was kept.
    """
    stored = [each for each in found if each.stored]
    landed = with_raw([each.page_id for each in stored if each.stage == "ingest"], crew)
    for from_raw, pages in ((True, {*landed}), (False, {e.page_id for e in stored} - {*landed})):
        by_source: dict[str, dict[str, None]] = {}
        for each in stored:
            if each.page_id in pages:
                by_source.setdefault(each.source_id, {})[each.page_id] = None
        for source_id, page_ids in by_source.items():
            for some in _portions([*page_ids], crew):
                batch = crew.next_batch(source_id, picked=True)
                yield Recall(batch, some, from_raw=from_raw)
    yield from _landings(crew, [each for each in found if not each.stored], left)


def _landings(crew: Crew, found: Sequence[Open], left: list[str]) -> Iterator[Landing]:
    """Yield what could not become a page, read once more from its file or from raw."""
    records = read_refused(crew, [(e.page_id, e.source_id, e.locator, e.url) for e in found])
    if missing := len({each.page_id for each in found}) - len(records):
        left.append(
            f"{missing} not tried: their file or bytes are gone, or are others now; "
            "khabar run reads what is there"
        )
    by_source: dict[str, list[RawRecord]] = {}
    for record in records:
        by_source.setdefault(record.source_id, []).append(record)
    for source_id, own in by_source.items():
        for some in _portions(own, crew):
            tally = Tally()
            tally.read = len(some)
            yield Landing(crew.next_batch(source_id, picked=True), some, tally)


def _portions(items: list[T], crew: Crew) -> Iterator[list[T]]:
    for start in range(0, len(items), crew.settings.batch_pages):
        yield items[start : start + crew.settings.batch_pages]
