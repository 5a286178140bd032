"""The `[notify]` table of khabar.toml: who is told how a run ended."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

#: How a run can end, as far as anybody may want to be told. `warned`: published or nothing
#: new, but a gate warned.
Ending = Literal["failed", "held", "refused", "warned", "published", "nothing_new"]


class NotifyChoice(BaseModel):
    """The `[notify]` table: which blocks are told, and of which endings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    blocks: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")], ...] = ()
    on: tuple[Ending, ...] = ("failed", "held", "refused")
