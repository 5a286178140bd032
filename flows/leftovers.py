"""What runs leave in the staging folder: held batches are kept, what a killed run left goes.

Called by the run that holds the writer lock, so that no other run is at work in the folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flows.crew import Crew
from warehouse.staging import Batch

#: Says why a batch is held. Who removes it, or the folder, has looked at the batch.
_HELD = "HELD.txt"


def mark_held(batch: Batch, message: str) -> None:
    """Keep the staged files of a batch, with the reason beside them."""
    batch.folder.mkdir(parents=True, exist_ok=True)
    (batch.folder / _HELD).write_text(message + "\n", "utf-8")


def remove_published(crew: Crew, batches: Sequence[Batch]) -> None:
    """Remove what is published; a file that cannot be removed is left to the next run."""
    for batch in batches:
        shutil.rmtree(batch.folder, ignore_errors=True)
    with suppress(OSError):
        (crew.settings.home / "staging" / crew.run_id).rmdir()


def sweep(home: Path) -> None:
    """Remove what earlier runs left behind, except held batches."""
    for folder in _batch_folders(home):
        if not (folder / _HELD).exists():
            shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()


def refused_in_held(home: Path, source_id: str) -> set[str]:
    """Return the pages of a source that were refused in batches which are held still.

    They must be judged again with the rest of their batch: taken as known, they would be missing
    from the share that held it, and the same pages run a second time would pass.
    """
    refused: set[str] = set()
    for folder in _batch_folders(home):
        source, _, number = folder.name.rpartition("-")
        if source == source_id and number.isdigit() and (folder / _HELD).exists():
            batch = Batch(folder.parent.name, source, int(number), folder.parent)
            refused.update(batch.refused("page"))
    return refused


def _batch_folders(home: Path) -> list[Path]:
    staging = home / "staging"
    runs = sorted(p for p in staging.iterdir() if p.is_dir()) if staging.is_dir() else []
    return [batch for run in runs for batch in sorted(run.iterdir()) if batch.is_dir()]
