"""What `khabar sources list` and `khabar sources check` print with --json: one object a source."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from flows.commands.shapes import Shape
from flows.outlet import Kind


class SourcesShape(Shape):
    """One source of khabar.toml: a line of `khabar sources list --json`."""

    schema_: Literal["khabar.sources/1"] = Field(default="khabar.sources/1", alias="schema")
    source_id: str
    kind: Kind
    group: str
    enabled: bool
    state: Literal["well", "failing", "partly", "silent", "not asked yet"] | None = Field(
        description="as in source_health; null of a source that is not on the web"
    )
    last_success: str | None = Field(description="when a list of it was last had (UTC)")
    last_error: str | None = Field(description="why a list of it is not had, while it is not")
    place: str | None = Field(description="its addresses between blanks, or its path")
    name: str | None


class ListSeenShape(Shape):
    """One list of a source."""

    url: str
    pages: int = Field(ge=0, description="that it names")
    problem: str | None


class SourcesCheckShape(Shape):
    """What one source gives now: a line of `khabar sources check --json`."""

    schema_: Literal["khabar.sources_check/1"] = Field(
        default="khabar.sources_check/1", alias="schema"
    )
    source_id: str
    lists: list[ListSeenShape]
    pages: int = Field(ge=0, description="that its lists name, each once")
    page: str | None = Field(description="the page that was asked for")
    problem: str | None = Field(description="why no article is read from it")
    reads: bool = Field(description="whether the page reads as an article")
    title: str | None = None
    body_chars: int | None = None
    published_at: str | None = None
    language: str | None = None
