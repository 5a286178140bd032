"""The walls of the house: what may stand where, how long a file may be, what starts quickly."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOMS = ("flows", "transforms", "expectations", "warehouse")
HEAVY = ("prefect", "great_expectations", "pandas", "duckdb", "trafilatura", "lxml")


def tracked(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [root / name for name in listed.stdout.splitlines() if (root / name).is_file()]


def test_no_package_marker_among_the_tests(root: Path) -> None:
    # tests/x/__init__.py makes pytest put the checkout's folders on sys.path and shadow the rooms
    assert not list((root / "tests").rglob("__init__.py"))


def test_files_have_one_subject(root: Path) -> None:
    long = {
        str(path.relative_to(root)): lines
        for path in tracked(root)
        if path.suffix == ".py" and (lines := len(path.read_text("utf8").splitlines())) > 450
    }
    assert not long, "longer than 450 lines, probably two subjects"


def test_one_place_says_what_may_not_be_shown(root: Path) -> None:
    # a second list of control characters would soon differ from that of transforms/plain.py
    own_list = re.compile(r"isprintable\(|unicodedata\.category|\\x1b|\\x00-\\x1f")
    found = [
        str(path.relative_to(root))
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
        if own_list.search(path.read_text("utf8"))
    ]
    assert found == ["transforms/plain.py"]


def test_no_registry_host_and_no_local_path(root: Path) -> None:
    hosts = "|".join(
        ("py" + r"pi\.org", "python" + r"hosted\.org", r"registry\." + "npmjs", r"deb\.deb" + "ian")
    )
    pattern = re.compile(hosts + r"|(?<![\w./])/(?:work|home|root)/\w")
    found = [
        f"{path.relative_to(root)}: {match.group()}"
        for path in tracked(root)
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".lock", ".sql", ".tsv", ".sh", ""}
        for match in pattern.finditer(path.read_text("utf8", errors="replace"))
    ]
    assert not found


@pytest.mark.parametrize(
    "module",
    ["flows.cli", "transforms.clean.page", "transforms.tag.article", "warehouse.tables"],
)
def test_nothing_heavy_at_import(module: str) -> None:
    code = f"import sys, {module}; print(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


@pytest.mark.parametrize(
    "command",
    [["--help"], ["explain", "--help"], ["sql", "--help"], ["serve", "--help"],
     ["status", "--home", "no-home"]],
)  # fmt: skip
def test_what_needs_no_prefect_starts_quickly(command: list[str]) -> None:
    # CPU, not wall clock: the goal is under a second, also where other tests use the cores.
    best = min(_cpu_seconds([sys.executable, "-m", "flows.cli", *command]) for _ in range(3))
    assert best < 1.0, f"khabar {' '.join(command)} took {best:.2f} s of CPU"


def _cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
