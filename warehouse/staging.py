"""Where a run keeps its batches between stages: one folder a batch, one Parquet file a table.

    <home>/staging/<run_id>/<batch_id>/<stage>/<table>.parquet

Stages hand each other a `Batch` (a path and three names), never tables. Staged rows are
candidates: what the gate of a stage refused stands in `<stage>/quarantine.parquet`, and
`accepted` leaves it out. Nothing here is visible to a reader before it is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.tables import Quarantine, Row
from warehouse.tables.arrow import arrow_schema, from_arrow, to_arrow

R = TypeVar("R", bound=Row)

STAGES = ("ingest", "clean", "tag", "publish")
#: A staged page is read six times within minutes and then removed. As it is it takes a third of the
#: time of lz4 to write, two thirds to read, and twice the disk. What is published is zstd.
_CODEC: Literal["none"] = "none"


def source_of(batch_id: str) -> str:
    """Return the source that a batch is named after."""
    return batch_id.rpartition("-")[0] or batch_id


@dataclass(frozen=True, slots=True)
class Batch:
    """About 2,000 pages of one source on their way through the stages of one run.

    `picked` where somebody chose its records, since they were refused or let in before: each is
    judged as ever, but no share of them says anything of the source.
    """

    run_id: str
    source_id: str
    number: int
    root: Path
    picked: bool = False

    @property
    def batch_id(self) -> str:
        """Return the name of the batch, unique within its run: source and number."""
        return f"{self.source_id}-{self.number:05d}"

    @property
    def folder(self) -> Path:
        """Return the folder that holds the batch."""
        return self.root / self.batch_id

    def path(self, stage: str, table: str) -> Path:
        """Return the file of one staged table, whether it exists or not."""
        return self.folder / stage / f"{table}.parquet"

    def has(self, stage: str, model: type[Row]) -> bool:
        """Return whether the table was staged."""
        return self.path(stage, model.table).exists()

    def write(self, stage: str, model: type[R], rows: pa.Table | list[R]) -> Path:
        """Stage one table: written beside, then renamed, so that a killed write leaves nothing."""
        table = to_arrow(model, rows) if isinstance(rows, list) else rows
        path = self.path(stage, model.table)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        pq.write_table(table, partial, compression=_CODEC, write_page_checksum=True)
        partial.replace(path)
        return path

    def read(self, stage: str, model: type[Row]) -> pa.Table:
        """Return a staged table; the empty table where the stage wrote none."""
        path = self.path(stage, model.table)
        if not path.exists():
            return arrow_schema(model).empty_table()
        with pq.ParquetFile(path) as file:
            return file.read()

    def rows(self, stage: str, model: type[R]) -> list[R]:
        """Return a staged table as rows."""
        return from_arrow(model, self.read(stage, model))

    def refused(self, unit: str) -> set[str]:
        """Return the ids of the pages or articles that some stage so far refused."""
        return {q.record_id for stage in STAGES for q in self.refusals(stage) if q.unit == unit}

    def refusals(self, stage: str) -> list[Quarantine]:
        """Return what a stage refused; not what it let in by a decision, which stands beside it."""
        return [row for row in self.rows(stage, Quarantine) if row.state == "quarantined"]
