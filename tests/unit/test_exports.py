"""What every export does: of which snapshot, without which texts, nothing half and nothing over."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

import warehouse.exports.write
from warehouse.errors import BeingForgotten, NothingPublished, SnapshotGone
from warehouse.exports import FORMATS
from warehouse.exports.base import Counts, Format, Shown, Written
from warehouse.exports.write import export
from warehouse.home import Home
from warehouse.store import Store
from warehouse.tables import BY_NAME, TABLES, Evidence

pytestmark = pytest.mark.slow

WORDS = "ملأ السد نصف خزانه في يوليو"
URL = "https://naba.example/1"


def fill(rows: ModuleType, home: Path, store: Store, run_id: str = "run-1") -> int:
    body = f"{WORDS} {run_id}"
    page = rows.a_page(f"خبر أول عن السد\n{body}", run_id=run_id, url=URL)
    return int(rows.publish(store, run_id, [rows.stage(rows.a_batch(home, run_id), [page])]))


def content(place: Path) -> bytes:
    """Return all that an export says, unpacked."""
    if place.is_file():
        return place.read_bytes()
    tables = [pq.read_table(file).to_pydict() for file in sorted(place.glob("*.parquet"))]
    told = json.dumps(tables, ensure_ascii=False, default=str).encode()
    rest = (file for file in sorted(place.iterdir()) if file.suffix != ".parquet")
    return told + b"".join(file.read_bytes() for file in rest)


@pytest.mark.parametrize("kind", FORMATS)
def test_texts_that_may_not_be_exported_are_in_no_format(
    kind: str, rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    fill(rows, home, store)
    fill(rows, home, store, "run-2")  # the first is a version now
    export(home, FORMATS[kind], tmp_path / "with")
    assert WORDS.encode() in content(tmp_path / "with")
    made = export(home, FORMATS[kind], tmp_path / "without", exported={rows.SOURCE: False})
    assert made.withheld == (rows.SOURCE,)
    assert WORDS.encode() not in content(tmp_path / "without")
    assert "خبر أول عن السد".encode() in content(tmp_path / "without")


def test_a_standfirst_is_text_also_where_evidence_has_it(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    page = rows.a_page()
    article = rows.an_article(page)
    told = [
        rows.some_evidence(article, seq=seq, field=field, value=value)
        for seq, (field, value) in enumerate((("title", "عنوان"), ("summary", "خلاصة الخبر")))
    ]
    batch = rows.stage(rows.a_batch(home), [page], [article])
    batch.write("clean", Evidence, told)
    rows.publish(store, "run-1", [batch])
    for exported, fields in ((True, {"title", "summary"}), (False, {"title"})):
        place = tmp_path / str(exported)
        export(home, FORMATS["parquet"], place, exported={rows.SOURCE: exported})
        shown = pq.read_table(place / "evidence.parquet", columns=["field"]).to_pydict()["field"]
        assert set(shown) == fields


def test_a_permission_that_was_taken_back_counts_for_older_snapshots(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    before = fill(rows, home, store)
    connection = store._connection
    connection.execute("UPDATE lake.sources SET text_exported = false")
    store.show()
    made = export(home, FORMATS["jsonld"], tmp_path / "x", snapshot=before)
    assert (made.snapshot, made.withheld) == (before, (rows.SOURCE,))
    assert WORDS.encode() not in content(tmp_path / "x")
    # What khabar.toml says now comes before what the tables say.
    made = export(home, FORMATS["jsonld"], tmp_path / "y", exported={rows.SOURCE: True})
    assert made.withheld == ()


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_there_is_not_overwritten(
    kind: str, rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    fill(rows, home, store)
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(FileExistsError):
        export(home, FORMATS[kind], taken)
    assert taken.read_text() == "mine"


def breaks(shown: Shown, place: Path) -> Written:
    (place / "some" if place.is_dir() else place).write_text("half")
    raise OSError(28, "No space left on device")


def breaks_off(shown: Shown, counts: Counts) -> Iterator[dict[str, Any]]:
    yield {"half": True}
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("form", "error"),
    [(Format("x", "", "file", breaks), OSError), (Format("x", "", "folder", breaks), OSError),
     (Format("x", "", "lines", lines=breaks_off), KeyboardInterrupt)],
    ids=["file", "folder", "lines"],
)  # fmt: skip
def test_nothing_is_left_of_an_export_that_fails(
    form: Format, error: type[BaseException], rows: ModuleType, home: Path, store: Store,
    tmp_path: Path,
) -> None:  # fmt: skip
    fill(rows, home, store)
    place = tmp_path / "exports"
    place.mkdir()
    with pytest.raises(error):
        export(home, form, place / "x")
    assert list(place.iterdir()) == []


def test_what_was_made_meanwhile_is_not_overwritten(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    fill(rows, home, store)
    place = tmp_path / "exports"
    place.mkdir()

    def slow(shown: Shown, file: Path) -> Written:
        file.write_text("an export")
        (place / "x").write_text("somebody else's")
        return Written({})

    with pytest.raises(FileExistsError):
        export(home, Format("x", "", "file", slow), place / "x")
    assert [(file.name, file.read_text()) for file in place.iterdir()] == [("x", "somebody else's")]


def test_nothing_is_exported_while_pages_are_forgotten(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    snapshot = fill(rows, home, store)
    mark = Home.at(home).forgetting
    mark.touch()
    for number in (None, snapshot):
        with pytest.raises(BeingForgotten, match="khabar maintain"):
            export(home, FORMATS["jsonld"], tmp_path / "x", snapshot=number)
    mark.unlink()

    def forgetting(shown: Shown, file: Path) -> Written:
        file.write_text("an export")
        store.forget(lambda connection: connection.execute("DELETE FROM lake.articles"))
        return Written({})

    with pytest.raises(BeingForgotten, match="do it again"):
        export(home, Format("x", "", "file", forgetting), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_snapshot_that_is_not_kept_is_refused(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(NothingPublished):
        export(tmp_path / "nowhere", FORMATS["jsonld"], tmp_path / "x")
    first = fill(rows, home, store)
    last = fill(rows, home, store, "run-2")
    with pytest.raises(SnapshotGone, match="999 is not kept"):
        export(home, FORMATS["jsonld"], tmp_path / "x", snapshot=999)
    export(home, FORMATS["jsonld"], tmp_path / "kept", snapshot=first)
    store.forget(lambda connection: None)
    with pytest.raises(SnapshotGone, match=f"{first} is not kept.*khabar forget"):
        export(home, FORMATS["jsonld"], tmp_path / "x", snapshot=first)
    assert export(home, FORMATS["jsonld"], tmp_path / "now").snapshot >= last


def test_lines_go_to_a_stream_too(rows: ModuleType, home: Path, store: Store) -> None:
    fill(rows, home, store)
    stream = io.StringIO()
    made = export(home, FORMATS["ftm"], stream)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == sum(made.written.rows.values()) > 0
    with pytest.raises(TypeError, match="no format of lines"):
        export(home, FORMATS["parquet"], stream)


def test_a_line_ends_where_every_reader_ends_it(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    def lines(shown: Shown, counts: Counts) -> Iterator[dict[str, Any]]:
        yield {"said": "a\u2028b\u2029c\x85d\ne"}

    export(home, Format("x", "", "lines", lines=lines), tmp_path / "x")
    (line,) = (tmp_path / "x").read_text("utf-8").splitlines()
    assert json.loads(line) == {"said": "a\u2028b\u2029c\x85d\ne"}


def test_every_table_of_the_contract_is_exported_in_its_order(
    rows: ModuleType, home: Path, store: Store, tmp_path: Path
) -> None:
    rows.some_runs(home, store)
    export(home, FORMATS["parquet"], tmp_path / "p")
    export(home, FORMATS["csv"], tmp_path / "c")
    names = {model.table for model in TABLES}
    assert {file.stem for file in (tmp_path / "p").glob("*.parquet")} == names
    assert {file.stem for file in (tmp_path / "c").glob("*.csv")} == names
    for model in TABLES:
        table = pq.read_table(tmp_path / "p" / f"{model.table}.parquet")
        assert table.column_names == [each.name for each in model.fields()]
        keys = table.select(dict.fromkeys((*model.order_by, *model.key))).to_pylist()
        order = [[(value is None, value) for value in row.values()] for row in keys]
        assert order == sorted(order)
    again = tmp_path / "again"
    export(home, FORMATS["parquet"], again)
    for file in again.iterdir():
        assert file.read_bytes() == (tmp_path / "p" / file.name).read_bytes()


def test_references_of_the_contract_name_a_key() -> None:
    stated = [(m, f) for m in TABLES for f in m.fields() if f.column.references]
    assert len(stated) > 20
    for _, each in stated:
        target = BY_NAME[each.column.references or ""]
        (key,) = target.key
        (column,) = (field for field in target.fields() if field.name == key)
        assert column.type is each.type and not column.nullable


def test_every_format_says_one_way_of_writing() -> None:
    for name, form in FORMATS.items():
        assert (form.name, bool(form.what)) == (name, True)
        assert (form.lines is not None) == (form.place == "lines") == (form.write is None)
    assert warehouse.exports.FORMATS is FORMATS
