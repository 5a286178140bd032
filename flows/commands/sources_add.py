"""`khabar sources add`: the feed or sitemap of a site found, and an entry of khabar.toml more."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from flows.commands.wrong_use import guarded
from transforms.plain import one_line

if TYPE_CHECKING:
    from flows.fetch.answers import Answer
    from flows.outlet import Kind
    from flows.settings import Settings

#: What asks for one address.
Once = Callable[[str], "Answer"]
#: Where feeds and sitemaps lie that a site does not announce.
_USUAL: tuple[tuple[Kind, str], ...] = (
    ("feed", "/rss.xml"), ("feed", "/rss"), ("feed", "/feed"), ("sitemap", "/sitemap.xml"),
)  # fmt: skip
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
#: Addresses that are tried before it is said that there is none.
_TRIED = 8
_NAME = 120


class Candidate(NamedTuple):
    """An address that may be a list of pages."""

    kind: Kind
    url: str


class Found(NamedTuple):
    """A list that names pages, and the name that the site gives itself."""

    kind: Kind
    url: str
    pages: int
    name: str | None


def run(
    address: str, *, source: str | None, country: str | None, dry_run: bool,
    private_network: bool, config: Path | None,
) -> int:  # fmt: skip
    """Find the site's list and write its entry; 1 where there is none that names pages."""
    return guarded(
        lambda: _add(address, source, country, config, dry_run=dry_run, private=private_network)
    )


def _add(
    address: str, source: str | None, country: str | None, config: Path | None, *,
    dry_run: bool, private: bool,
) -> int:  # fmt: skip
    from flows.outlet import is_web_address
    from flows.settings import UsageError, check_contact, load_settings

    if "://" not in address:
        address = f"https://{address}"
    if not is_web_address(address):
        raise UsageError(f"{address} is no address of a site: https://...")
    settings = load_settings(config=config)
    if settings.config_file is None:
        raise UsageError("there is no khabar.toml here to add to (khabar init writes one)")
    check_contact(settings)
    source_id = source or _id_of(address)
    if any(outlet.id == source_id for outlet in settings.sources):
        raise UsageError(f"khabar.toml has a source {source_id} already: name another with --id")
    found = _found(address, settings, private=private)
    if found is None:
        print(f"{address}: no feed and no sitemap that names pages is found there", file=sys.stderr)
        return 1
    entry = _entry(source_id, found, country, private=private)
    _checked(entry)
    print(f"{found.url}: a {found.kind} that names {found.pages} pages")
    print(entry)
    if dry_run:
        return 0
    _append(settings.config_file, entry)
    print(f"added to {settings.config_file}; try it: khabar sources check {source_id}")
    return 0


def _id_of(address: str) -> str:
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return re.sub(r"[^a-z0-9._-]+", "-", host.lower()).strip("-.")[:80] or "site"


def _found(address: str, settings: Settings, *, private: bool) -> Found | None:
    """Return the first list that names pages: the address itself, else what its page announces."""
    from flows.fetch.peek import asking

    with asking(settings.fetch) as ask:
        return _looked_for(address, settings, partial(ask.once, private=private))


def _looked_for(address: str, settings: Settings, once: Once) -> Found | None:
    first = once(address)
    if first.content is None:
        words = one_line(first.detail or first.rule or "", 200)
        allowed = " (--private-network allows it)" * (first.rule == "fetch.private-address")
        print(f"{address}: {words}{allowed}", file=sys.stderr)
        return None
    name = _name_of(first)
    for kind in ("feed", "sitemap"):
        pages = _pages(kind, first, settings)
        if pages:
            return Found(kind, first.content.final_url, pages, name)
    tried: set[str] = {address}
    for candidate in _candidates(first, once):
        if candidate.url in tried or len(tried) > _TRIED:
            continue
        tried.add(candidate.url)
        answer = once(candidate.url)
        if pages := _pages(candidate.kind, answer, settings):
            return Found(candidate.kind, candidate.url, pages, name)
    return None


