"""robots.txt by RFC 9309: asked once a site and day, kept in the home, followed at every redirect.

A site that has none allows everything; one whose robots.txt cannot be had now (no answer, a
server error) allows nothing for now.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from protego import Protego

#: The product token that a robots.txt names: section 2.2.1 of RFC 9309.
TOKEN = "Khabar"  # noqa: S105
#: RFC 9309 lets a crawler read no more than 500 KiB of it, and use a copy for a day.
MAX_BYTES = 512_000
_KEPT = timedelta(hours=24)


class Said(NamedTuple):
    """The text of a robots.txt, "" where a site has none; None where nobody knows, and why.

    `refused_by` is the rule by which the site itself must not be asked.
    """

    text: str | None
    detail: str
    refused_by: str | None = None


class Robots(NamedTuple):
    """What a site's robots.txt says; `rules` is None where it could not be had."""

    rules: Protego | None
    detail: str
    refused_by: str | None = None

    def allows(self, url: str) -> bool:
        """Return whether the address may be asked."""
        return self.rules is not None and bool(self.rules.can_fetch(url, TOKEN))

    @property
    def delay(self) -> float:
        """Return the pause between two requests that it asks for, in seconds; 0 where none."""
        rules = self.rules
        if rules is None:
            return 0.0
        delay = float(rules.crawl_delay(TOKEN) or 0.0)
        rate = rules.request_rate(TOKEN)
        if rate is not None and rate.requests > 0:
            with suppress(OverflowError):  # of numbers as long as a line may be
                delay = max(delay, rate.seconds / rate.requests)
        return delay


class RobotsKeeper:
    """The robots.txt of the sites of a run; `ask` gets one and returns it, or why it has none.

    `folder` keeps what was got, so that hourly runs do not ask every hour.
    """

    def __init__(self, folder: Path, ask: Callable[[str, str], Awaitable[Said]]) -> None:
        self._folder = folder
        self._sweep()
        self._ask = ask
        self._known: dict[str, Robots] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, url: str, source_id: str) -> Robots:
        """Return the robots.txt that governs an address; a site is asked once, for one source."""
        site = site_of(url)
        async with self._asking[site]:
            if site not in self._known:
                self._known[site] = self._kept(site) or await self._asked(site, source_id)
        return self._known[site]

    async def _asked(self, site: str, source_id: str) -> Robots:
        said = await self._ask(f"{site}/robots.txt", source_id)
        if said.text is not None:
            self._keep(site, said.text)
        return _read(said)

    def _sweep(self) -> None:
        """Remove what is too old to be used: a list may name more sites than anybody counts."""
        oldest = (datetime.now(UTC) - _KEPT).timestamp()
        with suppress(OSError):
            for file in self._folder.glob("*.json"):
                if file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)

    def _kept(self, site: str) -> Robots | None:
        try:
            kept = json.loads(self._file(site).read_text("utf-8"))
            age = datetime.now(UTC) - datetime.fromisoformat(kept["at"])
            if kept["site"] == site and timedelta(0) <= age < _KEPT:
                return _read(Said(kept["text"], "kept from an earlier run"))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def _keep(self, site: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = {"site": site, "at": datetime.now(UTC).isoformat(), "text": text}
        file = self._file(site)
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        beside.replace(file)

    def _file(self, site: str) -> Path:
        return self._folder / f"{hashlib.sha256(site.encode()).hexdigest()[:24]}.json"


def site_of(url: str) -> str:
    """Return scheme and host of an address: what one robots.txt holds for."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"


def _read(said: Said) -> Robots:
    rules = None if said.text is None else Protego.parse(said.text)
    return Robots(rules, said.detail, said.refused_by)
