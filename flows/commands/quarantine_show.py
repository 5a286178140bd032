"""`khabar quarantine show`: one refused record with all that is known of it, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.quarantine import WIDTH, the_record
from flows.commands.quarantine_shapes import AttemptShape, QuarantineShowShape, RuleShape
from flows.commands.shapes import Shape, line
from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded
from transforms.plain import one_line
from warehouse.tables import Attempt

if TYPE_CHECKING:
    from expectations.rules import Rule
    from warehouse.reader import Reader

#: Characters of a page's text: enough to see what it is.
_TEXT = 600
_LABEL = 9

_HISTORY = "SELECT * FROM attempts WHERE record_id = $record ORDER BY tried_at, stage"
_PAGE = """
SELECT left(text, $most) FROM pages WHERE page_id = $page
UNION ALL SELECT left(text, $most) FROM refused_pages WHERE page_id = $page LIMIT 1
"""
_NOTE = "SELECT note FROM decisions WHERE decision_id = $decision"


def show(record: str, *, home: Path | None, config: Path | None, as_json: bool) -> int:
    """Print a record; 2 where there is none of that id."""
    return guarded(lambda: _show(record, home, config, as_json=as_json))


def _show(record: str, home: Path | None, config: Path | None, *, as_json: bool) -> int:
    from flows.settings import load_settings
    from warehouse.reader import connect

    with connect(load_settings(home=home, config=config).home) as reader:
        rows = the_record(reader, record)
        shown = shape_of(reader, rows[0])
    print(line(shown) if as_json else "\n".join(_told(shown.model_dump(), rows[1:])))
    return 0


def shape_of(reader: Reader, row: dict[str, Any]) -> Shape:
    """Return the printed form of a record by its row of quarantine."""
    from expectations.catalogue import all_rules
    from flows.refusals import what_to_do

    rule = next((each for each in all_rules() if each.id == row["rule"]), None)
    page = {"page": row["page_id"], "most": _TEXT}
    text = _asked(reader, _PAGE, page)
    note = _asked(reader, _NOTE, {"decision": row["decision_id"]}) if row["decision_id"] else []
    history = _asked(reader, _HISTORY, {"record": row["record_id"]})
    about: dict[str, Any] = {
        "rule_now": _rule(rule) if rule else None,
        "advice": what_to_do(row["rule"]),
        "text": text[0][0] if text else None,
        "history": [
            AttemptShape.model_validate(dict(zip(Attempt.model_fields, each, strict=True)))
            for each in history
        ],
        "accepted_because": note[0][0] if note else None,
    }
    return QuarantineShowShape.model_validate({**row, **about})


def _rule(rule: Rule) -> RuleShape:
    return RuleShape(version=rule.version, threshold=rule.threshold, why=rule.why, final=rule.final)


def _asked(reader: Reader, query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return rows; none where the home is older than the table. The next run adds it."""
    import duckdb

    try:
        return reader.execute(query, values).fetchall()
    except duckdb.CatalogException:
        return []


def _told(shown: dict[str, Any], others: Sequence[dict[str, Any]]) -> Iterator[str]:
    own = shown["record_id"]
    yield from _labelled("record", f"{own} ({shown['unit']}), {shown['state']}")
    if shown["unit"] == "article":
        yield from _labelled("page", shown["page_id"])
    yield from _labelled("source", shown["source_id"])
    yield from _labelled("read at", shown["locator"])
    yield from _labelled("address", shown["url"])
    yield from _labelled(
        "refused", f"by {shown['rule']}, version {shown['rule_version']}, at {shown['stage']}"
    )
    yield from _labelled("", shown["reason"])
    yield from _labelled("seen", shown["evidence"])
    yield from _labelled(
        "tries", f"{shown['attempts']}, first {_moment(shown['first_seen'])}, "
        f"last {_moment(shown['last_seen'])} in run {shown['run_id']}",
    )  # fmt: skip
    yield from _labelled("accepted", shown["accepted_because"])
    for each in others:
        yield from _labelled("also", f"{each['state']} at {each['stage']}: {each['rule']}")
    yield from _of_rule(shown)
    yield from _labelled("to do", shown["advice"])
    yield from _labelled("", "then: " + _next(shown))
    yield from _history(shown)
    yield ""
    yield "The text of its page begins:" if shown["text"] else "The text of its page is not kept."
    for paragraph in (shown["text"] or "").splitlines():
        if told := one_line(paragraph):
            yield f"  {isolated(told)}"


def _next(shown: dict[str, Any]) -> str:
    short = shown["record_id"][:12]
    if shown["state"] == "accepted":
        return f"khabar quarantine accept {short} --revoke takes the decision back"
    if shown["state"] == "released":
        return "nothing; it passed since"
    accept = f"khabar quarantine accept {short} --why '...'"
    replay = f"khabar quarantine replay {short}"
    rule = shown["rule_now"]
    return f"{replay}; or {accept}" if rule and not rule["final"] else replay


def _of_rule(shown: dict[str, Any]) -> Iterator[str]:
    rule = shown["rule_now"]
    if rule is None:
        return
    changed = "" if rule["version"] == shown["rule_version"] else ", changed since"
    yield from _labelled("rule now", f"version {rule['version']}{changed}: {rule['threshold']}")
    yield from _labelled("why", rule["why"])


def _history(shown: dict[str, Any]) -> Iterator[str]:
    if not shown["history"]:
        return
    yield ""
    yield "History, oldest first:"
    for each in shown["history"]:
        by = f" by {each['rule']} ({each['rule_version']})" if each["outcome"] == "refused" else ""
        yield one_line(
            f"  {_moment(each['tried_at'])}  {each['outcome']:8} at {each['stage']}{by}", WIDTH
        )


def _labelled(label: str, text: str | None) -> Iterator[str]:
    """Yield foreign words beside a label, wrapped, each line isolated from its neighbours."""
    if not text:
        return
    for number, part in enumerate(textwrap.wrap(one_line(text), WIDTH - _LABEL - 2)):
        yield f"{label if number == 0 else '':{_LABEL}}{isolated(part)}"


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
