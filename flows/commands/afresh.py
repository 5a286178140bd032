"""Files read afresh: every record through the stages, in a killable child, under a run's limits."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.explained import Explained, explain_chunk, killed

if TYPE_CHECKING:
    from flows.settings import Settings
    from transforms.ingest.record import RawRecord

#: Records given to the child at once; a page that hangs is then found in few steps.
_CHUNK = 16


def read_afresh(
    files: Iterable[Path], settings: Settings, source: str | None = None, *, workers: int = 1
) -> Iterator[tuple[Path, Explained]]:
    """Yield every record of the files, in order, with the file as it was named.

    Nothing is written and no gate is asked. Where `source` is not named, each file belongs to
    the source that a run would give it to.

    Raises:
        UsageError: a file is of no kind that is read.
    """
    from flows.guard import Guard, Killed
    from transforms.stamp import Stamp

    outlets = [(file, settings.source_for(file, source)) for file in files]
    sources = {outlet.source_id: outlet.row() for _, outlet in outlets}
    named: deque[Path] = deque()

    def records() -> Iterator[RawRecord]:
        from flows.sources.files import read

        for file, outlet in outlets:
            for record in read(file.absolute(), outlet.source_id, outlet.columns):
                named.append(file)
                yield record

    with Guard(
        workers=workers,
        seconds_per_item=settings.seconds_per_page,
        memory_limit_mb=settings.memory_limit_mb,
        chunk=_CHUNK,
    ) as guard:
        work = partial(explain_chunk, sources=sources, stamp=Stamp("explain"))
        for outcome in guard.map(work, records()):
            if isinstance(outcome, Killed):
                yield named.popleft(), killed(outcome.item, outcome.cause, outcome.detail)
                continue
            for each in outcome.result:
                yield named.popleft(), each