def _candidates(first: Answer, once: Once) -> Iterator[Candidate]:
    """Yield what a page announces, then the sitemaps of robots.txt, then the usual places."""
    from selectolax.lexbor import LexborHTMLParser

    from transforms.ingest.decode import decode
    from transforms.ingest.render import flood

    content = first.content
    if content is None:
        return
    base = content.final_url
    text = decode(content.payload, content.charset, html=True).text
    if not flood(text):
        for link in LexborHTMLParser(text).css('link[rel~="alternate" i]'):
            if (link.attributes.get("type") or "").lower() in _FEED_TYPES:
                yield from _candidate("feed", base, link.attributes.get("href") or "")
    robots = once(urljoin(base, "/robots.txt"))
    if robots.content is not None:
        said = robots.content.payload.decode("utf-8", "replace")
        for url in _SITEMAP_LINE.findall(said):
            yield from _candidate("sitemap", base, url)
    for kind, path in _USUAL:
        yield from _candidate(kind, base, path)


def _candidate(kind: Kind, base: str, url: str) -> Iterator[Candidate]:
    """Yield what a site names as its list, where that can be asked at all."""
    from flows.sources.listing import sound_address

    if whole := sound_address(base, url):
        yield Candidate(kind, whole)


def _pages(kind: Kind, answer: Answer, settings: Settings) -> int:
    """Return how many pages, or further lists, an answer names as a list of a kind."""
    from flows.guard import Guard, Killed
    from flows.sources.listing import TOO_MANY, Listed, read_listings

    content = answer.content
    if content is None:
        return 0
    listed = Listed(kind, content.final_url, content.payload, content.charset)
    with Guard(1, settings.seconds_per_page, settings.memory_limit_mb) as guard:
        (outcome,) = guard.map(read_listings, [listed])
    if isinstance(outcome, Killed):
        return 0
    (listing,) = outcome.result
    if listing.problem not in (None, TOO_MANY):
        return 0
    return len(listing.entries) + len(listing.more)


def _name_of(answer: Answer) -> str | None:
    """Return what a page or feed calls itself."""
    from transforms.ingest.decode import decode

    content = answer.content
    if content is None:
        return None
    text = decode(content.payload[:200_000], content.charset, html=True).text
    title = re.search(r"<title[^>]*>(?:<!\[CDATA\[)?([^<\]]{2,300})", text, re.IGNORECASE)
    if title is None:
        return None
    return one_line(re.split(r"\s[|–—-]\s", title[1].strip())[0], _NAME) or None


def _entry(source_id: str, found: Found, country: str | None, *, private: bool) -> str:
    lines = ["[[sources]]", f"id = {_quoted(source_id)}"]
    if found.name:
        arabic = any("\u0600" <= letter <= "\u06ff" for letter in found.name)
        lines.append(f"{'name_ar' if arabic else 'name_en'} = {_quoted(found.name)}")
    if country:
        lines.append(f"country = {_quoted(country.upper())}")
    lines += [f"kind = {_quoted(found.kind)}", f"address = {_quoted(found.url)}"]
    if private:
        lines.append("private_network = true")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a basic string of TOML, which a JSON string is as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(entry: str) -> None:
    """Raise UsageError where the entry would not be read back: a wrong id or country."""
    import tomllib

    from pydantic import ValidationError

    from flows.outlet import Outlet
    from flows.settings import UsageError

    try:
        Outlet.model_validate(tomllib.loads(entry)["sources"][0])
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"{place}: {first['msg']} (found {first['input']!r})") from None


def _append(file: Path, entry: str) -> None:
    """Add the entry at the end; whatever stands there, with its comments, stays as it is."""
    from flows.settings import UsageError, load_settings

    file = file.resolve()  # a link stays a link
    before = file.read_text("utf-8")
    after = f"{before.rstrip()}\n\n{entry}\n" if before.strip() else f"{entry}\n"
    beside = file.with_name(file.name + ".new")
    beside.write_text(after, "utf-8")
    try:
        load_settings(config=beside)
    except UsageError as problem:
        raise UsageError(f"{file} is left as it is, the entry does not fit: {problem}") from None
    else:
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
