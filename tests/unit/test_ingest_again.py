"""A row of a table, landed again from its bytes, is the same row."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from flows.sources.files import read
from transforms.ingest.again import land_again
from transforms.ingest.land import land
from transforms.stamp import Stamp
from warehouse.tables import Page

NEWS = "وصل الوفد إلى المدينة صباح اليوم، وقال المتحدث باسمه إن اللقاء يبدأ غدا. "


def landed_twice(path: Path) -> tuple[Page, object]:
    (record,) = read(path, "s")
    page = land(record, Stamp("run"))
    assert isinstance(page, Page)
    return page, land_again(page, record.payload, {}, Stamp("run"))


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".feather"])
@pytest.mark.parametrize(
    "text",
    [NEWS.encode("cp1256"), NEWS.encode(), f"b'a' b'{NEWS}'", f"b'{NEWS}'", f"b'a'{'(' * 500}'"],
    ids=["windows-1256", "utf-8", "no bytes", "no ASCII", "brackets"],
)
def test_a_column_of_bytes_is_told_from_text(
    tmp_path: Path, ending: str, text: bytes | str
) -> None:
    path = tmp_path / f"a{ending}"
    table = pa.table({"title": ["خبر"], "text": [text]})
    if ending == ".parquet":
        pq.write_table(table, path)
    else:
        feather.write_feather(table, path)
    page, again = landed_twice(path)
    assert again == page


def test_how_sure_the_charset_of_a_table_is_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"text\n{'القاهرة ' * 20}".encode("cp1256") + b" \xf3 \xf3\n")
    page, again = landed_twice(path)
    assert page.charset_confidence is not None and page.charset_confidence < 1
    assert again == page
