"""From failing rows to rows of quarantine, and what falls with them.

A refused page takes its articles along, and a page of which no article is left falls with its
last one: nothing that hangs on a refused record may be dropped without a row that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import pyarrow as pa

from expectations.rules import Rule, Value
from expectations.suite import Outcome
from transforms.accepts import Accepts
from transforms.version import TRANSFORM_VERSION
from warehouse.staging import Batch
from warehouse.tables import Quarantine
from warehouse.tables.publish import Stage

RecordUnit = Literal["page", "article"]


@dataclass(frozen=True, slots=True)
class Refused:
    """One record that a gate refused: `rule` is the first critical rule that failed.

    With a `decision_id` it is let in all the same: an analyst's decision wins over the rule, and
    `overruled` are all the rules that it fails.
    """

    record_id: str
    unit: RecordUnit
    page_id: str
    locator: str
    url: str | None
    rule: str
    rule_version: str
    reason: str
    evidence: str
    decision_id: str | None = None
    overruled: tuple[str, ...] = ()


def refused_rows(
    unit: RecordUnit,
    frame: pa.Table,
    rules: Sequence[Rule],
    outcomes: dict[str, Outcome],
    accepts: Accepts,
) -> list[Refused]:
    """Return the rows of a frame that failed a critical row rule, in the frame's order.

    Those among them that fail by nothing but what is accepted have the decision's id.
    """
    failing: dict[int, list[tuple[Rule, Value]]] = {}
    for rule in rules:
        if rule.refuses:
            for row, value in outcomes[rule.id].failed:
                failing.setdefault(row, []).append((rule, value))
    numbers = sorted(failing)
    columns = [f"{unit}_id", "page_id", "locator", "url"]
    records = (
        frame.select([*dict.fromkeys(columns)]).take(pa.array(numbers, pa.int64())).to_pylist()
    )
    return [
        _refused(unit, record, failing[number], accepts)
        for number, record in zip(numbers, records, strict=True)
        if record[f"{unit}_id"] is not None  # a rule of its own holds a batch with such a row
    ]


def _refused(
    unit: RecordUnit,
    record: dict[str, str | None],
    faults: list[tuple[Rule, Value]],
    accepts: Accepts,
) -> Refused:
    record_id, page_id = str(record[f"{unit}_id"]), str(record["page_id"])
    decisions = [
        None if rule.final else accepts.deciding(rule.id, record_id, page_id) for rule, _ in faults
    ]
    refusing = [fault for fault, by in zip(faults, decisions, strict=True) if by is None]
    told = refusing or faults
    decisive = told[0][0]
    refused = _link(record, unit, decisive.id, decisive.version, decisive.reason, shown(told))
    if refusing:
        return refused
    overruled = tuple(rule.id for rule, _ in faults)
    return replace(refused, decision_id=decisions[0], overruled=overruled)


def shown(faults: Iterable[tuple[Rule, Value]]) -> str:
    """Return the evidence of a refusal: every failing rule's observed value and what it expects."""
    return "; ".join(
        f"{rule.column} = {worded(value)}, expected {rule.threshold.removeprefix(rule.column)[1:]}"
        for rule, value in faults
    )


def worded(value: Value) -> str:
    """Return an observed value in at most 200 characters, without a tail of digits."""
    return (f"{value:.4g}" if isinstance(value, float) else str(value))[:200]


def with_fallen(refused: Sequence[Refused], links: pa.Table) -> list[Refused]:
    """Return the refusals and those that follow from them and from the stage's own.

    `links` has a row for each article as found: its page, and the rule and reason of each that was
    refused before. Records that were refused before are not refused again.
    """
    articles = {each.record_id: each for each in refused if each.unit == "article"}
    pages = {each.record_id: each for each in refused if each.unit == "page"}
    on_page: dict[str, list[dict[str, str | None]]] = {}
    for link in links.to_pylist():
        on_page.setdefault(link["page_id"], []).append(link)
    fallen: list[Refused] = []
    for page_id, found in on_page.items():
        lost = pages.get(page_id) or _before(found[0], "page")
        if lost is not None:
            fallen += [
                _follow(link, "article", f"Its page was refused: {lost.reason}", lost)
                for link in found
                if link["article_id"] not in articles and link["article_rule"] is None
            ]
            continue
        last = [articles.get(str(link["article_id"])) or _before(link, "article") for link in found]
        if last[0] is not None and all(last):
            reason = f"No article is left on the page: {last[0].reason}"
            fallen.append(_follow(found[0], "page", reason, last[0]))
    return once([*refused, *fallen])


def once(refused: Sequence[Refused]) -> list[Refused]:
    """Return the first refusal of each record: two versions of an article share its id."""
    return [*{(each.unit, each.record_id): each for each in reversed(refused)}.values()][::-1]


def _before(link: dict[str, str | None], unit: RecordUnit) -> Refused | None:
    """Return the refusal of an earlier hand that `links` tells of, or None."""
    rule, reason = link[f"{unit}_rule"], link[f"{unit}_reason"]
    if rule is None or reason is None:
        return None
    return _link(link, unit, rule, "1", reason, f"refused earlier by {rule}")


def _follow(link: dict[str, str | None], unit: RecordUnit, reason: str, cause: Refused) -> Refused:
    evidence = f"{cause.unit} {cause.record_id}: {cause.evidence}"
    return _link(link, unit, cause.rule, cause.rule_version, reason, evidence)


def _link(
    link: dict[str, str | None], unit: RecordUnit, rule: str, version: str, reason: str, why: str
) -> Refused:
    return Refused(
        record_id=str(link[f"{unit}_id"]), unit=unit, page_id=str(link["page_id"]),
        locator=str(link["locator"]), url=link["url"], rule=rule, rule_version=version,
        reason=reason, evidence=why,
    )  # fmt: skip


def quarantine_row(refused: Refused, *, stage: Stage, batch: Batch, at: datetime) -> Quarantine:
    """Return a first refusal as a row; the store counts attempts and keeps the first sight.

    What a decision lets in is a row too, of the state `accepted`: nothing passes unrecorded.
    """
    return Quarantine(
        record_id=refused.record_id,
        stage=stage,
        unit=refused.unit,
        source_id=batch.source_id,
        page_id=refused.page_id,
        locator=refused.locator,
        url=refused.url,
        reason=refused.reason,
        rule=refused.rule,
        rule_version=refused.rule_version,
        evidence=refused.evidence,
        attempts=1,
        first_seen=at,
        last_seen=at,
        state="accepted" if refused.decision_id else "quarantined",
        run_id=batch.run_id,
        transform_version=TRANSFORM_VERSION,
        decision_id=refused.decision_id,
    )
