"""Arrow files: read in batches, validated, whatever their values are; damage is told."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from flows.sources.files import read

FORMS = {"file": pa.ipc.new_file, "stream": pa.ipc.new_stream}


def rules(path: Path) -> list[str | None]:
    return [record.refused[0] if record.refused else None for record in read(path, "outlet")]


@pytest.mark.parametrize("form", FORMS)
def test_offsets_that_lead_outside_are_not_followed(tmp_path: Path, form: str) -> None:
    """Arrow does not look where the offsets of a text lead before it reads there."""
    sound = pa.record_batch({"text": pa.array(["متن"])})
    offsets = pa.array([0, 9_000_000, 4], pa.int32()).buffers()[1]
    wild = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(b"text"))
    path = tmp_path / "a.arrow"
    with FORMS[form](path, sound.schema) as file:
        file.write_batch(sound)
        file.write_batch(pa.record_batch({"text": wild}))
    assert rules(path) == [None, "ingest.broken-file"]


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_file_gives_what_can_be_read(tmp_path: Path, form: str) -> None:
    batch = pa.record_batch({"text": pa.array([f"متن {n}" for n in range(100)])})
    path = tmp_path / "a.arrow"
    with FORMS[form](path, batch.schema) as file:
        for _ in range(3):
            file.write_batch(batch)
    path.write_bytes(path.read_bytes()[:-800])
    found = rules(path)
    assert found[-1] == "ingest.broken-file"
    assert len(found) == (201 if form == "stream" else 1), "a file's directory is at its end"


def test_values_of_any_type(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": pa.array(["متن"]).dictionary_encode(),
            "date": [datetime(2026, 3, 1, 8, tzinfo=UTC)],
            "keywords": [["أ", "ب"]],
            "author": [{"name": "سالم"}],
            "n": [1.5],
            "nothing": [None],
        }
    )
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(path, table.schema) as file:
        file.write_table(table)
    (record,) = read(path, "outlet")
    assert record.given is not None
    assert (record.given.text, record.given.keywords) == ("متن", "أ, ب")
    assert (record.given.byline, record.given.published) == ("سالم", "2026-03-01T08:00:00+00:00")


def test_an_old_feather_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.feather"
    path.write_bytes(b"FEA1" + bytes(100))
    (record,) = read(path, "outlet")
    assert record.refused is not None
    assert "version 1" in record.refused[2]


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    batch = pa.record_batch({"text": pa.array(["متن " * 300] * 1_000)})
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(path, batch.schema) as file:
        for _ in range(20):
            file.write_batch(batch)
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    assert sum(1 for _ in read(path, "outlet")) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000 < path.stat().st_size
    assert pa.total_allocated_bytes() - before < 1_000_000
