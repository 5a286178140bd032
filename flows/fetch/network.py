"""Connections to public addresses only, checked where they are made: after the name is resolved.

A name that resolves to one address when it is checked and to another when it is used is of no
avail: the connection goes to the very address that was checked, at every redirect again.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore
import httpx

#: IPv4 inside IPv6 as translators write it (RFC 6052): as public as what is inside.
_TRANSLATED = IPv6Network("64:ff9b::/96")
#: What IPv6 gives to the internet (RFC 4291, 2.4): all else is local, wrapped or not given out.
_GLOBAL = IPv6Network("2000::/3")
#: Of the addresses of a name, how many are tried.
_TRIED = 3


class ForbiddenAddressError(Exception):
    """The name leads to an address of this machine or of a private network."""


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet.

    Private, loopback, link-local (also the metadata services of clouds), shared, reserved and
    multicast addresses are not, nor is IPv6 that only wraps such an IPv4 address.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.teredo is not None or found not in _GLOBAL:
            return False
    return found.is_global and not found.is_multicast


class PublicOnly(httpcore.AsyncNetworkBackend):
    """Makes connections to public addresses; raises `ForbiddenAddressError` before any other.

    So many names as `connections` are resolved at once: asyncio's own threads are six on two cores,
    and six names whose servers do not answer would keep all others from being resolved.
    """

    def __init__(self, connections: int) -> None:
        self._connections = httpcore.AnyIOBackend()
        self._resolvers = ThreadPoolExecutor(connections, "resolve")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers; all of them must be public."""
        addresses = await self._addresses(host, port, timeout)
        if private := [each for each in addresses if not is_public(each)]:
            raise ForbiddenAddressError(f"{host} leads to {private[0]}, which is no public address")
        problem: Exception | None = None
        for address in addresses[:_TRIED]:
            try:
                return await self._connections.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                problem = failed
        raise problem or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no site is reached so."""
        raise ForbiddenAddressError(f"{path} is no public address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        resolve = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.run_in_executor(self._resolvers, resolve)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host} was not resolved in time") from None
        except (OSError, UnicodeError) as problem:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {problem}") from None
        return list(dict.fromkeys(str(each[4][0]) for each in found))


def transport(*, private: bool, connections: int) -> httpx.AsyncHTTPTransport:
    """Return what carries requests: to public addresses only, unless `private`.

    The two must not share connections: a site that one source may reach is no other's.
    """
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    made = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
    if not private:
        # httpx has no argument for it; the pool is httpcore's public class.
        made._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=PublicOnly(connections),
        )
    return made
