"""Addresses of pages: the form under which two spellings of one address are the same document."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

#: Parameters that say how a reader came to a page, never which page it is.
_TRACKING = ("utm_", "fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "ocid")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def canonical_url(url: str | None) -> str | None:
    """Return `url` with host in lower case, without fragment, tracking and default port.

    A fragment that names a page of its own (#!) stays. What cannot be split is returned as it
    stands: it still names a document, only without variants. None and blank give None.
    """
    url = (url or "").strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.netloc:
        return url or None
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    host = host.removesuffix(_DEFAULT_PORTS.get(scheme, "\n"))
    query = "&".join(p for p in parts.query.split("&") if not p.lower().startswith(_TRACKING))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((scheme, host, parts.path or "/", query, fragment))
