"""One address asked: what a site may do wrong ends in an answer with a rule, never in a raise."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from protego import Protego

from flows.fetch import client as fetch_client
from flows.fetch.answers import Answer, Ask
from flows.fetch.client import Client
from flows.fetch.robots import Robots
from flows.outlet import FetchChoice
from tests.bad_server import PAGE, BadServer, bomb, raw_deflate, redirect, twice_packed, whole

CHOICE = FetchChoice(contact="tests@khabar.example", delay_seconds=0, timeout_seconds=1.5, tries=1)


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as server:
        yield server


@pytest.fixture
def ask(server: BadServer, tmp_path: Path):  # type: ignore[no-untyped-def]
    def ask(path: str, choice: FetchChoice = CHOICE, **known: object) -> Answer:
        url = path if path.startswith("http") else server.site + path
        known = {"private": True, "what": "page"} | known

        async def go() -> Answer:
            async with Client(choice, "0", tmp_path / "robots") as client:
                return await client.ask(Ask("naba", url=url, **known))  # type: ignore[arg-type]

        return asyncio.run(go())

    return ask


async def _trickle(writer: asyncio.StreamWriter) -> None:
    """A slow loris: a header now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.2)


async def _trickled_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.2)


async def _silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _endless_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(20_000):
        writer.write(b"X-Flood: " + b"a" * 100 + b"\r\n")
        await writer.drain()


async def _endless_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(400):
        writer.write(b"a" * 100_000)
        await writer.drain()


