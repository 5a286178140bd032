"""`khabar export csv FOLDER`: one file a table, for spreadsheets and whoever reads nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transforms.spreadsheet import MARK, csv_line
from warehouse.exports.base import Format, Shown, Written
from warehouse.exports.notice import write_notice
from warehouse.tables import TABLES, Row

if TYPE_CHECKING:
    import pyarrow as pa


def write(shown: Shown, folder: Path) -> Written:
    """Write `<table>.csv` for every table, in UTF-8 with the mark by which Excel knows it.

    No text is a formula to a spreadsheet (`transforms.spreadsheet`); an empty cell is null.
    """
    rows = {}
    for model in TABLES:
        count = 0
        with (folder / f"{model.table}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(MARK + csv_line(each.name for each in model.fields()))
            for batch in shown.batches(model):
                file.writelines(map(csv_line, _cells(batch, model)))
                count += batch.num_rows
        rows[model.table] = count
    write_notice(folder)
    return Written(rows)


def _cells(batch: pa.RecordBatch, model: type[Row]) -> Iterator[list[Any]]:
    columns = [
        [_said(value) for value in column.to_pylist()]
        if each.type not in (str, int) else column.to_pylist()
        for column, each in zip(batch.columns, model.fields(), strict=True)
    ]  # fmt: skip
    return map(list, zip(*columns, strict=True))


def _said(value: Any) -> Any:
    """Return days and times in ISO 8601 (UTC), truth as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value


FORMAT = Format("csv", "a folder with one CSV file a table", "folder", write)
