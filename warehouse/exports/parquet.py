"""`khabar export parquet FOLDER`: one Parquet file a table, described as a Data Package."""

from __future__ import annotations

import json
from pathlib import Path

from warehouse.exports.base import Format, Shown, Written
from warehouse.exports.data_package import DESCRIPTOR, described
from warehouse.exports.notice import write_notice
from warehouse.tables import TABLES, Row


def write(shown: Shown, folder: Path) -> Written:
    """Write `<table>.parquet` for every table, and `datapackage.json` over them."""
    rows = {model.table: _write_table(shown, model, folder) for model in TABLES}
    write_notice(folder)
    package = json.dumps(described(shown, folder), ensure_ascii=False, indent=2)
    (folder / DESCRIPTOR).write_text(package + "\n", "utf-8")
    return Written(rows)


def _write_table(shown: Shown, model: type[Row], folder: Path) -> int:
    import pyarrow.parquet as pq

    count = 0
    file = folder / f"{model.table}.parquet"
    schema = shown.schema(model)
    # Page checksums: a flipped bit in a file without them gives wrong values, not an error.
    with pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer:
        for batch in shown.batches(model):
            writer.write_batch(batch, row_group_size=model.row_group)
            count += batch.num_rows
    return count


FORMAT = Format(
    "parquet", "a folder with one Parquet file a table, and datapackage.json", "folder", write
)
