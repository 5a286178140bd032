"""Tables in Arrow's own form: IPC files and streams, which Feather (version 2) is too.

A file states where its columns lie in it, and Arrow believes it: each batch is validated before
a value is looked at, since a wrong offset would be read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flows.sources.base import Wanted, place
from flows.sources.packed import Weight, open_seekable, unpacked_name
from flows.sources.records import row_record
from transforms.ingest.record import RawRecord

if TYPE_CHECKING:
    from io import IOBase

    import pyarrow as pa

_FILE = b"ARROW1"
_FEATHER_1 = b"FEA1"
#: Rows that are made Python's own at a time: at 10 KB a row some kilobytes.
_ROWS = 32


def read_arrow(path: Path, source_id: str, wanted: Wanted) -> Iterator[RawRecord]:
    """Yield one record a row. `#n` in a locator is the row, from 1."""
    import pyarrow as pa

    number, weight = 0, Weight(path.stat().st_size)
    try:
        with _opened(path) as source:
            for batch in _batches(source):
                batch.validate(full=True)
                for start in range(0, batch.num_rows, _ROWS):
                    rows = batch.slice(start, _ROWS)
                    weight.add(rows.nbytes)
                    for row in rows.to_pylist():
                        number += 1
                        locator = f"{place(path)}#{number}"
                        yield row_record(row, source_id, locator, wanted.columns)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise OSError(f"no sound Arrow file: {error}") from error


def _batches(source: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a file or of a stream, whichever it is."""
    import pyarrow as pa

    magic = source.read(len(_FILE))
    source.seek(0)
    if magic.startswith(_FEATHER_1):
        raise pa.ArrowInvalid("Feather of version 1: write it again as version 2")
    if magic == _FILE:
        with pa.ipc.open_file(source) as file:
            for index in range(file.num_record_batches):
                yield file.get_batch(index)
    else:
        with pa.ipc.open_stream(source) as stream:
            yield from stream


@contextmanager
def _opened(path: Path) -> Iterator[pa.NativeFile]:
    """Open a file in place, so that a batch is in memory only as far as it is looked at."""
    import pyarrow as pa

    if unpacked_name(path) == path and path.stat().st_size:
        with pa.memory_map(str(path)) as mapped:
            yield mapped
    else:
        with open_seekable(path) as file:
            yield pa.PythonFile(cast("IOBase", file), mode="r")
