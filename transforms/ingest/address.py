"""Addresses of pages: the form under which two spellings of one address are the same document."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

#: Parameters that say how a reader came to a page, never which page it is.
_TRACKING = ("utm_", "fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "ocid")
#: A path whose end is a page's own: a number, or words as long as a headline's.
_NAMES_A_PAGE = re.compile(r"[0-9]{4}|[^/]{24}")
#: What an address has in another form in another's hands: `ا` is `%D8%A7` and `%d8%a7`. Behind a
#: bare `%` nothing is taken for an escape: `%%66` would become `%f`, and that the next escape.
_ESCAPED = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])%[0-9A-Fa-f]{2}|[^!-~]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
#: A host's full stop says that the name is whole; a colon without a port says nothing.
_HOST_END = re.compile(r"(?<=[^.])\.?:?$|(?<=[^.])\.(?=:[0-9]+$)")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def canonical_url(url: str | None) -> str | None:
    """Return `url` with host in lower case, without fragment, tracking and default port.

    Path and query are written as RFC 3986 (6.2.2) has them: what is no ASCII is escaped, in upper
    case, what needs no escape has none, and `..` leads up. A fragment that names a page of its own
    (#!) stays. What cannot be split is returned as it stands: it still names a document, only
    without variants. None and blank give None.
    """
    url = (url or "").strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.netloc:
        return url or None
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    host = _without_end(host, _DEFAULT_PORTS.get(scheme, "\n"))
    query = "&".join(p for p in parts.query.split("&") if not p.lower().startswith(_TRACKING))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    path, query, fragment = (_ESCAPED.sub(_escape, p) for p in (parts.path, query, fragment))
    return urlunsplit((scheme, host, _without_dots(path), query, fragment))


def _without_end(host: str, port: str) -> str:
    """Return a host without its default port, full stop and bare colon, in whatever order."""
    while (shorter := _HOST_END.sub("", host.removesuffix(port), count=1)) != host:
        host = shorter
    return host


def _without_dots(path: str) -> str:
    """Return a path without `.` and `..`: robots.txt speaks of the path that is really asked."""
    steps = path.split("/")[1:]
    kept: list[str] = []
    for step in steps:
        if step == "..":
            del kept[-1:]
        elif step != ".":
            kept.append(step)
    if steps and steps[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _escape(found: re.Match[str]) -> str:
    """Return an escape in its usual form, or a character that needs one as its UTF-8."""
    text = found[0]
    if len(text) == 1:
        return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
    letter = chr(int(text[1:], 16))
    return letter if _UNRESERVED.fullmatch(letter) else text.upper()


def stated_url(url: str | None, stated: str) -> str | None:
    """Return the canonical address of a page's document: `url`, or what the page states it is.

    A page is believed only where it names another spelling of its own address: another scheme,
    `www.`, `m.` or `amp.` before the host, a trailing slash, `/amp`, no query behind a path that
    names a page by itself. Sites that print the same address on every page would make one
    document of all.
    """
    if not url:
        return canonical_url(stated)
    try:
        whole = canonical_url(urljoin(url, stated.strip()))
        return whole if whole and _is_spelling_of(whole, url) else url
    except ValueError:
        return url


def _is_spelling_of(stated: str, url: str) -> bool:
    one, other = urlsplit(stated), urlsplit(url)
    if _bare(one) != _bare(other):
        return False
    if one.query == other.query:
        return True
    return not one.query and _NAMES_A_PAGE.search(one.path) is not None


def _bare(parts: SplitResult) -> tuple[str, str]:
    """Return host and path of an address without what one page's spellings differ in."""
    host = (parts.hostname or "").lower()
    for prefix in ("www.", "m.", "amp.", "mobile."):
        host = host.removeprefix(prefix)
    path = parts.path.rstrip("/").removesuffix("/amp").removesuffix(".amp")
    return host, path.removeprefix("/amp")
