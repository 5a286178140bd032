"""Tables with rows that are no rows, too large, or far more than the file: refused, neighbours kept."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.feather import write_feather

from flows.sources import packed, records
from flows.sources.files import read
from transforms.ingest.land import land
from transforms.ingest.record import RawRecord
from transforms.stamp import Stamp
from warehouse.tables import Page


def read_all(path: Path, **columns: str) -> list[RawRecord]:
    return list(read(path, "outlet", columns))


def rules(path: Path) -> list[str | None]:
    return [record.refused[0] if record.refused else None for record in read_all(path)]


def test_too_long_a_row_takes_no_neighbour_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MAX_PAYLOAD_BYTES", 1_000)
    path = tmp_path / "a.csv"
    path.write_text(f"title,text\na,b\nc,{'x' * 5_555}\nd,e\n", encoding="utf-8")
    assert rules(path) == [None, "ingest.too-large", None]
    assert read_all(path)[2].locator.endswith("#3")


def test_a_row_of_many_lines_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell is small enough, and all of them together are no row."""
    monkeypatch.setattr(records, "MAX_PAYLOAD_BYTES", 1_000)
    path = tmp_path / "a.csv"
    path.write_text("title,text\na,b\n" + f'"{"x" * 500}\n",' * 9 + "\nd,e\n", encoding="utf-8")
    assert rules(path) == [None, "ingest.broken-file"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-8-sig"])
def test_a_table_with_a_byte_order_mark_is_read_surely(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path.write_bytes(f"{mark}title,text\nأول,خبر قصير\n".encode(encoding))
    (record,) = read_all(path)
    page = land(record, Stamp("run"))
    assert isinstance(page, Page)
    assert page.text == "أول\nخبر قصير"
    assert page.charset_confidence == 1
    assert page.charset_rule == ("utf-8" if encoding == "utf-8-sig" else "bom")


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_one_value_in_every_row_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Some hundred bytes of a table can be terabytes of rows."""
    monkeypatch.setattr(packed, "FREE_BYTES", 1_000_000)
    monkeypatch.setattr(packed, "MAX_RATIO", 2)
    table = pa.table({"text": pa.array(["خبر " * 2_000]).take(pa.array([0] * 500))})
    path = tmp_path / name
    if name == "a.parquet":
        pq.write_table(table, path)
    else:
        write_feather(table, str(path), compression="zstd", chunksize=100)
    found = rules(path)
    assert found[-1] == "ingest.bomb"
    assert 32 <= len(found) < 100


def test_rows_of_another_width_are_refused_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,text\na,b\na,b,c\n\na\nd,e\n", encoding="utf-8")
    assert rules(path) == [None, "ingest.broken-row", "ingest.broken-row", None]
    assert "3 cells, 2 columns" in str(read_all(path)[1].refused)


def test_a_quote_that_never_closes_is_one_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MAX_PAYLOAD_BYTES", 10_000)
    path = tmp_path / "a.csv"
    path.write_text('text\na\n"b' + "c\n" * 20_000, encoding="utf-8")
    assert rules(path) == [None, "ingest.broken-file"]
