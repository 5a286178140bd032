"""Sources on the web, from real servers on loopback into tables: once, and then what is new."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from flows.fetch import due
from flows.outcome import Outcome
from flows.run import Steps, run_pipeline
from flows.summary import account_lines
from tests.news_sites import Sites, configured, news_sites
from tests.run_pages import ask, page_text
from warehouse.home import Home
from warehouse.raw import Raw

#: Every run has a batch an outlet: the twelve are for the test that needs so many.
MANY, OUTLETS, STORIES = 12, 3, 3


@pytest.fixture
def many_sites() -> Iterator[Sites]:
    with news_sites(MANY, STORIES, first=100) as sites:
        yield sites


@pytest.fixture
def sites() -> Iterator[Sites]:
    with news_sites(OUTLETS, STORIES) as sites:
        yield sites


def fetched(outcome: Outcome, name: str = "fetched") -> int:
    return sum(getattr(each, name) for each in outcome.fetched)


def article_rows(home: Path) -> list[tuple[object, ...]]:
    return ask(home, "SELECT article_id, title, body FROM articles ORDER BY ALL")


def test_three_runs_over_twelve_outlets(
    many_sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = many_sites
    settings = configured(tmp_path, sites)
    first = run_pipeline(settings)
    pages = MANY * STORIES
    assert (first.run.state, first.exit_code) == ("published", 0)
    assert first.run.pages_landed == first.run.pages_published == pages == fetched(first)
    assert all(path != 2 for path in sites.asked("/news/").values())
    assert len(sites.asked("/robots.txt")) == MANY
    assert len(article_rows(settings.home)) == pages
    assert not list(Home.at(settings.home).landing.glob("*/*.jsonl")), "what is read is removed"

    sites.forget()
    second = run_pipeline(settings)
    assert second.run.state == "nothing_new"
    assert second.exit_code == 0
    assert sites.asked("/news/") == {}, "nothing is new, so no page is asked for"
    assert sum(sites.asked().values()) == MANY, "one list an outlet, and no robots.txt again"
    assert "no page of the sources is new" in " ".join(account_lines(second))

    sites.forget()
    outlet = sites.outlets[0]
    before = dict(ask(settings.home, "SELECT article_id, body FROM articles"))
    title = outlet.pages["/news/0"].title
    outlet.change_body("/news/0", title, f"{title} (معدّل)")
    outlet.change_advert("/news/1", 7)
    made = sites.outlets[1].pages["/news/0"]
    outlet.pages["/news/new"] = type(made)(
        "/news/new", made.title, made.markup, made.published, made.changed
    )
    mapped = sites.outlets[1]
    mapped.change_advert("/news/2", 8)
    third = run_pipeline(settings)
    assert third.run.state == "published"
    assert set(sites.asked("/news/")) == {
        *((outlet.id, path) for path in ("/news/0", "/news/1", "/news/new")),
        (mapped.id, "/news/2"),
    }
    after = dict(ask(settings.home, "SELECT article_id, body FROM articles"))
    assert set(before) <= set(after), "a changed page is the same article"
    assert len(after) == pages + 1
    changed = ask(
        settings.home,
        f"SELECT title FROM articles JOIN pages AS p USING (page_id) WHERE p.url = '{outlet.site}/news/0'",
    )
    assert changed == [(f"{title} (معدّل)",)]
    kept = ask(settings.home, "SELECT title FROM versions")
    assert kept == [(title,)], "the older version is kept; a changed advert makes none"

    sites.forget()
    hours = timedelta(hours=26)
    monkeypatch.setattr("flows.fetch.crawl.now", lambda: datetime.now(UTC) + hours)
    run_pipeline(settings)
    again = sites.asked("/news/")
    assert len(again) == pages + 1 - 3, (
        "a day later each is looked at once more; three were already"
    )
    statuses = [status for _, path, status in sites.requests if path.startswith("/news/")]
    assert set(statuses) == {304}


def test_what_a_list_says_stands_in_for_what_a_page_lacks(tmp_path: Path) -> None:
    with news_sites(1, 2, first=70) as sites:
        (outlet,) = sites.outlets
        bare = outlet.pages["/news/0"]
        text = page_text(3).splitlines()
        paragraphs = "".join(f"<p>{line}</p>" for line in text[2:5])
        bare.markup = f"<html><body><h1>{text[0]}</h1><article>{paragraphs}</article></body></html>"
        settings = configured(tmp_path, sites)
        run_pipeline(settings)
    dated = dict(
        ask(
            settings.home,
            "SELECT p.url, a.published_rule FROM articles AS a JOIN pages AS p USING (page_id)",
        )
    )
    assert dated[f"{outlet.site}/news/0"].startswith("given.published")
    assert not dated[f"{outlet.site}/news/1"].startswith("given."), "a page is believed first"


def test_one_source_that_fails_stops_no_other(sites: Sites, tmp_path: Path) -> None:
    async def down(request: web.Request) -> web.Response:
        return web.Response(status=503, headers={"retry-after": "3600"})

    async def no_list(request: web.Request) -> web.Response:
        return web.Response(text="<html>x</html>", content_type="text/html")

    sites.outlets[0].handlers["/rss.xml"] = down
    sites.outlets[1].handlers["/sitemap.xml"] = no_list
    settings = configured(tmp_path, sites)
    outcome = run_pipeline(settings)
    assert (outcome.run.state, outcome.exit_code) == ("published", 0)
    assert fetched(outcome) == (OUTLETS - 2) * STORIES
    problems = {each.source_id: each.problem for each in outcome.fetched if each.problem}
    assert set(problems) == {"outlet-01", "outlet-02"}
    assert "HTTP 503" in problems["outlet-01"]
    assert "no sitemap" in problems["outlet-02"]
    told = " ".join(account_lines(outcome))
    assert "3 sources asked, 2 of them with problems" in told
    health = {
        row[0]: row[1:]
        for row in ask(
            settings.home,
            "SELECT source_id, state, last_success IS NULL, last_error FROM source_health",
        )
    }
    assert health["outlet-01"][:2] == ("failing", True)
    assert "503" in str(health["outlet-01"][2])
    assert health["outlet-03"] == ("well", False, None)


def test_all_sources_that_fail_are_a_failed_run(sites: Sites, tmp_path: Path) -> None:
    for outlet in sites.outlets:
        outlet.robots = "User-agent: *\nDisallow: /\n"
    outcome = run_pipeline(configured(tmp_path, sites))
    assert (outcome.run.state, outcome.exit_code) == ("failed", 1)
    assert "none of 3 sources could be fetched" in outcome.headline


def test_pages_that_are_not_had_are_refused_and_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(request: web.Request) -> web.Response:
        return web.Response(status=500)

    async def picture(request: web.Request) -> web.Response:
        return web.Response(body=b"\x89PNG\r\n\x1a\n", content_type="image/png")

    with news_sites(1, 6, first=40) as sites:
        (outlet,) = sites.outlets
        outlet.robots = "User-agent: *\nDisallow: /news/3\n"
        outlet.handlers |= {"/news/1": down, "/news/2": picture}
        settings = configured(tmp_path, sites)
        first = run_pipeline(settings)
        assert first.run.pages_landed == 5
        assert (first.run.pages_published, first.run.pages_quarantined) == (3, 2)
        assert fetched(first, "disallowed") == 1
        rules = ask(settings.home, "SELECT rule, url FROM quarantine ORDER BY rule")
        assert rules == [
            ("fetch.media-type", f"{outlet.site}/news/2"),
            ("fetch.status", f"{outlet.site}/news/1"),
        ]
        outlet.handlers.clear()
        sites.forget()
        run_pipeline(settings)
        assert sites.asked("/news/") == {}, "a failure is not followed by the next at once"
        monkeypatch.setattr(due, "RETRY_AFTER", timedelta(0))
        second = run_pipeline(settings)
        assert set(sites.asked("/news/")) == {(outlet.id, "/news/1")}, "a picture stays a picture"
        assert second.run.pages_published == 1
        states = ask(settings.home, "SELECT rule, state FROM quarantine ORDER BY rule")
        assert states == [("fetch.media-type", "quarantined"), ("fetch.status", "released")]


def test_a_site_that_refuses_everything_holds_no_batch(tmp_path: Path) -> None:
    """Sixty failures are the site's, and must not stop the pages that come tomorrow."""

    async def forbidden(request: web.Request) -> web.Response:
        return web.Response(status=403)

    with news_sites(1, 7, first=50) as sites:
        (outlet,) = sites.outlets
        page = outlet.pages["/news/0"]
        for number in range(100, 165):
            outlet.pages[f"/no/{number}"] = type(page)(
                f"/no/{number}", "x", "x", page.published, page.changed
            )
            outlet.handlers[f"/no/{number}"] = forbidden
        outcome = run_pipeline(configured(tmp_path, sites))
    assert (outcome.run.state, outcome.run.pages_published) == ("published", 7)
    assert (outcome.run.pages_quarantined, outcome.run.pages_held) == (65, 0)


