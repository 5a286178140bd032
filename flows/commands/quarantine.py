"""`khabar quarantine list`: refused records, two or three lines each, and their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from flows.commands.page_ids import ID
from flows.commands.quarantine_shapes import RefusedShape
from flows.commands.shapes import line
from flows.commands.terminal import isolated
from flows.commands.wrong_use import guarded
from transforms.plain import one_line
from warehouse.tables import Quarantine
from warehouse.tables.publish import QuarantineState, Stage

if TYPE_CHECKING:
    from warehouse.reader import Reader

#: Columns of a terminal that a list keeps to, and of a line that says more of a record.
WIDTH = 80
_INDENT = 4
#: Rules that are counted at the end of a list.
_COUNTED = 5

_FITS = """
FROM quarantine
WHERE ($source IS NULL OR source_id = $source) AND ($rule IS NULL OR rule = $rule)
  AND ($stage IS NULL OR stage = $stage) AND ($state IS NULL OR state = $state)
  AND ($since IS NULL OR last_seen >= $since)
"""


def list_records(
    *, source: str | None, rule: str | None, stage: str | None, since: str | None, state: str,
    limit: int, home: Path | None, config: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Print the records that fit; 0 also where none does."""
    asked = {"source": source, "rule": rule, "stage": stage, "since": since, "state": state}
    return guarded(lambda: _list(asked, limit, home, config, as_json=as_json))


def _list(
    asked: dict[str, str | None], limit: int, home: Path | None, config: Path | None, *,
    as_json: bool,
) -> int:  # fmt: skip
    from flows.settings import load_settings
    from warehouse.reader import connect

    values = _checked(asked)
    with connect(load_settings(home=home, config=config).home) as reader:
        counts = Counter(
            dict(_rows_of(reader, f"SELECT rule, count(*) {_FITS} GROUP BY 1", values))
        )
        query = f"SELECT * {_FITS} ORDER BY last_seen DESC, record_id, stage LIMIT $limit"
        found = records(reader, query, {**values, "limit": limit})
    if as_json:
        for each in found:
            print(line(RefusedShape.model_validate(each)))
    else:
        print("\n".join(_told(found, counts)))
    return 0


def _checked(asked: dict[str, str | None]) -> dict[str, Any]:
    """Return what is asked as parameters; raises UsageError on what is no stage, state or day."""
    from flows.settings import UsageError

    values: dict[str, Any] = dict(asked)
    states = (*get_args(QuarantineState), "all")
    if asked["state"] not in states:
        raise UsageError(f"--state is one of {', '.join(states)}, not {asked['state']}")
    if asked["stage"] not in (None, *get_args(Stage)):
        raise UsageError(f"--stage is one of {', '.join(get_args(Stage))}, not {asked['stage']}")
    if asked["state"] == "all":
        values["state"] = None
    if asked["since"]:
        try:
            day = date.fromisoformat(asked["since"])
        except ValueError:
            raise UsageError(
                f"--since takes a day such as 2026-05-07, not {asked['since']}"
            ) from None
        values["since"] = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return values


def records(reader: Reader, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return rows of quarantine; a home that an earlier version wrote lacks a column or two."""
    rows: list[dict[str, Any]] = reader.execute(query, values).to_arrow_table().to_pylist()
    return [{name: row.get(name) for name in Quarantine.model_fields} for row in rows]


def the_record(reader: Reader, prefix: str) -> list[dict[str, Any]]:
    """Return the rows of the record whose id begins so, the newest first; else of its page.

    Raises UsageError where there is none, or several.
    """
    from flows.settings import UsageError

    if not ID.fullmatch(prefix):
        raise UsageError(f"no id of a page or article (8 to 64 hexadecimal digits): {prefix}")
    for column in ("record_id", "page_id"):
        query = (
            f"SELECT * FROM quarantine WHERE starts_with({column}, $prefix)"  # noqa: S608
            " ORDER BY state = 'quarantined' DESC, last_seen DESC, stage"
        )
        found = records(reader, query, {"prefix": prefix})
        ids = {row["record_id"] for row in found}
        if len(ids) > 1:
            shown = ", ".join(sorted(each[:16] for each in ids))
            raise UsageError(f"several records begin with {prefix}, or stand on it: {shown}")
        if found:
            return found
    raise UsageError(f"no record of quarantine begins with {prefix}: khabar quarantine list")


def _rows_of(reader: Reader, query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return reader.execute(query, values).fetchall()


def _told(found: Sequence[dict[str, Any]], counts: Counter[str]) -> list[str]:
    if not found:
        return ["Nothing of that kind is in quarantine."]
    lines = [f"{'record':12} {'source':13} {'rule':36} {'tries':>5} {'last':10}"]
    for each in found:
        lines += _of_record(each)
    total = counts.total()
    shown = f", {len(found)} of them shown (--limit)" if len(found) < total else ""
    noun = "record" if total == 1 else "records"
    lines += ["", f"{total} {noun}{shown}; all of one: khabar quarantine show RECORD"]
    if len(counts) > 1:
        most = ", ".join(f"{count} {rule}" for rule, count in counts.most_common(_COUNTED))
        lines.append(f"most by: {most}")
    return lines


def _of_record(each: dict[str, Any]) -> list[str]:
    state = "" if each["state"] == "quarantined" else f" [{each['state']}]"
    head = (
        f"{each['record_id'][:12]:12} {one_line(each['source_id'], 13):13}"
        f" {one_line(each['rule'], 36):36} {each['attempts']:>5} {each['last_seen']:%Y-%m-%d}"
    )
    rest = WIDTH - _INDENT
    told = one_line(f"{each['unit']}{state}: {each['reason']}", rest)
    seen = isolated(one_line(each["evidence"], rest - 2))
    return [
        head,
        f"{' ' * _INDENT}{told}",
        *([f"{' ' * _INDENT}{seen}"] if each["evidence"] else []),
    ]
