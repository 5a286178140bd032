"""A server that misbehaves on purpose: raw bytes on a loopback socket, whatever HTTP says."""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
PAGE = "<html><body><p>نص</p></body></html>".encode()


def whole(body: bytes = PAGE, status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer as it should be."""
    kind = (
        ()
        if any(h.lower().startswith("content-type") for h in headers)
        else ("Content-Type: text/html; charset=utf-8",)
    )
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *kind, *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(to: str) -> bytes:
    return whole(b"", "302 Found", f"Location: {to}")


def bomb(megabytes: int) -> bytes:
    """Return a gzip answer that unpacks to so many megabytes."""
    return whole(gzip.compress(bytes(megabytes * 1_000_000)), "200 OK", "Content-Encoding: gzip")


def twice_packed(megabytes: int) -> bytes:
    packed = gzip.compress(gzip.compress(bytes(megabytes * 1_000_000)))
    return whole(packed, "200 OK", "Content-Encoding: gzip, gzip")


def raw_deflate(body: bytes) -> bytes:
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return whole(made.compress(body) + made.flush(), "200 OK", "Content-Encoding: deflate")


class BadServer:
    """Serves fixed answers by path; `answers` may also hold a coroutine that writes by itself."""

    def __init__(self, host: str = "127.0.9.1") -> None:
        self.host = host
        self.answers: dict[str, bytes | Answer] = {"/robots.txt": whole(b"", "404 Not Found")}
        self.asked: list[str] = []
        self.heads: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def site(self) -> str:
        return f"http://{self.host}:{self.port}"

    def __enter__(self) -> BadServer:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._talk, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        talking = asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await asyncio.sleep(0.01)  # what was aborted is closed by the loop, a turn later

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            self.asked.append(path)
            self.heads.append(head.decode())
            answer = self.answers.get(path, whole(b"no", "404 Not Found"))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