def test_what_was_fetched_before_a_crash_is_not_fetched_again(sites: Sites, tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Killed

    settings = configured(tmp_path, sites)
    with pytest.raises(Killed):
        run_pipeline(settings, steps=Steps(ingest=dies))  # type: ignore[arg-type]
    journals = list(Home.at(settings.home).landing.glob("*/*.jsonl"))
    assert len(journals) == OUTLETS
    with journals[0].open("a", encoding="utf-8") as torn:
        torn.write('{"fetch": {"fetch_id": "ab')
    sites.forget()
    outcome = run_pipeline(settings)
    assert sites.asked("/news/") == {}
    assert outcome.run.pages_published == OUTLETS * STORIES
    assert ask(settings.home, "SELECT count(*) FROM fetches WHERE what = 'page'") == [
        (OUTLETS * STORIES,)
    ]


def test_a_held_batch_keeps_its_journal(sites: Sites, tmp_path: Path) -> None:
    settings = configured(tmp_path, sites)

    def fails(*_: object) -> None:
        raise OSError("the disk of this test")

    outcome = run_pipeline(settings, steps=Steps(clean=fails))  # type: ignore[arg-type]
    assert outcome.run.state == "held"
    assert len(list(Home.at(settings.home).landing.glob("*/*.jsonl"))) == OUTLETS
    sites.forget()
    outcome = run_pipeline(settings)
    assert outcome.run.pages_published == OUTLETS * STORIES
    assert sites.asked("/news/") == {}
    assert not list(Home.at(settings.home).landing.glob("*/*.jsonl"))


def test_lost_bytes_are_said_to_be_lost_and_fetched_again(
    sites: Sites, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = configured(tmp_path, sites)

    def fails(*_: object) -> None:
        raise OSError("the disk of this test")

    run_pipeline(settings, steps=Steps(clean=fails))  # type: ignore[arg-type]
    journal = sorted(Home.at(settings.home).landing.glob("*/*.jsonl"))[0]
    rows = [json.loads(line)["fetch"] for line in journal.read_text("utf-8").splitlines()]
    lost = next(row["payload_sha256"] for row in rows if row["what"] == "page")
    Raw(settings.home).remove([lost])
    outcome = run_pipeline(settings)
    assert outcome.run.pages_published == OUTLETS * STORIES - 1
    quarantine = "SELECT DISTINCT rule, state FROM quarantine"
    assert ask(settings.home, quarantine) == [("ingest.raw-lost", "quarantined")]
    monkeypatch.setattr(due, "RETRY_AFTER", timedelta(0))
    assert run_pipeline(settings).run.pages_published == 1
    assert ask(settings.home, quarantine) == [("ingest.raw-lost", "released")]


def test_more_pages_than_a_run_may_take_are_taken_by_the_next(sites: Sites, tmp_path: Path) -> None:
    settings = configured(tmp_path, sites, max_pages="2")
    first = run_pipeline(settings)
    assert (fetched(first), fetched(first, "left")) == (2 * OUTLETS, OUTLETS)
    second = run_pipeline(settings)
    assert (fetched(second), fetched(second, "left")) == (OUTLETS, 0)
    assert len(article_rows(settings.home)) == OUTLETS * STORIES


def test_a_crawl_ends_when_its_time_is_over(sites: Sites, tmp_path: Path) -> None:
    settings = configured(tmp_path, sites)
    slow = settings.fetch.model_copy(update={"delay_seconds": 4.0, "minutes": 0.2})
    outcome = run_pipeline(settings.model_copy(update={"fetch": slow}))
    assert fetched(outcome) < OUTLETS * STORIES
    assert fetched(outcome) + fetched(outcome, "left") == OUTLETS * STORIES
    done = run_pipeline(settings)
    assert len(article_rows(settings.home)) == OUTLETS * STORIES
    assert fetched(done) == fetched(outcome, "left")


def test_without_a_contact_nothing_is_asked(sites: Sites, tmp_path: Path) -> None:
    from flows.settings import UsageError

    settings = configured(tmp_path, sites)
    nobody = settings.fetch.model_copy(update={"contact": None})
    with pytest.raises(UsageError, match="contact"):
        run_pipeline(settings.model_copy(update={"fetch": nobody}))
    assert sites.requests == []


def test_a_source_is_fetched_by_one_run_at_a_time(sites: Sites, tmp_path: Path) -> None:
    from flows.fetch.journal import fetching

    settings = configured(tmp_path, sites)
    with fetching(settings.home, "outlet-01") as held:
        assert held
        outcome = run_pipeline(settings)
    busy = next(each for each in outcome.fetched if each.source_id == "outlet-01")
    assert busy.problem == "another run is fetching it"
    assert outcome.run.pages_published == (OUTLETS - 1) * STORIES


def test_what_was_forgotten_is_not_asked_for_again(tmp_path: Path) -> None:
    from flows.commands.forget import run as forget

    with news_sites(1, 3, first=130) as sites:
        (outlet,) = sites.outlets

        async def onward(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"location": "/news/1"})

        page = outlet.pages["/news/0"]
        outlet.pages["/short"] = type(page)("/short", "x", "x", page.published, page.changed)
        outlet.handlers["/short"] = onward
        settings = configured(tmp_path, sites)
        run_pipeline(settings)
        url = f"{outlet.site}/news/1"
        led = "SELECT url, final_url FROM fetches WHERE url LIKE '%/short'"
        assert ask(settings.home, led) == [(f"{outlet.site}/short", url)]
        assert forget([url], reason=None, dry_run=False, yes=True, listed=False, as_json=False, home=settings.home, config=settings.config_file) == 0  # fmt: skip
        assert url not in str(ask(settings.home, "SELECT url, final_url FROM fetches"))
        sites.forget()
        outlet.change_advert("/news/0", 1)
        outlet.pages["/news/1"].changed += timedelta(hours=1)
        outcome = run_pipeline(settings)
    assert set(sites.asked()) == {(outlet.id, "/news/0"), (outlet.id, "/rss.xml")}
    assert outcome.run.pages_published == 1
    assert ask(settings.home, led) == [(f"{outlet.site}/short", None)]
    assert ask(settings.home, f"SELECT count(*) FROM pages WHERE url = '{url}'") == [(0,)]
    everything = [path for path in settings.home.rglob("*") if path.is_file()]
    assert not [path for path in everything if url.encode() in path.read_bytes()]


def test_a_warc_of_the_sites_gives_the_same_articles(sites: Sites, tmp_path: Path) -> None:
    """wget crawls the same server into a WARC; what is read from it is what a crawl published."""
    settings = configured(tmp_path, sites)
    run_pipeline(settings)
    crawled = ask(settings.home, "SELECT title, body, url, published_at FROM articles ORDER BY ALL")
    home = tmp_path / "archived"
    for outlet in sites.outlets:
        warc = tmp_path / "warcs" / outlet.id
        warc.parent.mkdir(exist_ok=True)
        urls = tmp_path / "urls.txt"
        urls.write_text("".join(f"{outlet.site}{path}\n" for path in outlet.pages), "utf-8")
        done = subprocess.run(
            ["wget", "-q", "-i", str(urls), "--warc-file", str(warc), "-O", str(tmp_path / "out")],
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        read = settings.model_copy(update={"home": home})
        outcome = run_pipeline(read, [warc.with_suffix(".warc.gz")], outlet.id)
        assert (outcome.run.state, outcome.run.pages_published) == ("published", STORIES)
    archived = ask(home, "SELECT title, body, url, published_at FROM articles ORDER BY ALL")
    assert archived == crawled
    ids = "SELECT article_id FROM articles ORDER BY 1"
    assert ask(home, ids) == ask(settings.home, ids)
