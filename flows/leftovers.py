"""What runs leave in the staging folder: held batches are kept, what a killed run left goes.

Called by the run that holds the writer lock, so that no other run is at work in the folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq

from warehouse.staging import Batch
from warehouse.tables import Page

#: Says why a batch is held. Who removes its folder has looked at the batch.
HELD = "HELD.txt"


class HeldBefore:
    """The batches of a source that earlier runs held and that are kept still.

    `refused` are the pages refused in them. They are judged again with the rest of their batch:
    taken as known, they would be missing from the share that held it, and the same pages run a
    second time would pass. A batch whose every page was met again is of no more use.
    """

    def __init__(self, home: Path, source_id: str) -> None:
        self.refused: set[str] = set()
        self._unmet: dict[Path, set[str]] = {}
        for batch in held_batches(home):
            if batch.source_id == source_id:
                refused = batch.refused("page")
                self.refused |= refused
                self._unmet[batch.folder] = refused | _staged_pages(batch)

    def meet(self, page_id: str) -> None:
        """Note that a page was read again."""
        for unmet in self._unmet.values():
            unmet.discard(page_id)

    def remove_met(self) -> None:
        """Remove the batches that a run has met whole; call when that run is committed."""
        for folder in [folder for folder, unmet in self._unmet.items() if not unmet]:
            _remove(folder)
            del self._unmet[folder]


def held_batches(home: Path) -> Iterator[Batch]:
    """Yield the batches that earlier runs held and that are kept still."""
    for folder in _batch_folders(home):
        source, _, number = folder.name.rpartition("-")
        if number.isdigit() and (folder / HELD).exists():
            yield Batch(folder.parent.name, source, int(number), folder.parent)


def mark_held(batch: Batch, message: str) -> None:
    """Keep the staged files of a batch, with the reason beside them.

    On a full disk the reason is lost, but not the run, which tells it elsewhere too.
    """
    with suppress(OSError):
        batch.folder.mkdir(parents=True, exist_ok=True)
        (batch.folder / HELD).write_text(message + "\n", "utf-8")


def remove_published(batches: Sequence[Batch]) -> None:
    """Remove what is published; a file that cannot be removed is left to the next run."""
    for batch in batches:
        _remove(batch.folder)


def sweep(home: Path) -> None:
    """Remove what earlier runs left behind, except held batches."""
    for folder in _batch_folders(home):
        if not (folder / HELD).exists():
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a batch, and its run's folder where it was the last one."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def _staged_pages(batch: Batch) -> set[str]:
    path = batch.path("ingest", Page.table)
    if not path.exists():
        return set()
    ids = pq.read_table(path, columns=["page_id"]).column("page_id").to_pylist()
    return {str(page_id) for page_id in ids}


def _batch_folders(home: Path) -> list[Path]:
    staging = home / "staging"
    runs = sorted(p for p in staging.iterdir() if p.is_dir()) if staging.is_dir() else []
    return [batch for run in runs for batch in sorted(run.iterdir()) if batch.is_dir()]
