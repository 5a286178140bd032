"""`khabar quarantine accept`: an analyst's decision to let a refused record in, or no longer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.quarantine import the_record
from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from flows.settings import Settings
    from warehouse.tables import Decision


def run(
    record: str, *, why: str | None, revoke: bool, home: Path | None, config: Path | None
) -> int:
    """Write the decision, or take it back; 2 where it cannot be."""

    def command() -> int:
        from flows.settings import UsageError, load_settings

        settings = load_settings(home=home, config=config)
        if revoke:
            return _revoke(settings, record)
        if not (why or "").strip():
            raise UsageError("say why it is let in, for whoever reads the decision: --why '...'")
        return _accept(settings, record, why)

    return guarded(command)


def _accept(settings: Settings, record: str, why: str | None) -> int:
    from flows.settings import UsageError
    from warehouse.accepts import accepts_of, change_accepts
    from warehouse.reader import connect

    with connect(settings.home) as reader:
        row = the_record(reader, record)[0]
    if row["state"] == "accepted":
        raise UsageError(f"{row['record_id'][:12]} is accepted already")
    if row["state"] == "released":
        raise UsageError(f"{row['record_id'][:12]} passed since it was refused: it is let in")
    decision = _decision(row, why)
    if any(each.decision_id == decision.decision_id for each in accepts_of(settings.home).rows):
        raise UsageError(f"{row['record_id'][:12]} is accepted already; the next run follows")
    change_accepts(settings.home, [decision], wait_seconds=settings.lock_wait_seconds)
    print(
        f"{row['unit']} {row['record_id'][:12]} of {isolated(row['source_id'])} is let in although "
        f"{row['rule']} refuses it: {isolated(decision.note or '')}"
    )
    print(
        f"The next run follows, or at once: khabar quarantine replay {row['record_id'][:12]}"
        f" --home {settings.home}"
    )
    _say_where(settings)
    return 0


def _decision(row: dict[str, Any], why: str | None) -> Decision:
    """Return the decision on a row; one that fell with its page is let in with that."""
    from flows.refusals import what_to_do
    from flows.settings import UsageError
    from transforms.accepts import accept
    from transforms.decision_lines import DecisionError

    unit = _unit_judged(row["rule"])
    if unit is None:
        raise UsageError(
            f"no decision can let it in: {row['rule']} says that {row['reason']}. "
            f"{what_to_do(row['rule'])}"
        )
    record = row["page_id"] if unit == "page" else row["record_id"]
    try:
        return accept(
            decided_on=f"{datetime.now(UTC):%Y-%m-%d}", action="accept", record_id=record,
            on_page=row["page_id"], rule=row["rule"], note=why,
        )  # fmt: skip
    except DecisionError as problem:
        raise UsageError(str(problem)) from None


def _unit_judged(rule_id: str) -> str | None:
    """Return what a rule judges that a person may overrule; None of any other refusal."""
    from expectations.catalogue import acceptable, all_rules

    if not acceptable(rule_id):
        return None
    return next(rule.unit for rule in all_rules() if rule.id == rule_id)


def _revoke(settings: Settings, record: str) -> int:
    from flows.commands.page_ids import ID
    from flows.settings import UsageError
    from warehouse.accepts import accepts_of, change_accepts

    if not ID.fullmatch(record):
        raise UsageError(f"no id of a page or article (8 to 64 hexadecimal digits): {record}")
    rows = [
        row
        for row in accepts_of(settings.home).rows
        if (row.record_id or "").startswith(record) or (row.on_page or "").startswith(record)
    ]
    if not rows:
        raise UsageError(f"nothing is accepted of {record}: see {settings.home}/decisions")
    if len({row.on_page for row in rows}) > 1:
        raise UsageError(f"several accepted records begin with {record}: give more digits")
    change_accepts(
        settings.home, remove=[row.decision_id for row in rows],
        wait_seconds=settings.lock_wait_seconds,
    )  # fmt: skip
    for row in rows:
        print(f"{(row.record_id or '')[:12]} is no longer let in against {row.rule}")
    print(
        "The next run judges it again, and takes it out of the tables where it is refused; or at "
        f"once: khabar reprocess --home {settings.home}"
    )
    _say_where(settings)
    return 0


def _say_where(settings: Settings) -> None:
    from warehouse.home import Home

    print(f"Written to {Home.at(settings.home).accepts}")
