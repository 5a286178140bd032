"""`khabar forget`: what would go, the question, and what is gone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flows.commands.shapes import line as as_line
from flows.commands.wrong_use import guarded
from transforms.plain import plain

if TYPE_CHECKING:
    from flows.commands.forget_shapes import ForgetShape, TombstoneShape
    from flows.forget import Traces
    from flows.settings import Settings
    from warehouse.store import Store
    from warehouse.tables import Tombstone

#: Files that are named; who has more to clear up asks `khabar sql` first.
_NAMED = 10


def run(
    targets: Sequence[str], *, reason: str | None, dry_run: bool, yes: bool, listed: bool,
    as_json: bool, home: Path | None, config: Path | None,
) -> int:  # fmt: skip
    """Forget; 0 when it is done or only shown, 1 where it was refused, 2 for wrong use."""
    how = _How(reason, dry_run, yes, as_json)
    return guarded(lambda: _forget(targets, how, listed, home, config))


class _How(NamedTuple):
    reason: str | None
    dry_run: bool
    yes: bool
    as_json: bool


def _forget(
    targets: Sequence[str], how: _How, listed: bool, home: Path | None, config: Path | None
) -> int:
    from flows.settings import UsageError, load_settings

    settings = load_settings(home=home, config=config)
    if listed:
        return _list(settings, how.as_json)
    if not targets:
        raise UsageError("khabar forget takes addresses or ids of pages, or --list")
    if not (how.dry_run or how.yes or (sys.stdin.isatty() and not how.as_json)):
        raise UsageError("nobody can be asked here: --dry-run shows what would go, --yes does it")
    return _carry_out(settings, targets, how)


def _carry_out(settings: Settings, targets: Sequence[str], how: _How) -> int:
    """Look for all targets before anything is removed; then take one after another."""
    from flows.forget import opened
    from warehouse.errors import FilesDamaged

    with opened(settings) as store:
        shown = [_show(store, target, how, alone=len(targets) == 1) for target in targets]
    if not any(shown):
        return 2
    if how.dry_run:
        return 0
    # The lock is not held while somebody thinks; what is there afterwards counts.
    if not how.yes and input("Forget it for good? There is no undo. [yes/NO] ").strip() != "yes":
        print("nothing was removed", file=sys.stderr)
        return 1
    try:
        with opened(settings) as store:
            pages = sum(_remove(store, target, how) for target in targets)
    except FilesDamaged as problem:
        print(problem, file=sys.stderr)
        return 1
    if not how.as_json:
        print(f"forgotten: {pages} page(s). Whoever has khabar.duckdb open must open it again.")
    return 0


def _show(store: Store, target: str, how: _How, *, alone: bool) -> bool:
    """Return whether there is something to forget.

    Of several targets some may be forgotten already: the command was broken off and is repeated.
    """
    from flows.forget import ForgottenAlreadyError, traces_of

    try:
        traces = traces_of(store, target)
    except ForgottenAlreadyError as problem:
        if alone:
            raise
        print(plain(str(problem)), file=sys.stderr)
        return False
    if not how.as_json:
        print("\n".join(plain(line) for line in _told(traces)))
    elif how.dry_run:
        print(as_line(_shape(target, traces, done=False)))
    return True


def _remove(store: Store, target: str, how: _How) -> int:
    """Return how many pages are forgotten; none where a target before has taken them along."""
    from flows.forget import ForgottenAlreadyError, forget_pages, traces_of

    try:
        traces = traces_of(store, target)
    except ForgottenAlreadyError:
        return 0
    rows = forget_pages(store, traces, how.reason)
    if how.as_json:
        print(as_line(_shape(target, traces, done=True)), flush=True)
    return len(rows)


def _shape(target: str, traces: Traces, *, done: bool) -> ForgetShape:
    from flows.commands.forget_shapes import ForgetShape, ForgottenPageShape

    found = traces.found
    return ForgetShape(
        target=target,
        address=found.address,
        done=done,
        pages=[
            ForgottenPageShape(page_id=page.page_id, source_id=page.source_id, locator=page.locator)
            for page in found.pages
        ],
        rows=found.rows,
        payloads=len(traces.payloads),
        held_pages=traces.held,
        journal_lines=traces.journal_lines,
        requests=found.requests,
        other_pages=found.elsewhere,
        decisions=found.decisions,
    )


def _told(traces: Traces) -> list[str]:
    found = traces.found
    what = f"everything at {found.address}" if found.address else "these bytes of their source"
    lines = [f"{len(found.pages)} page(s), and {what} from now on:"]
    lines += [f"  {page.page_id[:12]}  {page.source_id}  {page.locator}"
              for page in found.pages[:_NAMED]]  # fmt: skip
    if len(found.pages) > _NAMED:
        lines.append(f"  and {len(found.pages) - _NAMED} more")
    rows = ", ".join(f"{count:,} {table}" for table, count in found.rows.items())
    lines.append(f"rows: {rows or 'none'}")
    lines.append(f"raw: {len(traces.payloads)} payload(s) that no other page has")
    if traces.held:
        lines.append(f"held batches: {traces.held} page(s) in them")
    if traces.journal_lines:
        lines.append(f"journals of what was fetched: {traces.journal_lines} line(s)")
    lines.append("all older snapshots of the tables, and what reports quote of the pages")
    lines += _stays(traces)
    return lines


def _stays(traces: Traces) -> list[str]:
    """Return what this command does not reach and somebody has to."""
    found = traces.found
    lines = ["stays, and is yours to remove: the files that the pages were read from, exports, "
             "backups; and Prefect's log, with what runs have said"]  # fmt: skip
    if found.requests:
        lines.append(f"stays: the address, in {found.requests} row(s) of fetches; forgotten by the "
                     "address, they go too")  # fmt: skip
    if found.elsewhere:
        lines.append(f"stays: {found.elsewhere} other page(s) that show a headline of these")
    if found.decisions:
        lines.append(f"stays: {found.decisions} decision(s) on these articles (khabar entities)")
    return lines


def _list(settings: Settings, as_json: bool) -> int:
    from flows.forget import tombstones_in

    rows = tombstones_in(settings)
    for row in rows:
        print(as_line(_listed(row)) if as_json else plain(_line(row)))
    if not (rows or as_json):
        print("nothing was forgotten")
    return 0


def _listed(row: Tombstone) -> TombstoneShape:
    from flows.commands.forget_shapes import TombstoneShape

    own = {name: getattr(row, name) for name in TombstoneShape.model_fields if name != "by_address"}
    return TombstoneShape(by_address=row.address_sha256 is not None, **own)


def _line(row: Tombstone) -> str:
    scope = "address" if row.address_sha256 else "page"
    return (
        f"{row.forgotten_at:%Y-%m-%d %H:%M}  {row.page_id[:12]}  {row.source_id}  {scope}  "
        f"{row.articles} articles, {row.versions} versions, {row.mentions} mentions  "
        f"{row.reason or ''}"
    ).rstrip()
