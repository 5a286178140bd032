"""The gate on sources, as the end of a run asks it: what each brought, beside what is usual."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flows.crew import LOG_LINE, Crew, now, words_of
from flows.outcome import Progress
from flows.progress import Watch
from transforms.plain import one_line
from warehouse.measures import WHOLE, Brought, measure_sources
from warehouse.tables import GateResult

if TYPE_CHECKING:
    from expectations.source_gate import Seen, SourcesVerdict
    from warehouse.usual import Measured

_RULE = "publish.source."
#: The measures that are shares or means, and which articles they are of.
_SHARES = {
    "body_chars": "mains", "dated_share": "mains", "boilerplate_share": "mains",
    "mentions_per_article": "tagged", "mentions_open_share": "tagged", "unknown_share": "tagged",
}  # fmt: skip


def sources_judged(
    batches: Sequence[Progress], asked: Sequence[str] | None, crew: Crew, started: datetime,
    watch: Watch,
) -> tuple[list[GateResult], dict[str, str]]:  # fmt: skip
    """Return the results on the sources of a run, and by source why it is held.

    What is odd is told. Without `asked` nothing is judged; where nothing can be, nothing passes.
    """
    if asked is None:
        return [], {}
    sources = dict.fromkeys([*asked, *(each.batch.source_id for each in batches)])
    try:
        verdict = judge_sources(batches, [*sources], crew, started)
    except Exception as problem:
        return [], dict.fromkeys(sources, f"its source was not judged: {words_of(problem)}")
    for words in verdict.warned:
        watch.note(one_line(words, LOG_LINE))
    return verdict.results, verdict.held


def judge_sources(
    batches: Sequence[Progress], asked: Sequence[str], crew: Crew, started: datetime
) -> SourcesVerdict:
    """Judge what the asked sources brought in this run, which may be nothing at all.

    A source of which a batch is held already is judged by its pages only: what is left of it is
    no measure of it.
    """
    from expectations.source_gate import judge_sources as judge

    pages = dict.fromkeys(asked, 0)
    for each in batches:
        pages[each.batch.source_id] += each.counts.read - each.counts.duplicate
    held = {each.batch.source_id for each in batches if each.held}
    brought = measure_sources([p.batch for p in batches if p.batch.source_id not in held])
    if len(pages) > 1:
        pages[WHOLE] = sum(pages.values())
        if held:
            brought.pop(WHOLE, None)
    else:
        brought.pop(WHOLE, None)
    seen = _seen(pages, brought, held, crew, started)
    # Of a source that brought nothing there is nothing to hold: that it is silent is told.
    there = {each.batch.source_id for each in batches if each.held is None and each.counts.pages}
    return judge(seen, run_id=crew.run_id, at=now(), stops=crew.settings.stopping & there)


def _seen(
    pages: dict[str, int], brought: dict[str, Brought], held: set[str], crew: Crew,
    started: datetime,
) -> list[Seen]:  # fmt: skip
    from expectations.drift import Day, Drift, Pool, beyond, share_drift, silence, volume_drift
    from expectations.rules import SHARES_FROM
    from expectations.source_gate import Seen
    from warehouse.usual import daily_counts, earlier_shares

    counts = list(_counts(pages, brought, held))
    shares = list(_shares(pages, brought))
    daily = daily_counts(crew.store, counts, started, crew.run_id)
    pools = earlier_shares(crew.store, shares, started, SHARES_FROM)
    seen: list[Seen] = []
    of_pages: dict[str, Drift] = {}
    for each in counts:
        days = [Day(*day) for day in daily.get((each.source_id, each.rule), ())]
        drift = volume_drift(days)
        if each.rule == f"{_RULE}pages":
            of_pages[each.source_id] = drift
            seen.append(Seen(*each, drift))
            quiet = silence(days)
            place = (each.source_id, each.series, f"{_RULE}silent")
            seen.append(Seen(*place, quiet.now, None, quiet))
        else:
            seen.append(Seen(*each, beyond(drift, of_pages[each.source_id])))
    for each in shares:
        before = pools.get((each.source_id, each.rule), [])
        own = [Pool(each.value, each.sample or 0)]
        own += [Pool(value, rows) for number, value, rows in before if number is None]
        earlier = [Pool(value, rows) for number, value, rows in before if number is not None]
        rows = sum(pool.rows for pool in own)
        together = Pool(sum(p.value * p.rows for p in own) / rows, rows)
        seen.append(Seen(*each, share_drift(together, earlier)))
    return seen


def _counts(
    pages: dict[str, int], brought: dict[str, Brought], held: set[str]
) -> Iterator[Measured]:
    from warehouse.usual import Measured

    for source_id, count in pages.items():
        series = _series(source_id, pages)
        yield Measured(source_id, series, f"{_RULE}pages", count, None)
        if source_id not in held and not (source_id == WHOLE and held):
            found = brought.get(source_id)
            articles = found.articles if found else 0
            yield Measured(source_id, series, f"{_RULE}articles", articles, None)


def _shares(pages: dict[str, int], brought: dict[str, Brought]) -> Iterator[Measured]:
    from warehouse.usual import Measured

    for source_id, found in brought.items():
        for measure, of in _SHARES.items():
            value, sample = getattr(found, measure), getattr(found, of)
            if value is not None and sample:
                series = _series(source_id, pages)
                yield Measured(source_id, series, f"{_RULE}{measure}", float(value), sample)


def _series(source_id: str, pages: dict[str, int]) -> str:
    """Return the batch_id of a source's results; a run is held beside runs of the same sources."""
    if source_id != WHOLE:
        return f"{source_id}/all"
    names = "\n".join(sorted(pages))
    return f"{WHOLE}/{hashlib.sha256(names.encode()).hexdigest()[:8]}"
