"""Refused records, found again where they were read: what is damaged stops no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from flows.replay_records import read_refused
from warehouse.forgotten import Forgotten
from warehouse.raw import Raw
from warehouse.tables.identity import page_id, sha256_hex

URLS = ("https://barq.example/1", "https://barq.example/2")


def test_damaged_bytes_stop_no_other_record(tmp_path: Path) -> None:
    payloads = ["<p>أولى</p>".encode(), "<p>ثانية</p>".encode()]
    hashes = [sha256_hex(each) for each in payloads]
    raw = Raw(tmp_path)
    raw.put([payloads[1]])
    raw.path(hashes[0]).parent.mkdir(parents=True, exist_ok=True)
    raw.path(hashes[0]).write_bytes(b"burnt")
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS lake")
    connection.execute(
        "CREATE TABLE lake.fetches AS SELECT 'barq' AS source_id, 'page' AS what,"
        " unnest($urls) AS url, NULL::VARCHAR AS final_url, unnest($hashes) AS payload_sha256,"
        " 'text/html' AS media_type, NULL::VARCHAR AS charset, now() AS requested_at",
        {"urls": list(URLS), "hashes": hashes},
    )

    @contextmanager
    def reading() -> Iterator[duckdb.DuckDBPyConnection]:
        yield connection

    crew: Any = SimpleNamespace(
        settings=SimpleNamespace(home=tmp_path), store=SimpleNamespace(reading=reading),
        forgotten=Forgotten(),
    )  # fmt: skip
    refused = [
        (page_id(own, "barq", url), "barq", url, url) for url, own in zip(URLS, hashes, strict=True)
    ]
    [record] = read_refused(crew, refused)
    assert (record.locator, record.payload) == (URLS[1], payloads[1])
