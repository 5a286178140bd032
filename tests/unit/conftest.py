"""Hand-made rows for the unit tests: tests/store_rows.py, which no package makes importable."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from warehouse.store import Store


@pytest.fixture(scope="session")
def rows(root: Path) -> ModuleType:
    """The builders of tests/store_rows.py."""
    name = "store_rows"
    spec = importlib.util.spec_from_file_location(name, root / "tests" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with spaces and a quote in its path: both end up in SQL."""
    return tmp_path / "reader's home"


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose tables are made; to copy it takes half as long as to make another."""
    made: Path = tmp_path_factory.mktemp("made") / "home"
    with Store.open(made):
        return made


@pytest.fixture
def store(home: Path, made_home: Path) -> Iterator[Store]:
    """The warehouse of `home`, empty and open for writing."""
    shutil.copytree(made_home, home)
    with Store.open(home) as opened:
        yield opened
