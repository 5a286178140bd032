"""Only public addresses are connected to, whatever a name resolves to."""

from __future__ import annotations

import asyncio
import socket
import threading

import httpcore
import pytest

from flows.fetch.network import ForbiddenAddressError, PublicOnly, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "fec0::1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_what_is_no_public_address(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_what_is_one(address: str) -> None:
    assert is_public(address)


def _resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make names resolve to one answer after another; return who was connected to."""
    left = list(answers)
    connected: list[str] = []

    def getaddrinfo(*_: object, **__: object) -> list[tuple[object, ...]]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in found]

    async def connect_tcp(self: object, host: str, *_: object) -> None:
        connected.append(host)
        raise httpcore.ConnectError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    return connected


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = _resolving(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(ForbiddenAddressError, match="no public address"):
        asyncio.run(PublicOnly(2).connect_tcp("naba.example", 80))
    assert connected == []


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that answers otherwise the second time (DNS rebinding) gains nothing."""
    connected = _resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(PublicOnly(2).connect_tcp("naba.example", 80))
    assert connected == ["93.184.216.34"]


def test_a_name_that_does_not_resolve_is_a_failed_connection() -> None:
    with pytest.raises(httpcore.ConnectError):
        asyncio.run(PublicOnly(2).connect_tcp("a" * 64 + ".example", 80))


def test_names_that_nobody_answers_for_keep_no_other_from_being_resolved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected = _resolving(monkeypatch, ["93.184.216.34"])
    answers, over = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host: str, *args: object, **known: object) -> object:
        if host == "silent.example":
            over.wait(30)
        return answers(host, *args, **known)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def go() -> None:
        public = PublicOnly(64)
        silent = [asyncio.create_task(public.connect_tcp("silent.example", 80)) for _ in range(40)]
        await asyncio.sleep(0)
        with pytest.raises(httpcore.ConnectError):
            await public.connect_tcp("naba.example", 80, timeout=5)
        over.set()
        await asyncio.gather(*silent, return_exceptions=True)

    asyncio.run(go())
    assert len(connected) == 41


def test_no_unix_socket_is_reached() -> None:
    with pytest.raises(ForbiddenAddressError):
        asyncio.run(PublicOnly(2).connect_unix_socket("/run/docker.sock"))
