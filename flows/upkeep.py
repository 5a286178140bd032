"""Keep a home fast and small, as plain Python: the flow `maintain`, the command, and each run.

Takes the writer's lock, as a run does; readers are not disturbed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows.crew import words_of
from flows.outcome import MESSAGE
from flows.progress import Watch
from flows.settings import Settings
from transforms.plain import one_line
from warehouse.errors import FilesDamaged, NothingPublished
from warehouse.home import Home

if TYPE_CHECKING:
    from warehouse.maintain import Maintained
    from warehouse.store import Store


def maintain_home(settings: Settings) -> Maintained:
    """Check and compact the files of the home; remove what no reader can still be reading.

    Raw goes too that is older than the setting `raw_days` keeps it.

    Raises:
        NothingPublished: There is no warehouse in this home.
        StoreLocked: A run writes to the home and did not end in time.
        FilesDamaged: A file is not what was written; nothing was done.
    """
    from warehouse.retention import expire_raw
    from warehouse.store import Store

    home = Home.at(settings.home)
    if not home.catalog.exists():
        raise NothingPublished(f"There is no warehouse in {home.root}")
    with Store.open(home, settings.lock_wait_seconds, run_id="maintain") as store:
        done = store.maintain()
        return replace(done, raw_removed=expire_raw(home, settings.raw_days))


def tidy(store: Store, watch: Watch) -> None:
    """Compact at the end of a run where small files have piled up since somebody did.

    What the run published stays so, whatever happens here: a fault is told and nothing else.
    """
    try:
        if store.is_crowded():
            watch.note("merging small files")
            watch.note(told(store.maintain()))
    except FilesDamaged as problem:
        watch.held("maintain", one_line(str(problem), MESSAGE))
    except Exception as problem:
        watch.held("maintain", f"small files are left as they are: {words_of(problem)}")


def told(done: Maintained) -> str:
    """Return in one line what maintenance did."""
    raw = f"; the bytes of {done.raw_removed:,} old pages removed" if done.raw_removed else ""
    if not (done.files_compacted or done.snapshots_expired or done.files_removed):
        return f"nothing to do: {done.files_after:,} files, whole as they were written{raw}"
    return (
        f"{done.files_before:,} files became {done.files_after:,}; "
        f"{done.snapshots_expired:,} old snapshots and {done.files_removed:,} old files removed"
        f"{raw}"
    )
