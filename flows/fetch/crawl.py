"""One crawl: the lists of the sources, the pages that are due, everything into the journals.

Three rounds: lists are asked for, read in killable children (further lists of an index once
more), pages are asked for. A source that fails does not stop the others. Nothing here writes to
the warehouse: what was fetched is read from the journals by the run that follows.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.crew import LOG_LINE, now
from flows.fetch.answers import Answer, Ask
from flows.fetch.due import (
    Known,
    is_early,
    is_read_list,
    list_ask,
    list_turn,
    open_ask,
    page_ask,
)
from flows.fetch.journal import Journal, fetching, journals
from flows.fetched import BUSY, OUTCOMES, Fetched
from flows.guard import Guard, Killed
from flows.outcome import code_version
from flows.outlet import Outlet
from flows.progress import Watch
from flows.settings import Settings, check_contact
from flows.sources.listing import Entry, Listed, Listing, read_listings
from flows.sources.url_lists import read_local_list
from transforms.ingest.record import Given
from transforms.plain import one_line
from warehouse.home import Home
from warehouse.tables import Fetch

if TYPE_CHECKING:
    from flows.fetch.client import Client

#: A sitemap index names further sitemaps, which may be indexes; nobody means more than this.
_DEPTH = 3
#: Lists of one source that one run asks for: an archive has one sitemap a day or month.
_MAX_LISTS = 40


#: Lists to ask for, by source and address, with what names them.
Lists = dict[tuple[str, str], tuple[Outlet, Entry]]


class Crawl(NamedTuple):
    """The journals to read, by source, and what came of each source."""

    journals: dict[str, list[Path]]
    fetched: list[Fetched]


class CrawlOrder:
    """What is to be fetched. A plain class on purpose, like `Crew`: Prefect walks through others.

    `run_id` names the journals.
    """

    def __init__(
        self, outlets: Sequence[Outlet], settings: Settings, run_id: str, watch: Watch
    ) -> None:
        self.outlets = tuple(outlets)
        self.settings = settings
        self.run_id = run_id
        self.watch = watch


def crawl(order: CrawlOrder) -> Crawl:
    """Fetch what is due of the sources; return the journals that wait to be read.

    Journals that earlier runs left are among them. A source that another process is fetching is
    left to it.

    Raises:
        UsageError: No contact is set.
    """
    settings, outlets = order.settings, order.outlets
    check_contact(settings)
    with ExitStack() as stack:
        held = [o for o in outlets if stack.enter_context(fetching(settings.home, o.id))]
        fetched = _Crawl(held, settings, order.run_id, order.watch).go() if held else []
        busy = [Fetched(o.id, problem=BUSY) for o in outlets if o not in held]
        # Once a source is let go, another crawl may be writing the next journal of it.
        waiting = {o.id: journals(settings.home, o.id) for o in held}
    return Crawl({source: paths for source, paths in waiting.items() if paths}, [*fetched, *busy])


class _Crawl:
    """The state of one crawl."""

    def __init__(
        self, outlets: Sequence[Outlet], settings: Settings, run_id: str, watch: Watch
    ) -> None:
        self._outlets = {outlet.id: outlet for outlet in outlets}
        self._settings = settings
        self._watch = watch
        self._until = time.monotonic() + 60 * settings.fetch.minutes
        self._journals = {o.id: Journal(settings.home, o.id, run_id) for o in outlets}
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._problems: defaultdict[str, list[str]] = defaultdict(list)
        self._lists: list[Fetch] = []
        self._had: Counter[str] = Counter()
        self._entries: defaultdict[str, list[Entry]] = defaultdict(list)

    def go(self) -> list[Fetched]:
        """Do the rounds; return what came of each source."""
        from flows.fetch.client import Client

        home = self._settings.home
        with ExitStack() as stack:
            for journal in self._journals.values():
                stack.enter_context(journal)
            known = Known(home, list(self._outlets.values()))
            stack.callback(known.close)
            runner = stack.enter_context(asyncio.Runner())
            client = Client(
                self._settings.fetch, code_version(), Home.at(home).landing / "robots",
                on_robots=lambda answer: self._journals[answer.ask.source_id].add(answer),
            )  # fmt: skip
            stack.callback(lambda: runner.run(client.__aexit__(None, None, None)))
            self._lists_read(runner, client, known)
            self._pages_fetched(runner, client, known)
            for fetch in self._lists:
                self._journals[fetch.source_id].add_row(self._validated(fetch))
        return [self._told(source_id) for source_id in self._outlets]

    def _lists_read(self, runner: asyncio.Runner, client: Client, known: Known) -> None:
        asked: Lists = {}
        for outlet in self._outlets.values():
            self._local_list(outlet)
            asked.update({(outlet.id, url): (outlet, Entry(url)) for url in outlet.address})
        taken: Counter[str] = Counter()
        for _ in range(_DEPTH):
            if not asked:
                return
            self._watch.note(f"asking for {len(asked)} lists of pages")
            seen = known.of("listing", asked)
            asks = [list_ask(*named, seen.get(pair)) for pair, named in asked.items()]
            answers = self._answers(runner, client, asks)
            done = {answer.ask for answer in answers}
            for ask in asks:
                if ask not in done:
                    self._lacks(ask, "there was no time to ask")
            asked = self._bounded_lists(
                self._changed(self._further(self._read(answers)), known), taken
            )

    def _answers(self, runner: asyncio.Runner, client: Client, asks: Sequence[Ask]) -> list[Answer]:
        answers: list[Answer] = []
        runner.run(self._all(client, asks, lambda answer: answers.append(answer.packed())))
        return answers

    def _local_list(self, outlet: Outlet) -> None:
        if outlet.path is None:
            return
        found = read_local_list(outlet.path)
        if found.problem:
            self._problems[outlet.id].append(f"{outlet.path}: {found.problem}")
            if not found.entries:
                return
        self._had[outlet.id] += 1
        self._entries[outlet.id] += found.entries
        if found.dropped:
            words = f"{found.dropped} lines are no http or https address"
            self._watch.note(one_line(f"{outlet.id}: {outlet.path}: {words}", LOG_LINE))

    def _read(self, answers: Sequence[Answer]) -> list[tuple[Answer, Listing]]:
        """Read the lists that came, each in a killable child, and note what each source lacks."""
        came = []
        for answer in answers:
            if answer.outcome == "fetched" and answer.content is not None:
                came.append(answer)
                continue
            self._lists.append(answer.row())
            if answer.outcome == "unchanged":
                self._had[answer.ask.source_id] += 1
            else:
                self._lacks(answer.ask, f"{answer.rule}: {answer.detail}")
        read = list(zip(came, self._listings(came), strict=True))
        for answer, listing in read:
            self._note(answer, listing)
        return read

    def _note(self, answer: Answer, listing: Listing) -> None:
        """Note how a list could be read; what could not is got again, changed or not.

        So is an index, which does not change where a list that it names does.
        """
        row, source_id = answer.row(), answer.ask.source_id
        if listing.dropped:
            words = f"{listing.dropped} entries have no address that can be asked"
            self._watch.note(one_line(f"{source_id}: {answer.ask.url}: {words}", LOG_LINE))
        if listing.problem or listing.more:
            row = _without_validators(row)
        if listing.problem:
            self._lacks(answer.ask, listing.problem)
            row = row.model_copy(update={"detail": one_line(listing.problem, LOG_LINE)})
        if listing.problem and not listing.entries and not listing.more:
            row = row.model_copy(update={"outcome": "failed", "rule": "fetch.no-list"})
        else:
            self._had[source_id] += 1
        self._lists.append(row)

    def _listings(self, answers: Sequence[Answer]) -> list[Listing]:
        if not answers:
            return []
        items = [_listed(self._outlets[a.ask.source_id], a) for a in answers]
        settings = self._settings
        guard = Guard(
            min(settings.workers, len(items)), settings.seconds_per_page,
            settings.memory_limit_mb, chunk=8,
        )  # fmt: skip
        found: list[Listing] = []
        with guard:
            for outcome in guard.map(read_listings, items):
                if isinstance(outcome, Killed):
                    found.append(Listing([], [], problem=f"{outcome.cause}: {outcome.detail}"))
                else:
                    found += outcome.result
        return found

    def _further(self, read: Sequence[tuple[Answer, Listing]]) -> Lists:
        """Note the pages that lists name; return the lists that they name."""
        further: Lists = {}
        for answer, listing in read:
            source_id = answer.ask.source_id
            self._entries[source_id] += listing.entries
            for entry in listing.more:
                further[source_id, entry.url] = (self._outlets[source_id], entry)
        return further

    def _bounded_lists(self, lists: Lists, taken: Counter[str]) -> Lists:
        """Return no more lists of a source than one run asks for; the next run asks for others."""
        kept: Lists = {}
        left: Counter[str] = Counter()
        for (source_id, url), named in lists.items():
            if taken[source_id] < _MAX_LISTS:
                taken[source_id] += 1
                kept[source_id, url] = named
            else:
                left[source_id] += 1
        for source_id, count in left.items():
            self._watch.note(f"{source_id}: {count} lists that its lists name wait for later runs")
        return kept

    def _changed(self, further: Lists, known: Known) -> Lists:
        """Return the lists that an index says are new or changed, or says nothing of, by turns."""
        seen = known.of("listing", further)
        asked = [
            (pair, named) for pair, named in further.items()
            if not is_read_list(named[1], seen.get(pair))
        ]  # fmt: skip
        asked.sort(key=lambda each: list_turn(each[1][1], seen.get(each[0])))
        return dict(asked)

    def _pages_fetched(self, runner: asyncio.Runner, client: Client, known: Known) -> None:
        asks, given = self._due(known)
        if not asks:
            return
        self._watch.note(
            f"fetching {len(asks)} pages of {len({a.source_id for a in asks})} sources"
        )

        def land(answer: Answer) -> None:
            source_id = answer.ask.source_id
            self._counts[source_id][answer.outcome] += 1
            self._journals[source_id].add(answer, given.get((source_id, answer.ask.url), Given()))

        runner.run(self._all(client, asks, land))
        for source_id, count in Counter(ask.source_id for ask in asks).items():
            done = sum(self._counts[source_id][outcome] for outcome in OUTCOMES)
            self._counts[source_id]["left"] += count - done

    def _due(self, known: Known) -> tuple[list[Ask], dict[tuple[str, str], Given]]:
        """Return the pages to ask for, no more of a source than it may be asked, new ones first."""
        moment = now()
        pairs = [(source, entry.url) for source, found in self._entries.items() for entry in found]
        seen = known.of("page", pairs)
        given: dict[tuple[str, str], Given] = {}
        asks: dict[tuple[str, str], Ask] = {}
        for source_id, entries in self._entries.items():
            for entry in entries:
                pair = (source_id, entry.url)
                given.setdefault(pair, Given(title=entry.title, published=entry.published))
                ask = page_ask(self._outlets[source_id], entry, seen.get(pair), moment)
                # The list is to be had anew, so that a real change is not missed.
                self._counts[source_id]["left"] += is_early(entry, seen.get(pair), moment)
                if ask is not None:
                    asks.setdefault(pair, ask)
        outlets = list(self._outlets.values())
        opened = known.open(outlets, moment)
        for each, said in zip(opened, known.given(opened, outlets, moment), strict=True):
            pair = (each.source_id, each.url)
            asks.setdefault(pair, open_ask(self._outlets[each.source_id], each))
            given.setdefault(pair, said)
        wanted = (ask for ask in asks.values() if not known.is_forgotten(ask.url))
        return self._bounded(wanted), given

    def _bounded(self, asks: Iterable[Ask]) -> list[Ask]:
        taken: Counter[str] = Counter()
        kept = []
        for ask in asks:
            taken[ask.source_id] += 1
            if taken[ask.source_id] <= self._outlets[ask.source_id].max_pages:
                kept.append(ask)
            else:
                self._counts[ask.source_id]["left"] += 1
        return kept

    async def _all(
        self, client: Client, asks: Sequence[Ask], land: Callable[[Answer], None]
    ) -> None:
        """Ask for everything at once, each host in its turn, until the time of a crawl is over.

        What cannot be kept (the disk is full) ends it: no site is asked in vain.
        """

        async def one(ask: Ask) -> None:
            land(await client.ask(ask))

        left = max(0.0, self._until - time.monotonic())
        tasks = [asyncio.create_task(one(ask)) for ask in asks]
        done, unfinished = await asyncio.wait(
            tasks, timeout=left, return_when=asyncio.FIRST_EXCEPTION
        )
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        for task in done:
            if (problem := task.exception()) is not None:
                raise problem

    def _validated(self, fetch: Fetch) -> Fetch:
        """Return the row of a list without validators and hash where it must be read once more.

        The next run then gets it again: with it the pages that were left, and what a feed says of
        pages that could not be had.
        """
        counts, kind = self._counts[fetch.source_id], self._outlets[fetch.source_id].kind
        if counts["left"] or (kind == "feed" and counts["failed"]):
            return _without_validators(fetch)
        return fetch

    def _lacks(self, ask: Ask, problem: str) -> None:
        self._problems[ask.source_id].append(f"{ask.url}: {problem}")

    def _told(self, source_id: str) -> Fetched:
        counts, problems = self._counts[source_id], self._problems[source_id]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        told = {name: counts[name] for name in (*OUTCOMES, "left")} | {
            "lists": self._had[source_id]
        }
        return Fetched(source_id, **told, problem=problems[0] + more if problems else None)


def _without_validators(fetch: Fetch) -> Fetch:
    return fetch.model_copy(update={"etag": None, "last_modified": None, "payload_sha256": None})


def _listed(outlet: Outlet, answer: Answer) -> Listed:
    content = answer.content
    if content is None:
        raise ValueError("a list that did not come cannot be read")
    return Listed(outlet.kind, content.final_url, content.payload, content.charset, packed=True)
