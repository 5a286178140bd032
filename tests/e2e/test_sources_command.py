"""`khabar sources` as a user has it: a site's feed found, tried, and listed."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aiohttp import web

from flows.settings import load_settings
from tests import in_process
from tests.news_sites import Handler, Sites, news_sites

CONFIG = '# mine\n[fetch]\ncontact = "tests@khabar.example" # me\ndelay_seconds = 0\ntries = 1\n'


@pytest.fixture
def sites() -> Iterator[Sites]:
    with news_sites(2, 2, first=150) as sites:
        yield sites


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "khabar.toml").write_text(CONFIG, "utf-8")
    return tmp_path


def khabar(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return in_process.khabar(*args, cwd=folder)


def front_page(markup: str) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=markup, content_type="text/html")

    return answer


def test_a_site_is_added_tried_and_listed(sites: Sites, folder: Path) -> None:
    site = sites.outlets[0]
    site.handlers["/"] = front_page(
        '<title>شبكة "النبأ" | الرئيسية</title>'
        '<link rel="alternate" type="application/rss+xml" href="http://[no">'
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    )
    added = khabar(folder, "sources", "add", site.site, "--id", "naba", "--country", "tn", "--private-network")  # fmt: skip
    assert added.returncode == 0, added.stderr
    text = (folder / "khabar.toml").read_text("utf-8")
    assert text.startswith(CONFIG), "what stood there stays, with its comments"
    (entry,) = tomllib.loads(text)["sources"]
    assert entry == {
        "id": "naba", "name_ar": 'شبكة "النبأ"', "country": "TN", "kind": "feed",
        "address": f"{site.site}/rss.xml", "private_network": True,
    }  # fmt: skip
    checked = khabar(folder, "sources", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2 pages named by" in checked.stdout
    assert site.pages["/news/1"].title in checked.stdout
    assert not (folder / "data").exists(), "a check keeps nothing"
    listed = khabar(folder, "sources", "list")
    assert "naba  feed, group main, not asked yet" in listed.stdout
    again = khabar(folder, "sources", "add", site.site, "--id", "naba", "--private-network")
    assert again.returncode == 2
    assert "has a source naba already" in again.stderr


@pytest.mark.parametrize(
    ("front", "robots", "kind", "place"),
    [
        ("<title>Madar</title>", "Sitemap: {site}/sitemap.xml\n", "sitemap", "/sitemap.xml"),
        ("<title>Madar</title>", "", "feed", "/rss.xml"),
        ("", "", "feed", "/rss.xml"),
    ],
)
def test_what_a_site_does_not_announce_is_looked_for(
    front: str, robots: str, kind: str, place: str, sites: Sites, folder: Path
) -> None:
    site = sites.outlets[1]
    site.handlers["/"] = front_page(front)
    site.robots = robots.format(site=site.site)
    shown = khabar(folder, "sources", "add", f"{site.site}/", "--private-network", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert f'kind = "{kind}"\naddress = "{site.site}{place}"' in shown.stdout
    assert sites.asked("/robots.txt")[site.id, "/robots.txt"] == 2, "to follow it, and for sitemaps"
    assert (folder / "khabar.toml").read_text("utf-8") == CONFIG


def test_a_site_that_has_nothing_is_not_added(sites: Sites, folder: Path) -> None:
    site = sites.outlets[1]
    for path in ("/rss.xml", "/rss", "/feed", "/sitemap.xml"):
        site.handlers[path] = front_page("<html>x</html>")
    site.handlers["/"] = front_page("<html>x</html>")
    added = khabar(folder, "sources", "add", site.site, "--private-network")
    assert added.returncode == 1
    assert "no feed and no sitemap" in added.stderr
    private = khabar(folder, "sources", "add", site.site)
    assert private.returncode == 1
    assert "no public address (--private-network allows it)" in private.stderr
    assert (folder / "khabar.toml").read_text("utf-8") == CONFIG


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["add", "ftp://a.example"], "no address of a site"),
        (["add", "a.example", "--id", "A B", "--dry-run"], "no feed"),
        (["check", "nobody"], "no source on the web is called nobody"),
        (["check"], "no source on the web is enabled"),
    ],
)
def test_wrong_use_says_what_is_wrong(args: list[str], words: str, folder: Path) -> None:
    done = khabar(folder, "sources", *args)
    assert done.returncode in (1, 2)
    assert words in done.stderr


def told(done: subprocess.CompletedProcess[str], root: Path, name: str) -> list[dict[str, Any]]:
    """Return the printed objects, held against their published schema."""
    schema = json.loads((root / "docs" / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    objects: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    for each in objects:
        jsonschema.validate(each, schema)
    return objects


def test_a_source_that_gives_nothing_is_told(sites: Sites, folder: Path, root: Path) -> None:
    site = sites.outlets[0]
    site.robots = "User-agent: *\nDisallow: /news/\n"
    with (folder / "khabar.toml").open("a", encoding="utf-8") as config:
        config.write("\n" + site.toml() + sites.outlets[1].toml("sitemap"))
    done = khabar(folder, "sources", "check", "--json")
    assert done.returncode == 1
    first, second = told(done, root, "sources_check")
    assert (first["reads"], first["pages"]) == (False, 2)
    assert first["problem"].startswith("fetch.robots")
    assert (second["reads"], second["language"]) == (True, "ar")
    listed = told(khabar(folder, "sources", "list", "--json"), root, "sources")
    assert [each["state"] for each in listed] == ["not asked yet"] * 2


def test_no_contact_no_request(sites: Sites, tmp_path: Path) -> None:
    (tmp_path / "khabar.toml").write_text(sites.outlets[0].toml(), "utf-8")
    for args in (["run"], ["sources", "check"], ["sources", "add", "a.example"]):
        done = khabar(tmp_path, *args)
        assert done.returncode == 2
        assert "contact" in done.stderr
    assert sites.requests == []


def test_the_list_of_known_outlets_is_sound_and_asks_nobody(tmp_path: Path) -> None:
    done = khabar(tmp_path, "init", "--outlets")
    assert done.returncode == 0, done.stderr
    config = tmp_path / "khabar.toml"
    settings = load_settings(home=tmp_path / "home", config=config)
    assert len(settings.sources) >= 30
    assert not any(outlet.enabled for outlet in settings.sources)
    assert all(o.name_ar and o.name_en and o.country and o.address for o in settings.sources)
    assert settings.fetch.contact is None
    run = khabar(tmp_path, "run")
    assert run.returncode == 2
    assert "nothing to read" in run.stderr
    whole = re.sub(r"^# (\[|\w+ = )", r"\1", config.read_text("utf-8"), flags=re.MULTILINE)
    config.write_text(whole, "utf-8")
    told = load_settings(config=config)
    assert (told.fetch.contact, told.workers, told.raw_days) == ("you@example.org", 2, 365)


def test_a_list_that_lies_in_a_file_is_tried_too(sites: Sites, folder: Path) -> None:
    site = sites.outlets[0]
    (folder / "list.txt").write_text(f"{site.site}/news/0\n", "utf-8")
    entry = '[[sources]]\nid = "mine"\nkind = "urls"\npath = "list.txt"\nprivate_network = true\n'
    (folder / "khabar.toml").write_text(CONFIG + entry, "utf-8")
    checked = khabar(folder, "sources", "check", "mine")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 pages named by" in checked.stdout
