"""Which addresses a crawl asks for, and with which validators: what is new, changed or open.

A page is due when a list names it for the first time or says that it changed, once more when it
was fetched `recheck_hours` ago (news is corrected within a day), and again after a failure that
may have passed. Nothing else is asked for twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.fetch.answers import Ask, What
from flows.fetch.journal import journals, read_journal
from flows.outlet import Outlet
from flows.sources.listing import Entry
from transforms.ingest.record import Given
from warehouse.forgotten import address_sha256
from warehouse.seen import Seen, SeenBefore
from warehouse.tables import Fetch

#: A failure is left alone for so long: a run that follows at once would find the same.
RETRY_AFTER = timedelta(minutes=20)
#: What failed for so long is given up, until a list names it as changed.
GIVE_UP_AFTER = timedelta(hours=72)
#: How late the second look may be; later, the page is history.
_LATE = timedelta(hours=24)
_HAD = ("fetched", "unchanged")
#: Of its age; a page that changes for a day is asked for some ten times, for a month some twenty.
_LEFT_ALONE = 0.2


class Known:
    """What was asked before, as published and as journals that wait to be read say."""

    def __init__(self, home: Path, outlets: Sequence[Outlet]) -> None:
        self._before = SeenBefore(home)
        self._forgotten = self._before.forgotten()
        self._waiting: dict[tuple[str, str, str], Seen] = {}
        self._given: dict[tuple[str, str], Given] = {}
        for outlet in outlets:
            for path in journals(home, outlet.id):
                for landed in read_journal(path):
                    self._wait(landed.fetch)
                    if any(landed.given):
                        self._given[landed.fetch.source_id, landed.fetch.url] = landed.given

    def is_forgotten(self, url: str) -> bool:
        """Return whether everything at an address was forgotten: it is not asked for."""
        return bool(self._forgotten) and address_sha256(url) in self._forgotten

    def close(self) -> None:
        """Close the tables."""
        self._before.close()

    def of(self, what: str, asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Seen]:
        """Return by source and address what is known of addresses."""
        pairs = list(dict.fromkeys(asked))
        found = {(s.source_id, s.url): s for s in self._before.of(what, pairs)}
        for pair in pairs:
            waiting = self._waiting.get((what, *pair))
            if waiting is not None:
                found[pair] = _joined(found.get(pair), waiting)
        return found

    def open(self, outlets: Sequence[Outlet], now: datetime) -> list[Seen]:
        """Return the pages that no list need name: failed ones, and those to look at again."""
        hours = {outlet.id: outlet.recheck_hours for outlet in outlets}
        recent = {
            (s.source_id, s.url): s for s in self._before.since(hours, now - _window(outlets))
        }
        for (what, *_), waiting in self._waiting.items():
            pair = (waiting.source_id, waiting.url)
            if what == "page" and waiting.source_id in hours:
                recent[pair] = _joined(recent.get(pair), waiting)
        return [s for s in recent.values() if _is_open(s, hours[s.source_id], now)]

    def given(self, pages: Sequence[Seen], outlets: Sequence[Outlet], now: datetime) -> list[Given]:
        """Return what lists said of open pages before; nothing where nothing is known of it."""
        payloads = [s.payload_sha256 for s in pages if s.payload_sha256]
        stored = self._before.given(payloads, now - _window(outlets))
        found = []
        for page in pages:
            title, published = stored.get((page.source_id, page.payload_sha256 or ""), (None, None))
            said = Given(title=title, published=published)
            found.append(self._given.get((page.source_id, page.url), said))
        return found

    def _wait(self, fetch: Fetch) -> None:
        key = (fetch.what, fetch.source_id, fetch.url)
        self._waiting[key] = _joined(self._waiting.get(key), _seen(fetch))


def page_ask(outlet: Outlet, entry: Entry, seen: Seen | None, now: datetime) -> Ask | None:
    """Return how to ask for a page that a list names; None where it need not be asked for."""
    if seen is not None and not _is_due(entry, seen, now):
        return None
    return _ask(outlet, "page", entry.url, seen, entry.changed or (seen.listed if seen else None))


def is_early(entry: Entry, seen: Seen | None, now: datetime) -> bool:
    """Return whether a page that a list calls changed was had again too lately to be asked for.

    Some feeds call every entry changed whenever they are asked. The older a page is, the longer it
    is left alone after each look: so often it can be asked, and no oftener, whatever a list says.
    """
    if seen is None or seen.had < 2 or seen.had_at is None or entry.changed in (None, seen.listed):
        return False
    return now - seen.requested_at < (now - seen.had_at) * _LEFT_ALONE


def list_ask(outlet: Outlet, entry: Entry, seen: Seen | None) -> Ask:
    """Return how to ask for a list of pages.

    The address of a sitemap may be an index, which does not change where a sitemap that it names
    does: it is asked for anew each time.
    """
    if outlet.kind == "sitemap" and entry.url in outlet.address:
        seen = None
    return _ask(outlet, "listing", entry.url, seen, entry.changed)


def is_read_list(entry: Entry, seen: Seen | None) -> bool:
    """Return whether a list was read as it is now, by what the index that names it says."""
    if seen is None or entry.changed is None or entry.changed != seen.listed:
        return False
    return seen.outcome in _HAD and seen.payload_sha256 is not None


def list_turn(entry: Entry, seen: Seen | None) -> datetime:
    """Return by what the lists of an index are ordered, which are more than a run asks for.

    What it says has changed comes first, as it orders them; of those of which it says nothing
    (none has a lastmod) the one that was asked for longest ago: so each has its turn.
    """
    if seen is None or entry.changed is not None:
        return datetime.min.replace(tzinfo=UTC)
    return seen.requested_at


def open_ask(outlet: Outlet, seen: Seen) -> Ask:
    """Return how to ask again for a page that no list need name."""
    return _ask(outlet, "page", seen.url, seen, seen.listed)


def _ask(outlet: Outlet, what: What, url: str, seen: Seen | None, listed: str | None = None) -> Ask:
    """Return how to ask for an address, with the validators of the last time."""
    known = (seen.etag, seen.last_modified, seen.payload_sha256) if seen else (None, None, None)
    return Ask(outlet.id, what, url, outlet.private_network, *known, listed)


def _is_due(entry: Entry, seen: Seen, now: datetime) -> bool:
    if is_early(entry, seen, now):
        return False
    if entry.changed is not None and entry.changed != seen.listed:
        return True
    if seen.outcome == "failed":
        return _may_be_tried(seen, now)
    # What robots.txt did not allow may be allowed another day; what was refused stays so.
    return seen.outcome == "disallowed" and now - seen.requested_at >= timedelta(hours=24)


def _is_open(seen: Seen, recheck_hours: int, now: datetime) -> bool:
    if seen.outcome == "failed":
        return _may_be_tried(seen, now)
    if not recheck_hours or seen.outcome not in _HAD or seen.had != 1 or seen.had_at is None:
        return False
    age = now - seen.had_at
    return timedelta(hours=recheck_hours) <= age <= timedelta(hours=recheck_hours) + _LATE


def _may_be_tried(seen: Seen, now: datetime) -> bool:
    return now - seen.requested_at >= RETRY_AFTER and now - seen.first_at < GIVE_UP_AFTER


def _window(outlets: Sequence[Outlet]) -> timedelta:
    """Return how far back what is open may have been asked for."""
    hours = max((outlet.recheck_hours for outlet in outlets), default=0)
    return max(GIVE_UP_AFTER + _LATE, timedelta(hours=2 * hours + 48))


def _seen(fetch: Fetch) -> Seen:
    had = fetch.outcome in _HAD
    return Seen(
        fetch.source_id, fetch.url, fetch.outcome, fetch.requested_at, fetch.etag,
        fetch.last_modified, fetch.payload_sha256, fetch.listed, fetch.requested_at, int(had),
        fetch.requested_at if had else None,
    )  # fmt: skip


def _joined(one: Seen | None, other: Seen) -> Seen:
    if one is None:
        return other
    before, last = sorted((one, other), key=lambda seen: seen.requested_at)
    had_at = min((s.had_at for s in (one, other) if s.had_at), default=None)
    is_anew = before.outcome in _HAD or last.outcome in _HAD
    first_at = last.first_at if is_anew else min(one.first_at, other.first_at)
    return last._replace(first_at=first_at, had=one.had + other.had, had_at=had_at)
