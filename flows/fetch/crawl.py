"""One crawl: the lists of the sources, the pages that are due, everything into the journals.

Three rounds: lists are asked for, read in killable children (further lists of an index once
more), pages are asked for. A source that fails does not stop the others. Nothing here writes to
the warehouse: what was fetched is read from the journals by the run that follows.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.crew import now, words_of
from flows.fetch.answers import Answer, Ask
from flows.fetch.due import Known, list_ask, open_ask, page_ask
from flows.fetch.journal import Journal, fetching, journals
from flows.fetched import OUTCOMES, Fetched
from flows.guard import Guard, Killed
from flows.outcome import code_version
from flows.outlet import Outlet
from flows.progress import Watch
from flows.settings import Settings, check_contact
from flows.sources.listing import Entry, Listed, Listing, read_listings
from flows.sources.url_lists import read_url_list
from transforms.ingest.record import Given
from warehouse.home import Home
from warehouse.tables import Fetch

if TYPE_CHECKING:
    from flows.fetch.client import Client

#: A sitemap index names further sitemaps, which may be indexes; nobody means more than this.
_DEPTH = 3
#: Lists of one source that one run asks for: an archive has one sitemap a day or month.
_MAX_LISTS = 40
_BUSY = "another run is fetching it"


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
        busy = [Fetched(o.id, problem=_BUSY) for o in outlets if o not in held]
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
        self._until = now() + timedelta(minutes=settings.fetch.minutes)
        self._journals = {o.id: Journal(settings.home, o.id, run_id) for o in outlets}
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._problems: defaultdict[str, list[str]] = defaultdict(list)
        self._lists: list[Fetch] = []
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
            answers: list[Answer] = []
            runner.run(self._all(client, asks, answers.append))
            further = self._further(self._read(answers), taken)
            asked = self._changed(further, known)

    def _local_list(self, outlet: Outlet) -> None:
        if outlet.path is None:
            return
        try:
            content = outlet.path.read_bytes()
        except OSError as problem:
            self._problems[outlet.id].append(f"{outlet.path}: {problem.strerror}")
            return
        address = outlet.path.as_uri()
        found = read_url_list(Listed("urls", address, content, None))
        self._entries[outlet.id] += found.entries

    def _read(self, answers: Sequence[Answer]) -> list[tuple[Answer, Listing]]:
        """Read the lists that came, each in a killable child, and note what each source lacks."""
        self._lists += [answer.row() for answer in answers]
        came = []
        for answer in answers:
            if answer.outcome == "fetched" and answer.content is not None:
                came.append(answer)
            elif answer.outcome != "unchanged":
                self._lacks(answer.ask, f"{answer.rule}: {answer.detail}")
        return list(zip(came, self._listings(came), strict=True))

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

    def _further(self, read: Sequence[tuple[Answer, Listing]], taken: Counter[str]) -> Lists:
        """Note the pages that lists name; return the lists that they name, as far as they go."""
        further: Lists = {}
        for answer, listing in read:
            source_id = answer.ask.source_id
            self._entries[source_id] += listing.entries
            if listing.problem:
                self._lacks(answer.ask, listing.problem)
            for entry in listing.more[: _MAX_LISTS - taken[source_id]]:
                taken[source_id] += 1
                further[source_id, entry.url] = (self._outlets[source_id], entry)
        return further

    def _changed(self, further: Lists, known: Known) -> Lists:
        """Return the lists that an index says are new or changed, or says nothing of."""
        seen = known.of("listing", further)
        asked: Lists = {}
        for pair, (outlet, entry) in further.items():
            before = seen.get(pair)
            is_done = before is not None and before.payload_sha256 is not None
            is_same = before is not None and entry.changed and entry.changed == before.listed
            if not (is_done and is_same):
                asked[pair] = (outlet, entry)
        return asked

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
                ask = page_ask(self._outlets[source_id], entry, seen.get(pair), moment)
                if ask is not None and pair not in asks:
                    asks[pair] = ask
                    given[pair] = Given(title=entry.title, published=entry.published)
        for each in known.open(list(self._outlets.values()), moment):
            pair = (each.source_id, each.url)
            asks.setdefault(pair, open_ask(self._outlets[each.source_id], each))
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
        """Ask for everything at once, each host in its turn, until the time of a crawl is over."""

        async def one(ask: Ask) -> None:
            land(await client.ask(ask))

        left = max(0.0, (self._until - now()).total_seconds())
        tasks = [asyncio.create_task(one(ask)) for ask in asks]
        done, unfinished = await asyncio.wait(tasks, timeout=left)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        for task in done:
            if (problem := task.exception()) is not None:
                self._watch.note(f"a fetch failed in the program itself: {words_of(problem)}")
                raise problem

    def _validated(self, fetch: Fetch) -> Fetch:
        """Return the row of a list without validators and hash where pages of it are left.

        The next run then gets it again, and with it the pages.
        """
        if not self._counts[fetch.source_id]["left"]:
            return fetch
        nothing = {"etag": None, "last_modified": None, "payload_sha256": None}
        return fetch.model_copy(update=nothing)

    def _lacks(self, ask: Ask, problem: str) -> None:
        self._problems[ask.source_id].append(f"{ask.url}: {problem}")

    def _told(self, source_id: str) -> Fetched:
        counts, problems = self._counts[source_id], self._problems[source_id]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        told = {name: counts[name] for name in (*OUTCOMES, "left")}
        return Fetched(source_id, **told, problem=problems[0] + more if problems else None)


def _listed(outlet: Outlet, answer: Answer) -> Listed:
    content = answer.content
    if content is None:
        raise ValueError("a list that did not come cannot be read")
    return Listed(outlet.kind, content.final_url, content.payload, content.charset)
