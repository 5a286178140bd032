"""What a crawl asks for: new, changed, once more after a day, again after a failure. Nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.fetch.answers import Answer, Ask, Content
from flows.fetch.due import Known, is_early, list_ask, page_ask
from flows.fetch.journal import Journal
from flows.outlet import Outlet
from flows.sources.listing import Entry, Listed, read_listing
from warehouse.seen import Seen

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
URL = "https://naba.example/1"
OUTLET = Outlet(id="naba", kind="feed", address=("https://naba.example/rss.xml",))


def seen(outcome: str = "fetched", hours: float = 1, **more: object) -> Seen:
    moment = NOW - timedelta(hours=hours)
    had = int(outcome in ("fetched", "unchanged"))
    made = Seen("naba", URL, outcome, moment, '"1"', None, "a" * 64, None, moment, had, moment if had else None)  # fmt: skip
    return made._replace(**more)


def ask(entry: Entry, before: Seen | None) -> Ask | None:
    return page_ask(OUTLET, entry, before, NOW)


def test_a_new_page_is_asked_for_without_conditions() -> None:
    assert ask(Entry(URL, changed="x"), None) == Ask("naba", "page", URL, False, listed="x")


@pytest.mark.parametrize("outcome", ["fetched", "unchanged", "refused"])
def test_what_was_answered_is_not_asked_for_again(outcome: str) -> None:
    assert ask(Entry(URL), seen(outcome)) is None
    assert ask(Entry(URL, changed="x"), seen(outcome, listed="x")) is None


@pytest.mark.parametrize("outcome", ["fetched", "refused", "failed", "disallowed"])
def test_what_changed_is_asked_for_with_its_validators(outcome: str) -> None:
    due = ask(Entry(URL, changed="y"), seen(outcome, hours=0, listed="x"))
    assert due == Ask("naba", "page", URL, False, '"1"', None, "a" * 64, "y")


@pytest.mark.parametrize(("minutes", "due"), [(5, False), (30, True)])
def test_a_failure_is_left_alone_for_a_while(minutes: int, due: bool) -> None:
    assert (ask(Entry(URL), seen("failed", hours=minutes / 60)) is not None) is due


def test_what_fails_for_days_is_given_up() -> None:
    old = seen("failed", hours=1, first_at=NOW - timedelta(hours=80))
    assert ask(Entry(URL), old) is None
    assert ask(Entry(URL, changed="new"), old) is not None


@pytest.mark.parametrize(
    ("age", "last", "had", "early"),
    [(1, 1, 1, False), (1, 0.1, 2, True), (1, 0.3, 2, False), (48, 8, 3, True), (48, 12, 3, False)],
)
def test_a_feed_that_calls_everything_changed_is_not_believed_too_often(
    age: float, last: float, had: int, early: bool
) -> None:
    before = seen(hours=last, listed="x", had=had, had_at=NOW - timedelta(hours=age))
    entry = Entry(URL, changed="y")
    assert is_early(entry, before, NOW) is early
    assert (ask(entry, before) is None) is early
    assert not is_early(Entry(URL, changed="x"), before, NOW)
    assert not is_early(entry, None, NOW)


@pytest.mark.parametrize(("hours", "due"), [(2, False), (25, True)])
def test_what_robots_txt_did_not_allow_may_be_allowed_tomorrow(hours: int, due: bool) -> None:
    assert (ask(Entry(URL), seen("disallowed", hours)) is not None) is due


def test_a_sitemap_is_asked_for_whole_what_it_names_with_validators() -> None:
    sitemap = Outlet(id="naba", kind="sitemap", address=(URL,))
    assert list_ask(sitemap, Entry(URL), seen()).etag is None
    assert list_ask(sitemap, Entry("https://naba.example/2.xml"), seen()).etag == '"1"'
    assert list_ask(OUTLET, Entry(OUTLET.address[0]), seen()).etag == '"1"'


def landed(home: Path, outcome: str, *moments: datetime) -> Known:
    """Return what is known after one request at each moment, in journals that wait."""
    with Journal(home, "naba", "run") as journal:
        for moment in moments:
            content = Content(200, URL, "text/html", None, '"1"', None, moment.isoformat().encode())
            journal.add(
                Answer(Ask("naba", "page", URL), outcome, moment, 0.1, 1, content, "b" * 64)
            )  # type: ignore[arg-type]
    return Known(home, [OUTLET])


@pytest.mark.parametrize(
    ("ages", "due"),
    [([1], False), ([25], True), ([47], True), ([49], False), ([50, 25], False), ([300, 25], False)],
)  # fmt: skip
def test_a_page_is_looked_at_once_more_after_a_day(
    ages: list[int], due: bool, tmp_path: Path
) -> None:
    known = landed(tmp_path, "fetched", *(NOW - timedelta(hours=age) for age in ages))
    assert bool(known.open([OUTLET], NOW)) is due
    never = OUTLET.model_copy(update={"recheck_hours": 0})
    assert known.open([never], NOW) == []
    known.close()


def test_a_failed_page_is_open_without_a_list(tmp_path: Path) -> None:
    known = landed(tmp_path, "failed", NOW - timedelta(hours=3))
    (open_page,) = known.open([OUTLET], NOW)
    assert (open_page.url, open_page.outcome) == (URL, "failed")
    known.close()


def test_lists_wait_packed_for_being_read() -> None:
    """Forty lists of 50 MB that came as 50 KB each are not 2 GB of memory."""
    text = f"{URL}\n".encode() + bytes(5_000_000)
    content = Content(200, URL, "text/plain", None, None, None, text)
    packed = Answer(Ask("naba", "listing", URL), "fetched", NOW, 0.1, 1, content).packed()
    assert packed.content is not None
    assert len(packed.content.payload) < 100_000
    assert packed.row().payload_bytes == len(text)
    listing = read_listing(Listed("urls", URL, packed.content.payload, None, packed=True))
    assert listing.entries[0].url == URL


def test_what_fails_after_it_was_had_is_given_its_days(tmp_path: Path) -> None:
    """The days count from the failure: a page of last month may be corrected, and fail, today."""
    landed(tmp_path, "fetched", NOW - timedelta(hours=90)).close()
    with Journal(tmp_path, "naba", "run2") as journal:
        for hours in (3, 1):
            failed = Answer(
                Ask("naba", "page", URL), "failed", NOW - timedelta(hours=hours), 0.1, 1
            )
            journal.add(failed)
    known = Known(tmp_path, [OUTLET])
    (open_page,) = known.open([OUTLET], NOW)
    assert open_page.first_at == NOW - timedelta(hours=3)
    known.close()


def test_a_journal_keeps_what_a_list_said(tmp_path: Path) -> None:
    from flows.fetch.journal import journals, read_journal
    from flows.sources.landed import read_landed
    from transforms.ingest.record import Given
    from warehouse.raw import Raw

    payload = "<p>نص</p>".encode()
    content = Content(200, URL + "?to", "text/html", "utf-8", None, None, payload)
    with Journal(tmp_path, "naba", "run") as journal:
        from transforms.ingest.land import page_id_of
        from warehouse.tables.identity import sha256_hex

        journal.add(
            Answer(Ask("naba", "page", URL), "fetched", NOW, 0.1, 1, content, sha256_hex(payload), final_url=URL + "?to"),
            Given(title="عنوان", published="الثلاثاء 3 جوان 2025"),
        )  # fmt: skip
    (path,) = journals(tmp_path, "naba")
    (line,) = read_journal(path)
    assert line.fetch.requested_at == NOW
    (record,) = read_landed(path, Raw(tmp_path))
    assert (record.payload, record.url, record.locator) == (payload, URL + "?to", URL)
    assert record.given == Given(title="عنوان", published="الثلاثاء 3 جوان 2025")
    assert record.fetched_at == NOW
    assert page_id_of(record) == page_id_of(record._replace(given=None, locator="x"))
