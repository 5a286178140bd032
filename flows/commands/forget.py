"""`khabar forget`: what would go, the question, and what is gone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.wrong_use import guarded
from transforms.plain import plain

if TYPE_CHECKING:
    from flows.forget import Traces
    from flows.settings import Settings
    from warehouse.tables import Tombstone

#: Files that are named; who has more to clear up asks `khabar sql` first.
_NAMED = 10


def run(
    target: str | None, *, reason: str | None, dry_run: bool, yes: bool, listed: bool,
    home: Path | None, config: Path | None,
) -> int:  # fmt: skip
    """Forget; 0 when it is done or only shown, 1 where it was refused, 2 for wrong use."""
    return guarded(lambda: _forget(target, reason, dry_run, yes, listed, home, config))


def _forget(
    target: str | None, reason: str | None, dry_run: bool, yes: bool, listed: bool,
    home: Path | None, config: Path | None,
) -> int:  # fmt: skip
    from flows.settings import UsageError, load_settings

    settings = load_settings(home=home, config=config)
    if listed:
        return _list(settings)
    if target is None:
        raise UsageError("khabar forget takes an address or the id of a page, or --list")
    if not (dry_run or yes or sys.stdin.isatty()):
        raise UsageError("nobody can be asked here: --dry-run shows what would go, --yes does it")
    return _carry_out(settings, target, reason, dry_run, yes)


def _carry_out(
    settings: Settings, target: str, reason: str | None, dry_run: bool, yes: bool
) -> int:
    from flows.forget import forget_pages, opened, traces_of
    from warehouse.errors import FilesDamaged

    with opened(settings) as store:
        print("\n".join(plain(line) for line in _told(traces_of(store, target))))
    if dry_run:
        return 0
    # The lock is not held while somebody thinks; what is there afterwards counts.
    if not yes and input("Forget it for good? There is no undo. [yes/NO] ").strip() != "yes":
        print("nothing was removed", file=sys.stderr)
        return 1
    with opened(settings) as store:
        try:
            rows = forget_pages(store, traces_of(store, target), reason)
        except FilesDamaged as problem:
            print(problem, file=sys.stderr)
            return 1
    print(f"forgotten: {len(rows)} page(s). Whoever has khabar.duckdb open must open it again.")
    return 0


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
             "backups"]  # fmt: skip
    if found.elsewhere:
        lines.append(f"stays: {found.elsewhere} other page(s) that show a headline of these")
    if found.decisions:
        lines.append(f"stays: {found.decisions} decision(s) on these articles (khabar entities)")
    return lines


def _list(settings: Settings) -> int:
    from flows.forget import tombstones_in

    rows = tombstones_in(settings)
    for row in rows:
        print(plain(_line(row)))
    if not rows:
        print("nothing was forgotten")
    return 0


def _line(row: Tombstone) -> str:
    scope = "address" if row.address_sha256 else "page"
    return (
        f"{row.forgotten_at:%Y-%m-%d %H:%M}  {row.page_id[:12]}  {row.source_id}  {scope}  "
        f"{row.articles} articles, {row.versions} versions, {row.mentions} mentions  "
        f"{row.reason or ''}"
    ).rstrip()
