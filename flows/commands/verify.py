"""`khabar verify`: are the files of the tables still what was written, and what to do if not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.wrong_use import guarded

if TYPE_CHECKING:
    from warehouse.verify import Damage, Verified

_CAUSE = {
    "changed": "is not what was written",
    "missing": "is gone",
    "unlisted": "has no sum, so that nobody can tell whether it is whole",
}


def run(*, home: Path | None, config: Path | None, quick: bool, as_json: bool) -> int:
    """Verify a home; 0 where all that readers see is whole, 1 where not, 2 for wrong use."""
    return guarded(lambda: _verify(home, config, quick, as_json))


def _verify(home: Path | None, config: Path | None, quick: bool, as_json: bool) -> int:
    from flows.settings import load_settings
    from warehouse.errors import NothingPublished
    from warehouse.home import Home
    from warehouse.verify import verify

    there = Home.at(load_settings(home=home, config=config).home)
    if not there.published.exists() and not there.database.exists():
        raise NothingPublished(f"Nothing has been published in {there.root} yet: khabar run PATH")
    found = verify(there, quick=quick)
    if as_json:
        print(_as_json(there.root, found, quick))
        return int(bool(found.shown))
    for damage in found.damages:
        print(f"{there.warehouse / damage.file}\n    {loss(damage)}")
    if found.shown:
        print(f"\n{summary(found)}\n{remedy(there.root)}")
        return 1
    print(summary(found, quick=quick))
    return 0


def summary(found: Verified, *, quick: bool = False) -> str:
    """Return the result in one line."""
    looked = f"{found.files:,} files, {found.size / 1e6:,.1f} MB"
    if found.shown:
        tables = sorted({damage.part.table for damage in found.shown if damage.part})
        return f"{len(found.shown):,} of {looked} are damaged: {', '.join(tables)}"
    return f"{looked}: " + ("there, by their lengths whole" if quick else "as they were written")


def loss(damage: Damage) -> str:
    """Return what is wrong with a file and which rows it concerns."""
    said, part = _CAUSE[damage.what], damage.part
    if part is None:
        return f"{said}; no table shows it any more, and khabar maintain removes it in time"
    run = f" of run {part.run_id}" if part.run_id else ""
    if part.deletes:
        return f"{said}: {part.rows:,} replaced rows of {part.table}{run} may be shown again"
    fate = "cannot be read" if damage.what == "missing" else "are not to be trusted"
    return f"{said}: {part.rows:,} rows of {part.table}{run} {fate}"


def remedy(root: Path) -> str:
    """Return what to do about damaged files that readers see."""
    sums = root / "warehouse" / "SHA256SUMS"
    return (
        f"Restore these files from a backup ({sums} tells whether a copy is right) and verify "
        "again. Without a backup, run the same pages into a new home (khabar run --home NEW ...): "
        "the tables follow from the pages. Until then nothing is compacted."
    )


def _as_json(root: Path, found: Verified, quick: bool) -> str:
    from flows.commands.shapes import DamageShape, VerifyShape, line

    damaged = [
        DamageShape(
            file=damage.file,
            what=damage.what,
            table=damage.part.table if damage.part else None,
            rows=damage.part.rows if damage.part else 0,
            deletes=damage.part.deletes if damage.part else False,
            run_id=damage.part.run_id if damage.part else None,
        )
        for damage in found.damages
    ]
    shape = VerifyShape(
        home=str(root), quick=quick, files=found.files, bytes=found.size, damaged=damaged
    )
    return line(shape)
