"""Crawls that fail in part, overtake one another, or come back to what they had: nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from flows.fetch.crawl import Crawl, CrawlOrder, crawl
from flows.progress import Silent
from flows.run import Steps, run_pipeline
from flows.settings import load_settings
from tests.news_sites import FETCH, Sites, configured, news_sites
from tests.run_pages import ask, page_text
from warehouse.home import Home

OUTLETS, STORIES = 3, 3


@pytest.fixture
def sites() -> Iterator[Sites]:
    with news_sites(OUTLETS, STORIES) as sites:
        yield sites


def test_who_finds_its_source_taken_has_not_failed(sites: Sites, tmp_path: Path) -> None:
    from flows.fetch.journal import fetching

    settings = configured(tmp_path, sites)
    with ExitStack() as stack:
        for outlet in sites.outlets:
            stack.enter_context(fetching(settings.home, outlet.id))
        outcome = run_pipeline(settings)
    assert (outcome.run.state, outcome.exit_code) == ("nothing_new", 0)


def test_a_journal_that_another_run_has_read_is_no_failure(sites: Sites, tmp_path: Path) -> None:
    settings = configured(tmp_path, sites)

    def overtaken(order: CrawlOrder) -> Crawl:
        found = crawl(order)
        assert run_pipeline(settings).run.pages_published == OUTLETS * STORIES
        return found

    outcome = run_pipeline(settings, steps=Steps(fetch=overtaken))
    assert (outcome.run.state, outcome.exit_code) == ("nothing_new", 0)
    (counts,) = ask(settings.home, "SELECT count(*), count(DISTINCT fetch_id) FROM fetches")
    assert counts[0] == counts[1]


def test_a_journal_that_is_being_written_is_left_to_its_writer(
    sites: Sites, tmp_path: Path
) -> None:
    from flows.fetch.journal import fetching

    settings = configured(tmp_path, sites)

    def broken(order: CrawlOrder) -> Crawl:
        raise RuntimeError("the network of this test")

    with fetching(settings.home, "outlet-01"):
        journal = Home.at(settings.home).landing / "outlet-01" / "others.jsonl"
        journal.write_text("", "utf-8")
        run_pipeline(settings, steps=Steps(fetch=broken))
        assert journal.exists()


def test_what_was_fetched_of_a_source_that_is_disabled_now_is_told(
    sites: Sites, tmp_path: Path
) -> None:
    class Ears(Silent):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[str] = []

        def note(self, text: str) -> None:
            self.heard.append(text)

    settings = configured(tmp_path, sites)
    waits = Home.at(settings.home).landing / "outlet-01" / "run.jsonl"
    waits.parent.mkdir(parents=True)
    waits.write_text("", "utf-8")
    disabled = settings.sources[0].model_copy(update={"enabled": False})
    sources = (disabled, *settings.sources[1:])
    ears = Ears()
    run_pipeline(settings.model_copy(update={"sources": sources}), watch=ears)
    assert [each for each in ears.heard if "landing/outlet-01" in each]
    assert waits.exists()


def test_a_disk_without_room_ends_the_crawl_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.fetch.journal._BYTES_TOGETHER", 1)
    monkeypatch.setattr("flows.fetch.journal.RESERVE_BYTES", 10**18)
    with news_sites(1, 6) as sites:
        settings = configured(tmp_path, sites)
        with pytest.raises(OSError, match="no room for what is fetched"):
            crawl(CrawlOrder(settings.sources, settings, "run", Silent()))
        assert len(sites.asked("/news/")) <= 2, "no more is asked for, since nothing can be kept"
    assert not list(settings.home.rglob("*.zst"))


def test_one_list_of_two_that_fails_is_no_failed_run(tmp_path: Path) -> None:
    with news_sites(1, STORIES) as sites:
        (outlet,) = sites.outlets
        two = f'["{outlet.site}/rss.xml", "{outlet.site}/gone.xml"]'
        config = tmp_path / "khabar.toml"
        entry = outlet.toml().replace(f'"{outlet.site}/rss.xml"', two)
        config.write_text(FETCH + entry, "utf-8")
        settings = load_settings(home=tmp_path / "home", config=config, workers=2)
        run_pipeline(settings)
        outcome = run_pipeline(settings)
    assert (outcome.run.state, outcome.exit_code) == ("nothing_new", 0)
    assert "gone.xml" in (outcome.fetched[0].problem or "")
    health = ask(settings.home, "SELECT state, last_error FROM source_health")
    assert health == [("partly", f"{outlet.site}/gone.xml: HTTP 404")]


@pytest.mark.parametrize("lastmod", ["", "<lastmod>2025-06-01</lastmod>"])
def test_every_sitemap_of_an_index_has_its_turn(
    lastmod: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five that one index names a run asks for two, the next for others; one fails at first."""
    monkeypatch.setattr("flows.fetch.crawl._MAX_LISTS", 2)
    answers = dict.fromkeys("abcde", 200) | {"a": 503}

    async def sitemap(request: web.Request) -> web.Response:
        name = request.path[1]
        return web.Response(
            status=answers[name], text=f"<urlset><url><loc>/news/{name}</loc></url></urlset>",
            headers={"etag": f'"{name}"'},
        )  # fmt: skip

    async def index(request: web.Request) -> web.Response:
        named = "".join(f"<sitemap><loc>/{n}.xml</loc>{lastmod}</sitemap>" for n in answers)
        return web.Response(text=f"<sitemapindex>{named}</sitemapindex>")

    with news_sites(1, 1) as sites:
        (outlet,) = sites.outlets
        outlet.handlers["/sitemap.xml"] = index
        outlet.handlers |= {f"/{name}.xml": sitemap for name in answers}
        settings = configured(tmp_path, sites)
        source = settings.sources[0].model_copy(
            update={"kind": "sitemap", "address": (f"{outlet.site}/sitemap.xml",)}
        )
        asked = []
        for run in "123":
            sites.forget()
            crawl(CrawlOrder([source], settings, run, Silent()))
            asked.append("".join(sorted(p[1] for _, p, _ in sites.requests if p[2:] == ".xml")))
            answers["a"] = 200
    assert asked == (["ab", "ac", "de"] if lastmod else ["ab", "cd", "ae"])


