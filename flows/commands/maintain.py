"""`khabar maintain`: few large files, no old ones that nobody reads, none that is damaged."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from flows.commands.wrong_use import guarded


def run(*, home: Path | None, config: Path | None, as_json: bool) -> int:
    """Maintain a home; 0 when it is done, 1 where damaged files forbid it, 2 for wrong use."""
    return guarded(lambda: _maintain(home, config, as_json))


def _maintain(home: Path | None, config: Path | None, as_json: bool) -> int:
    from flows.commands.shapes import MaintainShape, line
    from flows.settings import load_settings
    from flows.upkeep import maintain_home, told
    from warehouse.errors import FilesDamaged

    settings = load_settings(home=home, config=config)
    begun = time.perf_counter()
    try:
        done = maintain_home(settings)
    except FilesDamaged as problem:
        print(problem, file=sys.stderr)
        return 1
    if as_json:
        print(
            line(
                MaintainShape(
                    home=str(settings.home),
                    files_before=done.files_before,
                    files_after=done.files_after,
                    files_compacted=done.files_compacted,
                    files_removed=done.files_removed,
                    snapshots_expired=done.snapshots_expired,
                    raw_removed=done.raw_removed,
                    seconds=round(time.perf_counter() - begun, 3),
                )
            )
        )
    else:
        print(told(done))
    return 0
