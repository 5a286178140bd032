"""Files read afresh: every record through the stages, in a killable child, under a run's limits."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.explain_stages import explain_records
from flows.commands.explained import Explained

if TYPE_CHECKING:
    from flows.outlet import Outlet
    from flows.settings import Settings
    from transforms.ingest.record import RawRecord

#: Records given to the child at once; a page that hangs is then found in few steps.
_CHUNK = 16
#: Records taken through a stage before the next one begins: enough to keep all children busy, few
#: enough to show soon.
_GROUP = 256


def read_afresh(
    files: Iterable[Path], settings: Settings, source: str | None = None, *, workers: int = 1
) -> Iterator[tuple[Path, Explained]]:
    """Yield every record of the files, in order, with the file as it was named.

    Nothing is written and no gate is asked. Where `source` is not named, each file belongs to
    the source that a run would give it to.

    Raises:
        UsageError: a file is of no kind that is read.
        BrokenProgramError: the children could not import what a stage needs.
    """
    from flows.guard import Guard
    from flows.ingest import slabs

    outlets = [(settings.source_for(file, source), file) for file in files]
    with Guard(
        workers=workers,
        seconds_per_item=settings.seconds_per_page,
        memory_limit_mb=settings.memory_limit_mb,
        chunk=_CHUNK,
    ) as guard:
        for _, of_source in groupby(outlets, key=lambda each: each[0].id):
            pairs = list(of_source)
            outlet, named = pairs[0][0], deque[Path]()
            records = _records(outlet, [file for _, file in pairs], named)
            for slab in slabs(records, _GROUP, settings.batch_mb):
                for explained in explain_records(guard, slab, outlet.row(), settings.tagger.name):
                    yield named.popleft(), explained


def _records(outlet: Outlet, files: Iterable[Path], named: deque[Path]) -> Iterator[RawRecord]:
    """Yield the records of the files; `named` gets the file of each."""
    from flows.sources.files import read

    for file in files:
        for record in read(file.absolute(), outlet.source_id, outlet.columns, outlet.languages):
            named.append(file)
            yield record
