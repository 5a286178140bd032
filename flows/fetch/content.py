"""The body of an answer: received under a limit, unpacked under the same, and of a kind wanted."""

from __future__ import annotations

import zlib
from email.message import Message

import httpx

#: What a page's answer may declare itself to be; what declares nothing or `octet-stream` is
#: looked at, as browsers do.
_HTML = ("text/html", "application/xhtml+xml")
_UNSAID = ("", "application/octet-stream", "binary/octet-stream", "unknown/unknown")
#: A beginning that no page has: PDF, PNG, JPEG, GIF, ZIP, RIFF (WebP), MP4 and the like.
_NO_PAGE = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"RIFF", b"\x1f\x8b")
_HEAD_BYTES = 2_048
#: Packed bytes that are looked at together: what follows the end of a member is copied, so that
#: of a body of a million members the whole would be copied a million times.
_STEP = 16_384
#: Members of one gzip stream; bgzip makes one of every 64 KB.
_MEMBERS = 10_000


class UnwantedError(Exception):
    """The answer is none that helps, and would be none the next time; `rule` says why."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule


async def receive(response: httpx.Response, most: int) -> bytes:
    """Return the body, unpacked; of neither form more than `most` bytes are ever held.

    Raises:
        UnwantedError: It is larger, a bomb, or packed in a way that was not offered.
        httpx.HTTPError: The connection failed, or the body is shorter than was said.
    """
    said = response.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > most:
        raise UnwantedError("fetch.too-large", f"{int(said):,} bytes were announced")
    body = bytearray()  # a list of parts would weigh many times what a body of crumbs does
    async for part in response.aiter_raw():
        body += part
        if len(body) > most:
            raise UnwantedError("fetch.too-large", f"more than {most:,} bytes came")
    return unpack(bytes(body), response.headers.get("content-encoding", ""), most)


def unpack(body: bytes, encoding: str, most: int) -> bytes:
    """Return a body without its content encoding; gzip and deflate are what was offered.

    Raises:
        UnwantedError: It unpacks to more than `most` bytes, is damaged, or packed otherwise.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity") or not body:
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise UnwantedError("fetch.encoding", f"content-encoding {encoding[:60]!r} was not offered")
    is_raw_deflate = encoding == "deflate" and body[0] & 0x0F != 8
    try:
        return gunzip(body, most, -zlib.MAX_WBITS if is_raw_deflate else zlib.MAX_WBITS | 32)
    except zlib.error as damage:
        if encoding != "deflate" and not body.startswith(b"\x1f\x8b"):
            return body  # said to be packed, and is not: seen on old servers
        raise UnwantedError("fetch.damaged", f"{encoding}: {damage}") from None


def gunzip(body: bytes, most: int, bits: int = zlib.MAX_WBITS | 32) -> bytes:
    """Return what a gzip or zlib stream unpacks to, one member after another.

    Raises:
        UnwantedError: That is more than `most` bytes, of more members than anyone writes, or the
            stream ends early.
        zlib.error: It is damaged.
    """
    whole = bytearray()
    member, members = zlib.decompressobj(bits), 1
    for start in range(0, len(body), _STEP):
        rest = body[start : start + _STEP]
        while rest := rest.lstrip(b"\0") if member.eof else rest:
            if member.eof:
                member, members = zlib.decompressobj(bits), members + 1
            whole += member.decompress(rest, most + 1 - len(whole))
            if len(whole) > most or members > _MEMBERS:
                words = f"unpack to more than {most:,}, or from more than {_MEMBERS:,} members"
                raise UnwantedError("fetch.bomb", f"{len(body):,} bytes {words}")
            rest = member.unused_data
    if body and not member.eof:
        raise UnwantedError("fetch.damaged", "the packed content ends early")
    return bytes(whole)


def declared(response: httpx.Response) -> tuple[str, str | None]:
    """Return media type and charset as the answer's header has them, in lower case."""
    message = Message()
    message["content-type"] = response.headers.get("content-type", "")[:500]
    media_type = message.get_content_type() if message["content-type"] else ""
    charset = message.get_param("charset")
    return media_type, charset[:40].strip().lower() if isinstance(charset, str) else None


def page_type(media_type: str, payload: bytes) -> str:
    """Return `text/html` or `text/plain`: what a page's answer really is.

    Raises:
        UnwantedError: It is no page, whatever it says: a picture, a PDF, data.
    """
    head = payload[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(_NO_PAGE) or head[4:8] == b"ftyp":
        raise UnwantedError("fetch.media-type", f"declared {media_type or 'nothing'}, is no text")
    looks_like_markup = b"<html" in head.lower() or head[:9].lower() == b"<!doctype"
    if media_type in _HTML or (media_type in ("text/plain", *_UNSAID) and looks_like_markup):
        return "text/html"
    if media_type == "text/plain":
        return media_type
    raise UnwantedError("fetch.media-type", f"{media_type or 'no media type'} is no page")
