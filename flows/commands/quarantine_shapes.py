"""What `khabar quarantine` and `khabar check` print with --json.

The columns of `quarantine` and `attempts` are the row models' own.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, create_model

from flows.commands.run_shapes import ENDED, columns_of
from flows.commands.shapes import Shape
from warehouse.tables import Attempt, Quarantine, Run


def _named(schema: str) -> dict[str, Any]:
    kind: Any = Literal[schema]
    return {"schema_": (kind, Field(schema, alias="schema"))}


RefusedShape = create_model(
    "RefusedShape",
    __base__=Shape,
    __doc__="One line of `khabar quarantine list --json`: a row of `quarantine`.",
    **_named("khabar.quarantine/1") | columns_of(Quarantine, required=True),
)

AttemptShape = create_model(
    "AttemptShape",
    __base__=Shape,
    __doc__="One try: a row of `attempts`.",
    **columns_of(Attempt, required=True),
)

#: As a type of fields, which a model made at run time is none of for mypy.
_ATTEMPT: Any = AttemptShape


class RuleShape(Shape):
    """The rule that refused, as it is declared today."""

    version: str
    threshold: str
    why: str = Field(description="why this number")
    final: bool = Field(description="no decision overrules it: a fault, or nothing to let in")


_SHOWN: dict[str, Any] = {
    "rule_now": (RuleShape | None, Field(description="null for what no gate refused")),
    "advice": (str, Field(description="what to do")),
    "text": (str | None, Field(description="beginning of the page's text; null: not kept")),
    "history": (list[_ATTEMPT], Field(description="every try, oldest first")),
    "accepted_because": (str | None, Field(description="why a decision lets it in")),
}

QuarantineShowShape = create_model(
    "QuarantineShowShape",
    __base__=Shape,
    __doc__="What `khabar quarantine show --json` prints: the record's row and all about it.",
    **_named("khabar.quarantine_show/1") | columns_of(Quarantine, required=True) | _SHOWN,
)

ReplayShape = create_model(
    "ReplayShape",
    __base__=Shape,
    __doc__="What `khabar quarantine replay --json` prints; without anything to try, its state.",
    **_named("khabar.quarantine_replay/1")
    | columns_of(Run, required=False)
    | ENDED
    | {
        "exit_code": (int, 0),
        "left": (list[str], Field([], description="what was not tried and why, in words")),
    },
)


class ChangeShape(Shape):
    """One record that the rules of today judge: refused, or once refused and let in."""

    record_id: str
    unit: Literal["page", "article"]
    source_id: str
    page_id: str
    locator: str
    url: str | None
    stage: str
    rule: str = Field(description="that refuses it; of what would be let in, that refused it")
    rule_version: str
    reason: str
    evidence: str


class CheckShape(Shape):
    """What `khabar check --json` prints."""

    schema_: Literal["khabar.check/1"] = Field(default="khabar.check/1", alias="schema")
    snapshot: int
    pages: int = Field(ge=0, description="published pages that were read again")
    refused_pages: int = Field(ge=0, description="pages from quarantine that were read again")
    would_refuse: list[ChangeShape] = Field(description="published, and refused by today's rules")
    would_admit: list[ChangeShape] = Field(description="in quarantine, and let in by them")
    stays_refused: int = Field(ge=0, description="records in quarantine that stay there")
    not_read: int = Field(ge=0, description="in quarantine without a page that could be read")
    not_found: int = Field(ge=0, description="published articles that their page gives no more")
    held: list[str] = Field(description="batches that a gate would hold, and why")
