"""The JSON forms of `khabar forget`, published in docs/schemas/ like those in `shapes`."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from flows.commands.shapes import Shape


class ForgottenPageShape(Shape):
    """One page that goes."""

    page_id: str
    source_id: str
    locator: str = Field(description="where it was read")


class ForgetShape(Shape):
    """One line of `khabar forget --json`: one target, and what goes with it."""

    target: str = Field(description="as it was given")
    address: str | None = Field(description="all that ever comes from there; null for an id")
    done: bool = Field(description="false with --dry-run: nothing was removed")
    pages: list[ForgottenPageShape]
    rows: dict[str, int] = Field(description="rows that go, by table")
    payloads: int = Field(ge=0, description="bytes that raw loses: no other page has them")
    held_pages: int = Field(ge=0, description="pages among them in batches that a gate held")
    journal_lines: int = Field(ge=0, description="lines of journals of what was fetched that go")
    requests: int = Field(ge=0, description="rows of fetches that stay and name the address")
    other_pages: int = Field(ge=0, description="pages that stay and show a headline of these")
    decisions: int = Field(ge=0, description="decisions on these articles, which stay")


class TombstoneShape(Shape):
    """One line of `khabar forget --list --json`: one page that was forgotten."""

    forgotten_at: AwareDatetime
    page_id: str
    source_id: str
    by_address: bool = Field(description="whether all that comes from its address was forgotten")
    articles: int = Field(ge=0)
    versions: int = Field(ge=0)
    mentions: int = Field(ge=0)
    raw: bool = Field(description="whether raw lost its bytes")
    reason: str | None
