"""What khabar.toml says of a source, and of fetching: `[[sources]]` and `[fetch]`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from flows.schedule import MAIN, Group
from transforms.ingest.columns import ROLES, unknown_roles
from warehouse.tables import Source

#: What transforms/clean/rules/languages.tsv tells apart.
Language = Literal["ar", "fa", "ur", "ckb", "ps", "en", "fr"]
#: How the pages of a source get in: files that lie there, or pages that a list on the web names.
Kind = Literal["files", "feed", "sitemap", "urls"]
#: The kinds that are fetched.
WEB: tuple[Kind, ...] = ("feed", "sitemap", "urls")
#: What decides no row: how often and how politely a source is asked.
NOT_HASHED = {
    "path", "group", "address", "terms", "export_text", "enabled", "private_network", "max_pages",
    "recheck_hours", "drift",
}  # fmt: skip


class Outlet(BaseModel):
    """One `[[sources]]` entry: an outlet, an aggregator or an export, and where its pages lie.

    `kind` is `files` (a folder or file, `path`), `feed` (RSS or Atom), `sitemap` (also news
    sitemaps, indexes and .gz) or `urls` (a list of addresses, one a line); the last three have an
    `address` or several, `urls` also a `path`. `max_pages` bounds what one run fetches; a page
    that is still listed `recheck_hours` after it was fetched is asked for again, and costs little
    where it did not change (0: never). `private_network` lets addresses of this machine and of
    private networks be asked. `terms` is a note on the licence; without `export_text` the texts
    stay out of exports. `enabled = false` keeps an entry that is not run.

    `columns` says which column of its tables holds a field (title, text, published, ...) where
    the usual names do not fit: `{"title": "hed"}`. Without `line_index` each of its pages is read
    by itself: nothing is cut because it stands on other pages of the source too. Articles in
    other languages than `languages` are refused; names and dates are read in Arabic only.

    `drift = "stop"` holds the source's batches where they are far from what it usually brings
    (rules `publish.source.*` in docs/checks.md); otherwise the run warns and publishes them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
    name_ar: str | None = None
    name_en: str | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    group: Group = MAIN
    kind: Kind = "files"
    path: Path | None = None
    address: tuple[str, ...] = ()
    enabled: bool = True
    terms: str | None = None
    export_text: bool = True
    #: A feed holds 10 to 100 entries; a first run over a large sitemap should not take a day.
    max_pages: Annotated[int, Field(ge=1, le=100_000)] = 500
    recheck_hours: Annotated[int, Field(ge=0, le=8_760)] = 24
    private_network: bool = False
    columns: dict[str, str] = {}
    line_index: bool = True
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("ar",)
    drift: Literal["warn", "stop"] = "warn"

    @field_validator("columns")
    @classmethod
    def _known_roles(cls, columns: dict[str, str]) -> dict[str, str]:
        if unknown := unknown_roles(columns):
            raise ValueError(f"{', '.join(unknown)} is none of {', '.join(ROLES)}")
        return columns

    @field_validator("address", mode="before")
    @classmethod
    def _one_or_more(cls, address: Any) -> Any:
        return (address,) if isinstance(address, str) else address

    @field_validator("address")
    @classmethod
    def _on_the_web(cls, address: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in address if not is_web_address(each)]:
            raise ValueError(f"{wrong[0]!r} is no http or https address")
        return address

    @model_validator(mode="after")
    def _has_a_place(self) -> Outlet:
        if self.kind == "files" and self.address:
            raise ValueError("an address needs its kind: feed, sitemap or urls")
        if self.kind in ("feed", "sitemap") and (self.path or not self.address):
            raise ValueError(f"a {self.kind} has an address and no path")
        if self.kind == "urls" and not (self.path or self.address):
            raise ValueError("a list of urls has an address or a path")
        return self

    @property
    def source_id(self) -> str:
        """Return the id under which the tables know the source."""
        return self.id

    @property
    def on_the_web(self) -> bool:
        """Return whether the source's pages are fetched."""
        return self.kind in WEB

    def row(self) -> Source:
        """Return the source's row of the table `sources`."""
        return Source(
            source_id=self.id, name_ar=self.name_ar, name_en=self.name_en,
            country=self.country, kind=self.kind, languages=" ".join(self.languages),
            address=" ".join(self.address) or None, terms=self.terms,
            text_exported=self.export_text,
        )  # fmt: skip


class FetchChoice(BaseModel):
    """The `[fetch]` table: how this installation behaves towards the sites that it asks.

    `contact` is an e-mail address or a page about you: each request names it, so that who runs a
    site can reach you. Without it nothing is fetched. `delay_seconds` lie between two requests to
    one host, of which never two run at once; a longer delay in its robots.txt is kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: (
        Annotated[str, Field(min_length=5, max_length=200, pattern=r"^[\x21-\x7e]+$")] | None
    ) = None
    delay_seconds: Annotated[float, Field(ge=0, le=60)] = 1.0
    #: Requests under way at once, to different hosts, of one source half as many: beyond it a home
    #: connection is the limit.
    concurrency: Annotated[int, Field(ge=1, le=256)] = 32
    #: From the first byte asked to the last byte received; a page that is slower is no page.
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    #: What is not fetched by then is left to the next run.
    minutes: Annotated[float, Field(gt=0, le=1_440)] = 45.0
    #: Tries of one request in one run, where trying again may help.
    tries: Annotated[int, Field(ge=1, le=10)] = 3


def is_web_address(text: str) -> bool:
    """Return whether `text` is an address that can be fetched: http or https with a host.

    One with a user name or password in it is not: they would stand in the tables.
    """
    try:
        parts = urlsplit(text)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_open = parts.username is None and parts.password is None
    has_place = bool(parts.hostname) and parts.netloc.split() == [parts.netloc] and port_is_sound
    return parts.scheme.lower() in ("http", "https") and has_place and is_open
