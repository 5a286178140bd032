"""The JSON form of `khabar export`, published in docs/schemas/ like those in `shapes`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from flows.commands.shapes import Shape


class ExportShape(Shape):
    """What `khabar export --json` prints."""

    schema_: Literal["khabar.export/1"] = Field(default="khabar.export/1", alias="schema")
    kind: str
    path: str | None = Field(description="file or folder that was written")
    snapshot: int = Field(ge=0, description="that --snapshot takes while it is kept")
    last_run_id: str = Field(description="newest run in it; empty before the first")
    committed_at: str = Field(description="when that snapshot was made (UTC)")
    bytes: int = Field(ge=0)
    rows: dict[str, int] = Field(description="by table, or by kind of line")
    left_out: dict[str, int] = Field(description="what the format has no place for")
    withheld: list[str] = Field(description="sources whose texts are not in it")
