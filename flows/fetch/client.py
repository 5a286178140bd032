"""One address asked: politely, under limits, over redirects, again where that may help.

The client keeps no cookies, uses no proxy, and names the project and whom to reach. What a site
answers is data: a wrong length, a loop, a flood, a packed flood or a trickle ends in an `Answer`
with a rule, never in an exception.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import httpx

from flows.fetch.answers import Answer, Ask, Content, Outcome
from flows.fetch.content import UnwantedError, declared, page_type, receive
from flows.fetch.hosts import HostLeftError, Hosts, host_of
from flows.fetch.network import ForbiddenAddressError, transport
from flows.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from flows.fetch.robots import RobotsKeeper, Said
from flows.outlet import FetchChoice, is_web_address
from transforms.ingest.land import MAX_PAYLOAD_BYTES
from transforms.plain import one_line

#: A sitemap may have 50 MB unpacked (sitemaps.org); feeds stay under 5.
MAX_LISTING_BYTES = 52_428_800
#: What browsers follow is 20; a chain of more than 5 is a loop or a trap.
_MAX_REDIRECTS = 8
_REDIRECTS = (301, 302, 303, 307, 308)
#: Statuses that may pass by themselves: unchanged, where nobody asked so (a broken cache), too
#: early, too many, and the server's own troubles.
_MAY_PASS = (304, 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524)
#: Those by which a site says that it is asked too much; several in a row, and it is let be.
_TOO_MUCH = (429, 503)
#: The rules by which a site itself is not asked: no more for its robots.txt than for a page.
_SITE_REFUSED = ("fetch.private-address", "fetch.bad-address")
#: Longer than this a site's Retry-After is left to the next run.
_WAIT_SECONDS = 30.0
_DETAIL = 300
#: The longest address that is asked; browsers and servers stop at 2 to 8 KB.
_MAX_URL = 4_096


class _End(NamedTuple):
    """How one try ended."""

    outcome: Outcome
    rule: str | None = None
    detail: str | None = None
    content: Content | None = None
    status: int | None = None
    final_url: str | None = None
    #: Seconds after which another try may help; None where none would.
    again_after: float | None = None


class Client:
    """What asks; an async context manager. `on_robots` is told of every robots.txt asked for."""

    def __init__(
        self,
        choice: FetchChoice,
        version: str,
        robots_folder: Path,
        on_robots: Callable[[Answer], None] | None = None,
    ) -> None:
        self._choice = choice
        self._folder = robots_folder
        self._on_robots = on_robots or (lambda _: None)
        self._hosts = Hosts(choice.delay_seconds, choice.concurrency)
        self._headers = {
            "user-agent": f"Khabar/{version} (+{choice.contact})",
            "accept-encoding": "gzip, deflate",
            "accept-language": "ar, *;q=0.5",
        }
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._robots: dict[bool, RobotsKeeper] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def ask(self, ask: Ask) -> Answer:
        """Return what came of asking; raises nothing but cancellation."""
        began, clock = datetime.now(UTC), time.monotonic()
        tries = 0
        end = _End("failed", "fetch.not-asked", "there was no time to ask")
        while tries < self._choice.tries:
            end = await self._try(ask)
            if end.rule == "fetch.host-down":
                break
            tries += 1
            if end.again_after is None or tries == self._choice.tries:
                break
            self._hosts.rest(
                host_of(end.final_url or ask.url), max(end.again_after, 2.0 ** (tries - 1))
            )
        return self._answer(ask, end, began, time.monotonic() - clock, tries)

    def _answer(self, ask: Ask, end: _End, began: datetime, seconds: float, tries: int) -> Answer:
        outcome, sha256 = end.outcome, None
        if end.content is not None:
            sha256 = hashlib.sha256(end.content.payload).hexdigest()
            if sha256 == ask.sha256:
                outcome = "unchanged"
        detail = one_line(end.detail, _DETAIL) if end.detail else None
        return Answer(
            ask, outcome, began, seconds, tries, end.content, sha256, end.rule, detail,
            end.status, end.final_url,
        )  # fmt: skip

    async def _try(self, ask: Ask) -> _End:
        """Ask once, over redirects; each request within the time that one may take."""
        trail: list[str] = []
        try:
            end = await self._follow(ask, trail)
        except HostLeftError as left:
            end = _End("failed", "fetch.host-down", str(left))
        except (UnwantedError, ForbiddenAddressError) as unwanted:
            rule = getattr(unwanted, "rule", "fetch.private-address")
            end = _End("refused", rule, str(unwanted))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as wrong:
            end = _End("refused", "fetch.bad-address", str(wrong))
        except (httpx.TimeoutException, TimeoutError) as slow:
            # Who is slow once is slow again; only what failed to begin is tried anew.
            again = 1.0 if isinstance(slow, httpx.ConnectTimeout) else None
            words = str(slow) or f"not done in {self._choice.timeout_seconds:g} s"
            end = _End("failed", "fetch.timeout", words, again_after=again)
        except httpx.RemoteProtocolError as broken:
            end = _End("failed", "fetch.broken-answer", str(broken), again_after=1.0)
        except Exception as problem:  # whatever a library makes of what a site sends
            words = str(problem) or type(problem).__name__
            end = _End("failed", "fetch.no-answer", words, again_after=1.0)
        asked = trail[-1] if trail else ask.url
        self._hosts.note(host_of(asked), there=_is_there(end))
        return end._replace(final_url=asked)

    async def _follow(self, ask: Ask, trail: list[str]) -> _End:
        url = ask.url
        while len(trail) <= _MAX_REDIRECTS:
            if len(url) > _MAX_URL or not is_web_address(url):
                raise UnwantedError("fetch.bad-address", f"no address to ask: {url[:120]}")
            if url in trail:
                raise UnwantedError("fetch.redirect-loop", f"{url} leads back to itself")
            trail.append(url)
            if ask.what != "robots":
                robots = await self._keeper(ask.private).of(url, ask.source_id)
                self._hosts.slow_down(host_of(url), robots.delay)
                if robots.refused_by:
                    return _End("refused", robots.refused_by, robots.detail)
                if robots.rules is None:
                    return _End("failed", "fetch.no-robots", robots.detail)
                if not robots.allows(url):
                    return _End("disallowed", "fetch.robots", robots.detail)
            async with (
                self._hosts.turn(host_of(url), ask.source_id),
                asyncio.timeout(self._choice.timeout_seconds),
                self._client(ask.private).stream("GET", url, headers=_conditions(ask)) as response,
            ):
                onward = response.headers.get("location")
                if response.status_code not in _REDIRECTS or not onward:
                    return await self._received(ask, url, response)
                url = str(response.url.join(onward))
        raise UnwantedError("fetch.redirect-loop", f"more than {_MAX_REDIRECTS} redirects")

    async def _received(self, ask: Ask, url: str, response: httpx.Response) -> _End:
        """Return what the last answer of a chain is; its body is read only where it is wanted."""
        status = response.status_code
        if status == 304 and _conditions(ask):
            return _End("unchanged", status=status)
        if status in _MAY_PASS:
            wait = _retry_after(response)
            self._hosts.rest(host_of(url), min(wait, _WAIT_SECONDS))
            if wait > _WAIT_SECONDS:
                self._hosts.leave(host_of(url))
            words = f"HTTP {status}" + (f", asks to wait {wait:.0f} s" if wait else "")
            again = wait if wait <= _WAIT_SECONDS else None
            return _End("failed", "fetch.status", words, status=status, again_after=again)
        if not 200 <= status < 300:
            return _End("refused", "fetch.status", f"HTTP {status}", status=status)
        if ask.what == "page" and _is_front_page(url) and not _is_front_page(ask.url):
            raise UnwantedError("fetch.gone", "the address leads to the front page")
        payload = await receive(response, _most(ask))
        media_type, charset = declared(response)
        if ask.what == "page":
            if not payload.strip():
                raise UnwantedError("fetch.empty", "the answer has no content")
            media_type = page_type(media_type, payload)
        headers = response.headers
        content = Content(
            status, url, media_type, charset, _header(headers, "etag"),
            _header(headers, "last-modified"), payload,
        )  # fmt: skip
        return _End("fetched", content=content, status=status)

    async def _robots_text(self, ask: Ask) -> Said:
        """Return what a robots.txt says, and what not having it means."""
        answer = await self.ask(ask)
        self._on_robots(answer)
        if answer.content is not None:
            return Said(answer.content.payload.decode("utf-8-sig", "replace"), "robots.txt")
        if answer.status is not None and 400 <= answer.status < 500 and answer.status != 429:
            return Said("", "the site has no robots.txt")
        if answer.rule == "fetch.too-large":
            return Said(None, "robots.txt is too large to be one")
        forbidden = answer.rule if answer.rule in _SITE_REFUSED else None
        words = answer.detail if forbidden else f"robots.txt cannot be had: {answer.detail}"
        return Said(None, words or "", forbidden)

    def _keeper(self, private: bool) -> RobotsKeeper:
        """Return the keeper for the network that may be asked: what is private stays apart."""
        if private not in self._robots:
            folder = self._folder / "private" if private else self._folder

            async def get(url: str, source_id: str) -> Said:
                return await self._robots_text(Ask(source_id, "robots", url, private))

            self._robots[private] = RobotsKeeper(folder, get)
        return self._robots[private]

    def _client(self, private: bool) -> httpx.AsyncClient:
        if private not in self._clients:
            self._clients[private] = httpx.AsyncClient(
                transport=transport(private=private, connections=self._choice.concurrency),
                headers=self._headers,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                timeout=httpx.Timeout(self._choice.timeout_seconds),
                follow_redirects=False,
                trust_env=False,
            )
        return self._clients[private]


def _conditions(ask: Ask) -> dict[str, str]:
    """Return the headers that ask for the content only where it is another than the last."""
    conditions = {}
    if ask.etag:
        conditions["if-none-match"] = ask.etag
    if ask.last_modified:
        conditions["if-modified-since"] = ask.last_modified
    return conditions


def _is_there(end: _End) -> bool:
    """Return whether a host answered, and not that it is asked too much."""
    if end.outcome != "failed" or end.rule == "fetch.no-robots":
        return True
    return end.status is not None and end.status not in _TOO_MUCH


def _is_front_page(url: str) -> bool:
    """Return whether an address is a site's own: many lead there from pages that they removed."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _most(ask: Ask) -> int:
    sizes = {"page": MAX_PAYLOAD_BYTES, "listing": MAX_LISTING_BYTES, "robots": ROBOTS_BYTES}
    return sizes[ask.what]


def _header(headers: httpx.Headers, name: str) -> str | None:
    """Return a validator that can be sent back as it came; an endless or odd one is none."""
    value = headers.get(name, "")
    return value if value and len(value) <= 256 and value.isascii() else None


def _retry_after(response: httpx.Response) -> float:
    """Return how many seconds the site asks to wait (RFC 9110, 10.2.3); 0 where it says nothing."""
    said = response.headers.get("retry-after", "")[:64].strip()
    if said.isascii() and said.isdigit():
        return float(said)
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    return 0.0