def test_a_list_that_could_not_be_read_is_got_again(tmp_path: Path) -> None:
    """Its validators are not kept: unchanged it would count as well, and its pages were lost."""

    async def no_feed(request: web.Request) -> web.Response:
        if request.headers.get("if-none-match"):
            return web.Response(status=304)
        return web.Response(text="<html>soon</html>", headers={"etag": '"1"'})

    with news_sites(1, STORIES) as sites:
        sites.outlets[0].handlers["/rss.xml"] = no_feed
        settings = configured(tmp_path, sites)
        for _ in range(2):
            outcome = run_pipeline(settings)
            assert outcome.run.state == "failed"
            assert "no feed" in (outcome.run.message or "")
    assert ask(settings.home, "SELECT state FROM source_health") == [("failing",)]


@pytest.mark.parametrize("later", ["failed", "again"])
def test_what_a_list_said_is_kept_for_later(
    later: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that fails first, or is looked at again once its feed has dropped it, keeps its date."""
    with news_sites(1, 2, first=70) as sites:
        (outlet,) = sites.outlets
        page = outlet.pages["/news/0"]
        text = page_text(3).splitlines()
        paragraphs = "".join(f"<p>{line}</p>" for line in text[2:5])
        page.markup = f"<html><body><h1>{text[0]}</h1><article>{paragraphs}</article></body></html>"

        async def down(request: web.Request) -> web.Response:
            return web.Response(status=500)

        if later == "failed":
            outlet.handlers["/news/0"] = down
        settings = configured(tmp_path, sites)
        run_pipeline(settings)
        outlet.handlers.clear()
        if later == "again":

            async def rss(request: web.Request) -> web.Response:
                return web.Response(text=feed)

            page.markup = page.markup.replace("</body>", "<div class=ad></div></body>")
            feed = outlet.rss().replace("/news/0", "/news/1")
            outlet.handlers["/rss.xml"] = rss
        hours = timedelta(hours=1 if later == "failed" else 26)
        monkeypatch.setattr("flows.fetch.crawl.now", lambda: datetime.now(UTC) + hours)
        run_pipeline(settings)
    rules = ask(
        settings.home,
        "SELECT published_rule FROM articles JOIN pages AS p USING (page_id) "
        f"WHERE p.url = '{outlet.site}/news/0'",
    )
    assert [str(rule)[:15] for (rule,) in rules] == ["given.published"]
    assert ask(settings.home, "SELECT * FROM versions") == []


def test_a_source_whose_list_lies_in_a_file_has_its_health_told(tmp_path: Path) -> None:
    with news_sites(1, STORIES) as sites:
        (outlet,) = sites.outlets
        for name, path in (("well", "/news/0"), ("gone", "/nowhere")):
            (tmp_path / f"{name}.txt").write_text(f"{outlet.site}{path}\n", "utf-8")
        entries = (
            f'[[sources]]\nid = "{name}"\nkind = "urls"\npath = "{name}.txt"\n'
            "private_network = true\n"
            for name in ("well", "gone")
        )
        config = tmp_path / "khabar.toml"
        config.write_text(FETCH + "".join(entries), "utf-8")
        settings = load_settings(home=tmp_path / "home", config=config, workers=2)
        run_pipeline(settings)
    health = ask(settings.home, "SELECT source_id, state, last_error FROM source_health ORDER BY 1")
    why = f"{outlet.site}/nowhere: HTTP 404"
    assert health == [("gone", "failing", why), ("well", "well", None)]
