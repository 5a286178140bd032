"""The writer's DuckDB takes its extensions from the wheels, and only as they were signed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from warehouse import engine
from warehouse.errors import ExtensionMissing


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings as a run has them; tests/conftest.py relaxes one for the other tests."""
    monkeypatch.setitem(engine.SEALED, "allow_unsigned_extensions", "false")


@pytest.mark.usefixtures("sealed")
def test_what_is_signed_is_loaded_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.connect(tmp_path, "100MB") as connection:
        loaded = connection.execute(
            "SELECT extension_name FROM duckdb_extensions() WHERE loaded AND extension_name IN "
            "('ducklake', 'sqlite_scanner')"
        )
        assert len(loaded.fetchall()) == len(engine.EXTENSIONS)
    content = bytearray(engine.extension_file("ducklake").read_bytes())
    content[len(content) // 2] ^= 1
    changed = tmp_path / "ducklake.duckdb_extension"
    changed.write_bytes(content)
    monkeypatch.setattr(engine, "extension_file", lambda name: changed)
    with pytest.raises(duckdb.IOException, match="signature"):
        engine.connect(tmp_path, "100MB")


def test_nothing_is_fetched_and_nothing_unsigned_is_loaded(root: Path) -> None:
    # In a process of its own: what a run starts with, whatever this one has relaxed.
    code = "import json; from warehouse.engine import SEALED; print(json.dumps(SEALED))"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_unsigned_extensions": "false",
    }


def test_a_missing_wheel_is_named() -> None:
    with pytest.raises(ExtensionMissing, match="duckdb-extension-nothing=="):
        engine.extension_file("nothing")