FAULTS = {
    "trickle": (_trickle, "failed", "fetch.timeout"),
    "trickled-body": (_trickled_body, "failed", "fetch.timeout"),
    "silence": (_silence, "failed", "fetch.timeout"),
    "endless-header": (_endless_header, "failed", "fetch.broken-answer"),
    "endless-body": (_endless_body, "refused", "fetch.too-large"),
    "no-http": (b"\x00\x01 hello\r\n\r\n", "failed", "fetch.broken-answer"),
    "nothing": (b"", "failed", "fetch.broken-answer"),
    "says-more": (whole().replace(b"Content-Length: ", b"Content-Length: 9"), "failed", "fetch.broken-answer"),
    "says-too-much": (whole().replace(b"Content-Length: ", b"Content-Length: 999999"), "refused", "fetch.too-large"),
    "bomb": (bomb(60), "refused", "fetch.bomb"),
    "twice-packed": (twice_packed(60), "refused", "fetch.encoding"),
    "brotli": (whole(b"\x0b\x02\x80", "200 OK", "Content-Encoding: br"), "refused", "fetch.encoding"),
    "cut-gzip": (whole(gzip.compress(PAGE * 50)[:-20], "200 OK", "Content-Encoding: gzip"), "refused", "fetch.damaged"),
    "picture": (whole(b"\x89PNG\r\n\x1a\n" + bytes(50)), "refused", "fetch.media-type"),
    "pdf": (whole(b"%PDF-1.7", "200 OK", "Content-Type: application/pdf"), "refused", "fetch.media-type"),
    "json": (whole(b"{}", "200 OK", "Content-Type: application/json"), "refused", "fetch.media-type"),
    "empty": (whole(b" \n"), "refused", "fetch.empty"),
    "gone": (whole(b"", "410 Gone"), "refused", "fetch.status"),
    "busy": (whole(b"", "503 Service Unavailable", "Retry-After: 3600"), "failed", "fetch.status"),
    "loop": (redirect("/loop"), "refused", "fetch.redirect-loop"),
    "elsewhere": (redirect("file:///etc/passwd"), "refused", "fetch.bad-address"),
    "home": (redirect("/"), "refused", "fetch.gone"),
    "password": (redirect("http://me:secret@127.0.9.1/"), "refused", "fetch.bad-address"),
    "no-address": (redirect(":http://[a]"), "refused", "fetch.bad-address"),
    "gopher": (redirect("gopher://127.0.0.1/1"), "refused", "fetch.bad-address"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_an_answer_in_time(name: str, server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    answer, outcome, rule = FAULTS[name]
    server.answers["/"] = whole()
    server.answers[f"/{name}"] = answer  # type: ignore[assignment]
    began = time.monotonic()
    got = ask(f"/{name}")
    assert (got.outcome, got.rule) == (outcome, rule), got.detail
    assert got.content is None
    assert got.detail
    assert time.monotonic() - began < 8
    assert got.row().rule == rule


def test_a_bomb_is_never_unpacked(server: BadServer) -> None:
    import tracemalloc

    from flows.fetch.content import UnwantedError, unpack

    packed = gzip.compress(bytes(300_000_000))
    tracemalloc.start()
    with pytest.raises(UnwantedError, match="unpack to more than"):
        unpack(packed, "gzip", 1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_million_empty_members_are_no_hang() -> None:
    from flows.fetch.content import UnwantedError, unpack

    began = time.monotonic()
    with pytest.raises(UnwantedError, match="members"):
        unpack(gzip.compress(b"") * 150_000, "gzip", 20_000_000)
    assert time.monotonic() - began < 1


def test_a_page_comes_with_what_the_header_says(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = whole(PAGE, "200 OK", 'ETag: "1"', "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT", "Content-Type: text/html; charset=Windows-1256")  # fmt: skip
    got = ask("/a")
    assert got.outcome == "fetched"
    assert got.content is not None
    assert got.content.payload == PAGE
    assert got.content[:3] == (200, server.site + "/a", "text/html")
    assert got.content.charset == "windows-1256"
    row = got.row()
    assert (row.etag, row.last_modified) == ('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert row.payload_sha256 == got.sha256
    assert row.final_url is None


PACKED = {
    "raw deflate": raw_deflate(PAGE),
    "gzip": whole(gzip.compress(PAGE), "200 OK", "Content-Encoding: gzip"),
    "two members": whole(
        gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:]), "200 OK", "Content-Encoding: x-gzip"
    ),
    "not packed": whole(PAGE, "200 OK", "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED.keys())
def test_packed_content_is_unpacked(packed: bytes, server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = packed
    assert ask("/a").content.payload == PAGE


@pytest.mark.parametrize("declared", ["application/octet-stream", "", "text/plain"])
def test_html_that_is_called_something_else_is_html(declared: str, server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = whole(PAGE, "200 OK", f"Content-Type: {declared}")
    assert ask("/a").content.media_type == "text/html"


def test_what_did_not_change_is_asked_for_with_validators(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    got = ask("/a", etag='"1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT", sha256="a" * 64)
    assert (got.outcome, got.status) == ("unchanged", 304)
    head = server.heads[-1].lower()
    assert 'if-none-match: "1"' in head
    assert "if-modified-since: mon, 01 jan 2024" in head
    assert (got.row().etag, got.row().payload_sha256) == ('"1"', "a" * 64)


def test_the_same_bytes_without_validators_are_unchanged_too(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = whole()
    first = ask("/a")
    assert first.outcome == "fetched"
    assert ask("/a", sha256=first.sha256).outcome == "unchanged"


def test_who_asks_is_named_and_nothing_else_is_told(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = whole(
        PAGE, "200 OK", "Set-Cookie: id=1; Path=/", "Content-Type: text/html"
    )
    server.answers["/b"] = redirect("/a")
    ask("/b")
    head = server.heads[-1].lower()
    assert "user-agent: khabar/0 (+tests@khabar.example)" in head
    assert "cookie" not in head
    assert "authorization" not in head
    assert "accept-encoding: gzip, deflate" in head


def test_a_redirect_keeps_where_it_led(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers |= {"/a": redirect("/b?x=1"), "/b?x=1": redirect("/c"), "/c": whole()}
    got = ask("/a")
    assert got.row().final_url == server.site + "/c"
    assert got.content.final_url == server.site + "/c"


def test_a_long_chain_of_redirects_ends(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(50)}
    assert ask("/0").rule == "fetch.redirect-loop"
    assert len(server.asked) < 12


def test_addresses_of_private_networks_are_refused_at_every_redirect(
    server: BadServer, ask
) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = whole()
    got = ask("/a", private=False)
    assert (got.outcome, got.rule) == ("refused", "fetch.private-address")
    assert server.asked == []
    got = ask("/robots.txt", private=False, what="robots")
    assert (got.outcome, got.rule) == ("refused", "fetch.private-address")
    assert server.asked == []


def test_robots_txt_is_asked_once_and_followed(server: BadServer, tmp_path: Path) -> None:
    server.answers |= {
        "/robots.txt": whole(b"User-agent: khabar\nDisallow: /no/\n", "200 OK", "Content-Type: text/plain"),
        "/a": whole(), "/b": whole(), "/no/c": whole(), "/d": redirect("/no/c"),
    }  # fmt: skip

    async def go() -> list[Answer]:
        async with Client(CHOICE, "0", tmp_path / "robots") as client:
            asks = [Ask("naba", "page", server.site + p, True) for p in ("/a", "/b", "/no/c", "/d")]
            return list(await asyncio.gather(*(client.ask(each) for each in asks)))

    got = asyncio.run(go())
    assert [each.outcome for each in got] == ["fetched", "fetched", "disallowed", "disallowed"]
    assert server.asked.count("/robots.txt") == 1
    assert "/no/c" not in server.asked
    asyncio.run(go())
    assert server.asked.count("/robots.txt") == 1, "it is kept for a day"


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (whole(b"", "404 Not Found"), "fetched"),
        (whole(b"", "403 Forbidden"), "fetched"),
        (whole(b"", "503 Service Unavailable"), "failed"),
        (b"", "failed"),
        (whole(b"\xff\xfe" * 400_000, "200 OK", "Content-Type: text/plain"), "failed"),
    ],
)
def test_a_site_without_robots_txt_allows_all_one_that_fails_nothing(
    robots: bytes, outcome: str, server: BadServer, ask
) -> None:  # type: ignore[no-untyped-def]
    server.answers |= {"/robots.txt": robots, "/a": whole()}
    assert ask("/a").outcome == outcome


def test_a_robots_txt_may_ask_for_a_longer_pause(server: BadServer, tmp_path: Path) -> None:
    server.answers |= {
        "/robots.txt": whole(b"User-agent: *\nCrawl-delay: 0.4\n", "200 OK", "Content-Type: text/plain"),
        "/1": whole(), "/2": whole(),
    }  # fmt: skip

    async def go() -> float:
        async with Client(CHOICE, "0", tmp_path / "robots") as client:
            began = time.monotonic()
            for n in (1, 2):
                await client.ask(Ask("naba", "page", f"{server.site}/{n}", True))
            return time.monotonic() - began

    assert asyncio.run(go()) >= 0.4


def test_what_may_pass_is_tried_again(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    answers = [
        whole(b"", "503 Service Unavailable"),
        whole(b"", "429 Too Many", "Retry-After: 1"),
        whole(),
    ]

    async def by_turns(writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))
        await writer.drain()

    server.answers["/a"] = by_turns
    began = time.monotonic()
    got = ask("/a", CHOICE.model_copy(update={"tries": 3}))
    assert (got.outcome, got.tries) == ("fetched", 3)
    assert time.monotonic() - began >= 2


def test_a_host_that_is_down_is_left_alone(tmp_path: Path) -> None:
    with BadServer("127.0.9.2") as gone:
        site = gone.site

    async def go() -> list[Answer]:
        async with Client(CHOICE, "0", tmp_path / "robots") as client:
            asks = [Ask("naba", "robots", f"{site}/{n}", True) for n in range(8)]
            return [await client.ask(each) for each in asks]

    rules = [each.rule for each in asyncio.run(go())]
    assert rules == ["fetch.no-answer"] * 4 + ["fetch.host-down"] * 4


async def _at_once(sites: list[str], tmp_path: Path, tries: int = 1) -> list[Answer]:
    choice = CHOICE.model_copy(update={"tries": tries})
    async with Client(choice, "0", tmp_path / "robots") as client:
        asks = [Ask("naba", "page", url, True) for url in sites]
        return await asyncio.gather(*(client.ask(each) for each in asks))


def test_who_waits_for_a_host_that_goes_down_asks_it_no_more(
    server: BadServer, tmp_path: Path
) -> None:
    async def cut(writer: asyncio.StreamWriter) -> None:
        writer.close()

    server.answers |= {f"/{n}": cut for n in range(12)}
    urls = [f"{server.site}/{n}" for n in range(12)]
    answers = asyncio.run(_at_once(urls, tmp_path))
    assert len(server.asked) == 1 + 4
    assert [a.rule for a in answers[4:]] == ["fetch.host-down"] * 8
    assert {a.tries for a in answers[4:]} == {0}


@pytest.mark.parametrize(("header", "most"), [(("Retry-After: 3600",), 1), ((), 4)])
def test_a_site_that_is_asked_too_much_is_left_alone(
    header: tuple[str, ...], most: int, server: BadServer, tmp_path: Path
) -> None:
    server.answers |= {f"/{n}": whole(b"", "429 Too Many", *header) for n in range(12)}
    answers = asyncio.run(_at_once([f"{server.site}/{n}" for n in range(12)], tmp_path))
    assert len(server.asked) == 1 + most
    assert {a.outcome for a in answers} == {"failed"}


def test_unchanged_is_no_answer_to_who_did_not_ask_so(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/a"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert ask("/a")[1] == "failed"
    assert ask("/a", etag='"1"')[1] == "unchanged"


def test_a_mark_at_its_head_hides_no_rule_of_robots_txt(server: BadServer, ask) -> None:  # type: ignore[no-untyped-def]
    server.answers["/robots.txt"] = whole(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n")
    server.answers["/a"] = whole()
    assert ask("/a").outcome == "disallowed"


@pytest.mark.parametrize("rate", ["1/" + "9" * 400, "0/0", "x"])
def test_an_absurd_pause_that_a_robots_txt_asks_for_stops_nobody(rate: str) -> None:
    robots = Robots(Protego.parse(f"User-agent: *\nCrawl-delay: 7\nRequest-rate: {rate}\n"), "")
    assert robots.delay == 7


def test_a_robots_txt_of_yesterday_is_removed(server: BadServer, tmp_path: Path, ask) -> None:  # type: ignore[no-untyped-def]
    old = tmp_path / "robots" / "private" / "0.json"
    old.parent.mkdir(parents=True)
    old.touch()
    os.utime(old, (1, 1))
    ask("/a")
    assert not old.exists()


def test_absurd_addresses_are_refused(ask) -> None:  # type: ignore[no-untyped-def]
    for url in ("http://", "http://[::1", "http://a.example:99999/", "http://" + "a" * 300 + ".example/", "http://x.example/" + "a" * 5000):  # fmt: skip
        got = ask(url)
        assert got.outcome in ("refused", "failed", "disallowed"), url


def test_the_limits_are_those_of_pages_lists_and_robots() -> None:
    sizes = [fetch_client._most(Ask("s", what, "u")) for what in ("page", "listing", "robots")]  # type: ignore[arg-type]
    assert sizes == [20_000_000, 52_428_800, 512_000]
