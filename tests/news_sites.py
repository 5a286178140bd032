"""Outlets on loopback: a real HTTP server whose feeds, sitemaps and pages a test can change.

Each outlet has an address of its own in 127.0.0.0/8, as distinct hosts have. Its pages are our
own stories in the page templates of tests/html_corpus.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import islice
from pathlib import Path

from aiohttp import web

from flows.settings import Settings, load_settings
from tests.html_corpus import pages as corpus

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KINDS = ("feed", "sitemap", "urls")
FETCH = """[fetch]
contact = "tests@khabar.example"
delay_seconds = 0
tries = 1
timeout_seconds = 5

"""
START = datetime(2025, 6, 1, 8, tzinfo=UTC)
#: Furniture that a change of advert touches; no reader of the story sees a difference.
ADVERT = '<div class="ad banner-slot" id="ad-{number}"></div>'


@dataclass
class SitePage:
    """One page of an outlet: its markup, when it was listed, how it answers."""

    path: str
    title: str
    markup: str
    published: datetime
    changed: datetime
    content_type: str = "text/html; charset=utf-8"
    charset: str = "utf-8"

    @property
    def payload(self) -> bytes:
        return self.markup.encode(self.charset)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.payload).hexdigest()[:16]}"'


@dataclass
class Outlet:
    """One outlet: `handlers` answer instead of the page of a path."""

    id: str
    host: str
    port: int
    pages: dict[str, SitePage] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)
    robots: str = "User-agent: *\nDisallow: /private/\n"
    sends_validators: bool = True

    @property
    def site(self) -> str:
        return f"http://{self.host}:{self.port}"

    def add(self, number: int, made: corpus.Made) -> SitePage:
        moment = START + timedelta(hours=number)
        page = SitePage(f"/news/{number}", made.title, made.markup, moment, moment)
        self.pages[page.path] = page
        return page

    def change_body(self, path: str, old: str, new: str, *, told: bool = True) -> None:
        page = self.pages[path]
        assert old in page.markup
        page.markup = page.markup.replace(old, new)
        if told:
            page.changed += timedelta(hours=1)

    def change_advert(self, path: str, number: int) -> None:
        page = self.pages[path]
        page.markup = page.markup.replace("</body>", ADVERT.format(number=number) + "</body>")
        page.changed += timedelta(hours=1)

    def rss(self) -> str:
        items = "".join(
            f"<item><title>{escape(p.title)}</title><link>{self.site}{p.path}?utm_source=rss</link>"
            f"<pubDate>{format_datetime(p.published)}</pubDate>"
            f"<atom:updated>{p.changed.isoformat()}</atom:updated></item>"
            for p in reversed(self.pages.values())
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
            f"<title>{self.id}</title><link>{self.site}/</link>{items}</channel></rss>"
        )

    def sitemap(self) -> str:
        urls = "".join(
            f"<url><loc>{self.site}{p.path}</loc><lastmod>{p.changed.isoformat()}</lastmod>"
            "<news:news><news:publication><news:name>x</news:name></news:publication>"
            f"<news:publication_date>{p.published.isoformat()}</news:publication_date>"
            f"<news:title>{escape(p.title)}</news:title></news:news></url>"
            for p in self.pages.values()
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
        )

    def sitemap_index(self) -> str:
        last = max(p.changed for p in self.pages.values())
        return (
            '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"<sitemap><loc>{self.site}/sitemap-1.xml.gz</loc>"
            f"<lastmod>{last.isoformat()}</lastmod></sitemap></sitemapindex>"
        )

    def toml(self, kind: str = "feed", **more: str) -> str:
        """Return the outlet's entry of khabar.toml."""
        lists = {"feed": "/rss.xml", "sitemap": "/sitemap.xml", "urls": "/urls.txt"}
        lines = [
            "[[sources]]", f'id = "{self.id}"', f'kind = "{kind}"',
            f'address = "{self.site}{lists[kind]}"', "private_network = true",
            *(f"{name} = {value}" for name, value in more.items()),
        ]  # fmt: skip
        return "\n".join(lines) + "\n\n"


class Sites:
    """The server of several outlets, and every request that it answered."""

    def __init__(self, count: int, first: int = 1) -> None:
        self.requests: list[tuple[str, str, int]] = []
        self.headers: list[dict[str, str]] = []
        self._hosts = [f"127.0.{7 + n // 200}.{n % 200 + 1}" for n in range(first, first + count)]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.outlets: list[Outlet] = []
        self._by_host: dict[str, Outlet] = {}

    def __enter__(self) -> Sites:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def asked(self, path_starts: str = "/") -> Counter[tuple[str, str]]:
        """Return how often each (outlet, path) was asked for since the last `forget`."""
        return Counter(
            (outlet, path) for outlet, path, _ in self.requests if path.startswith(path_starts)
        )

    def forget(self) -> None:
        """Forget the requests so far."""
        self.requests.clear()
        self.headers.clear()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        port = 0
        for number, host in enumerate(self._hosts):
            site = web.TCPSite(self._runner, host, port)
            await site.start()
            port = port or self._runner.addresses[0][1]
            outlet = Outlet(f"outlet-{number + 1:02}", host, port)
            self.outlets.append(outlet)
            self._by_host[host] = outlet

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        outlet = self._by_host[request.host.partition(":")[0]]
        handler = outlet.handlers.get(request.path)
        response = await handler(request) if handler else self._usual(outlet, request)
        self.requests.append((outlet.id, request.path, response.status))
        self.headers.append(dict(request.headers))
        return response

    def _usual(self, outlet: Outlet, request: web.Request) -> web.Response:
        path = request.path
        if path == "/robots.txt":
            return web.Response(text=outlet.robots)
        lists = {
            "/rss.xml": (outlet.rss, "application/rss+xml"),
            "/sitemap.xml": (outlet.sitemap_index, "application/xml"),
            "/sitemap-1.xml.gz": (outlet.sitemap, "application/gzip"),
            "/urls.txt": (
                lambda: "".join(f"{outlet.site}{p}\n" for p in outlet.pages),
                "text/plain",
            ),
        }
        if path in lists:
            make, content_type = lists[path]
            body = make().encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            body = gzip.compress(body, mtime=0) if path.endswith(".gz") else body
        elif path in outlet.pages:
            page = outlet.pages[path]
            body, etag, content_type = page.payload, page.etag, page.content_type
        else:
            return web.Response(status=404, text="not found")
        headers = {"etag": etag} if outlet.sends_validators else {}
        if outlet.sends_validators and request.headers.get("if-none-match") == etag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers | {"content-type": content_type})


@contextmanager
def news_sites(outlets: int, pages: int, first: int = 1) -> Iterator[Sites]:
    """Serve so many outlets, each with a template of its own and so many stories."""
    with Sites(outlets, first) as sites:
        names = corpus.templates()
        for number, outlet in enumerate(sites.outlets):
            template = names[number % len(names)]
            made = corpus.pages(template, ("named",), first=number % 7)
            for index, each in enumerate(islice(made, pages)):
                outlet.add(index, each)
        yield sites


def configured(tmp_path: Path, sites: Sites, **more: str) -> Settings:
    """Return the settings of a khabar.toml that names the outlets, as feed, sitemap, list by turns."""
    config = tmp_path / "khabar.toml"
    entries = (o.toml(KINDS[n % 3], **more) for n, o in enumerate(sites.outlets))
    config.write_text(FETCH + "".join(entries), "utf-8")
    return load_settings(home=tmp_path / "home", config=config, workers=2)
