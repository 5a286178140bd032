"""Ways out of the warehouse: the published tables in the formats that others read.

A format is one module that declares a `Format`, listed here. What it writes follows from the
contract (`warehouse.tables`): a table or a column that is declared there is in the next export.
"""

from __future__ import annotations

from warehouse.exports import csv_folder, duckdb_file, ftm, json_ld, parquet
from warehouse.exports.base import Format

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        duckdb_file.FORMAT, parquet.FORMAT, csv_folder.FORMAT, ftm.FORMAT, json_ld.FORMAT,
    )
}  # fmt: skip

__all__ = ["FORMATS", "Format"]
